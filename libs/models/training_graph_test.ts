import { floatTensor, type Tensors } from "@deepcluster/core";
import { interpret } from "@deepcluster/graph";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { alexnet } from "./alexnet.ts";
import { featuresGraph } from "./features_graph.ts";
import { initialise, initialiseHead } from "./initialise.ts";
import { trainingGraph, zeroMomenta } from "./training_graph.ts";
import { readTrainingSteps } from "./training_steps_fixture.ts";
import { vgg16 } from "./vgg16.ts";

const builders = { alexnet, vgg16 };
for (const name of ["alexnet", "vgg16"] as const) {
  effectTest(
    `three steps of a narrow ${name} end where PyTorch ends (reference)`,
    () =>
      Effect.gen(function* () {
        const { steps, initial, final, features, inputs } = readTrainingSteps(
          name,
        );
        const network = yield* builders[name]({ ...steps, width: 1 / 32 });
        const graph = yield* trainingGraph(network, steps);
        let state: Tensors = {
          ...initialise(network, 0),
          ...initial,
          ...zeroMomenta(network),
        };
        for (let step = 0; step < 3; step++) {
          const result = yield* interpret(graph, inputs(step), state);
          state = result.state;
          assertClose(
            result.outputs["loss"]!.data,
            [steps.losses[step]!],
            1e-6,
            "loss",
          );
          assert.equal(result.outputs["correct"]!.data[0], steps.correct[step]);
        }
        for (const [name, { data }] of Object.entries(final)) {
          assertClose(state[name]!.data, data, 1e-6, name);
        }
        const evaluation = yield* featuresGraph(network, steps.batch);
        const { outputs } = yield* interpret(
          evaluation,
          { images: inputs(0)["images"]! },
          Object.fromEntries(
            Object.keys(evaluation.state).map((name) => [name, state[name]!]),
          ),
        );
        assertClose(outputs["features"]!.data, features.data, 1e-6, "features");
      }),
  );
}
