import { floatTensor, intTensor, type Tensors } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backend } from "../backend.ts";
import { layerReference } from "../reference.ts";
import { layerTested } from "../testing.ts";
import {
  casting,
  foreignModel,
  node,
  port,
  weights,
} from "./foreign_model_fixture.ts";

const open = (model: string | Uint8Array) =>
  Effect.flatMap(Backend, (backend) => backend.openOnnx(model));

const run = (model: Uint8Array, feeds: Tensors, outputs?: readonly string[]) =>
  Effect.scoped(Effect.flatMap(open(model), ({ run }) => run(feeds, outputs)))
    .pipe(Effect.provide(layerTested));

const floats = (...values: readonly number[]) =>
  floatTensor([values.length], Float32Array.from(values));
const integers = (...values: readonly number[]) =>
  intTensor([values.length], Int32Array.from(values));

/** Sums the windows of images, 3 pixels wide and high. */
const encoder = foreignModel({
  input: [port("pixel_values", "float32", ["batch", 3, "height", ""])],
  output: [
    port("embeds", "float32", ["batch", 4, "", ""]),
    port("best", "int64", ["batch", "", "", ""]),
  ],
  node: [
    node("Conv", ["pixel_values", "filter"], ["embeds"]),
    node("ArgMax", ["embeds"], ["best"], { axis: 1 }),
  ],
  initializer: [
    weights("filter", [4, 3, 3, 3], new Float32Array(108).fill(1)),
  ],
});

const refusal = (name: string, message: string, feeds: Tensors, options: {
  readonly model?: Uint8Array;
  readonly outputs?: readonly string[];
} = {}) =>
  effectTest(name, () =>
    Effect.gen(function* () {
      const { model = encoder, outputs } = options;
      const error = yield* Effect.flip(run(model, feeds, outputs));
      assert.equal(error.message, message);
    }));

refusal(
  "an input of a model that is missing is named",
  "Cannot run the graph as pixel_values must be " +
    "[batch, 3, height, ?]: current value is absent",
  {},
);
refusal(
  "an input that a model has not is named",
  "Cannot run the graph as images must be absent: " +
    "current value is [1, 3, 5, 5]",
  {
    pixel_values: floatTensor([1, 3, 5, 5]),
    images: floatTensor([1, 3, 5, 5]),
  },
);
refusal(
  "images of other channels than a model's are refused",
  "Cannot run the graph as pixel_values must be " +
    "[batch, 3, height, ?]: current value is [1, 1, 5, 5]",
  { pixel_values: floatTensor([1, 1, 5, 5]) },
);
refusal(
  "integers that a byte cannot hold are refused, not cut off",
  "Cannot run the graph as x must be uint8[n]: " +
    "current value is 256 among its values",
  { x: integers(1, 256) },
  { model: casting("uint8", "float32") },
);
refusal(
  "an output that 32 bits do not hold is refused",
  "Cannot use the model as its output y must fit 32-bit integers: " +
    "it holds 3000000000",
  { x: floats(3e9) },
  { model: casting("float32", "int64") },
);
refusal(
  "an output that a model has not is named beside those it has",
  "Cannot use the model as it must have the output embedding: " +
    "its outputs are embeds, best",
  { pixel_values: floatTensor([1, 3, 5, 5]) },
  { outputs: ["embedding"] },
);
refusal(
  "an output of words is refused",
  "Cannot use the model as its output y must hold numbers: it is string[n]",
  { x: floats(1) },
  { model: casting("float32", "string") },
);
effectTest(
  "images that are too small for a model are named with the library's reason",
  () =>
    Effect.gen(function* () {
      const feeds = { pixel_values: floatTensor([1, 3, 1, 1]) };
      assert.match(
        (yield* Effect.flip(run(encoder, feeds))).message,
        /^Cannot use the model as it must run on pixel_values \[1, 3, 1, 1\]: .*Conv node.*Invalid input shape/,
      );
    }),
);

const one = {
  input: [port("x", "float32", [2])],
  output: [port("y", "float32", [2])],
};
const unusable: readonly [string, string, Uint8Array][] = [
  [
    "an operator that there is not",
    "ONNX Runtime must know its operators: it does not know Sine of " +
    "operator set 17",
    foreignModel({ ...one, node: [node("Sine", ["x"], ["y"])] }),
  ],
  [
    "an operator of another domain",
    "ONNX Runtime must know its operators: it does not know com.acme:Sine",
    foreignModel(
      { ...one, node: [node("Sine", ["x"], ["y"], {}, "com.acme")] },
      { domains: ["com.acme"] },
    ),
  ],
  [
    "a later operator set",
    "its operator set must be at most 26: it is 99; " +
    "export the model with opset_version=26 or lower",
    foreignModel({ ...one, node: [node("Neg", ["x"], ["y"])] }, { opset: 99 }),
  ],
  [
    "a later format",
    "the version of its format must be at most 13: it is 99",
    foreignModel({ ...one, node: [node("Neg", ["x"], ["y"])] }, { ir: 99 }),
  ],
  [
    "bfloat16 at its door",
    "its inputs and outputs must be of types that ONNX Runtime's package " +
    "for JavaScript has: one is bfloat16; export the model in float32 or " +
    "float16",
    casting("bfloat16", "float32"),
  ],
  [
    "bytes of something else",
    "it must be an ONNX model: its bytes are none",
    Uint8Array.of(1, 2, 3),
  ],
  [
    "no bytes",
    "it must be an ONNX model: its bytes are none",
    new Uint8Array(),
  ],
];
for (const [what, words, model] of unusable) {
  effectTest(
    `a model with ${what} is refused in these words`,
    () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(open(model));
        assert.equal(error.message, `Cannot use the model as ${words}`);
      }).pipe(Effect.scoped, Effect.provide(layerTested)),
  );
}

effectTest(
  "a model's file is named when it is not there, is a folder, or lacks weights",
  () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "onnx-model-"))),
        (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
      );
      const path = join(folder, "encoder.onnx");
      const messageOf = (path: string) =>
        Effect.map(Effect.flip(open(path)), ({ message }) => message);
      assert.equal(
        yield* messageOf(path),
        `Cannot use ${path} as there must be such a file: there is none`,
      );
      assert.equal(
        yield* messageOf(folder),
        `Cannot use ${folder} as it must be an ONNX model: it is a folder`,
      );
      const { rawData: _, ...w } = weights("w", [2], new Float32Array(2));
      const external = foreignModel({
        ...one,
        node: [node("Add", ["x", "w"], ["y"])],
        initializer: [{
          ...w,
          dataLocation: 1,
          externalData: [
            { key: "location", value: "w.bin" },
            { key: "offset", value: "0" },
            { key: "length", value: "8" },
          ],
        }],
      });
      writeFileSync(path, external);
      assert.equal(
        yield* messageOf(path),
        `Cannot use ${path} as its external weights must lie in the folder ` +
          "of its file, which must be named by its path: w is not there",
      );
      writeFileSync(
        join(folder, "w.bin"),
        new Uint8Array(Float32Array.of(1, 2).buffer),
      );
      const { name, run } = yield* open(path);
      assert.equal(name, path);
      assert.deepEqual(yield* run({ x: floats(3, 4) }), { y: floats(4, 6) });
    }).pipe(Effect.scoped, Effect.provide(layerTested)),
);

effectTest(
  "the engine reference says that it runs no ONNX models",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(open("encoder.onnx"));
      assert.equal(
        error.message,
        "Cannot use encoder.onnx as the engine must run ONNX models: " +
          "the engine reference does not; choose the engine onnx",
      );
    }).pipe(Effect.scoped, Effect.provide(layerReference)),
);
