import {
  draws,
  floatTensor,
  intTensor,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import {
  addBias,
  buildGraph,
  convolution,
  input,
  linear,
  reduceMean,
  relu,
} from "@deepcluster/graph";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { Backend } from "../backend.ts";
import { layerReference } from "../reference.ts";
import { layerTested, normals } from "../testing.ts";
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

const random = draws(5, "encoder");
const state = {
  filter: normals(random, [4, 3, 3, 3]),
  bias: normals(random, [4]),
  weight: normals(random, [5, 4]),
  head: normals(random, [5]),
};
const constantsOf = (tensors: Tensors) =>
  Object.entries(tensors).map(([name, { shape, data }]) =>
    weights(name, shape, data as Float32Array)
  );

/** Convolution, ReLU, global pooling, linear: any batch, height and width. */
const encoder = foreignModel({
  input: [port("pixel_values", "float32", ["batch", 3, "height", ""])],
  output: [
    port("embeds", "float32", ["batch", 5]),
    port("best", "int64", ["batch"]),
  ],
  node: [
    node("Conv", ["pixel_values", "filter", "bias"], ["maps"], {
      strides: [2, 2],
    }),
    node("Relu", ["maps"], ["positive"]),
    node("GlobalAveragePool", ["positive"], ["pooled"]),
    node("Flatten", ["pooled"], ["flat"]),
    node("Gemm", ["flat", "weight", "head"], ["embeds"], { transB: 1 }),
    node("ArgMax", ["embeds"], ["best"], { axis: 1, keepdims: 0 }),
  ],
  initializer: constantsOf(state),
});

/** The same by the reference interpreter. */
const expectedOf = Effect.fnUntraced(
  function* (images: Tensor) {
    const graph = yield* buildGraph(() => {
      const x = input("images", images.shape);
      const filter = input("filter", state.filter.shape);
      const bias = input("bias", state.bias.shape);
      const weight = input("weight", state.weight.shape);
      const head = input("head", state.head.shape);
      const maps = relu(addBias(convolution(x, filter, { stride: 2 }), bias));
      const pooled = reduceMean(maps, { axes: [2, 3] });
      return {
        outputs: { embeds: linear(pooled, weight, head) },
        state: { filter, bias, weight, head },
      };
    });
    const backend = yield* Backend;
    const program = yield* backend.compile(graph, state);
    return (yield* program.run({ images }))["embeds"]!;
  },
  Effect.scoped,
  Effect.provide(layerReference),
);

effectTest(
  "a model says what it reads and computes, with names for sizes that are open",
  () =>
    Effect.gen(function* () {
      const { name, inputs, outputs } = yield* open(encoder);
      assert.equal(name, "the model");
      assert.deepEqual(inputs, [{
        name: "pixel_values",
        elementType: "float32",
        dtype: "float32",
        shape: ["batch", 3, "height", ""],
      }]);
      assert.deepEqual(outputs, [
        {
          name: "embeds",
          elementType: "float32",
          dtype: "float32",
          shape: ["batch", 5],
        },
        {
          name: "best",
          elementType: "int64",
          dtype: "int32",
          shape: ["batch"],
        },
      ]);
    }).pipe(Effect.scoped, Effect.provide(layerTested)),
);

effectTest(
  "an image encoder gives the reference's values for batches and sizes of its choice",
  () =>
    Effect.gen(function* () {
      const { run } = yield* open(encoder);
      for (const shape of [[1, 3, 9, 8], [3, 3, 6, 11]]) {
        const images = normals(random, shape);
        const expected = yield* expectedOf(images);
        const { embeds, best } = yield* run({ pixel_values: images });
        assert.deepEqual(embeds!.shape, expected.shape);
        assertClose(embeds!.data, expected.data, 1e-5);
        assert.equal(best!.dtype, "int32");
        best!.data.forEach((index, row) => {
          const scores = expected.data.slice(5 * row, 5 * row + 5);
          assert.equal(scores[index], Math.max(...scores));
        });
      }
    }).pipe(Effect.scoped, Effect.provide(layerTested)),
);

effectTest(
  "a model computes only the outputs that are named, each in its own memory",
  () =>
    Effect.gen(function* () {
      const { run } = yield* open(encoder);
      const feed = (value: number) => {
        const images = floatTensor([1, 3, 5, 5]);
        images.data.fill(value);
        return { pixel_values: images };
      };
      const first = yield* run(feed(1), ["embeds"]);
      const copy = structuredClone(first);
      yield* run(feed(2), ["embeds"]);
      assert.deepEqual(Object.keys(first), ["embeds"]);
      assert.deepEqual(first, copy);
    }).pipe(Effect.scoped, Effect.provide(layerTested)),
);

effectTest(
  "a model of two inputs takes both by name, also from shared memory",
  () =>
    Effect.gen(function* () {
      const model = foreignModel({
        input: [port("a", "float32", ["n"]), port("b", "float32", ["n"])],
        output: [port("y", "float32", ["n"])],
        node: [node("Sub", ["a", "b"], ["y"])],
      });
      const shared = new Float32Array(new SharedArrayBuffer(8));
      shared.set([1, 5]);
      const feeds = { b: floatTensor([2], shared), a: floats(3, 4) };
      assert.deepEqual(yield* run(model, feeds), { y: floats(2, -1) });
    }),
);

for (
  const [type, tensor] of [
    ["float16", floats(1, -2.5, 65504, 2 ** -24, Infinity)],
    ["float64", floats(1, -2.5, 1e30)],
    ["bool", integers(0, 1)],
    ["uint8", integers(0, 255)],
    ["int8", integers(-128, 127)],
    ["uint16", integers(0, 65535)],
    ["int16", integers(-32768, 32767)],
    ["int32", integers(-(2 ** 31), 2 ** 31 - 1)],
    ["uint32", integers(0, 2 ** 31 - 1)],
    ["int64", integers(-(2 ** 31), 2 ** 31 - 1)],
    ["uint64", integers(0, 2 ** 31 - 1)],
  ] as const
) {
  const own = tensor.dtype;
  effectTest(
    `${type} is read from our ${own}, and handed back as it`,
    () =>
      Effect.gen(function* () {
        assert.deepEqual(yield* run(casting(type, own), { x: tensor }), {
          y: tensor,
        });
        assert.deepEqual(yield* run(casting(own, type), { x: tensor }), {
          y: tensor,
        });
      }),
  );
}

effectTest(
  "a model is gone with its scope",
  () =>
    Effect.gen(function* () {
      const { run } = yield* Effect.scoped(open(encoder));
      const feeds = { pixel_values: floatTensor([1, 3, 5, 5]) };
      const error = yield* Effect.flip(run(feeds));
      assert.equal(error._tag, "OnnxModelError");
      assert.match(error.message, /Session already disposed/);
    }).pipe(Effect.provide(layerTested)),
);
