/**
 * ONNX models as they stand in a file, run once: to see that an exported one
 * does what it should.
 *
 * @module
 */
import { type FloatTensor, floatTensor } from "@deepcluster/core";
import { Effect } from "effect";
import { type EngineUnavailableError, ExecutionError } from "../errors.ts";
import { loadRuntime, messageOf } from "./runtime.ts";

/**
 * Runs a model once on the CPU, with ONNX Runtime's own settings.
 *
 * Opens the model anew every time; what runs often is a `Program`.
 *
 * @param model Path of a model, or its bytes.
 * @param inputs A tensor for every input, by its name.
 * @returns Every output by its name, float32; or `EngineUnavailableError` when
 * the library is missing, or `ExecutionError` when it refuses the model or
 * the inputs, or when an output is no float32 tensor.
 *
 * @example A model that doubles
 * ```ts
 * import { floatTensor } from "@deepcluster/core";
 * import { onnxModelOf, runOnnxModel } from "@deepcluster/gpu-backend";
 * import { add, graphOf, input } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const { y } = await Effect.runPromise(Effect.gen(function* () {
 *   const x = yield* input("x", [2]);
 *   const graph = yield* graphOf({ y: yield* add(x, x) });
 *   const model = yield* onnxModelOf(graph, {});
 *   const ones = floatTensor([2], Float32Array.of(1, 1));
 *   return yield* runOnnxModel(model, { x: ones });
 * }));
 * assert.deepEqual(y?.data, Float32Array.of(2, 2));
 * ```
 */
export const runOnnxModel = Effect.fn("runOnnxModel")(function* (
  model: string | Uint8Array,
  inputs: Readonly<Record<string, FloatTensor>>,
): Effect.fn.Return<
  Readonly<Record<string, FloatTensor>>,
  EngineUnavailableError | ExecutionError
> {
  const { InferenceSession, Tensor } = yield* loadRuntime;
  const run = async () => {
    const session = typeof model === "string"
      ? await InferenceSession.create(model)
      : await InferenceSession.create(model);
    const feeds = Object.entries(inputs).map(([name, { shape, data }]) =>
      [name, new Tensor("float32", data, shape)] as const
    );
    const outputs = await session.run(Object.fromEntries(feeds));
    await session.release();
    return outputs;
  };
  const outputs = yield* Effect.tryPromise({
    try: run,
    catch: (cause) => new ExecutionError({ reason: messageOf(cause) }),
  });
  const tensors: Record<string, FloatTensor> = {};
  for (const [name, { data, dims, type }] of Object.entries(outputs)) {
    if (!(data instanceof Float32Array)) {
      const reason = `output ${name} must be float32, found ${type}`;
      return yield* new ExecutionError({ reason });
    }
    tensors[name] = floatTensor([...dims], data);
  }
  return tensors;
});
