import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { folderSource, imageSet } from "@deepcluster/data";
import { decodeOptionsOf, layerFeatures } from "@deepcluster/features";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { normaliseRows, openSearchIndex } from "@deepcluster/retrieval";
import { openRunClusters } from "@deepcluster/runs";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { inProcess, runOf } from "./commands_testing.ts";

/** Sizes that a network of 16 pixels sees as they are, and reduced. */
const sizes = [[300, 200], [200, 300], [40, 30], [97, 33], [32, 90]] as const;

/** Writes photos of fine detail, as JPEG, PNG and WebP. */
const makePhotos = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < 20; i++) {
    const [width, height] = sizes[i % sizes.length]!;
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
      const x = Math.floor(at / 3) % width / width;
      const y = Math.floor(at / 3 / width) / height;
      const detail = (at * at * (i + 3)) % 97;
      return 80 + 60 * Math.sin(9 * x * (i % 3)) * Math.cos(7 * y) + detail;
    });
    const format = (["jpeg", "jpeg", "png", "webp"] as const)[i % 4]!;
    await sharp(data, { raw: { width, height, channels: 3 } })
      .toFormat(format).toFile(join(folder, `${i}.${format}`));
  }
};

effectTest(
  "index RUN gives photos of any size the vectors that `features` computes and the clusters that training gave them, and query sees them so, too",
  () =>
    Effect.gen(function* () {
      const { folder, pictures, run } = yield* runOf(makePhotos);
      const at = join(folder, "index");
      const made = yield* inProcess(
        ...["index", run, pictures, "--index", at, "--threads", "1"],
      );
      assert.equal(made.failure, undefined);

      const { source } = yield* folderSource(pictures);
      const clusters = yield* openRunClusters(run);
      const { model } = clusters;
      const layer = model.layers.find(({ name }) => name === "features")!;
      const options = decodeOptionsOf(model);
      assert.ok(options.maxShortSide! < 200 && options.maxShortSide! > 30);
      const images = { ...imageSet(source, options), identity: "0".repeat(64) };
      const { features } = yield* layerFeatures(model, images, [layer], {
        folder: join(folder, "features"),
        batch: 8,
      });
      const expected = normaliseRows(yield* features!.read(0, images.size));

      const index = yield* openSearchIndex(at);
      assert.deepEqual(index.settings.descriptor["decode"], options);
      assert.equal(index.imageCount, 20);
      for (const { path, vector, width, height } of index.images) {
        const rank = source.ids.indexOf(path);
        const { data } = yield* index.vectors.read(vector, 1);
        const start = rank * layer.columns;
        assert.deepEqual(
          data,
          expected.data.slice(start, start + layer.columns),
          `${path}, ${width} x ${height}`,
        );
        assert.equal(index.clusters[vector], clusters.assignments[rank], path);
        assert.deepEqual([width, height], sizes[parseInt(path) % sizes.length]);
      }

      const own = ["0.jpeg", "6.png"].map((name) => join(pictures, name));
      const asked = yield* inProcess("query", at, ...own, "--json");
      for (const line of asked.output.split("\n")) {
        const { query, results: [first] } = JSON.parse(line);
        assert.equal(first.file, query.path);
        assert.ok(first.score > 1 - 1e-6, `${first.score}`);
        assert.equal(query.cluster, first.cluster);
        assert.equal(Math.max(query.width, query.height), 300);
      }
    }).pipe(
      Effect.scoped,
      Effect.provide(
        Layer.mergeAll(Assigner.layerBackend, Progress.layerSilent).pipe(
          Layer.provideMerge(layerOnnx({ provider: "cpu", threads: 1 })),
        ),
      ),
    ),
);
