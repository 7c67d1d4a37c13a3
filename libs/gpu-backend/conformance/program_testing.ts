/**
 * What every executor promises of a program: tests that are run on each.
 *
 * @module
 */
import { floatTensor, intTensor, type Tensors } from "@deepcluster/core";
import { add, argMax, buildGraph, input, multiply } from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect, Fiber, type Layer } from "effect";
import { Backend } from "../backend.ts";
import assert from "node:assert/strict";

/** A tensor of one axis. */
export const vector = (...values: readonly number[]) =>
  floatTensor([values.length], Float32Array.from(values));

/** Graph: `a' = b + x`, `b' = a * scale`, output `sum = a + b`. */
export const alternating = buildGraph(() => {
  const [a, b] = [input("a", [2]), input("b", [2])];
  const [x, scale] = [input("x", [2]), input("scale", [])];
  return {
    outputs: { sum: add(a, b) },
    state: {
      a: { current: a, next: add(b, x) },
      b: { current: b, next: multiply(a, scale) },
      scale,
    },
  };
});

/** Where {@link alternating} begins. */
export const state: Tensors = {
  a: vector(1, 2),
  b: vector(10, 20),
  scale: floatTensor([], Float32Array.of(3)),
};

/** A program of {@link alternating}. */
export const compiled = Effect.gen(function* () {
  const backend = yield* Backend;
  return yield* backend.compile(yield* alternating, state);
});

/** Tests of one executor's state; `engine` begins their names. */
export const programTests = (
  engine: string,
  layer: Layer.Layer<Backend, unknown>,
): void => {
  const test = (
    name: string,
    body: () => Effect.Effect<unknown, unknown, Backend>,
  ) =>
    effectTest(
      `${engine}: ${name}`,
      () => body().pipe(Effect.provide(layer)),
    );
  test("every run reads all state before it replaces any", () =>
    Effect.scoped(Effect.gen(function* () {
      const { run, read } = yield* compiled;
      let [a, b] = [1, 10];
      for (let step = 0; step < 5; step++) {
        const { sum } = yield* run({ x: vector(step, 0) });
        assert.equal(sum!.data[0], a + b);
        [a, b] = [b + step, 3 * a];
        const now = yield* read;
        assert.deepEqual(Object.keys(now), ["a", "b"]);
        assert.deepEqual([now["a"]!.data[0], now["b"]!.data[0]], [a, b]);
      }
    })));
  test("write replaces what it names, by copies, after any run", () =>
    Effect.scoped(Effect.gen(function* () {
      const { run, read, write } = yield* compiled;
      for (let step = 0; step < 2; step++) {
        yield* run({ x: vector(0, 0) });
        const before = yield* read;
        const given = vector(7, 8);
        yield* write({ a: given });
        given.data.fill(0);
        const after = yield* read;
        assert.deepEqual(after["a"], vector(7, 8));
        assert.deepEqual(after["b"], before["b"]);
      }
      yield* run({ x: vector(1, 1) });
      assert.deepEqual((yield* read)["b"], vector(21, 24));
    })));
  test("read copies, and compile copies what it is given", () =>
    Effect.scoped(Effect.gen(function* () {
      const backend = yield* Backend;
      const given = structuredClone(state);
      const { run, read } = yield* backend.compile(yield* alternating, given);
      const first = yield* read;
      first["a"]!.data.fill(0);
      yield* run({ x: vector(0, 0) });
      assert.deepEqual((yield* read)["b"], vector(3, 6));
      assert.deepEqual(given["a"], state["a"]);
    })));
  test("runs started at once go one after the other", () =>
    Effect.scoped(Effect.gen(function* () {
      const { run, read } = yield* compiled;
      const fibers = yield* Effect.forEach(
        [1, 2, 3, 4],
        () => Effect.forkChild(run({ x: vector(1, 1) })),
      );
      yield* Effect.forEach(fibers, Fiber.join);
      assert.deepEqual((yield* read)["a"], vector(13, 22));
    })));
  test("values that are outputs, state and inputs at once stay apart", () =>
    Effect.scoped(Effect.gen(function* () {
      const v = input("v", [2]);
      const w = input("w", [2]);
      const x = input("x", [2]);
      const sum = add(v, x);
      const backend = yield* Backend;
      const { run, read } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: { x, w, sum, again: sum },
          state: {
            v: { current: v, next: w },
            w: { current: w, next: sum },
          },
        })),
        { v: vector(1, 2), w: vector(5, 6) },
      );
      const outputs = yield* run({ x: vector(10, 20) });
      assert.deepEqual(outputs, {
        x: vector(10, 20),
        w: vector(5, 6),
        sum: vector(11, 22),
        again: vector(11, 22),
      });
      assert.deepEqual(yield* read, { v: vector(5, 6), w: vector(11, 22) });
    })));
  test("int32 state and outputs stay int32", () =>
    Effect.scoped(Effect.gen(function* () {
      const best = input("best", [2], "int32");
      const scores = input("scores", [2, 3]);
      const next = argMax(scores);
      const backend = yield* Backend;
      const { run, read } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: { best },
          state: { best: { current: best, next } },
        })),
        { best: intTensor([2], Int32Array.of(-7, 9)) },
      );
      const outputs = yield* run({
        scores: floatTensor([2, 3], Float32Array.of(0, 5, 5, 9, 1, 1)),
      });
      assert.deepEqual(outputs["best"]!.data, Int32Array.of(-7, 9));
      assert.deepEqual((yield* read)["best"]!.data, Int32Array.of(1, 0));
    })));
  test("inputs and state in shared memory are taken as well", () =>
    Effect.scoped(Effect.gen(function* () {
      const shared = new Float32Array(new SharedArrayBuffer(8));
      shared.set([4, 5]);
      const backend = yield* Backend;
      const { run } = yield* backend.compile(yield* alternating, {
        ...state,
        a: floatTensor([2], shared),
      });
      const outputs = yield* run({ x: floatTensor([2], shared) });
      assert.deepEqual(outputs["sum"], vector(14, 25));
    })));
};
