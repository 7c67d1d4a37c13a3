import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { imageModelOf } from "./image_model.ts";
import type { OnnxModel, TensorSpec } from "./onnx_model.ts";

const spec = (
  name: string,
  shape: TensorSpec["shape"],
  further: Partial<TensorSpec> = {},
): TensorSpec => ({
  name,
  elementType: "float32",
  dtype: "float32",
  shape,
  ...further,
});
const bytes = { elementType: "uint8", dtype: "int32" } as const;
const images = spec("images", ["batch", 3, 224, 192]);
const embeds = spec("embeds", ["batch", 512]);
const model = (
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[] = [embeds],
): OnnxModel => ({
  name: "clip.onnx",
  inputs,
  outputs,
  run: () => Effect.succeed({}),
});

effectTest(
  "imageModelOf() tells the sizes that are fixed, and leaves out the others",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* imageModelOf(model([images])), {
        input: "images",
        layout: "nchw",
        channels: 3,
        height: 224,
        width: 192,
        output: embeds,
      });
      const open = spec("x", [8, "", "h", "w"], { elementType: "float16" });
      assert.deepEqual(yield* imageModelOf(model([open])), {
        input: "x",
        layout: "nchw",
        batch: 8,
        output: embeds,
      });
      const last = spec("x", [1, 112, 96, 3]);
      assert.deepEqual(yield* imageModelOf(model([last])), {
        input: "x",
        layout: "nhwc",
        batch: 1,
        channels: 3,
        height: 112,
        width: 96,
        output: embeds,
      });
    }),
);

effectTest(
  "imageModelOf() takes the output that is named among several",
  () =>
    Effect.gen(function* () {
      const hidden = spec("hidden", ["batch", 50, 768]);
      const both = model([images], [embeds, hidden]);
      assert.equal((yield* imageModelOf(both, "hidden")).output, hidden);
    }),
);

const refusals: readonly [string, OnnxModel, string | undefined, string][] = [
  [
    "no input",
    model([]),
    undefined,
    "a model of images must have one input: it has none",
  ],
  [
    "two inputs",
    model([images, spec("input_ids", ["batch", 77])]),
    undefined,
    "a model of images must have one input: it has images, input_ids",
  ],
  [
    "bytes as input",
    model([spec("images", ["batch", 3, 224, 224], bytes)]),
    undefined,
    "the input of a model of images must be floating-point, " +
    "[batch, 1 or 3, height, width] or [batch, height, width, 1 or 3]: its " +
    "input images is uint8[batch, 3, 224, 224]",
  ],
  [
    "other channels",
    model([spec("images", ["", 4, 224, 224])]),
    undefined,
    "the input of a model of images must be floating-point, " +
    "[batch, 1 or 3, height, width] or [batch, height, width, 1 or 3]: its " +
    "input images is [?, 4, 224, 224]",
  ],
  [
    "an output that it has not",
    model([images]),
    "embedding",
    "it must have the output embedding: its outputs are embeds",
  ],
  [
    "several outputs, none named",
    model([images], [embeds, spec("hidden", [])]),
    undefined,
    "one of its outputs must be named (--output): its outputs are embeds, hidden",
  ],
  [
    "integers as output",
    model([images], [spec("best", ["batch"], bytes)]),
    undefined,
    "its output best must be floating-point: it is uint8[batch]",
  ],
];
for (const [what, model, output, words] of refusals) {
  effectTest(
    `imageModelOf() refuses a model with ${what}`,
    () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(imageModelOf(model, output));
        assert.equal(error.message, `Cannot use clip.onnx as ${words}`);
      }),
  );
}
