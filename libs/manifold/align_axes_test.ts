import { draws, matrix } from "@deepcluster/core";
import assert from "node:assert/strict";
import { alignAxes } from "./align_axes.ts";

/** 200 points, `aspect` times as long in the direction of `angle`. */
const ellipse = (angle: number, aspect: number) => {
  const { normal } = draws(5, "ellipse");
  const data = Array.from({ length: 200 }, () => {
    const [along, across] = [10 + aspect * normal(), normal()];
    return [
      Math.cos(angle) * along - Math.sin(angle) * across,
      Math.sin(angle) * along + Math.cos(angle) * across,
    ];
  }).flat();
  return matrix(200, 2, Float32Array.from(data));
};

const variances = ({ rows, data }: ReturnType<typeof ellipse>) => {
  const mean = (value: (i: number) => number) =>
    Array.from({ length: rows }, (_, i) => value(i)).reduce((a, b) => a + b) /
    rows;
  const [x, y] = [
    mean((i) => data[2 * i]!),
    mean((i) => data[2 * i + 1]!),
  ];
  const product = (a: 0 | 1, b: 0 | 1) =>
    mean((i) =>
      (data[2 * i + a]! - (a ? y : x)) * (data[2 * i + b]! - (b ? y : x))
    );
  return { xx: product(0, 0), xy: product(0, 1), yy: product(1, 1) };
};

Deno.test("alignAxes() lays the longest direction across, whichever it was", () => {
  for (const degrees of [-90, -60, -1, 0, 30, 89, 90, 135, 180]) {
    const { xx, xy, yy } = variances(
      alignAxes(ellipse(degrees * Math.PI / 180, 4)),
    );
    assert.ok(xx > 10 * yy, `${degrees}: ${xx}, ${yy}`);
    assert.ok(Math.abs(xy) < 1e-4, `${degrees}: ${xy}`);
  }
});

Deno.test("alignAxes() keeps distances and does not mirror", () => {
  const before = ellipse(1.2, 3);
  const after = alignAxes(before);
  const side = (data: Float32Array, i: number) => {
    const [ax, ay, bx, by] = [0, 1, 2, 3].map((at) =>
      data[2 * i + 2 + at]! - data[2 * i + at % 2]!
    ) as [number, number, number, number];
    return { area: ax * by - ay * bx, length: Math.hypot(ax, ay) };
  };
  for (let i = 0; i < 198; i++) {
    const [was, is] = [side(before.data, i), side(after.data, i)];
    assert.ok(Math.abs(was.length - is.length) < 1e-4);
    assert.ok(Math.abs(was.area - is.area) < 1e-3);
  }
});

Deno.test("alignAxes() leaves what has no longest direction, and nothing", () => {
  for (const points of [[], [3, 4], [1, 1, 1, 1], [1, 0, 0, 1, -1, 0, 0, -1]]) {
    const positions = matrix(points.length / 2, 2, Float32Array.from(points));
    assert.deepEqual(alignAxes(positions), positions);
  }
});

Deno.test("alignAxes() of aligned points changes nothing", () => {
  const positions = matrix(3, 2, Float32Array.of(-2, 0, 0, 0, 2, 0));
  assert.deepEqual(alignAxes(positions), positions);
});
