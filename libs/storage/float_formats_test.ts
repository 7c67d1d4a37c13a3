import assert from "node:assert/strict";
import { floatsOf } from "./float_formats.ts";

const words = (...values: number[]) =>
  new Uint8Array(Uint16Array.from(values).buffer);

Deno.test("floatsOf() reads half precision, its smallest and largest too", () => {
  const halves = words(0x3c00, 0xc000, 0x0001, 0x0400, 0x7bff, 0x7c00, 0x8000);
  assert.deepEqual(
    [...floatsOf("float16", halves)],
    [1, -2, 2 ** -24, 2 ** -14, 65504, Infinity, -0],
  );
  assert.ok(Number.isNaN(floatsOf("float16", words(0x7c01))[0]));
});

Deno.test("floatsOf() reads bfloat16 as the upper half of a float", () => {
  assert.deepEqual(
    [...floatsOf("bfloat16", words(0x3f80, 0xc040, 0x7f80))],
    [1, -3, Infinity],
  );
});

Deno.test("floatsOf() rounds doubles and views floats wherever they lie", () => {
  const doubles = new Uint8Array(Float64Array.of(0.1, -4).buffer);
  assert.deepEqual([...floatsOf("float64", doubles)], [Math.fround(0.1), -4]);
  const shifted = new Uint8Array(9);
  shifted.set(new Uint8Array(Float32Array.of(1.5, 2.5).buffer), 1);
  assert.deepEqual([...floatsOf("float32", shifted.subarray(1))], [1.5, 2.5]);
});
