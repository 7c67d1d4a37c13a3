import { floatTensor } from "@deepcluster/core";
import { clusteringTransform } from "@deepcluster/data";
import { compileLayers, transformOptionsOf } from "@deepcluster/features";
import { layerOnnx } from "@deepcluster/gpu-backend";
import {
  encoderMetadata,
  networkPreprocessing,
  onnxFeatures,
} from "@deepcluster/model-io";
import { initialise, small } from "@deepcluster/models";
import { assertClose, effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fixture from "./fixtures/encoder/vit.json" with { type: "json" };
import {
  type EvaluatedModel,
  openModel,
  type OpenModelOptions,
} from "./open_model.ts";

const pathOf = (name: string) =>
  fileURLToPath(new URL(`fixtures/encoder/${name}`, import.meta.url));
const vit = pathOf("vit.onnx");
const engine = layerOnnx({ provider: "cpu", threads: 1 });

const made = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => i * 7919 + i * i % 251 * 13 + Math.floor(i / 97),
  ),
});
const images = fixture.sizes.map(([width, height]) => made(width!, height!));

const opened = (encoder: NonNullable<OpenModelOptions["encoder"]>) =>
  openModel(vit, { seed: 1, encoder });

/** Vectors of the images, two at a time: the second run is filled up. */
const vectorsOf = Effect.fnUntraced(function* (
  model: EvaluatedModel,
  layer = model.layers[0]!,
) {
  const { size } = model;
  const pixels = floatTensor([images.length, 3, size, size]);
  const { write } = clusteringTransform(transformOptionsOf(model));
  images.forEach((image, i) =>
    write(image, i, pixels.data, i * 3 * size * size)
  );
  const run = yield* compileLayers(model, [layer], 2);
  const rows: number[] = [];
  for (const [from, to] of [[0, 2], [2, 3]] as const) {
    const some = pixels.data.subarray(from * 3 * size ** 2, to * 3 * size ** 2);
    const tensor = floatTensor([to - from, 3, size, size], some);
    rows.push(...(yield* run(tensor))(layer.name).data);
  }
  return Float32Array.from(rows);
}, Effect.scoped);

const caffe = {
  output: "embedding",
  fit: "square",
  resize: 36,
  interpolation: "bilinear",
  range: 255,
  mean: [104, 117, 123],
  deviation: [58, 57, 56],
  channels: "bgr",
} as const;

/** Hugging Face's rules, for which there are no flags. */
const config = {
  image_processor_type: "BitImageProcessor",
  size: { shortest_edge: 37 },
  do_center_crop: true,
  crop_size: { height: 32, width: 32 },
  resample: 1,
  image_mean: [0.485, 0.456, 0.406],
  image_std: [0.229, 0.224, 0.225],
};

effectTest(
  "a transformer exported by PyTorch gives the vectors of ONNX Runtime for " +
    "Python and Pillow, however its images are prepared",
  () =>
    Effect.gen(function* () {
      const preprocessing = join(
        yield* temporaryFolder,
        "preprocessor_config.json",
      );
      yield* Effect.promise(() =>
        writeFile(preprocessing, JSON.stringify(config))
      );
      const told = {
        vit: { output: "embedding", preprocessing: "vit" },
        clip: { output: "tokens", pool: "mean", preprocessing: "clip" },
        hugging_face: { output: "tokens", pool: "cls", preprocessing },
        caffe,
      } as const;
      for (const [name, expected] of Object.entries(fixture.vectors)) {
        const model = yield* opened(told[name as keyof typeof told]);
        const vectors = yield* vectorsOf(model);
        assertClose(vectors, Float32Array.from(expected.flat()), 1e-5);
      }
    }).pipe(Effect.provide(engine)),
);

effectTest(
  "everything that is told of an encoder tells its features from others, its " +
    "place does not",
  () =>
    Effect.gen(function* () {
      const base = { ...caffe, output: "tokens", pool: "mean" } as const;
      const changes: readonly NonNullable<OpenModelOptions["encoder"]>[] = [
        { output: "embedding" },
        { pool: "cls" },
        { fit: "short-side" },
        { resize: 37 },
        { interpolation: "bicubic" },
        { range: 1 },
        { mean: [104, 117, 124] },
        { mean: [123, 117, 104] },
        { deviation: [1] },
        { channels: "rgb" },
      ];
      const identities = new Set([(yield* opened(base)).identity]);
      for (const change of changes) {
        const { pool: _, ...unpooled } = base;
        const told = "output" in change ? unpooled : base;
        identities.add((yield* opened({ ...told, ...change })).identity);
      }
      assert.equal(identities.size, changes.length + 1);
      const folder = yield* temporaryFolder;
      const moved = join(folder, "moved");
      yield* Effect.promise(() => copyFile(vit, moved));
      const same = yield* openModel(moved, { seed: 1, encoder: base });
      assert.ok(identities.has(same.identity), "recognised by its content");
    }).pipe(Effect.provide(engine)),
);

effectTest(
  "--output reads a tensor that a file computes on the way",
  () =>
    Effect.gen(function* () {
      const outer = yield* opened({
        output: "tokens",
        pool: "cls",
        preprocessing: "vit",
      });
      const inner = yield* opened({ output: "select_6", preprocessing: "vit" });
      assert.equal(inner.encoder!.output.inner, true);
      assertClose(yield* vectorsOf(inner), yield* vectorsOf(outer), 1e-6);
    }).pipe(Effect.provide(engine)),
);

effectTest(
  "an encoder that must be told more is refused with what is missing",
  () =>
    Effect.gen(function* () {
      const says = (encoder: NonNullable<OpenModelOptions["encoder"]>) =>
        Effect.map(Effect.flip(opened(encoder)), ({ message }) => message);
      assert.equal(
        yield* says({}),
        `Cannot use ${vit} as one of its outputs must be named ` +
          "(--output): its outputs are tokens, embedding",
      );
      assert.match(
        yield* says({ output: "embedding", mean: [0.5] }),
        /how images become its input: --resize, --interpolation, --range, --deviation and --channels are missing; --preprocessing imagenet/,
      );
      assert.match(
        yield* says({ output: "tokens", preprocessing: "vit" }),
        /--pool must say .*: tokens is \[batch, 17, 16\]; --pool cls takes/,
      );
      assert.match(
        yield* says({ ...caffe, pool: "mean" }),
        /--pool must go with tokens or maps: embedding is \[batch, 16\]/,
      );
      assert.match(
        yield* says({ ...caffe, resize: 31 }),
        /resized to at least its input: --resize 31, input 32/,
      );
      const sized = openModel(vit, { seed: 1, size: 64, encoder: caffe });
      assert.match(
        (yield* Effect.flip(sized)).message,
        /its input is fixed at 32 x 32 pixels: --size says 64/,
      );
      const random = openModel("random", { seed: 1, encoder: { range: 1 } });
      assert.match(
        (yield* Effect.flip(random)).message,
        /Cannot open random as range must be told of ONNX files only/,
      );
    }).pipe(Effect.provide(engine)),
);

effectTest(
  "an exported network gives its own vectors, of one image a run, maps pooled " +
    "alike",
  () =>
    Effect.gen(function* () {
      const network = yield* small({ sobel: true, size: 32, width: 0.25 });
      const parameters = initialise(network, 1);
      const folder = yield* temporaryFolder;
      const random = yield* openModel("random", {
        model: "small",
        size: 32,
        width: 0.25,
        seed: 1,
      });
      for (const name of ["conv2", "features"]) {
        const layer = random.layers.find((layer) => layer.name === name)!;
        const path = join(folder, `${name}.onnx`);
        const bytes = yield* onnxFeatures(network, parameters, {
          layer: layer.layerOutput!,
          metadata: encoderMetadata(networkPreprocessing(32)),
        });
        yield* Effect.promise(() => writeFile(path, bytes));
        const model = yield* openModel(path, { seed: 1 });
        assert.equal(model.encoder!.batch, 1);
        assert.equal(model.layers[0]!.columns, layer.columns);
        assertClose(
          yield* vectorsOf(model),
          yield* vectorsOf(random, layer),
          1e-5,
        );
      }
    }).pipe(Effect.provide(engine)),
);

effectTest(
  "channels come last, in the order of the input, or as one of grey",
  () =>
    Effect.gen(function* () {
      const told = {
        fit: "square",
        interpolation: "box",
        range: 255,
        deviation: [2],
      } as const;
      const last = yield* openModel(pathOf("last.onnx"), {
        seed: 1,
        encoder: { ...told, mean: [10, 20, 30], channels: "bgr" },
      });
      assert.equal(last.encoder!.layout, "nhwc");
      const grey = yield* openModel(pathOf("grey.onnx"), {
        seed: 1,
        size: 8,
        encoder: { ...told, mean: [10] },
      });
      assert.equal(grey.encoder!.preprocessing.channels, "grey");
      const means = yield* vectorsOf(last);
      const greys = yield* vectorsOf(grey);
      images.forEach(({ data }, i) => {
        const mean = (channel: number) =>
          data.reduce(
            (sum, value, j) => j % 3 === channel ? sum + value : sum,
            0,
          ) / (data.length / 3);
        const [red, green, blue] = [mean(0), mean(1), mean(2)];
        const expected = [(blue - 10) / 2, (green - 20) / 2, (red - 30) / 2];
        const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
        // Levels are rounded twice: the mean of 64 pixels is off by less than 1.
        assert.ok(
          expected.every((value, j) => Math.abs(means[3 * i + j]! - value) < 1),
        );
        assert.ok(Math.abs(greys[i]! - (luma - 10) / 2) < 1);
      });
    }).pipe(Effect.provide(engine)),
);
