import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { imageSet, type ImageSource } from "@deepcluster/data";
import { layerOnnx } from "@deepcluster/gpu-backend";
import {
  createRun,
  layerRunFolder,
  openModel,
  openRunClusters,
  parseConfiguration,
  readAssignments,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { deepCluster, openImages } from "@deepcluster/training";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { layerDescriptor } from "./layer_descriptor.ts";

const source: ImageSource = {
  name: "made up",
  ids: Array.from({ length: 12 }, (_, i) => `picture ${i}`),
  payload: (index) => ({
    kind: "pixels",
    width: 16,
    height: 16,
    channels: 1,
    data: new Uint8Array(256).map((_, i) => (i * (index + 3)) & 255),
  }),
};

const services = Layer.mergeAll(Assigner.layerBackend, Progress.layerSilent)
  .pipe(Layer.provideMerge(layerOnnx({ provider: "cpu", threads: 1 })));

/** A run of two epochs over the source. */
const trained = Effect.gen(function* () {
  const folder = join(yield* temporaryFolder, "run");
  const configuration = yield* parseConfiguration({
    images: "/made-up",
    model: "small",
    sobel: false,
    size: 16,
    clusters: 3,
    pca: 4,
    epochs: 2,
    batch: 4,
    extractBatch: 5,
    kmeansIterations: 2,
    seed: 1,
  }, "test");
  yield* Effect.gen(function* () {
    yield* createRun(folder, configuration);
    yield* Effect.gen(function* () {
      const images = yield* openImages(configuration, source);
      yield* deepCluster(configuration, images);
    }).pipe(Effect.provide(layerRunFolder(folder)));
  }).pipe(Effect.scoped);
  const images = imageSet(source);
  return {
    folder,
    images: yield* Effect.forEach(source.ids, (_, i) => images.decoded(i)),
  };
});

effectTest(
  "layerDescriptor() with a run's clusters gives the run's own images the clusters and distances that training gave them, whatever is described with them",
  () =>
    Effect.gen(function* () {
      const { folder, images } = yield* trained;
      const clusters = yield* openRunClusters(folder);
      assert.equal(clusters.epoch, 2);
      assert.equal(clusters.model.run.epoch, 1);
      const { model } = clusters;
      const table = yield* readAssignments(folderStore(folder), 2);
      assert.deepEqual(clusters.assignments, table.clusters);
      for (const name of ["features", "conv1"]) {
        const layer = model.layers.find((layer) => layer.name === name)!;
        const descriptor = yield* layerDescriptor(model, layer, { clusters });
        assert.equal(descriptor.batch, 5);
        const all = yield* descriptor.describe(images);
        assert.deepEqual(all.clusters, table.clusters);
        assert.deepEqual(all.distances, clusters.distances);
        const alone = yield* descriptor.describe([images[7]!]);
        assert.equal(alone.distances![0], all.distances![7]);
        const plain = yield* layerDescriptor(model, layer, { batch: 5 });
        const { vectors } = yield* plain.describe(images);
        assert.deepEqual(vectors, all.vectors);
      }
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "layerDescriptor() refuses the clusters of other weights",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* trained;
      const clusters = yield* openRunClusters(folder);
      const newest = yield* openModel(folder, { seed: 0 });
      const error = yield* Effect.flip(
        layerDescriptor(newest, newest.layers[0]!, { clusters }),
      );
      assert.equal(
        error.message,
        "Cannot assign images to the clusters of epoch 2 as model must be " +
          "run, epoch 1, whose features were clustered: " +
          "current value is model=run, epoch 2",
      );
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "openRunClusters() skips a damaged clustering and one whose weights are gone, and refuses when none is left",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* trained;
      const path = join(folder, "clusters/epoch-0002.safetensors");
      yield* Effect.promise(async () => {
        const bytes = await readFile(path);
        bytes[bytes.length - 1]! ^= 1;
        await writeFile(path, bytes);
      });
      const first = yield* openRunClusters(folder);
      assert.deepEqual([first.epoch, first.model.run.epoch], [1, 0]);
      assert.match(first.skipped.join(), /epoch-0002\.safetensors/);
      yield* Effect.promise(() =>
        rm(join(folder, "checkpoints/epoch-0000.safetensors"))
      );
      const error = yield* Effect.flip(openRunClusters(folder));
      assert.match(
        error.message,
        /^Cannot assign images to the clusters of .* as it must hold intact clusters and the checkpoint of the epoch before, .*epoch-0002.*; epoch 1 has no intact checkpoint of the end of epoch 0$/,
      );
    }).pipe(Effect.scoped, Effect.provide(services)),
);
