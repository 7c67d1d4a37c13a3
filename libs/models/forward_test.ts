import { floatTensor, intTensor, type Tensors } from "@deepcluster/core";
import { buildGraph, input, interpret } from "@deepcluster/graph";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { alexnet } from "./alexnet.ts";
import { dropoutMasks } from "./dropout.ts";
import { featuresGraph, parameterInputs } from "./features_graph.ts";
import { forward, type Mode } from "./forward.ts";
import { initialise, initialiseHead } from "./initialise.ts";
import { small } from "./small.ts";
import { trainingGraph, zeroMomenta } from "./training_graph.ts";
import assert from "node:assert/strict";

const tiny = small({ sobel: true, size: 4, channels: [2], units: [3] });

effectTest(
  "forward() shows the network the gradients of the grey image",
  () =>
    Effect.gen(function* () {
      const network = yield* tiny;
      const graph = yield* featuresGraph(network, 1, ["sobel.0", "sobel.1"]);
      // Red, green and blue of a pixel; the grey image is 3 in columns 2 and 3.
      const images = floatTensor([1, 3, 4, 4]);
      for (let pixel = 0; pixel < 16; pixel++) {
        const bright = pixel % 4 >= 2;
        images.data.set(bright ? [2] : [0], pixel);
        images.data.set(bright ? [3] : [0], 16 + pixel);
        images.data.set(bright ? [4] : [0], 32 + pixel);
      }
      const { outputs } = yield* interpret(
        graph,
        { images },
        initialise(network, 1),
      );
      // deno-fmt-ignore
      assertClose(outputs["sobel.0"]!.data, [
        0, 0, 3, 3,
        0, 0, 3, 3,
        0, 0, 3, 3,
        0, 0, 3, 3,
      ], 1e-6);
      // deno-fmt-ignore
      assertClose(outputs["sobel.1"]!.data, [
        0, -9, -9, 9,
        0, -12, -12, 12,
        0, -12, -12, 12,
        0, -9, -9, 9,

        0, -3, -9, -9,
        0, 0, 0, 0,
        0, 0, 0, 0,
        0, 3, 9, 9,
      ], 1e-6);
    }),
);

effectTest(
  "forward() asks for masks in training and fine-tuning, and moves " +
    "statistics in training only",
  () =>
    Effect.gen(function* () {
      const names = Effect.fnUntraced(function* (
        dropout: number,
        mode: Mode,
      ) {
        const network = yield* alexnet({ sobel: true, size: 63, dropout });
        const x = input("images", [2, 3, 63, 63]);
        const parameters = parameterInputs(network);
        const pass = forward(network, x, parameters, mode);
        return [Object.keys(pass.masks), Object.keys(pass.statistics).length];
      });
      const masks = ["classifier.0.mask", "classifier.3.mask"];
      assert.deepEqual(yield* names(0.5, "training"), [masks, 10]);
      assert.deepEqual(yield* names(0, "training"), [[], 10]);
      assert.deepEqual(yield* names(0.5, "evaluation"), [[], 0]);
      assert.deepEqual(yield* names(0.5, "fineTuning"), [masks, 0]);
    }),
);

effectTest(
  "forward() names a parameter that is missing",
  () =>
    Effect.gen(function* () {
      const network = yield* tiny;
      const x = input("images", [2, 3, 4, 4]);
      const parameters = parameterInputs(network);
      const { "features.1.running_var": _, ...others } = parameters;
      const error = yield* Effect.flip(buildGraph(() => ({
        outputs: forward(network, x, others, "evaluation").layers,
      })));
      assert.equal(
        error.message,
        "Cannot apply forward as parameter features.1.running_var must be " +
          "given: current values are x=[2, 2, 4, 4]",
      );
    }),
);

effectTest(
  "forward() in evaluation gives an image its features whatever its batch",
  () =>
    Effect.gen(function* () {
      const network = yield* tiny;
      const state = initialise(network, 3);
      const images = floatTensor([3, 3, 4, 4]);
      images.data.forEach((_, i) => images.data[i] = Math.sin(i * i));
      const featuresOf = Effect.fnUntraced(function* (from: number, n: number) {
        const graph = yield* featuresGraph(network, n);
        const pixels = images.data.subarray(from * 48, (from + n) * 48);
        const { outputs } = yield* interpret(
          graph,
          { images: floatTensor([n, 3, 4, 4], pixels) },
          state,
        );
        return [...outputs["features"]!.data];
      });
      const together = yield* featuresOf(0, 3);
      const apart = yield* Effect.forEach([0, 1, 2], (i) => featuresOf(i, 1));
      assert.deepEqual(together, apart.flat());
    }),
);

effectTest(
  "trainingGraph() learns labels by heart, and counts what it knows",
  () =>
    Effect.gen(function* () {
      const network = yield* small({
        sobel: false,
        size: 4,
        channels: [8],
        units: [16],
        dropout: 0.1,
      });
      const batch = 6;
      const options = { batch, clusters: 3, momentum: 0.9, weightDecay: 1e-5 };
      const graph = yield* trainingGraph(network, options);
      let state: Tensors = {
        ...initialise(network, 7),
        ...initialiseHead(network.featureSize, 3, 7, 0),
        ...zeroMomenta(network),
      };
      const images = floatTensor([batch, 3, 4, 4]);
      images.data.forEach((_, i) => images.data[i] = Math.sin(i * i));
      const labels = intTensor([batch], Int32Array.of(0, 1, 2, 0, 1, 2));
      const figures: number[][] = [];
      for (let step = 0; step < 60; step++) {
        const result = yield* interpret(graph, {
          images,
          labels,
          learning_rate: floatTensor([], Float32Array.of(0.3)),
          ...dropoutMasks(network, batch, { seed: 7, epoch: 0, step }),
        }, state);
        const { loss, correct } = result.outputs;
        figures.push([loss!.data[0]!, correct!.data[0]!]);
        state = result.state;
      }
      assert.ok(Math.abs(figures[0]![0]! - Math.log(3)) < 0.01);
      assert.ok(figures.at(-1)![0]! < 0.1, `loss ${figures.at(-1)}`);
      assert.equal(figures.at(-1)![1], batch);
    }),
);
