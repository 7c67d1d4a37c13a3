/**
 * Runs of a graph several steps at a time: for a device whose tensors the
 * library cannot keep between runs, where state then crosses once for all of
 * them; and for steps so short that what is around a run matters.
 *
 * onnxruntime-node 1.30.0 keeps tensors on a GPU for WebGPU only.
 *
 * @module
 */
import { mapRecord, type Tensors } from "@deepcluster/core";
import { encode } from "@deepcluster/onnx-format";
import { Effect } from "effect";
import { failureOf, messageOf } from "../failures.ts";
import { changingStateOf } from "../feeds.ts";
import { stacked, stackOfOne, stepOf } from "../steps.ts";
import { copied, zeros } from "../tensors.ts";
import type { MakeExecution } from "./execution.ts";
import { lower } from "@deepcluster/onnx-lowering";
import { openSession } from "./runtime.ts";
import { marker } from "./marker.ts";
import { runSession } from "./session.ts";
import { owned, wrapAll, wrapper } from "./tensors.ts";
import { scanOf } from "./scan.ts";

/**
 * Opens a session of any number of steps of a graph. Changing state takes its
 * size in the process twice, what is read and what is written.
 *
 * @returns What a program runs, or `OutOfMemoryError`, `CompilationError` or
 * `ModelTooLargeError`.
 */
export const scanExecution: MakeExecution = Effect.fnUntraced(
  function* ({ runtime, settings, lowering }, graph, state, { donateState }) {
    const lowered = scanOf(lower(graph, state, lowering));
    const model = yield* encode(lowered.model, { external: true, marker });
    // On the processor one step follows another.
    const spins = settings.provider === "cpu";
    const session = yield* openSession(runtime, model, {
      ...settings,
      spins,
    }).pipe(
      Effect.mapError((reason) => failureOf("compile", graph, reason)),
    );
    const failed = (cause: unknown) =>
      failureOf("run", graph, messageOf(cause));
    const wrap = wrapper(runtime);
    const take = donateState ? owned : copied;
    const changing = changingStateOf(graph);
    let current: Tensors = mapRecord(
      changing,
      (_, name) => take(state[name]!),
    );
    let other: Tensors = mapRecord(changing, zeros);
    let outputs: Tensors = {};
    let outputSteps = 0;

    const allocate = (steps: number) =>
      Effect.try({
        try: () => {
          if (steps === outputSteps) return;
          outputs = mapRecord(stacked(graph.outputs, steps), zeros);
          outputSteps = steps;
        },
        catch: failed,
      });
    const scan = Effect.fnUntraced(function* (steps: number, inputs: Tensors) {
      yield* allocate(steps);
      yield* runSession(session, {
        feeds: wrapAll({ ...current, ...inputs }, lowered.inputs, wrap),
        fetches: {
          ...wrapAll(outputs, lowered.outputs, wrap),
          ...wrapAll(other, lowered.next, wrap),
        },
      }).pipe(Effect.mapError(failed));
      [current, other] = [other, current];
      return outputs;
    });
    return {
      run: (inputs) =>
        Effect.map(
          scan(1, mapRecord(inputs, stackOfOne)),
          (outputs) => mapRecord(outputs, (tensor) => stepOf(tensor, 0)),
        ),
      scan,
      read: Effect.sync(() => mapRecord(current, copied)),
      write: (tensors) =>
        Effect.sync(() => {
          for (const [name, { data }] of Object.entries(tensors)) {
            current[name]!.data.set(data);
          }
        }),
      labels: Effect.sync(() => current),
    };
  },
);
