/**
 * Numbers that PyTorch's side makes as well, bit by bit: a hash of seed and
 * position, uniform. `made` in `torch_baseline.py` is the same in NumPy.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import type { MadeTensor } from "./spec.ts";

/**
 * Makes uniform numbers of mean 0.
 *
 * @param count How many; below 2^32.
 * @param seed Names the sequence.
 * @param deviation Their standard deviation.
 * @returns The numbers; equal arguments give equal bits.
 */
export const madeNumbers = (
  count: number,
  seed: number,
  deviation: number,
): Float32Array => {
  const numbers = new Float32Array(count);
  const scale = deviation * Math.sqrt(12);
  for (let i = 0; i < count; i++) {
    numbers[i] = (hash(i, seed) / 2 ** 32 - 0.5) * scale;
  }
  return numbers;
};

/**
 * Makes integers.
 *
 * @param count How many.
 * @param seed Names the sequence.
 * @param below All are from 0 to below this.
 * @returns The integers.
 */
export const madeIntegers = (
  count: number,
  seed: number,
  below: number,
): Int32Array => new Int32Array(count).map((_, i) => hash(i, seed) % below);

/** Makes a tensor of a network. */
export const madeTensor = (
  { shape, deviation, seed, fill, values }: MadeTensor,
): Float32Array => {
  if (values !== undefined) return Float32Array.from(values);
  const count = sizeOf(shape);
  return deviation === 0
    ? new Float32Array(count).fill(fill)
    : madeNumbers(count, seed, deviation);
};

/** The finaliser of MurmurHash3, on 32 bits. */
const hash = (position: number, seed: number): number => {
  let h = Math.imul(position, 0x9E3779B1) ^ Math.imul(seed, 0x7FEB352D);
  h = Math.imul(h ^ (h >>> 16), 0x85EBCA6B);
  h = Math.imul(h ^ (h >>> 13), 0xC2B2AE35);
  return (h ^ (h >>> 16)) >>> 0;
};
