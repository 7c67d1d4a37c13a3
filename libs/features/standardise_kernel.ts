/**
 * The inner loop of standardising, in vectors of 128 bits, each step rounded to
 * 32 bits.
 *
 * @module
 */
import {
  encodeModule,
  f32x4,
  i32,
  layOut,
  loopWhile,
  v128,
  wasmFunction,
} from "@deepcluster/core/wasm";

/** Values of a block: it stays in the processor's cache with what it needs. */
const blockValues = 2 ** 15;

/**
 * Subtracts from each value of rows that of `mean` in its column, and multiplies
 * by that of `scale`, in place.
 *
 * @param values `[n, d]`, row after row; changed.
 * @param mean `[d]`.
 * @param scale `[d]`.
 */
export const shiftAndScale = (
  values: Float32Array,
  mean: Float32Array,
  scale: Float32Array,
): void => {
  const { memory, shiftAndScale } = opened ??= open();
  const { length: d } = mean;
  // Values for entire rows, so that blocks need not know of columns.
  const size = d * Math.max(1, Math.floor(blockValues / d));
  const padded = 4 * Math.ceil(size / 4);
  const block = layOut(memory, {
    values: [Float32Array, padded],
    means: [Float32Array, padded],
    scales: [Float32Array, padded],
  });
  for (let at = 0; at < size; at += d) {
    block.means.set(mean, at);
    block.scales.set(scale, at);
  }
  for (let at = 0; at < values.length; at += size) {
    const part = values.subarray(at, at + size);
    block.values.set(part);
    shiftAndScale(
      block.values.byteOffset,
      block.values.byteOffset + 4 * part.length,
      block.means.byteOffset,
      block.scales.byteOffset,
    );
    part.set(block.values.subarray(0, part.length));
  }
};

/** The kernel, and the memory that its addresses are of. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  /** Changes values from one address to another, four at a time. */
  readonly shiftAndScale: (
    values: number,
    end: number,
    means: number,
    scales: number,
  ) => void;
}

let opened: Kernel | undefined;

const open = (): Kernel => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(encodeModule({ shiftAndScale: loop }));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { memory, ...exports as unknown as Omit<Kernel, "memory"> };
};

const loop = wasmFunction(
  { values: "i32", end: "i32", means: "i32", scales: "i32" },
  ({ values, end, means, scales }) => [
    loopWhile(
      i32.lt(values, end),
      v128.store(
        values,
        f32x4.mul(
          f32x4.sub(v128.load(values), v128.load(means)),
          v128.load(scales),
        ),
      ),
      values.set(i32.add(values, 16)),
      means.set(i32.add(means, 16)),
      scales.set(i32.add(scales, 16)),
    ),
  ],
);
