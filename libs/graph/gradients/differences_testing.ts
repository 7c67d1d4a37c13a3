/**
 * How gradients are tested: against central differences, on random shapes and
 * numbers, in double precision.
 *
 * @module
 */
import { draws, type Shape, sizeOf } from "@deepcluster/core";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { multiply } from "../elementwise.ts";
import { gradients } from "../gradients.ts";
import { input } from "../leaves.ts";
import { reduceSum } from "../reduction.ts";
import { evaluate } from "../reference.ts";
import type { Numbers } from "../reference/kernel.ts";
import type { Value } from "../value.ts";
import assert from "node:assert/strict";

/** Shapes of the parameters, from three random sizes of at least 2. */
export type Shapes = (a: number, b: number, c: number) => readonly Shape[];

/** Applies the operator under test to its parameters and the labels. */
export type Build = (
  ...inputs: readonly Value[]
) => Value;

/**
 * Tests that the gradient of an operator agrees with central differences on
 * three draws of shapes and numbers. Labels are `[a]` integers below `b`, or
 * `[a, b]` floats, some of them to be ignored.
 */
export const gradientTest = (
  name: string,
  shapes: Shapes,
  build: Build,
  labels?: "integers" | "floats",
): void =>
  effectTest(
    `the gradient of ${name} agrees with central differences`,
    () =>
      Effect.gen(function* () {
        for (const round of [1, 2, 3]) {
          const { parameters, extra, numbers, draw } = drawn(
            `${name} ${round}`,
            shapes,
            labels,
          );
          const y = build(...parameters, ...extra);
          const weights = draw("weights", y.shape);
          const loss = reduceSum(multiply(y, weights));
          yield* agrees(loss, parameters, numbers);
        }
      }),
  );

/** Random parameters `p0`, `p1`, … and labels. */
const drawn = (
  name: string,
  shapes: Shapes,
  labels: "integers" | "floats" | undefined,
) => {
  const random = draws(5, name);
  const [a, b, c] = [0, 0, 0].map(() => 2 + random.integer(3));
  const numbers: Record<string, Numbers> = {};
  const draw = (name: string, shape: Shape, make = random.normal) => {
    const data = Float64Array.from({ length: sizeOf(shape) }, make);
    numbers[name] = { shape, data };
    return input(name, shape, make === integer ? "int32" : "float32");
  };
  const integer = () => random.integer(b! + 1) - 1;
  const float = () => random.uniform() * 1.3 - 0.3;
  const parameters = shapes(a!, b!, c!).map((shape, i) => draw(`p${i}`, shape));
  const extra: Value[] = [];
  if (labels === "integers") extra.push(draw("labels", [a!], integer));
  if (labels === "floats") extra.push(draw("labels", [a!, b!], float));
  return { parameters, extra, numbers, draw };
};

/** Asserts that gradients equal central differences. */
const agrees = Effect.fnUntraced(function* (
  loss: Value,
  parameters: readonly Value[],
  numbers: Readonly<Record<string, Numbers>>,
) {
  const results = yield* evaluate(
    gradients(loss, parameters),
    numbers,
  );
  for (const [i, parameter] of parameters.entries()) {
    assert.deepEqual(results[i]!.shape, parameter.shape);
    const { data } = numbers[`p${i}`]!;
    const slopes = new Float64Array(data.length);
    for (let j = 0; j < data.length; j++) {
      const value = data[j]!;
      const lossAt = Effect.fnUntraced(function* (shifted: number) {
        data[j] = shifted;
        const [result] = yield* evaluate([loss], numbers);
        return result!.data[0]!;
      });
      const step = 1e-5;
      const up = yield* lossAt(value + step);
      const down = yield* lossAt(value - step);
      data[j] = value;
      slopes[j] = (up - down) / (2 * step);
    }
    assertClose(results[i]!.data, slopes, 1e-6, `gradient of p${i}`);
  }
});
