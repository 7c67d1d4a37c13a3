import {
  draws,
  type FloatTensor,
  floatTensor,
  sizeOf,
} from "@deepcluster/core";
import {
  batchNormTraining,
  buildGraph,
  convolution,
  gradients,
  input,
  maxPool,
  multiply,
  reduceSum,
  relu,
  topologicalOrder,
  type Value,
} from "@deepcluster/graph";
import { reluAfterPool } from "@deepcluster/graph/rewrites";
import { lower, reversedMaps } from "@deepcluster/onnx-lowering";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Backend } from "../../backend.ts";
import {
  graphOfCase,
  layerTested,
  type Maker,
  operatorCase,
  operatorTest,
} from "../../testing.ts";
import { layerOnnx } from "../executor.ts";
import assert from "node:assert/strict";

interface Sizes {
  readonly images: readonly number[];
  /** Filters and height and width of the kernel of each convolution. */
  readonly layers: readonly (readonly [number, number, number])[];
  /** Mean of the images, whose gradient is then not asked for. */
  readonly mean?: number;
}

/** Blocks of convolution, normalisation, pooling and ReLU, and gradients. */
const blocks = ({ floats }: Maker, { images, layers, mean }: Sizes) => {
  const x = floats("x", images, (normal) => normal + (mean ?? 0));
  const parameters: Record<string, Value> = {};
  const outputs: Record<string, Value> = {};
  let y = x;
  for (const [i, [filters, ...kernel]] of layers.entries()) {
    const filter = floats(`filter${i}`, [filters, y.shape[1]!, ...kernel]);
    const scale = floats(`scale${i}`, [filters]);
    const bias = floats(`bias${i}`, [filters]);
    Object.assign(parameters, {
      [`filter${i}`]: filter,
      [`scale${i}`]: scale,
      [`bias${i}`]: bias,
    });
    const convolved = convolution(y, filter, { padding: 1 });
    const { output, batch } = batchNormTraining(convolved, scale, bias);
    outputs[`mean${i}`] = batch.mean;
    outputs[`variance${i}`] = batch.variance;
    y = i % 2 === 0
      ? maxPool(relu(output), { kernel: 2 })
      : relu(maxPool(output, { kernel: 2 }));
  }
  const loss = reduceSum(multiply(y, floats("weights", y.shape)));
  const sources = { ...mean === undefined && { x }, ...parameters };
  const of = gradients(loss, Object.values(sources));
  return {
    y,
    ...outputs,
    ...Object.fromEntries(
      Object.keys(sources).map((name, i) => [`d ${name}`, of[i]!]),
    ),
  };
};

/** Sizes that leave part of a tile, few and many channels, windows of 2 x 2. */
const wholeWindows = operatorCase(
  "a step through reversed maps equals the reference's",
  4,
  (maker) => {
    const { between } = maker;
    const kernel = () => [3, between(3, 5)] as const;
    const [wide, other] = [kernel(), kernel()];
    const side = (even: number, taps: number) => 2 * even + taps - 3;
    return blocks(maker, {
      images: [
        16,
        between(1, 3),
        2 * side(between(2, 4), 3),
        2 * side(between(2, 4), other[1]) + wide[1] - 3,
      ],
      layers: [[between(16, 18), ...wide], [between(16, 20), ...other]],
    });
  },
);

const farFromZero = operatorCase(
  "a block of many channels equals the reference's, also where the mean of its " +
    "maps is far from 0",
  2,
  (maker) =>
    blocks(maker, {
      images: [16, 16, 8, 12],
      layers: [[maker.between(16, 20), 3, 3]],
      mean: 30,
    }),
);

const otherWindows = operatorCase(
  "a step through reversed maps of odd sizes and of few channels equals the " +
    "reference's",
  4,
  (maker) =>
    blocks(maker, {
      images: [16, 2, 9, 15],
      layers: [[maker.between(3, 8), 3, 3], [maker.between(15, 17), 3, 3]],
    }),
);

/** One, two or three channels, windows of 3 x 3 to 5 x 5 taps, edges of zeros. */
const firstBlocks = operatorCase(
  "a first block of few channels, from the moments of its taps, equals the " +
    "reference's, also where the images' mean is far from 0",
  6,
  (maker) => {
    const { between } = maker;
    const kernel = [between(2, 5), between(2, 5)] as const;
    const side = (taps: number) => 2 * between(2, 5) + taps - 3;
    return blocks(maker, {
      images: [16, between(1, 3), side(kernel[0]), side(kernel[1])],
      layers: [[between(3, 20), ...kernel]],
      mean: between(0, 1) * 30,
    });
  },
);

for (
  const operators of [wholeWindows, farFromZero, otherWindows, firstBlocks]
) {
  operatorTest("onnx", layerTested, 1e-4, operators);
}

for (const operators of [wholeWindows, firstBlocks]) {
  effectTest(
    `${operators.name}, with the same bytes on one and on two threads`,
    () =>
      Effect.gen(function* () {
        const { graph, inputs } = yield* graphOfCase(operators, 0);
        const run = Effect.gen(function* () {
          const program = yield* (yield* Backend).compile(graph, {});
          return yield* program.run(inputs);
        }).pipe(Effect.scoped);
        const [one, two] = yield* Effect.forEach(
          [1, 2],
          (threads) =>
            Effect.provide(run, layerOnnx({ provider: "cpu", threads })),
        );
        assert.deepEqual(one, two);
      }),
  );
}

effectTest(
  "tiles that go in parts give what those of half the images give, which go at " +
    "once, where the last part is narrower, too",
  () =>
    Effect.gen(function* () {
      const filters = [58, 16, 3, 3];
      const random = draws(3, "parts");
      const numbers = (shape: readonly number[]) =>
        floatTensor(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, random.normal),
        );
      const all = {
        x: numbers([32, 16, 14, 19]),
        weights: numbers([32, 58, 14, 19]),
      };
      const filter = numbers(filters);
      const step = Effect.fnUntraced(function* (from: number, count: number) {
        const of = ({ shape: [, ...each], data }: FloatTensor) =>
          floatTensor(
            [count, ...each],
            data.slice(from * sizeOf(each), (from + count) * sizeOf(each)),
          );
        const graph = yield* buildGraph(() => {
          const x = input("x", [count, 16, 14, 19]);
          const weights = input("weights", [count, 58, 14, 19]);
          const kernel = input("filter", filters);
          const y = convolution(x, kernel, { padding: 1 });
          const loss = reduceSum(multiply(y, weights));
          const [ofX, ofFilter] = gradients(loss, [x, kernel]);
          return { outputs: { y, ofX: ofX!, ofFilter: ofFilter! } };
        });
        const { nodes } = lower(graph, {}, { winograd: true }).model;
        const program = yield* (yield* Backend).compile(graph, {});
        const { y, ofX, ofFilter } = yield* program.run({
          x: of(all.x),
          weights: of(all.weights),
          filter,
        });
        return {
          nodes: nodes.length,
          y: Array.from(y!.data),
          ofX: Array.from(ofX!.data),
          ofFilter: Array.from(ofFilter!.data),
        };
      }, Effect.scoped);
      const whole = yield* step(0, 32);
      const [first, second] = [yield* step(0, 16), yield* step(16, 16)];
      assert.ok(whole.nodes > first.nodes, "goes in parts");
      assert.deepEqual(whole.y, [...first.y, ...second.y]);
      assert.deepEqual(whole.ofX, [...first.ofX, ...second.ofX]);
      const sums = first.ofFilter.map((value, i) =>
        value + second.ofFilter[i]!
      );
      assertClose(whole.ofFilter, sums, 1e-5, "gradient of the filter");
    }).pipe(Effect.provide(layerTested)),
);

effectTest(
  "tiles in parts read a gradient by places of a pooling's windows as they read " +
    "one in order, which it is where the pooling's own is asked for as well",
  () =>
    Effect.gen(function* () {
      const random = draws(5, "by place");
      const numbers = (...shape: number[]) =>
        floatTensor(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, random.normal),
        );
      const fed = {
        x: numbers(32, 16, 16, 16),
        filter: numbers(58, 16, 3, 3),
        scale: numbers(58),
        bias: numbers(58),
        weights: numbers(32, 58, 8, 8),
      };
      const ofFilter = Effect.fnUntraced(function* (inOrder: boolean) {
        const graph = yield* buildGraph(() => {
          const of = (name: keyof typeof fed) => input(name, fed[name].shape);
          const filter = of("filter");
          const maps = convolution(of("x"), filter, { padding: 1 });
          const { output } = batchNormTraining(maps, of("scale"), of("bias"));
          const pooled = relu(maxPool(output, { kernel: 2 }));
          const loss = reduceSum(multiply(pooled, of("weights")));
          const [ofFilter, ofOutput] = gradients(loss, [filter, output]);
          return {
            outputs: {
              ofFilter: ofFilter!,
              ...inOrder && { ofOutput: ofOutput! },
            },
          };
        });
        const program = yield* (yield* Backend).compile(graph, {});
        return (yield* program.run(fed))["ofFilter"]!.data;
      }, Effect.scoped);
      const byPlace = yield* ofFilter(false);
      assertClose(byPlace, yield* ofFilter(true), 1e-5, "gradient");
    }).pipe(Effect.provide(layerTested)),
);

effectTest(
  "convolutions of the same maps, one by tiles in parts and one by tiles at " +
    "once, give what each gives alone",
  () =>
    Effect.gen(function* () {
      const random = draws(3, "same maps");
      const numbers = (...shape: number[]) =>
        floatTensor(
          shape,
          Float32Array.from({ length: sizeOf(shape) }, random.normal),
        );
      const x = numbers(32, 16, 14, 19);
      const filters: Record<string, FloatTensor> = {
        few: numbers(16, 16, 3, 3),
        many: numbers(58, 16, 3, 3),
      };
      const step = Effect.fnUntraced(function* (names: readonly string[]) {
        const graph = yield* buildGraph(() => {
          const maps = input("x", x.shape);
          const outputs = names.map((name) => {
            const filter = input(name, filters[name]!.shape);
            const y = convolution(maps, filter, { padding: 1 });
            return [name, gradients(reduceSum(multiply(y, y)), [filter])[0]!];
          });
          return { outputs: Object.fromEntries(outputs) };
        });
        const fed = names.map((name) => [name, filters[name]!]);
        const program = yield* (yield* Backend).compile(graph, {});
        return yield* program.run({ x, ...Object.fromEntries(fed) });
      }, Effect.scoped);
      const alone = { ...yield* step(["few"]), ...yield* step(["many"]) };
      assert.deepEqual(yield* step(["few", "many"]), alone);
      assert.deepEqual(yield* step(["many", "few"]), alone);
    }).pipe(Effect.provide(layerTested)),
);

effectTest(
  "a first block computes nothing from its maps but maxima and what they stand on",
  () =>
    Effect.gen(function* () {
      const { graph } = yield* graphOfCase(firstBlocks, 0);
      const { nodes } =
        lower(reluAfterPool(graph), {}, { winograd: true }).model;
      const products = nodes.filter(({ operator }) => operator === "MatMul");
      const places = products.filter(({ inputs: [, seen] }) =>
        products.filter(({ inputs }) => inputs[1] === seen).length === 4
      );
      assert.equal(places.length, 4);
      const maps = new Set(places.flatMap(({ outputs }) => outputs));
      const readers = nodes.filter(({ inputs }) =>
        inputs.some((name) => maps.has(name))
      );
      assert.deepEqual(
        new Set(readers.map(({ operator }) => operator)),
        new Set(["Max", "Sub"]),
      );
    }),
);

effectTest(
  "a step through reversed maps lays out its images, filters and results alone",
  () =>
    Effect.gen(function* () {
      const { graph } = yield* graphOfCase(wholeWindows, 0);
      const { "d x": _, ...outputs } = graph.outputs;
      const { nodes } = lower({ ...graph, outputs }, {}, {
        winograd: true,
        block: 16,
      }).model;
      const operators = nodes.map(({ operator }) => operator);
      assert.ok(!operators.some((operator) => operator.includes("Conv")));
      const transposed = operators.filter((operator) =>
        operator === "Transpose"
      );
      // The images, the weights of the loss, and the result.
      assert.equal(transposed.length, 3);
    }),
);

effectTest(
  "maps are reversed only in a graph that trains by convolutions which step by " +
    "1, have no groups, and are of 16 images or more and of maps that fit the " +
    "cache",
  () => {
    const count = (
      images: readonly number[],
      options: Parameters<typeof convolution>[2] = {},
      trains = true,
    ) => {
      const x = input("x", images);
      const groups = options.groups ?? 1;
      const filter = input("filter", [16, images[1]! / groups, 3, 3]);
      const y = convolution(x, filter, options);
      const results = trains ? gradients(reduceSum(y), [filter]) : [];
      const order = topologicalOrder({
        inputs: {},
        outputs: { y, ...Object.fromEntries(results.entries()) },
        state: {},
      });
      return reversedMaps(order, () => false).size;
    };
    assert.equal(count([16, 16, 8, 8]), 1);
    assert.equal(count([16, 16, 8, 8], {}, false), 0);
    assert.equal(count([15, 16, 8, 8]), 0);
    assert.equal(count([16, 16, 8, 8], { stride: 2 }), 0);
    assert.equal(count([16, 16, 8, 8], { groups: 2 }), 0);
    assert.equal(count([16, 16, 130, 130]), 0);
    return Effect.void;
  },
);
