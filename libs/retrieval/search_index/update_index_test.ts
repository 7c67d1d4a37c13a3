import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import type { ImageSource } from "@deepcluster/data";
import { pixelsLayer } from "@deepcluster/features";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { join } from "node:path";
import { layerDescriptor } from "../descriptors/layer_descriptor.ts";
import { openSearchIndex } from "./open_search_index.ts";
import { updateIndex } from "./update_index.ts";

/** Images of one colour, by name. */
const colours = (values: Readonly<Record<string, number>>): ImageSource => {
  const ids = Object.keys(values);
  return {
    name: "colours",
    ids,
    payload: (index) => ({
      kind: "pixels",
      width: 4,
      height: 4,
      channels: 3,
      data: Uint8Array.from(
        { length: 48 },
        (_, i) => (values[ids[index]!]! * (i + 7)) % 251,
      ),
    }),
  };
};

const services = Layer.mergeAll(
  Assigner.layerReference,
  Progress.layerSilent,
  layerReference,
);

const update = (
  folder: string,
  source: ImageSource,
  options: { clusters?: number; recluster?: boolean } = {},
) =>
  Effect.gen(function* () {
    const descriptor = yield* layerDescriptor(
      { name: "pixels", identity: "1", size: 4, parameters: {} },
      pixelsLayer(4),
      { batch: 2 },
    );
    return yield* updateIndex({
      folder,
      settings: {
        columns: descriptor.columns,
        descriptor: descriptor.settings,
      },
      descriptor,
      sources: [{ root: "/colours", source }],
      seed: 1,
      ...options,
    });
  }).pipe(Effect.scoped, Effect.provide(services));

effectTest(
  "updateIndex() computes only what is new, and keeps numbers and rows",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "index");
      const first = yield* update(folder, colours({ a: 1, b: 2, c: 3 }));
      assert.deepEqual(first, {
        images: 3,
        vectors: 3,
        added: 3,
        changed: 0,
        removed: 0,
        unchanged: 0,
        computed: 3,
        skipped: 0,
        clusters: 2,
      });
      const second = yield* update(
        folder,
        colours({ a: 1, c: 4, d: 5, e: 1 }),
      );
      assert.deepEqual(second, {
        images: 4,
        vectors: 3,
        added: 2,
        changed: 1,
        removed: 1,
        unchanged: 1,
        computed: 2,
        skipped: 0,
        clusters: 2,
      });
      const index = yield* openSearchIndex(folder);
      assert.deepEqual(
        index.images.map(({ id, path, vector }) => [id, path, vector]),
        [[1, "a", 0], [4, "c", 3], [5, "d", 4], [6, "e", 0]],
      );
      assert.deepEqual([...index.live], [0, 3, 4]);
      assert.equal(index.vectors.rows, 5);
      assert.equal(index.clusters.length, 5);
      assert.deepEqual(index.imagesOf(0).map(({ path }) => path), ["a", "e"]);
    }),
);
