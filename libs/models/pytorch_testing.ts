/**
 * Training of narrow networks on any engine, against what PyTorch computed.
 *
 * @module
 */
import { Backend } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, type Layer } from "effect";
import { alexnet } from "./alexnet.ts";
import { featuresGraph } from "./features_graph.ts";
import { initialise } from "./initialise.ts";
import type { Network } from "./network.ts";
import { trainingGraph, zeroMomenta } from "./training_graph.ts";
import {
  readTrainingSteps,
  type TrainingSteps,
} from "./training_steps_testing.ts";
import { vgg16 } from "./vgg16.ts";
import assert from "node:assert/strict";

const builders = { alexnet, vgg16 };

/** Takes the steps on a backend, checking losses; returns all state. */
const train = Effect.fnUntraced(function* (
  network: Network,
  { steps, initial, inputs }: TrainingSteps,
  tolerance: number,
) {
  const backend = yield* Backend;
  const first = { ...initialise(network, 0), ...initial };
  const program = yield* backend.compile(
    yield* trainingGraph(network, steps),
    { ...first, ...zeroMomenta(network) },
  );
  for (let step = 0; step < steps.losses.length; step++) {
    const { loss, correct } = yield* program.run(inputs(step));
    assertClose(loss!.data, [steps.losses[step]!], tolerance, "loss");
    assert.equal(correct!.data[0], steps.correct[step]);
  }
  return { ...first, ...yield* program.read };
});

/**
 * Tests that an engine trains narrow networks as PyTorch does.
 *
 * @param engine Ends the names of the tests.
 * @param layer The engine.
 * @param tolerance Largest error, relative to the largest value.
 */
export const pytorchTests = (
  engine: string,
  layer: Layer.Layer<Backend, unknown>,
  tolerance: number,
): void => {
  for (const name of ["alexnet", "vgg16"] as const) {
    effectTest(
      `three steps of a narrow ${name} end where PyTorch ends (${engine})`,
      () =>
        Effect.gen(function* () {
          const expected = readTrainingSteps(name);
          const { steps, inputs } = expected;
          const network = yield* builders[name]({ ...steps, width: 1 / 32 });
          const state = yield* train(network, expected, tolerance);
          for (const [name, { data }] of Object.entries(expected.final)) {
            assertClose(state[name]!.data, data, tolerance, name);
          }
          const graph = yield* featuresGraph(network, steps.batch);
          const names = Object.keys(graph.state);
          const backend = yield* Backend;
          const program = yield* backend.compile(
            graph,
            Object.fromEntries(names.map((name) => [name, state[name]!])),
          );
          const { images } = inputs(0);
          const { features } = yield* program.run({ images: images! });
          const { data } = expected.features;
          assertClose(features!.data, data, tolerance, "features");
        }).pipe(Effect.provide(layer)),
    );
  }
};
