/**
 * Copies of tensors on the GPU for the process.
 *
 * The library (1.30.0) cannot read such a tensor itself: the attempt can end
 * the process. A session that hands its input on gives the copy.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import { encode, modelWriter } from "@deepcluster/onnx-format";
import { Effect, type Scope } from "effect";
import type { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { messageOf } from "../../failures.ts";
import { copied } from "../../tensors.ts";
import {
  type OnnxRuntime,
  openSession,
  type SessionSettings,
} from "../runtime.ts";
import { tensorOf } from "../tensors.ts";

/**
 * Copies tensors, one after the other, so that the GPU holds one of them twice.
 *
 * @param runtime The library.
 * @param settings How the sessions were opened that made the tensors.
 * @param values What the tensors hold, by name.
 * @param tensors The tensors by name, on the GPU or in the process.
 * @returns Copies in the process, or what the library says when it fails.
 */
export const readBack: (
  runtime: OnnxRuntime,
  settings: SessionSettings,
  values: Readonly<Record<string, Value>>,
  tensors: Readonly<Record<string, OnnxTensor>>,
) => Effect.Effect<Tensors, string> = Effect.fnUntraced(
  function* (runtime, settings, values, tensors) {
    const readers = new Map<string, InferenceSession>();
    const copies: Record<string, Tensors[string]> = {};
    for (const [name, value] of Object.entries(values)) {
      const tensor = tensors[name]!;
      if (tensor.location === "cpu") {
        copies[name] = copied(tensorOf(value, tensor));
        continue;
      }
      const type = `${value.dtype}[${value.shape.join()}]`;
      const reader = readers.get(type) ??
        (yield* openReader(runtime, settings, value));
      readers.set(type, reader);
      const results = yield* Effect.tryPromise({
        try: () => reader.run({ [reader.inputNames[0]!]: tensor }),
        catch: messageOf,
      });
      copies[name] = tensorOf(value, results[reader.outputNames[0]!]!);
    }
    return copies;
  },
  Effect.scoped,
);

/** A session of one node that copies its input. */
const openReader = (
  runtime: OnnxRuntime,
  settings: SessionSettings,
  { shape, dtype }: Value,
): Effect.Effect<InferenceSession, string, Scope.Scope> => {
  const writer = modelWriter();
  const input = writer.input({ name: "tensor", shape, dtype });
  writer.output({ name: "copy", shape, dtype }, input);
  return encode(writer.finish(), { external: false }).pipe(
    Effect.orDie,
    Effect.flatMap((model) => openSession(runtime, model, settings)),
  );
};
