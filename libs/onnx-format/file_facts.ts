/**
 * What the bytes of an ONNX file say that an open session does not: words
 * about the model, and the files in which its weights lie.
 *
 * Reference: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 *
 * @module
 */
import { Effect } from "effect";
import type { onnx } from "onnx-proto";
import { decode } from "./decode.ts";

/** A tensor that an operator of a model computes. */
export interface ComputedTensor {
  /** Its name. */
  readonly name: string;
  /** The operator, such as `Gemm`. */
  readonly operator: string;
}

/** What is read of an ONNX file without an engine. */
export interface OnnxFileFacts {
  /** Its `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Paths of the files beside it that hold weights, each once. */
  readonly externalData: readonly string[];
  /** Names of its outputs. */
  readonly declared: readonly string[];
  /** What its operators compute, in their order; outputs are among them. */
  readonly computed: readonly ComputedTensor[];
  /** Program that wrote it, with its version; empty where it is not stated. */
  readonly producer: string;
}

/**
 * Reads what an ONNX file says of itself.
 *
 * @param bytes All of the file.
 * @returns The facts, or nothing when the bytes are no `ModelProto`.
 */
export const onnxFileFacts: (
  bytes: Uint8Array,
) => Effect.Effect<OnnxFileFacts | undefined> = Effect.fnUntraced(
  function* (bytes) {
    const model = yield* decode(bytes);
    if (model === undefined) return undefined;
    const { metadataProps, graph, producerName, producerVersion } = model;
    return {
      metadata: Object.fromEntries(
        metadataProps.map(({ key, value }) => [key ?? "", value ?? ""]),
      ),
      externalData: [...new Set(graph ? externalIn(graph) : [])].sort(),
      declared: (graph?.output ?? []).map(({ name }) => name ?? ""),
      computed: (graph?.node ?? []).flatMap(({ output, opType }) =>
        (output ?? []).flatMap((name) =>
          name === "" ? [] : [{ name, operator: opType ?? "" }]
        )
      ),
      producer: [producerName, producerVersion].filter(Boolean).join(" "),
    } satisfies OnnxFileFacts;
  },
);

/** Locations of weights, in branches and loops too. */
const externalIn = (graph: onnx.IGraphProto): readonly string[] => [
  ...(graph.initializer ?? []).flatMap(locationOf),
  ...(graph.node ?? []).flatMap(({ attribute }) =>
    (attribute ?? []).flatMap(({ t, tensors, g, graphs }) => [
      ...[t, ...(tensors ?? [])].flatMap((tensor) =>
        tensor ? locationOf(tensor) : []
      ),
      ...[g, ...(graphs ?? [])].flatMap((inner) =>
        inner ? externalIn(inner) : []
      ),
    ])
  ),
];

const locationOf = ({ externalData }: onnx.ITensorProto): readonly string[] =>
  (externalData ?? []).flatMap(({ key, value }) =>
    key === "location" && value ? [value] : []
  );
