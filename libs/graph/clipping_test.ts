import { draws, floatTensor, type Tensors } from "@deepcluster/core";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { readFileSync } from "node:fs";
import { clipByNorm } from "./clipping.ts";
import { divide, multiply, relu } from "./elementwise.ts";
import { buildGraph } from "./graph.ts";
import { gradients } from "./gradients.ts";
import { input } from "./leaves.ts";
import { linear } from "./linear_algebra.ts";
import { sigmoidCrossEntropy } from "./losses.ts";
import { type StoredTensors, tensorsOf, valuesOf } from "./pytorch_testing.ts";
import { reduceSum } from "./reduction.ts";
import { evaluate, interpret } from "./reference.ts";
import { trainingStep } from "./training_step.ts";
import assert from "node:assert/strict";

/** What PyTorch computed, by `fixtures/make_clipped_steps.py`. */
const fixture = JSON.parse(
  readFileSync(new URL("fixtures/clipped_steps.json", import.meta.url), "utf8"),
) as {
  readonly clipNorm: number;
  readonly before: StoredTensors;
  readonly steps: readonly {
    readonly inputs: StoredTensors;
    readonly loss: number;
    readonly norm: number;
  }[];
  readonly after: StoredTensors;
};

const scalar = (value: number) => floatTensor([], Float32Array.of(value));

effectTest(
  "steps with clipped gradients end where PyTorch ends",
  () =>
    Effect.gen(function* () {
      const { clipNorm, before, steps, after } = fixture;
      const first = { ...tensorsOf(before), ...tensorsOf(steps[0]!.inputs) };
      const { x, targets, lower, upper } = valuesOf(first);
      const hidden = relu(linear(x!, lower!));
      const logits = linear(hidden, upper!);
      const each = sigmoidCrossEntropy(logits, targets!);
      const graph = yield* buildGraph(() =>
        trainingStep({
          loss: divide(reduceSum(each), 2),
          groups: [{
            parameters: { lower: lower!, upper: upper! },
            learningRate: input("learningRate", []),
            momentum: 0.9,
            weightDecay: 0.01,
          }],
          clipNorm,
        })
      );
      let state: Tensors = {
        ...tensorsOf(before),
        "lower.momentum_buffer": floatTensor([5, 4]),
        "upper.momentum_buffer": floatTensor([3, 5]),
      };
      for (const { inputs, loss, norm } of steps) {
        const feeds = { ...tensorsOf(inputs), learningRate: scalar(0.25) };
        const run = yield* interpret(graph, feeds, state);
        assertClose(run.outputs["loss"]!.data, [loss], 1e-6, "loss");
        assertClose(run.outputs["gradientNorm"]!.data, [norm], 1e-6, "norm");
        state = run.state;
      }
      const clipped = steps.map(({ norm }) => norm > clipNorm);
      assert.deepEqual(clipped, [true, false, true, false]);
      for (const [name, { data }] of Object.entries(after)) {
        assertClose(state[name]!.data, data, 1e-6, name);
      }
    }),
);

effectTest(
  "clipByNorm() keeps the bits of gradients that are short enough, " +
    "and the direction of others",
  () =>
    Effect.gen(function* () {
      const [a, b] = [input("a", [2, 3]), input("b", [])];
      const random = draws(3, "clip");
      for (const size of [1e-4, 0.1, 0.3, 1, 30, 1e4]) {
        const data = Float64Array.from({ length: 6 }, random.normal)
          .map((value) => size * value);
        const numbers = {
          a: { shape: [2, 3], data },
          b: { shape: [], data: Float64Array.of(size * random.normal()) },
        };
        const all = [...data, ...numbers.b.data];
        const length = Math.hypot(...all);
        const { gradients, norm } = clipByNorm([a, b], 1.5);
        const results = yield* evaluate([...gradients, norm], numbers);
        const clipped = [...results[0]!.data, ...results[1]!.data];
        assertClose(results[2]!.data, [length], 1e-12, "norm");
        if (length < 1.5) assert.deepEqual(clipped, all);
        else {
          const cut = all.map((value) => value * 1.5 / (length + 1e-6));
          assertClose(clipped, cut, 1e-12, "clipped");
        }
      }
    }),
);

effectTest(
  "clipByNorm() of a loss's gradients has the norm of its central differences",
  () =>
    Effect.gen(function* () {
      const [x, y] = [input("x", [3]), input("y", [3])];
      const loss = reduceSum(
        multiply(multiply(x, y), x),
      );
      const at = { x: [0.5, -2, 1.5], y: [1, 0.25, -3] };
      const numbers = ({ x, y }: typeof at) => ({
        x: { shape: [3], data: Float64Array.from(x) },
        y: { shape: [3], data: Float64Array.from(y) },
      });
      const slopes: number[] = [];
      for (const name of ["x", "y"] as const) {
        for (const i of [0, 1, 2]) {
          const lossAt = Effect.fnUntraced(function* (step: number) {
            const moved = at[name].with(i, at[name][i]! + step);
            const [value] = yield* evaluate(
              [loss],
              numbers({ ...at, [name]: moved }),
            );
            return value!.data[0]!;
          });
          const rise = (yield* lossAt(1e-5)) - (yield* lossAt(-1e-5));
          slopes.push(rise / 2e-5);
        }
      }
      const results = clipByNorm(gradients(loss, [x, y]), 2);
      const [norm, ...clipped] = yield* evaluate(
        [results.norm, ...results.gradients],
        numbers(at),
      );
      const length = Math.hypot(...slopes);
      assertClose(norm!.data, [length], 1e-7);
      assertClose(
        clipped.flatMap(({ data }) => [...data]),
        slopes.map((slope) => slope * 2 / length),
        1e-6,
      );
    }),
);

effectTest(
  "trainingStep() refuses to clip gradients to nothing",
  () =>
    Effect.gen(function* () {
      const x = input("x", []);
      const error = yield* Effect.flip(buildGraph(() =>
        trainingStep({
          loss: multiply(x, x),
          groups: [{
            parameters: { x },
            learningRate: input("learningRate", []),
          }],
          clipNorm: 0,
        })
      ));
      assert.equal(
        error.message,
        "Cannot use clipNorm in a graph as it must be above 0: " +
          "current values are 0",
      );
    }),
);
