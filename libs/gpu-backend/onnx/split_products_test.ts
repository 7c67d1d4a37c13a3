import { draws, type Tensor } from "@deepcluster/core";
import { encode, type Model, modelWriter } from "@deepcluster/onnx-format";
import { splitProducts } from "@deepcluster/onnx-lowering";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { normals } from "../testing.ts";
import { loadRuntime, openSession } from "./runtime.ts";
import assert from "node:assert/strict";

const random = draws(1, "split products");
const weight = normals(random, [96, 200]);
const bias = normals(random, [96]);
const x = normals(random, [3, 200]);

/** A fully connected layer; `more` may add nodes. */
const layerOf = (
  weight: Tensor,
  {
    transB = 1,
    isFed = false,
    more = (_writer, y) => y,
  }: {
    readonly transB?: 0 | 1;
    readonly isFed?: boolean;
    readonly more?: (
      writer: ReturnType<typeof modelWriter>,
      y: string,
      weights: string,
    ) => string;
  } = {},
): Model => {
  const writer = modelWriter();
  const port = (name: string, shape: readonly number[]) =>
    ({ name, shape, dtype: "float32" }) as const;
  const weights = isFed
    ? writer.input(port("weight", weight.shape))
    : writer.constant("weight", weight);
  const [y] = writer.node("y", "Gemm", [
    writer.input(port("x", x.shape)),
    weights,
    writer.constant("bias", bias),
  ], { transB: { i: transB } });
  writer.output(port("result", [3, 96]), more(writer, y, weights));
  return writer.finish();
};

const operatorsOf = ({ nodes }: Model) => nodes.map(({ operator }) => operator);

effectTest(
  "a product with parts of a constant matrix gives the same bytes",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const runtime = yield* loadRuntime;
      const run = Effect.fnUntraced(function* (model: Model) {
        const encoded = yield* encode(model, { external: true });
        const settings = { provider: "cpu", threads: 2 } as const;
        const session = yield* openSession(runtime, encoded, settings);
        const fed = new runtime.Tensor(
          "float32",
          x.data as Float32Array,
          x.shape,
        );
        const results = yield* Effect.promise(() => session.run({ x: fed }));
        return results["result"]!.data;
      });
      const model = layerOf(weight);
      const parts = splitProducts(model, 5000);
      assert.deepEqual(operatorsOf(parts), [
        ...Array.from({ length: 4 }, () => "Gemm"),
        "Concat",
      ]);
      assert.deepEqual(yield* run(parts), yield* run(model));
    })),
);

effectTest(
  "parts share the memory of the constant, which is gone",
  () =>
    Effect.sync(() => {
      const { constants } = splitProducts(layerOf(weight), 5000);
      assert.deepEqual(
        constants.map(({ name, shape }) => [name, ...shape]),
        [
          ...[0, 1, 2, 3].map((index) => [`weight/${index}`, 24, 200]),
          ...[0, 1, 2, 3].map((index) => [`bias/${index}`, 24]),
        ],
      );
      for (const { name, data } of constants) {
        const { buffer } = name.startsWith("weight") ? weight.data : bias.data;
        assert.equal(data.buffer, buffer, name);
      }
    }),
);

effectTest(
  "a product stays one whose factor is small, fed, not transposed, or used " +
    "by another node as well",
  () =>
    Effect.sync(() => {
      const square = normals(random, [96, 96]);
      const models: readonly [Model, number][] = [
        [layerOf(weight), 96 * 200],
        [layerOf(weight, { isFed: true }), 5000],
        [layerOf(normals(random, [200, 96]), { transB: 0 }), 5000],
        [
          layerOf(square, {
            more: (writer, y, weights) =>
              writer.node("again", "Gemm", [y, weights])[0],
          }),
          5000,
        ],
      ];
      for (const [model, most] of models) {
        assert.deepEqual(splitProducts(model, most), model);
      }
    }),
);
