import { canonicalJson } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { parseConfiguration } from "./configuration.ts";
import { settings } from "./settings.ts";
import assert from "node:assert/strict";

effectTest(
  "parseConfiguration() fills in the paper's values",
  () =>
    Effect.gen(function* () {
      const config = yield* parseConfiguration(
        { images: "/a", size: 32 },
        "test",
      );
      assert.deepEqual(config, {
        images: "/a",
        model: "alexnet",
        sobel: true,
        size: 32,
        clusters: 10_000,
        pca: 256,
        epochs: 500,
        reassign: 1,
        batch: 256,
        learningRate: 0.05,
        momentum: 0.9,
        weightDecay: 1e-5,
        dropout: 0.5,
        cropScale: [0.08, 1],
        flip: true,
        seed: 31,
        kmeansIterations: 20,
        extractBatch: 32,
        maxUnreadableShare: 0.05,
        engine: "onnx",
        provider: "cpu",
        threads: 1,
      });
    }),
);

effectTest(
  "parseConfiguration() of its own JSON changes nothing",
  () =>
    Effect.gen(function* () {
      const config = yield* parseConfiguration(
        { images: "/a", model: "small" },
        "test",
      );
      const again = yield* parseConfiguration(
        JSON.parse(JSON.stringify(config)),
        "test",
      );
      assert.deepEqual(again, config);
    }),
);

effectTest(
  "parseConfiguration() names every field that breaks a rule",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        parseConfiguration(
          {
            images: "",
            clusters: 0,
            momentum: 1,
            learning_rate: 0.1,
            epochs: 1.5,
          },
          "run.json",
        ),
      );
      assert.equal(error._tag, "ConfigurationError");
      for (
        const field of [
          "images",
          "clusters",
          "momentum",
          "learning_rate",
          "epochs",
        ]
      ) {
        assert.ok(error.message.includes(field), error.message);
      }
      assert.match(error.message, /^Cannot use the settings from run\.json /);
    }),
);

effectTest(
  "parseConfiguration() refuses a crop scale that runs backwards",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        parseConfiguration({ images: "/a", cropScale: [0.9, 0.2] }, "flags"),
      );
      assert.match(error.message, /cropScale must go from a smaller/);
    }),
);

/** A configuration with every field, as version 0.1.0 wrote it. */
const written =
  '{"batch":6,"clusters":3,"cropScale":[0.3,0.9],"dropout":0,"engine"' +
  ':"reference","epochs":5,"extractBatch":1,"flip":false,"folderReadi' +
  'ng":"training part","format":"tsv","from":{"path":"/m.safetensors"' +
  ',"sha256":"0000000000000000000000000000000000000000000000000000000' +
  '000000000"},"images":"/a.csv","kmeansIterations":2,"labelColumn":"' +
  'kind","learningRate":0.125,"limit":7,"maxUnreadableShare":1,"model' +
  '":"vgg16","momentum":0,"pathColumn":"photo","pca":4,"provider":"we' +
  'bgpu","reassign":0.5,"seed":4294967295,"size":96,"sobel":false,"th' +
  'reads":9,"weightDecay":0}';

effectTest(
  "parseConfiguration() reads every field as version 0.1.0 wrote it, to the " +
    "same bytes",
  () =>
    Effect.gen(function* () {
      const read = yield* parseConfiguration(JSON.parse(written), "test");
      assert.equal(canonicalJson(read), written);
      const { images: _, ...fields } = JSON.parse(written);
      const later = ["exclude"];
      assert.deepEqual(
        Object.keys(settings).sort(),
        [...Object.keys(fields), ...later].sort(),
      );
    }),
);

effectTest(
  "parseConfiguration() names the field nearest to one that there is not, " +
    "also by the name of its flag",
  () =>
    Effect.gen(function* () {
      for (
        const [field, near] of [
          ["learning_rate", "learningRate"],
          ["network", "model"],
          ["max-unreadable-fraction", "maxUnreadableShare"],
          ["maxUnreadableFraction", "maxUnreadableShare"],
          ["image", "images"],
        ] as const
      ) {
        const error = yield* Effect.flip(
          parseConfiguration({ images: "/a", [field]: 1 }, "test"),
        );
        assert.deepEqual(error.problems, [
          `${field} is not a setting: did you mean ${near}?`,
        ]);
      }
    }),
);
