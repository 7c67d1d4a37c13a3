import { draws, floatTensor } from "@deepcluster/core";
import {
  addBias,
  buildGraph,
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
  type ConvolutionOptions,
  input,
  type Value,
} from "@deepcluster/graph";
import { innerNodes } from "@deepcluster/onnx-format";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Backend } from "../backend.ts";
import { layerTested, normals } from "../testing.ts";
import { compileWith } from "./executor.ts";
import { lower } from "@deepcluster/onnx-lowering";
import { loadRuntime } from "./runtime.ts";
import assert from "node:assert/strict";

/** The operators of a convolution or of its gradients. */
const operatorsOf = Effect.fnUntraced(function* (y: Value, winograd = true) {
  const graph = yield* buildGraph(() => ({ outputs: { y } }));
  const { nodes } = lower(graph, {}, { winograd }).model;
  return new Set(
    nodes.flatMap((node) => [node, ...innerNodes(node)])
      .map(({ operator }) => operator),
  );
});

const product = "com.microsoft.FusedMatMul";

const all = (options: ConvolutionOptions, kernel = [3, 3]) => {
  const x = input("x", [1, 128, 20, 20]);
  const groups = options.groups ?? 1;
  const filter = input("filter", [128, 128 / groups, ...kernel]);
  const y = convolution(x, filter, options);
  const dy = input("dy", y.shape);
  return [
    y,
    convolutionInputGradient(filter, dy, x.shape, options),
    convolutionFilterGradient(x, dy, filter.shape, options),
  ];
};

effectTest(
  "convolutions of many channels and their gradients go by tiles",
  () =>
    Effect.gen(function* () {
      for (const y of all({ padding: 1 })) {
        const operators = yield* operatorsOf(y);
        assert.ok(operators.has(product), [...operators].join(" "));
        assert.ok(!operators.has("Conv"), [...operators].join(" "));
      }
    }),
);

effectTest(
  "nothing goes by tiles that steps, is dilated or grouped, has one tap, or " +
    "runs in another engine",
  () =>
    Effect.gen(function* () {
      const graphs = [
        ...all({ stride: 2 }),
        ...all({ dilation: 2 }),
        ...all({ groups: 2 }),
        ...all({}, [1, 1]),
        ...all({}, [9, 9]),
      ];
      for (const y of graphs) {
        assert.ok(!(yield* operatorsOf(y)).has(product));
      }
      for (const y of all({ padding: 1 })) {
        assert.ok(!(yield* operatorsOf(y, false)).has(product));
      }
    }),
);

effectTest(
  "nothing goes by tiles whose transforms cost what they save",
  () =>
    Effect.gen(function* () {
      const few = convolution(
        input("x", [1, 8, 128, 128]),
        input("filter", [16, 8, 3, 3]),
      );
      assert.ok(!(yield* operatorsOf(few)).has(product));
      const small = convolution(
        input("x", [1, 192, 4, 4]),
        input("filter", [192, 192, 3, 3]),
        { padding: 1 },
      );
      assert.ok(!(yield* operatorsOf(small)).has(product));
    }),
);

effectTest(
  "a map of a single tile goes by none, whose one row of an image would be " +
    "multiplied in another order than those of several",
  () =>
    Effect.gen(function* () {
      for (const [size, tiled] of [[6, false], [7, true]] as const) {
        const y = convolution(
          input("x", [1, 384, size, size]),
          input("filter", [384, 384, 3, 3]),
          { padding: 1 },
        );
        assert.equal((yield* operatorsOf(y)).has(product), tiled, `${size}`);
      }
    }),
);

/** Runs a graph on random numbers, with and without tiles. */
const runBoth = Effect.fnUntraced(
  function* (outputs: Readonly<Record<string, Value>>) {
    const runtime = yield* loadRuntime;
    const graph = yield* buildGraph(() => ({ outputs }));
    const random = draws(1, "both");
    const inputs = Object.fromEntries(
      Object.entries(graph.inputs)
        .map(([name, { shape }]) => [name, normals(random, shape)]),
    );
    const run = Effect.fnUntraced(function* (winograd: boolean) {
      const settings = { provider: "cpu", threads: 2 } as const;
      const compile = compileWith({
        runtime,
        settings,
        lowering: { winograd },
      });
      return { ...yield* (yield* compile(graph, {})).run(inputs) };
    });
    return { direct: yield* run(false), tiled: yield* run(true) };
  },
  Effect.scoped,
);

effectTest(
  "a convolution and its gradients are the same by tiles but for rounding, " +
    "whatever is left of the last tile, and in how many parts",
  () =>
    Effect.gen(function* () {
      const shapes = [
        [3, 3, 2, 15, 14],
        [5, 3, 2, 9, 21],
        [3, 5, 2, 20, 24],
        [5, 5, 24, 27, 27],
      ] as const;
      for (const [high, wide, n, ...size] of shapes) {
        const x = input("x", [n, 98, ...size]);
        const filter = input("filter", [123, 98, high, wide]);
        const options = { padding: [1, 2] } as const;
        const y = convolution(x, filter, options);
        const dy = input("dy", y.shape);
        const { direct, tiled } = yield* runBoth({
          y,
          biased: addBias(
            convolution(x, filter, options),
            input("bias", [123]),
          ),
          dx: convolutionInputGradient(filter, dy, x.shape, options),
          df: convolutionFilterGradient(x, dy, filter.shape, options),
        });
        for (const [name, { data }] of Object.entries(direct)) {
          const title = `${name} of ${high} by ${wide}`;
          assertClose(tiled[name]!.data, data, 2e-5, title);
          assert.notDeepEqual(tiled[name]!.data, data, title);
        }
      }
    }),
);

effectTest(
  "an image has the same features in every batch",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const backend = yield* Backend;
      const filter = input("filter", [128, 128, 3, 3]);
      const random = draws(1, "batches");
      const weights = normals(random, filter.shape);
      const run = (images: Float32Array) =>
        Effect.gen(function* () {
          const shape = [images.length / (128 * 20 * 20), 128, 20, 20];
          const program = yield* backend.compile(
            yield* buildGraph(() => ({
              outputs: { y: convolution(input("x", shape), filter) },
              state: { filter },
            })),
            { filter: weights },
          );
          return (yield* program.run({ x: floatTensor(shape, images) }))["y"]!;
        });
      const images = normals(random, [7, 128, 20, 20]).data as Float32Array;
      const together = (yield* run(images)).data;
      const each = images.length / 7;
      for (const i of [0, 6]) {
        const alone = (yield* run(images.slice(i * each, (i + 1) * each))).data;
        assert.deepEqual(
          alone,
          together.slice(i * alone.length, (i + 1) * alone.length),
        );
      }
    })).pipe(Effect.provide(layerTested)),
);

effectTest(
  "a filter that never changes is transformed when the session opens, by one " +
    "node of the standard, with the same results but for rounding",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const filter = input("filter", [128, 128, 3, 5]);
      const x = input("x", [2, 128, 20, 24]);
      const y = convolution(x, filter, { padding: [1, 2] });
      const random = draws(1, "constant");
      const images = normals(random, x.shape);
      const weights = normals(random, filter.shape);
      const fed = yield* buildGraph(() => ({ outputs: { y } }));
      const constant = {
        ...fed,
        inputs: { x },
        state: { filter: { current: filter } },
      };
      const lowering = { winograd: true };
      const { nodes } = lower(constant, { filter: weights }, lowering).model;
      assert.deepEqual(
        nodes.filter(({ operator }) => operator !== "Reshape")
          .map(({ operator }) => operator),
        ["Einsum", "Scan"],
      );
      const runtime = yield* loadRuntime;
      const settings = { provider: "cpu", threads: 2 } as const;
      const compile = compileWith({ runtime, settings, lowering });
      const expected = yield* (yield* compile(fed, {}))
        .run({ x: images, filter: weights });
      const found = yield* (yield* compile(constant, { filter: weights }))
        .run({ x: images });
      assertClose(found["y"]!.data, expected["y"]!.data, 1e-5, "y");
    })),
);

effectTest(
  "nothing transformed is kept from the pass to its gradients, which share " +
    "the transform of what they are both computed from",
  () =>
    Effect.gen(function* () {
      const x = input("x", [1, 128, 20, 20]);
      const filter = input("filter", [128, 128, 3, 3]);
      const dy = input("dy", [1, 128, 18, 18]);
      const [y, dx, df] = [
        convolution(x, filter),
        convolutionInputGradient(filter, dy, x.shape),
        convolutionFilterGradient(x, dy, filter.shape),
      ];
      const graph = yield* buildGraph(() => ({
        outputs: { y, dx, df },
      }));
      const { nodes } = lower(graph, {}, { winograd: true }).model;
      const all = nodes.flatMap((node) => [node, ...innerNodes(node)]);
      const transformed = nodes.filter(({ operator }) => operator === "Gemm");
      assert.equal(transformed.length, 2, "the filter, twice");
      for (const { outputs: [name] } of transformed) {
        const users = all.filter(({ inputs }) => inputs.includes(name!));
        assert.equal(users.length, 1, `${name}`);
      }
      const scans = nodes.filter(({ operator }) => operator === "Scan");
      assert.equal(scans.length, 2, "both gradients share one");
    }),
);
