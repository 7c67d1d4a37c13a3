import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  encoderMetadata,
  factsInMetadata,
  networkPreprocessing,
} from "./encoder_metadata.ts";
import { encoderPreprocessing } from "./encoder_preprocessing.ts";
import { readPreprocessorConfig } from "./preprocessor_config.ts";

const read = Effect.fnUntraced(function* (config: object) {
  const path = join(yield* temporaryFolder, "preprocessor_config.json");
  yield* Effect.promise(() => writeFile(path, JSON.stringify(config)));
  return yield* readPreprocessorConfig(path);
});

const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const square = { height: 224, width: 224 };

/** Configurations as models on the hub have them, and their sizes and crops. */
const known: readonly [string, object, object][] = [
  [
    "ViT's",
    { image_processor_type: "ViTImageProcessor", size: square, resample: 2 },
    { size: 224, fit: "square", resize: 224, interpolation: "bilinear" },
  ],
  [
    "the older one of ViT",
    {
      feature_extractor_type: "ViTFeatureExtractor",
      do_resize: true,
      size: 224,
      resample: 2,
    },
    { size: 224, fit: "square", resize: 224, interpolation: "bilinear" },
  ],
  [
    "CLIP's",
    {
      image_processor_type: "CLIPImageProcessor",
      size: { shortest_edge: 224 },
      do_center_crop: true,
      crop_size: square,
      resample: 3,
      rescale_factor: 0.00392156862745098,
    },
    { size: 224, fit: "short-side", resize: 224, interpolation: "bicubic" },
  ],
  [
    "the older one of CLIP",
    {
      feature_extractor_type: "CLIPFeatureExtractor",
      size: 224,
      do_center_crop: true,
      crop_size: 224,
      resample: 3,
    },
    { size: 224, fit: "short-side", resize: 224, interpolation: "bicubic" },
  ],
  [
    "DINOv2's",
    {
      image_processor_type: "BitImageProcessor",
      size: { shortest_edge: 256 },
      do_center_crop: true,
      crop_size: square,
      resample: 3,
    },
    { size: 224, fit: "short-side", resize: 256, interpolation: "bicubic" },
  ],
  [
    "ResNet's",
    {
      image_processor_type: "ConvNextImageProcessor",
      size: { shortest_edge: 224 },
      crop_pct: 0.875,
      resample: 3,
    },
    { size: 224, fit: "short-side", resize: 256, interpolation: "bicubic" },
  ],
];
for (const [whose, config, expected] of known) {
  effectTest(
    `readPreprocessorConfig() reads ${whose} configuration`,
    () =>
      Effect.gen(function* () {
        assert.deepEqual(yield* read({ ...half, ...config }), {
          ...expected,
          offset: "floor",
          rounding: "pillow",
          divisor: 255,
          mean: half.image_mean,
          deviation: half.image_std,
          channels: "rgb",
        });
      }),
  );
}

effectTest(
  "readPreprocessorConfig() leaves out what a file leaves to its class",
  () =>
    Effect.gen(function* () {
      const facts = yield* read({
        size: 224,
        do_center_crop: true,
        crop_size: 200,
        do_rescale: false,
        do_flip_channel_order: true,
      });
      assert.deepEqual(facts, {
        size: 200,
        offset: "floor",
        rounding: "pillow",
        divisor: 1,
        channels: "bgr",
      });
      const raw = yield* read({ do_normalize: false });
      assert.deepEqual([raw.mean, raw.deviation], [[0], [1]]);
    }),
);

const refused: readonly [object, RegExp][] = [
  [{ resample: 0 }, /`resample` must be .*: it is 0, the nearest pixel/],
  [
    { do_resize: false },
    /resized, cropped and normalised only: it has do_resi/,
  ],
  [{ do_pad: true }, /it has do_pad=true/],
  [{ size: "large" }, /must be a preprocessor_config\.json of an image proces/],
];
for (const [config, message] of refused) {
  effectTest(
    `readPreprocessorConfig() refuses ${JSON.stringify(config)}`,
    () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(read(config));
        assert.match(error.message, message);
      }),
  );
}

effectTest(
  "factsInMetadata() reads what encoderMetadata() wrote",
  () =>
    Effect.gen(function* () {
      const preprocessing = networkPreprocessing(96);
      const metadata = { ...encoderMetadata(preprocessing), network: "small" };
      const facts = yield* factsInMetadata("a.onnx", metadata);
      const source = { source: "its metadata", factsFor: () => facts! };
      assert.deepEqual(
        yield* encoderPreprocessing("a.onnx", {}, {}, source),
        preprocessing,
      );
      assert.equal(
        yield* factsInMetadata("a.onnx", { mean: "0.5" }),
        undefined,
      );
      const broken = { ...metadata, resize: "large" };
      const error = yield* Effect.flip(factsInMetadata("a.onnx", broken));
      assert.match(error.message, /metadata must be of version 1: resize must/);
    }),
);

effectTest(
  "encoderPreprocessing() takes mean and deviation in the order of the input, " +
    "one for grey",
  () =>
    Effect.gen(function* () {
      const flags = {
        size: 8,
        resize: 8,
        interpolation: "bilinear",
        divisor: 1,
        mean: [104, 117, 123],
        deviation: [2],
        channels: "bgr",
      } as const;
      const colour = yield* encoderPreprocessing("a", {}, flags, undefined);
      assert.deepEqual(colour.normalization, {
        divisor: 1,
        mean: [123, 117, 104],
        deviation: [2, 2, 2],
      });
      const one = { channels: 1, height: 8, width: 8 };
      const refused = encoderPreprocessing("a", one, flags, undefined);
      assert.match(
        (yield* Effect.flip(refused)).message,
        /--mean must be a number: 3 are given/,
      );
      const { channels: _, ...grey } = { ...flags, mean: [100] };
      const { channels } = yield* encoderPreprocessing(
        "a",
        one,
        grey,
        undefined,
      );
      assert.equal(channels, "grey");
      const wide = { height: 8, width: 16 };
      assert.match(
        (yield* Effect.flip(encoderPreprocessing("a", wide, flags, undefined)))
          .message,
        /its input must be square: it takes 16 x 8 pixels/,
      );
    }),
);
