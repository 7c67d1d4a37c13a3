import { draws, floatTensor, sizeOf } from "@deepcluster/core";
import { convolution } from "../convolution.ts";
import { describe } from "../describe.ts";
import { multiply, relu } from "../elementwise.ts";
import { buildGraph } from "../graph.ts";
import { input } from "../leaves.ts";
import { batchNormTraining, runningStatistics } from "../normalization.ts";
import { maxPool } from "../pooling.ts";
import { reduceSum } from "../reduction.ts";
import { interpret } from "../reference.ts";
import { trainingStep } from "../training_step.ts";
import type { Graph, Value } from "../value.ts";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { normalizeAfterPool } from "./normalize_after_pool.ts";
import { reluAfterPool } from "./relu_after_pool.ts";
import assert from "node:assert/strict";

const shapes = {
  images: [3, 2, 6, 6],
  filter0: [4, 2, 3, 3],
  scale0: [4],
  bias0: [4],
  filter1: [5, 4, 3, 3],
  scale1: [5],
  bias1: [5],
};

/** A step through two blocks, both rectified and pooled. */
const step = (
  pooled: Parameters<typeof maxPool>[1],
  shown: (between: Readonly<Record<string, Value>>) => Value | undefined = () =>
    undefined,
) =>
  buildGraph(() => {
    const { images, ...parameters } = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]),
    );
    const updates: Record<string, { current: Value; next: Value }> = {};
    const between: Record<string, Value> = {};
    let y = images!;
    for (const i of [0, 1]) {
      const convolved = convolution(y, parameters[`filter${i}`]!, {
        padding: 1,
      });
      const { output, batch, count } = batchNormTraining(
        convolved,
        parameters[`scale${i}`]!,
        parameters[`bias${i}`]!,
      );
      const [mean, variance] = ["mean", "variance"].map((name) =>
        input(`${name}${i}`, [i + 4])
      );
      const next = runningStatistics(
        { mean: mean!, variance: variance! },
        batch,
        count,
      );
      updates[`mean${i}`] = { current: mean!, next: next.mean };
      updates[`variance${i}`] = { current: variance!, next: next.variance };
      Object.assign(between, { convolved, normalized: output });
      y = maxPool(relu(output), pooled);
    }
    const also = shown(between);
    return trainingStep({
      loss: reduceSum(multiply(y, y)),
      groups: [{ parameters, learningRate: input("learningRate", []) }],
      updates,
      outputs: { y, ...also && { also } },
    });
  }).pipe(Effect.map(reluAfterPool));

/** Results of a step; `scale` replaces the scales of the first block. */
const resultsOf = (graph: Graph, scale?: number) => {
  const random = draws(5, "numbers");
  const normals = (shape: readonly number[]) =>
    floatTensor(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, random.normal),
    );
  const images = normals(shapes.images);
  const state = Object.fromEntries(
    Object.entries(graph.state).toSorted()
      .map(([name, { current }]) => [name, normals(current.shape)]),
  );
  if (scale !== undefined) state["scale0"]!.data.fill(scale);
  return interpret(
    graph,
    { images, learningRate: floatTensor([], Float32Array.of(0.125)) },
    state,
  );
};

/** Shapes of what is normalised. */
const normalized = (graph: Graph) =>
  [...describe(graph).matchAll(/(\[[\d, ]*\]) = batchNormalization\(/g)]
    .map(([, shape]) => shape);

effectTest(
  "normalizeAfterPool() normalises what was pooled, with the same results, " +
    "where scales are negative, too",
  () =>
    Effect.gen(function* () {
      const cases = [
        [{ kernel: 2 }, ["[3, 4, 3, 3]", "[3, 5, 1, 1]"]],
        [{ kernel: 3, stride: 2, padding: 1 }, [
          "[3, 4, 3, 3]",
          "[3, 5, 2, 2]",
        ]],
      ] as const;
      for (const [options, pooled] of cases) {
        const graph = yield* step(options);
        const rewritten = normalizeAfterPool(graph);
        assert.deepEqual(normalized(rewritten), pooled);
        const [before, after] = [
          yield* resultsOf(graph),
          yield* resultsOf(rewritten),
        ];
        for (const part of ["outputs", "state"] as const) {
          for (const [name, { data }] of Object.entries(before[part])) {
            assertClose(after[part][name]!.data, data, 1e-5, name);
          }
        }
      }
    }),
);

effectTest(
  "normalizeAfterPool() gives a scale of 0 the gradient that it has a little " +
    "below 0, and changes nothing else",
  () =>
    Effect.gen(function* () {
      const graph = yield* step({ kernel: 2 });
      const [before, below, after] = [
        yield* resultsOf(graph, 0),
        yield* resultsOf(graph, -1e-6),
        yield* resultsOf(normalizeAfterPool(graph), 0),
      ];
      const scales = ({ state }: typeof after) => state["scale0"]!.data;
      assertClose(scales(after), scales(below), 1e-4, "scale0");
      assert.notDeepEqual(scales(after), scales(before));
      for (const [name, { data }] of Object.entries(before.state)) {
        if (name === "scale0") continue;
        assertClose(after.state[name]!.data, data, 1e-5, name);
      }
    }),
);

effectTest(
  "normalizeAfterPool() leaves a block alone of which more is used",
  () =>
    Effect.gen(function* () {
      for (const name of ["convolved", "normalized"]) {
        const graph = yield* step({ kernel: 2 }, (between) => between[name]);
        assert.deepEqual(
          normalized(normalizeAfterPool(graph)),
          ["[3, 4, 3, 3]", "[3, 5, 3, 3]"],
        );
      }
      const alone = yield* buildGraph(() => {
        const x = convolution(
          input("x", [2, 3, 6, 6]),
          input("f", [4, 3, 3, 3]),
        );
        const vector = input("v", [4]);
        const { output } = batchNormTraining(x, vector, vector);
        return { outputs: { y: maxPool(output, { kernel: 2 }) } };
      });
      assert.equal(normalizeAfterPool(alone), alone);
    }),
);
