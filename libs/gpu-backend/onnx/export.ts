/**
 * Graphs as files that other ONNX tools read.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import {
  type FeedError,
  type Graph,
  type GraphError,
  validate,
} from "@deepcluster/graph";
import { Effect } from "effect";
import type { ModelTooLargeError } from "../errors.ts";
import { checkFeeds } from "../feeds.ts";
import { encode } from "./encode.ts";
import { lower } from "./lower.ts";

/**
 * Lowers a graph to one self-contained ONNX model, operator set 18.
 *
 * Inputs and outputs keep their names. State that never changes is held by the
 * model; state that changes is an input, and its next value an output called
 * `next NAME`.
 *
 * @param graph What to compute.
 * @param state A tensor for every entry of the graph's state that never
 * changes.
 * @param metadata Words about the model, for its `metadata_props`.
 * @returns A `ModelProto`, or `GraphError` when the graph cannot be run, or
 * `FeedError` when a constant is missing, not wanted, or of another shape or
 * type, or `ModelTooLargeError` when the model would reach 2 GiB.
 *
 * @example A model that doubles
 * ```ts
 * import { onnxModelOf } from "@deepcluster/gpu-backend";
 * import { add, buildGraph, input } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const bytes = await Effect.runPromise(Effect.gen(function* () {
 *   const x = input("x", [3]);
 *   const graph = yield* buildGraph(() => ({ outputs: { y: add(x, x) } }));
 *   return yield* onnxModelOf(graph, {});
 * }));
 * assert.ok(bytes.length > 0);
 * ```
 */
export const onnxModelOf: (
  graph: Graph,
  state: Tensors,
  metadata?: Readonly<Record<string, string>>,
) => Effect.Effect<Uint8Array, GraphError | FeedError | ModelTooLargeError> =
  Effect.fn("onnxModelOf")(function* (graph, state, metadata = {}) {
    yield* validate(graph);
    const constants = Object.fromEntries(
      Object.entries(graph.state).flatMap(([name, { current, next }]) =>
        next === undefined ? [[name, current]] : []
      ),
    );
    yield* checkFeeds(constants, state);
    const { model } = lower(graph, state);
    const { bytes } = yield* encode(model, { external: false });
    return yield* withMetadata(bytes, metadata);
  });

/**
 * Messages of protocol buffers merge when their bytes follow one another:
 * fields that repeat add up.
 */
const withMetadata = Effect.fnUntraced(function* (
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Effect.fn.Return<Uint8Array> {
  const metadataProps = Object.entries(metadata)
    .map(([key, value]) => ({ key, value }));
  if (metadataProps.length === 0) return bytes;
  const { default: proto } = yield* Effect.promise(() => import("onnx-proto"));
  const words = proto.onnx.ModelProto.encode({ metadataProps }).finish();
  const whole = new Uint8Array(bytes.byteLength + words.byteLength);
  whole.set(bytes);
  whole.set(words, bytes.byteLength);
  return whole;
});
