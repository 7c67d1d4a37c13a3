import { floatTensor, matrix, Progress, row } from "@deepcluster/core";
import { type ImageSet, imageSet } from "@deepcluster/data";
import { openVocSplit } from "@deepcluster/datasets";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { input, interpret, linear } from "@deepcluster/graph";
import {
  forward,
  initialise,
  parameterInputs,
  small,
} from "@deepcluster/models";
import { assertClose, effectTest, vocFolder } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { parseVocSettings } from "./settings.ts";
import { vocImages, vocTestCrop } from "./voc_images.ts";
import { evaluateVoc, scoreVoc } from "./voc_score.ts";
import { startOfVoc, trainVoc } from "./voc_training.ts";
import assert from "node:assert/strict";

const layers = Layer.mergeAll(
  layerOnnx({ provider: "cpu", threads: 1 }),
  Progress.layerSilent,
);

effectTest(
  "evaluateVoc() leaves ignored images out of their class, and averages over " +
    "classes, as worked by hand",
  () =>
    Effect.gen(function* () {
      const scores = matrix(4, 2, Float32Array.of(9, 1, 8, 2, 7, 3, 6, 4));
      const targets = matrix(4, 2, Float32Array.of(-1, 1, 1, 0, 0, 0, 1, 1));
      const { classes, mean } = yield* evaluateVoc(scores, {
        classes: ["cat", "dog"],
        targets,
      });
      // cat: right, wrong, right. dog: right, wrong, wrong, right.
      assert.deepEqual(classes.map(({ images }) => images), [3, 4]);
      assert.deepEqual(classes.map(({ positives }) => positives), [2, 2]);
      const areas = [(1 + 2 / 3) / 2, (1 + 2 / 4) / 2];
      assertClose(classes.map(({ area }) => area), areas, 1e-12);
      // Recalls 0 to 0.5 have precision 1, the other five what is left.
      const points = [(6 + 5 * 2 / 3) / 11, (6 + 5 * 2 / 4) / 11];
      assertClose(classes.map((c) => c.elevenPoint), points, 1e-12);
      assertClose([mean.area], [(areas[0]! + areas[1]!) / 2], 1e-12);
      assertClose([mean.elevenPoint], [(points[0]! + points[1]!) / 2], 1e-12);
    }),
);

const tiny = small({ sobel: false, size: 16, channels: [8, 16], units: [32] });

effectTest(
  "scoreVoc() adds up the logits of an image's ten crops, one by one",
  () =>
    Effect.gen(function* () {
      const network = yield* tiny;
      const settings = yield* parseVocSettings({ seed: 5 });
      const state = startOfVoc(network, initialise(network, 2), 3, settings);
      const images = imageSet({
        name: "made",
        ids: ["a", "b", "c"],
        payload: (index) => ({
          kind: "pixels",
          width: 20,
          height: 25,
          channels: 1,
          data: Uint8Array.from({ length: 500 }, (_, p) => p * (index + 7)),
        }),
      });
      const scores = yield* scoreVoc(network, state, images, 3, settings);
      const x = input("images", [1, 3, 16, 16]);
      const parameters = parameterInputs(network, 3);
      const pass = forward(network, x, parameters, "evaluation");
      const logits = linear(
        pass.layers["classifier.2"]!,
        parameters["top_layer.weight"]!,
        parameters["top_layer.bias"]!,
      );
      const graph = {
        inputs: { images: x },
        state: Object.fromEntries(
          Object.entries(parameters).map(([name, current]) => [
            name,
            { current },
          ]),
        ),
        outputs: { logits },
      };
      const crop = vocTestCrop(16, settings);
      for (const index of [0, 1, 2]) {
        const sum = [0, 0, 0];
        for (let c = 0; c < 10; c++) {
          const pixels = floatTensor([1, 3, 16, 16]);
          crop.write(
            yield* images.decoded(index),
            10 * index + c,
            pixels.data,
            0,
          );
          const { outputs } = yield* interpret(
            graph,
            { images: pixels },
            Object.fromEntries(
              Object.keys(parameters).map((n) => [n, state.tensors[n]!]),
            ),
          );
          outputs["logits"]!.data.forEach((value, i) => sum[i]! += value);
        }
        assertClose(row(scores, index), sum, 1e-5, `image ${index}`);
      }
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "a few hundred steps find drawn objects far better than chance, and " +
    "better than none",
  () =>
    Effect.gen(function* () {
      const folder = yield* vocFolder({ trainval: 90, test: 60 });
      const { training, test } = yield* openVocSplit(folder, "trainval");
      const network = yield* tiny;
      const settings = yield* parseVocSettings({
        layers: "all",
        iterations: 120,
        learningRate: 0.03,
        halveEvery: 60,
      });
      const start = startOfVoc(network, initialise(network, 2), 3, settings);
      const setOf = (set: typeof test): ImageSet =>
        vocImages(set, network.input.size, settings);
      const evaluated = Effect.fnUntraced(function* (state: typeof start) {
        const scores = yield* scoreVoc(
          network,
          state,
          setOf(test),
          3,
          settings,
        );
        return yield* evaluateVoc(scores, test);
      });
      const images = setOf(training);
      const end = yield* trainVoc(
        { network, settings, set: training, images },
        start,
      );
      const before = (yield* evaluated(start)).mean.area;
      const after = yield* evaluated(end);
      const chance = after.classes
        .reduce((sum, c) => sum + c.positives / c.images / 3, 0);
      const found = `before ${before}, after ${after.mean.area}, ` +
        `chance ${chance}`;
      assert.ok(chance < 0.5, found);
      assert.ok(after.mean.area > 0.85, found);
      assert.ok(after.mean.area > before + 0.2, found);
    }).pipe(Effect.provide(layers)),
);
