import { layerReference } from "@deepcluster/gpu-backend";
import { initialise } from "@deepcluster/models";
import {
  checkpointPath,
  createRun,
  networkOf,
  openModel,
  parseConfiguration,
  randomWeights,
} from "@deepcluster/runs";
import { folderStore, saveTensors } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectLayers } from "./task.ts";
import assert from "node:assert/strict";

const fresh = () => mkdtempSync(join(tmpdir(), "evaluated-model-"));
const small = { model: "small", size: 16, seed: 1 } as const;

/** A run with checkpoints of the ends of two epochs, seeds 1 and 2. */
const makeRun = Effect.gen(function* () {
  const folder = join(fresh(), "run");
  const configuration = yield* parseConfiguration(
    { images: "/made", model: "small", size: 16 },
    "a test",
  );
  yield* createRun(folder, configuration);
  const network = yield* networkOf(configuration);
  const store = folderStore(folder);
  for (const epoch of [1, 2]) {
    const weights = initialise(network, epoch);
    const momenta = {
      "features.0.weight.momentum_buffer": weights["features.0.weight"]!,
    };
    yield* saveTensors(
      store,
      checkpointPath(epoch),
      { ...weights, ...momenta },
      {
        epoch: String(epoch),
      },
    );
  }
  return { folder, network };
});

effectTest(
  "openModel() opens a run at its newest whole epoch, or the one asked for",
  () =>
    Effect.gen(function* () {
      const { folder, network } = yield* makeRun;
      const newest = yield* openModel(folder, { seed: 1 });
      assert.equal(newest.name, "run, epoch 2");
      assert.equal(newest.identity, randomWeights(network, 2).identity);
      const first = yield* openModel(folder, { seed: 1, epoch: 1 });
      assert.equal(first.name, "run, epoch 1");
      assert.equal(first.identity, randomWeights(network, 1).identity);
      const none = yield* Effect.flip(
        openModel(folder, { seed: 1, epoch: 7 }),
      );
      assert.match(
        none.message,
        /end of epoch 7: current value is epochs=2, 1/,
      );

      const file = join(folder, checkpointPath(2));
      const bytes = readFileSync(file);
      bytes[bytes.length - 9]! ^= 1;
      writeFileSync(file, bytes);
      const passed = yield* openModel(folder, { seed: 1 });
      assert.equal(passed.name, "run, epoch 1");
      assert.deepEqual(passed.run!.skipped, [checkpointPath(2)]);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "openModel() opens a single file, as the same weights as in its run",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* makeRun;
      const file = join(folder, checkpointPath(1));
      const model = yield* openModel(file, { seed: 1, size: 16 });
      assert.equal(model.name, "epoch-0001.safetensors");
      const run = yield* openModel(folder, { seed: 1, epoch: 1 });
      assert.deepEqual(
        Object.keys(model.parameters).sort(),
        Object.keys(run.parameters).sort(),
      );
      assert.deepEqual(model.parameters, run.parameters);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "openModel() gives random other weights for each seed, pixels none",
  () =>
    Effect.gen(function* () {
      const one = yield* openModel("random", small);
      const other = yield* openModel("random", { ...small, seed: 2 });
      assert.equal(one.size, 16);
      assert.notEqual(one.identity, other.identity);
      assert.equal(
        (yield* openModel("random", small)).identity,
        one.identity,
      );
      const pixels = yield* openModel("pixels", small);
      assert.deepEqual(pixels.parameters, {});
      assert.equal((yield* openModel("pixels", { size: 5, seed: 1 })).size, 5);
      assert.deepEqual(pixels.layers.map(({ columns }) => columns), [768]);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "openModel() says what a model must be",
  () =>
    Effect.gen(function* () {
      const folder = fresh();
      const refused = (path: string) =>
        Effect.flip(openModel(path, { seed: 1 }));
      const gone = yield* refused(join(folder, "gone"));
      assert.match(gone.message, /run folder.*\(nothing is there\)$/);
      assert.match((yield* refused(folder)).message, /a folder with nothing/);
      writeFileSync(join(folder, "broken.safetensors"), "no model at all");
      const broken = yield* refused(join(folder, "broken.safetensors"));
      assert.match(broken.message, /broken\.safetensors/);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "selectLayers() gives layers in their order, and names those that there are",
  () =>
    Effect.gen(function* () {
      const model = yield* openModel("random", small);
      const some = yield* selectLayers(model, ["features", "conv2"]);
      assert.deepEqual(some.map(({ name }) => name), ["conv2", "features"]);
      const paths = yield* selectLayers(model, [
        "features.6",
        "conv2",
        "classifier.1",
      ]);
      assert.deepEqual(paths, some);
      const error = yield* Effect.flip(selectLayers(model, ["conv9"]));
      assert.match(
        error.message,
        /some of conv1 \(features.2\), .*layers=conv9$/,
      );
      const pixels = yield* openModel("pixels", small);
      assert.equal((yield* selectLayers(pixels, ["fc5"])).length, 1);
    }).pipe(Effect.provide(layerReference)),
);
