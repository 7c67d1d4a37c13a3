import { draws, floatTensor, Progress } from "@deepcluster/core";
import {
  clusteringTransform,
  imageSet,
  type ImageSource,
} from "@deepcluster/data";
import {
  compileLayers,
  type IdentifiedImages,
  type LayeredModel,
} from "@deepcluster/features";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { outputShapes, small } from "@deepcluster/models";
import { pixelsModel, randomWeights } from "@deepcluster/runs";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { receptiveField, seenRegion } from "./receptive_field.ts";
import { topImages } from "./top_images.ts";

const services = Layer.merge(
  Progress.layerSilent,
  layerOnnx({ provider: "cpu", threads: 1 }),
);

const size = 16;
const count = 21;

/** Noise of several grains; images 4 and 5 are the same. */
const source: ImageSource = {
  name: "noise",
  ids: Array.from({ length: count }, (_, i) => `noise ${i}`),
  payload: (index) => {
    const image = index === 5 ? 4 : index;
    const { integer } = draws(image, "noise");
    const grain = 1 + image % 4;
    const data = new Uint8Array(size ** 2);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        data[y * size + x] = y % grain === 0 && x % grain === 0
          ? integer(256)
          : data[(y - y % grain) * size + x - x % grain]!;
      }
    }
    return { kind: "pixels", width: size, height: size, channels: 1, data };
  },
};

/** The images, and which of them were asked for. */
const counted = () => {
  const set = imageSet(source);
  const seen = new Set<number>();
  const images: IdentifiedImages = {
    ...set,
    identity: "1".repeat(64),
    decoded: (index) => {
      seen.add(index);
      return set.decoded(index);
    },
  };
  return { images, seen };
};

const network = Effect.runSync(
  small({ sobel: false, size, channels: [5, 7], units: [4] }),
);
const model = randomWeights(network, 8);

/** The maps of all images, one image at a time. */
const mapsOf = Effect.fnUntraced(function* (path: string, model: LayeredModel) {
  const [, channels, side] = outputShapes(network, 1)[path]!;
  const area = side! ** 2;
  const layer = {
    name: "map",
    layerOutput: path,
    columns: channels! * area,
  };
  const run = yield* compileLayers(model, [layer], 1);
  const { write } = clusteringTransform({ crop: size });
  const { images } = counted();
  return yield* Effect.forEach(
    Array.from({ length: count }, (_, index) => index),
    Effect.fnUntraced(function* (index) {
      const pixels = floatTensor([1, 3, size, size]);
      write(yield* images.decoded(index), index, pixels.data, 0);
      const { data } = (yield* run(pixels))("map");
      return Array.from(
        { length: channels! },
        (_, filter) => [...data.slice(filter * area, (filter + 1) * area)],
      );
    }),
  );
});

effectTest(
  "topImages() finds the images whose maps have the largest means, and what " +
    "their largest values see",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      for (
        const [layer, path] of [["conv2", "features.6"], [
          "features.4",
          "features.4",
        ]]
      ) {
        const { images } = counted();
        const options = { layer: layer!, folder, count: 6, batch: 4 };
        const found = yield* topImages(model, images, options);
        assert.equal(found.layer.path, path);
        assert.deepEqual([found.images, found.side], [count, size]);
        const maps = yield* mapsOf(path!, model);
        const side = Math.sqrt(maps[0]![0]!.length);
        const field = receptiveField(network, path!);
        assert.equal(found.filters.length, 7);
        for (const { filter, top } of found.filters) {
          const expected = maps.map((map, index) => {
            const values = map[filter]!;
            const peak = values.indexOf(Math.max(...values));
            return {
              index,
              mean: values.reduce((sum, value) => sum + value, 0) / side ** 2,
              region: seenRegion(
                field,
                Math.floor(peak / side),
                peak % side,
                size,
              ),
            };
          }).filter(({ mean }) => mean !== 0)
            .sort((a, b) => b.mean - a.mean || a.index - b.index).slice(0, 6);
          assert.deepEqual(
            top.map(({ index, region }) => ({ index, region })),
            expected.map(({ index, region }) => ({ index, region })),
          );
          for (const [i, { activation }] of top.entries()) {
            assert.ok(Math.abs(activation - expected[i]!.mean) < 1e-5);
          }
        }
      }
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "topImages() puts the lower of equal images first, and looks again at the " +
    "images found only",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const options = { folder, count: 3, filters: [2, 0] };
      const first = counted();
      const found = yield* topImages(model, first.images, options);
      assert.deepEqual(found.filters.map(({ filter }) => filter), [2, 0]);
      assert.equal(first.seen.size, count);
      const again = counted();
      assert.deepEqual(yield* topImages(model, again.images, options), found);
      const shown = found.filters.flatMap(({ top }) =>
        top.map(({ index }) => index)
      );
      assert.deepEqual(again.seen, new Set(shown.sort((a, b) => a - b)));

      const all = yield* topImages(model, again.images, { folder, count });
      for (const { top } of all.filters) {
        const places = [4, 5].map((image) =>
          top.findIndex(({ index }) => index === image)
        );
        assert.equal(places[1], places[0]! < 0 ? -1 : places[0]! + 1);
      }
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "topImages() takes the filters with the largest activations, and leaves out " +
    "images that do not activate a filter",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const { images } = counted();
      const { parameters } = model;
      const bias = parameters["features.5.bias"]!.data.map((value, filter) =>
        filter === 3 ? -1e6 : filter === 1 ? 50 : value
      ) as Float32Array;
      const changed: LayeredModel = {
        ...model,
        identity: "2".repeat(64),
        parameters: {
          ...parameters,
          "features.5.bias": floatTensor([7], bias),
        },
      };
      const options = { folder, count: 2 };
      const all = yield* topImages(changed, images, options);
      assert.deepEqual(all.filters[3], { filter: 3, top: [] });
      const most = yield* topImages(changed, images, {
        ...options,
        mostFilters: 3,
      });
      const strongest = all.filters.toSorted((a, b) =>
        (b.top[0]?.activation ?? -1) - (a.top[0]?.activation ?? -1)
      ).slice(0, 3).sort((a, b) => a.filter - b.filter);
      assert.deepEqual(most.filters, strongest);
      assert.ok(most.filters.some(({ filter }) => filter === 1));
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "topImages() refuses other layers and filters, and models without a network",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const { images } = counted();
      const refusal = (
        options: { layer?: string; filters?: number[] },
        of: LayeredModel = model,
      ) =>
        topImages(of, images, { folder, ...options }).pipe(
          Effect.flip,
          Effect.map(({ message }) => message),
        );
      assert.match(
        yield* refusal({ layer: "conv9" }),
        /conv1 \(features\.2\), .* current value is layers=conv9/,
      );
      assert.match(
        yield* refusal({ layer: "conv2", filters: [7] }),
        /numbers from 0 to 6, as conv2 has 7 filters: .*=7/,
      );
      assert.match(yield* refusal({}, pixelsModel(16)), /pixels is the images/);
    }).pipe(Effect.scoped, Effect.provide(services)),
);
