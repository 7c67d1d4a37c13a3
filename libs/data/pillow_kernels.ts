/**
 * The inner loops of resizing as Pillow does it, in vectors of 128 bits.
 *
 * @module
 */
import {
  type Arrays,
  encodeModule,
  i16x8,
  i32,
  i32x4,
  i8x16,
  type Layout,
  layOut,
  loopWhile,
  v128,
  type Vector,
  type WasmFunction,
  wasmFunction,
} from "@deepcluster/core/wasm";

/** Bits behind the point, as many as 32 leave besides a byte and two. */
export const precisionBits = 22;

/** Bytes that the kernels may read or write behind the last of an array. */
export const bytesBehind = 16;

/**
 * Functions of addresses and numbers in one memory. Weights are whole numbers
 * of 32 bits; `firsts` and `counts` say which inputs a result is made of.
 */
export interface PillowKernels {
  /**
   * Makes the pixels of a line, three bytes each, from `line` to `lineEnd`: each
   * from `counts` pixels of the row.
   */
  readonly mixColumns: (
    row: number,
    firsts: number,
    counts: number,
    weights: number,
    weightsStride: number,
    line: number,
    lineEnd: number,
  ) => void;
  /** Makes bytes, from `out` to `outEnd`, from `count` lines each. */
  readonly mixRows: (
    lines: number,
    stride: number,
    weights: number,
    count: number,
    out: number,
    outEnd: number,
  ) => void;
}

/** The kernels and what they compute in. */
export interface PillowWorkspace {
  readonly kernels: PillowKernels;
  /** Lays out arrays, in place of those before, with undefined contents. */
  readonly allocate: <const L extends Layout>(layout: L) => Arrays<L>;
}

let opened: PillowWorkspace | undefined;

/**
 * Returns the workspace of this thread, made when first needed. One serves all
 * resamplers, as no call leaves anything behind.
 *
 * @returns The workspace.
 */
export const pillowWorkspace = (): PillowWorkspace => opened ??= open();

const open = (): PillowWorkspace => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const code = encodeModule({ mixColumns: mixColumns(), mixRows: mixRows() });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), {
    env: { memory },
  });
  return {
    kernels: exports as unknown as PillowKernels,
    allocate: (layout) => layOut(memory, layout),
  };
};

/** Half a grey level, so that sums are rounded. */
const half = i32x4.splat(i32.const(1 << (precisionBits - 1)));

/** Eight sums as grey levels in the lower half. */
const levelsOf = (low: Vector, high: Vector): Vector =>
  i8x16.narrow(
    i16x8.narrow(
      i32x4.shr(low, i32.const(precisionBits)),
      i32x4.shr(high, i32.const(precisionBits)),
    ),
    v128.zero,
  );

const mixColumns = (): WasmFunction =>
  wasmFunction(
    {
      row: "i32",
      firsts: "i32",
      counts: "i32",
      weights: "i32",
      weightsStride: "i32",
      line: "i32",
      lineEnd: "i32",
    },
    (
      { row, firsts, counts, weights, weightsStride, line, lineEnd },
      declare,
    ) => {
      const { pixel, weight, weightsEnd } = declare({
        pixel: "i32",
        weight: "i32",
        weightsEnd: "i32",
      });
      const { sum } = declare({ sum: "v128" });
      return [
        loopWhile(
          i32.lt(line, lineEnd),
          sum.set(half),
          pixel.set(i32.add(row, i32.mul(i32.load(firsts), 3))),
          weight.set(weights),
          weightsEnd.set(i32.add(weight, i32.shl(i32.load(counts), 2))),
          loopWhile(
            i32.lt(weight, weightsEnd),
            // A fourth lane, of the next pixel, is not kept.
            sum.set(
              i32x4.add(
                sum,
                i32x4.mul(
                  i32x4.splat(i32.load(weight)),
                  i32x4.extendLow(v128.loadBytes(pixel)),
                ),
              ),
            ),
            pixel.set(i32.add(pixel, 3)),
            weight.set(i32.add(weight, 4)),
          ),
          i32.store(line, i32x4.lane(levelsOf(sum, sum), 0)),
          line.set(i32.add(line, 3)),
          firsts.set(i32.add(firsts, 4)),
          counts.set(i32.add(counts, 4)),
          weights.set(i32.add(weights, weightsStride)),
        ),
      ];
    },
  );

const mixRows = (): WasmFunction =>
  wasmFunction(
    {
      lines: "i32",
      stride: "i32",
      weights: "i32",
      count: "i32",
      out: "i32",
      outEnd: "i32",
    },
    ({ lines, stride, weights, count, out, outEnd }, declare) => {
      const { line, weight, weightsEnd } = declare({
        line: "i32",
        weight: "i32",
        weightsEnd: "i32",
      });
      const { low, high, factor, bytes } = declare({
        low: "v128",
        high: "v128",
        factor: "v128",
        bytes: "v128",
      });
      return [
        weightsEnd.set(i32.add(weights, i32.shl(count, 2))),
        loopWhile(
          i32.lt(out, outEnd),
          low.set(half),
          high.set(half),
          line.set(lines),
          weight.set(weights),
          loopWhile(
            i32.lt(weight, weightsEnd),
            factor.set(i32x4.splat(i32.load(weight))),
            bytes.set(v128.loadBytes(line)),
            low.set(
              i32x4.add(low, i32x4.mul(factor, i32x4.extendLow(bytes))),
            ),
            high.set(
              i32x4.add(high, i32x4.mul(factor, i32x4.extendHigh(bytes))),
            ),
            line.set(i32.add(line, stride)),
            weight.set(i32.add(weight, 4)),
          ),
          v128.store(out, levelsOf(low, high)),
          lines.set(i32.add(lines, 8)),
          out.set(i32.add(out, 8)),
        ),
      ];
    },
  );
