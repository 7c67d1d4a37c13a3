/**
 * Runs of a graph whose changing state stays on the GPU: only inputs go there,
 * and only outputs come back.
 *
 * Tensors on the GPU never leave this folder: a session on the processor would
 * read other memory than theirs, without an error.
 *
 * @module
 */
import { mapRecord, type Tensors } from "@deepcluster/core";
import { encode } from "@deepcluster/onnx-format";
import { Effect } from "effect";
import type { Tensor as OnnxTensor } from "onnxruntime-node";
import { failureOf, messageOf } from "../../failures.ts";
import { changingStateOf, labelLeavesOf } from "../../feeds.ts";
import { copied } from "../../tensors.ts";
import type { MakeExecution } from "../execution.ts";
import { lower } from "@deepcluster/onnx-lowering";
import { openSession } from "../runtime.ts";
import { owned, tensorOf, wrapAll, wrapper } from "../tensors.ts";
import { readBack } from "./read_back.ts";

/**
 * Opens a session of a graph.
 *
 * Each run makes new tensors of state on the GPU and then frees those that it
 * read, so that state takes its size there twice. What was given to `compile`
 * or `write` lies in the process until a run has read it.
 *
 * @returns What a program runs, or `OutOfMemoryError`, `CompilationError` or
 * `ModelTooLargeError`.
 */
export const residentExecution: MakeExecution = Effect.fnUntraced(
  function* ({ runtime, settings, lowering }, graph, state, { donateState }) {
    const lowered = lower(graph, state, lowering);
    const model = yield* encode(lowered.model, { external: true });
    const next = lowered.next.values();
    const session = yield* openSession(runtime, model, settings, next).pipe(
      Effect.mapError((reason) => failureOf("compile", graph, reason)),
    );
    const wrap = wrapper(runtime);
    const take = donateState ? owned : copied;
    const changing = changingStateOf(graph);
    let current: Readonly<Record<string, OnnxTensor>> = mapRecord(
      changing,
      (_, name) => wrap(take(state[name]!)),
    );
    yield* Effect.addFinalizer(() => Effect.sync(() => dispose(current)));

    const failed = (reason: string) => failureOf("run", graph, reason);
    const read = (values: typeof changing) =>
      Effect.suspend(() => readBack(runtime, settings, values, current)).pipe(
        Effect.mapError(failed),
      );
    const labels = Object.fromEntries(
      labelLeavesOf(graph).flatMap(({ name }) =>
        name in changing ? [[name, changing[name]!]] : []
      ),
    );
    return {
      run: Effect.fnUntraced(function* (inputs: Tensors) {
        const feeds = wrapAll(inputs, lowered.inputs, wrap);
        for (const [name, tensor] of Object.entries(current)) {
          feeds[lowered.inputs.get(name)!] = tensor;
        }
        const results = yield* Effect.tryPromise({
          try: () => session.run(feeds),
          catch: (cause) => failed(messageOf(cause)),
        });
        dispose(current);
        current = mapRecord(
          changing,
          (_, name) => results[lowered.next.get(name)!]!,
        );
        return mapRecord(
          graph.outputs,
          (value, name) =>
            tensorOf(value, results[lowered.outputs.get(name)!]!),
        );
      }),
      read: read(changing),
      write: (tensors: Tensors) =>
        Effect.sync(() => {
          const written = mapRecord(tensors, (tensor) => wrap(copied(tensor)));
          dispose(mapRecord(written, (_, name) => current[name]!));
          current = { ...current, ...written };
        }),
      labels: read(labels),
    };
  },
);

/** Frees what tensors take on the GPU. */
const dispose = (tensors: Readonly<Record<string, OnnxTensor>>): void => {
  for (const tensor of Object.values(tensors)) tensor.dispose();
};
