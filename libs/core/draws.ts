/**
 * Named random draws: a generator is a function of its name, so no generator
 * state is ever saved and a resumed run draws what it would have drawn.
 *
 * Names are hashed by 128-bit MurmurHash3-style mixing into the state of
 * sfc32 (C. Doty-Humphrey, PractRand), which passes PractRand and BigCrush.
 *
 * @module
 */

/** A source of random numbers that is advanced by every call. */
export interface Draws {
  /** A float uniform in `[0, 1)`, with 32 random bits. */
  readonly uniform: () => number;
  /** An integer uniform in `0 … below - 1`, without modulo bias. */
  readonly integer: (below: number) => number;
  /** A float from the standard normal distribution (Box-Muller). */
  readonly normal: () => number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  readonly shuffle: <A extends Int32Array | Float32Array>(values: A) => A;
  /** `count` distinct integers out of `0 … below - 1`, in random order. */
  readonly sample: (count: number, below: number) => Int32Array;
}

/**
 * Opens the random draws of a name.
 *
 * Equal names give equal draws, on every machine; different names give
 * independent ones. `draws(7, "augment", 3, 12)` belongs to image 12 of
 * epoch 3 in a run with seed 7.
 *
 * @param seed The run's seed.
 * @param name What is drawn and for which epoch, step or image.
 * @returns A fresh source, at its beginning.
 *
 * @example The same name draws the same numbers
 * ```ts
 * import { draws } from "@deepcluster/core";
 * import assert from "node:assert/strict";
 *
 * const a = draws(1, "split", 3).uniform();
 * assert.equal(draws(1, "split", 3).uniform(), a);
 * assert.notEqual(draws(1, "split", 4).uniform(), a);
 * ```
 */
export const draws = (
  seed: number,
  ...name: ReadonlyArray<string | number>
): Draws => {
  const next = sfc32(hash([seed, ...name].join("\u0000")));
  const uniform = () => next() / 4294967296;
  const integer = (below: number) => {
    let bits = next();
    // Nearly all lie below the limit, whatever it is: % costs a call.
    if (bits > 4294967296 - below) {
      const limit = 4294967296 - (4294967296 % below);
      while (bits >= limit) bits = next();
    }
    return bits - below * Math.floor(bits / below);
  };
  const shuffle = <A extends Int32Array | Float32Array>(values: A): A => {
    for (let i = values.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      const held = values[i]!;
      values[i] = values[j]!;
      values[j] = held;
    }
    return values;
  };
  return {
    uniform,
    integer,
    normal: () =>
      Math.sqrt(-2 * Math.log(1 - uniform())) *
      Math.cos(2 * Math.PI * uniform()),
    shuffle,
    sample: (count, below) => floydSample(count, below, integer, shuffle),
  };
};

/** R. Floyd's sampling without replacement, O(count) time and memory. */
const floydSample = (
  count: number,
  below: number,
  integer: (below: number) => number,
  shuffle: (values: Int32Array) => Int32Array,
): Int32Array => {
  const chosen = new Set<number>();
  for (let top = below - count; top < below; top++) {
    const candidate = integer(top + 1);
    chosen.add(chosen.has(candidate) ? top : candidate);
  }
  return shuffle(Int32Array.from(chosen));
};

/** Four 32-bit words of a name, each character touching all of them. */
const hash = (name: string): [number, number, number, number] => {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let d = 0xdeadbeef;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    a = b ^ Math.imul(a ^ unit, 0x85ebca6b);
    b = c ^ Math.imul(b ^ unit, 0xc2b2ae35);
    c = d ^ Math.imul(c ^ unit, 0x27d4eb2f);
    d = a ^ Math.imul(d ^ unit, 0x165667b1);
  }
  return [mix(a ^ d), mix(b ^ a), mix(c ^ b), mix(d ^ c)];
};

/** The finaliser of MurmurHash3: every input bit flips half the output. */
const mix = (word: number): number => {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
};

/** Small fast counting generator: 128 bits of state, unsigned 32-bit words. */
const sfc32 = (
  [a, b, c, d]: [number, number, number, number],
): () => number => {
  const next = () => {
    const out = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + out) | 0;
    return out >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
};
