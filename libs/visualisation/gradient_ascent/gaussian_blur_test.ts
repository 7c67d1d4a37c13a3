import { draws } from "@deepcluster/core";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { gaussianBlur } from "./gaussian_blur.ts";
import assert from "node:assert/strict";

const test = (name: string, body: () => void) =>
  effectTest(name, () => Effect.sync(body));

test("gaussianBlur() computes what SciPy does, mirrored at the edges", () => {
  // scipy.ndimage.gaussian_filter(np.array([[1., 2, 0, 4], [0, -3, 5, 2]]), s)
  const cases: readonly (readonly [number, readonly number[]])[] = [[0.3, [
    0.999941132,
    1.96951597,
    0.0419486598,
    3.97708547,
    -0.00761365007,
    -2.9388259,
    4.93887005,
    2.01907828,
  ]], [0.7, [
    0.800599132,
    0.931360465,
    1.59126272,
    3.00268956,
    -0.191633854,
    -0.201183194,
    2.35264812,
    2.71425704,
  ]], [2, [
    0.916691558,
    1.18287492,
    1.56708627,
    1.84413749,
    0.908448881,
    1.1763542,
    1.56289437,
    1.84151231,
  ]]];
  for (const [sigma, expected] of cases) {
    const plane = Float32Array.of(1, 2, 0, 4, 0, -3, 5, 2);
    gaussianBlur(plane, 2, 4, sigma);
    assertClose(plane, expected, 1e-6, `sigma ${sigma}`);
  }
});

test("gaussianBlur() keeps planes apart, their sums, and what is even", () => {
  const { normal } = draws(1, "planes");
  const one = Float32Array.from({ length: 35 }, normal);
  const two = new Float32Array(70).fill(7);
  two.set(one);
  gaussianBlur(two, 5, 7, 1.2);
  assertClose(two.subarray(35), new Float32Array(35).fill(7), 1e-6);
  const sum = (values: Float32Array) => values.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum(two.subarray(0, 35)) - sum(one)) < 1e-4);
  gaussianBlur(one, 5, 7, 1.2);
  assert.deepEqual(one, two.slice(0, 35));
  const same = one.slice();
  gaussianBlur(same, 5, 7, 0);
  assert.deepEqual(same, one);
});
