/**
 * The inner loops of resizing, in vectors of 128 bits. Every number is added
 * and rounded in the order that the comments state, so results do not depend on
 * how many lanes there are.
 *
 * @module
 */
import {
  type Arrays,
  encodeModule,
  f32,
  f32x4,
  f64x2,
  i32,
  i32x4,
  type Int,
  type Layout,
  layOut,
  type Local,
  loopWhile,
  shuffle,
  v128,
  type Vector,
  type WasmFunction,
  wasmFunction,
} from "@deepcluster/core/wasm";

/** Functions of addresses and numbers in one memory. */
export interface ResampleKernels {
  /**
   * Adds `count` rows of bytes, `stride` bytes apart, times a weight each, to
   * doubles at `line`, up to `lineEnd`: to 0, first `(w₀r₀ + w₁r₁) + w₂r₂` for
   * each three rows, then `wr` for each that is left. Reads and writes eight
   * values at a time.
   */
  readonly mixRows: (
    rows: number,
    stride: number,
    weights: number,
    count: number,
    line: number,
    lineEnd: number,
  ) => void;
  /**
   * For each of `side` pixels of {@link linesAtOnce} rows adds `counts` pixels
   * of the row's line from `firsts` on, three doubles each, times their weights,
   * from the left, and stores `sum * scale + shift` as floats in planes of
   * `plane` bytes. The next pixel goes to `step` bytes behind the one before,
   * the next row to `side` floats behind.
   */
  readonly mixColumns: (
    lines: number,
    lineStride: number,
    firsts: number,
    counts: number,
    weights: number,
    weightsStride: number,
    side: number,
    scaling: number,
    out: number,
    step: number,
    plane: number,
  ) => void;
}

/** Values that `mixRows` reads and writes at a time. */
export const valuesAtOnce = 8;

/**
 * Lines that `mixColumns` reads at a time: how many pixels are added, which a
 * processor cannot foresee, is the same for all.
 */
export const linesAtOnce = 4;

/** The kernels and what they compute in. */
export interface ResampleWorkspace {
  readonly kernels: ResampleKernels;
  /** Lays out arrays, in place of those before, with undefined contents. */
  readonly allocate: <const L extends Layout>(layout: L) => Arrays<L>;
}

let opened: ResampleWorkspace | undefined;

/**
 * Returns the workspace of this thread, made when first needed. One serves all
 * resamplers, as no call leaves anything behind.
 *
 * @returns The workspace.
 */
export const resampleWorkspace = (): ResampleWorkspace => opened ??= open();

const open = (): ResampleWorkspace => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const code = encodeModule({ mixRows: mixRows(), mixColumns: mixColumns() });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), {
    env: { memory },
  });
  return {
    kernels: exports as unknown as ResampleKernels,
    allocate: (layout) => layOut(memory, layout),
  };
};

const mixRows = (): WasmFunction =>
  wasmFunction(
    {
      rows: "i32",
      stride: "i32",
      weights: "i32",
      count: "i32",
      line: "i32",
      lineEnd: "i32",
    },
    ({ rows, stride, weights, count, line, lineEnd }, declare) => {
      const { row, weight, threes, end } = declare({
        row: "i32",
        weight: "i32",
        threes: "i32",
        end: "i32",
      });
      const factors = [
        ...Object.values(
          declare({ first: "v128", second: "v128", third: "v128" }),
        ),
      ];
      const values = Object.values(
        declare({
          firstLow: "v128",
          firstHigh: "v128",
          secondLow: "v128",
          secondHigh: "v128",
          thirdLow: "v128",
          thirdHigh: "v128",
        }),
      );
      const { bytes } = declare({ bytes: "v128" });
      const sums = Object.values(
        declare({ sum0: "v128", sum1: "v128", sum2: "v128", sum3: "v128" }),
      );
      const read = (tap: number, address: Int) => [
        factors[tap]!.set(v128.loadSplat(weight, 8 * tap)),
        bytes.set(v128.loadBytes(address)),
        values[2 * tap]!.set(i32x4.extendLow(bytes)),
        values[2 * tap + 1]!.set(i32x4.extendHigh(bytes)),
      ];
      const term = (tap: number, pair: number): Vector => {
        const four = values[2 * tap + (pair >> 1)]!;
        const two = pair % 2 === 0 ? four : shuffle(four, four, [2, 3, 2, 3]);
        return f64x2.mul(factors[tap]!, f64x2.convertInts(two));
      };
      return [
        threes.set(i32.add(weights, i32.mul(i32.divU(count, 3), 24))),
        end.set(i32.add(weights, i32.shl(count, 3))),
        loopWhile(
          i32.lt(line, lineEnd),
          ...sums.map((sum) => sum.set(v128.zero)),
          row.set(rows),
          weight.set(weights),
          loopWhile(
            i32.lt(weight, threes),
            ...read(0, row),
            ...read(1, i32.add(row, stride)),
            ...read(2, i32.add(row, i32.shl(stride, 1))),
            ...sums.map((sum, pair) =>
              sum.set(
                f64x2.add(
                  sum,
                  f64x2.add(
                    f64x2.add(term(0, pair), term(1, pair)),
                    term(2, pair),
                  ),
                ),
              )
            ),
            row.set(i32.add(row, i32.mul(stride, 3))),
            weight.set(i32.add(weight, 24)),
          ),
          loopWhile(
            i32.lt(weight, end),
            ...read(0, row),
            ...sums.map((sum, pair) => sum.set(f64x2.add(sum, term(0, pair)))),
            row.set(i32.add(row, stride)),
            weight.set(i32.add(weight, 8)),
          ),
          ...sums.map((sum, pair) => v128.store(line, sum, 16 * pair)),
          rows.set(i32.add(rows, 8)),
          line.set(i32.add(line, 64)),
        ),
      ];
    },
  );

const mixColumns = (): WasmFunction =>
  wasmFunction(
    {
      lines: "i32",
      lineStride: "i32",
      firsts: "i32",
      counts: "i32",
      weights: "i32",
      weightsStride: "i32",
      side: "i32",
      scaling: "i32",
      out: "i32",
      step: "i32",
      plane: "i32",
    },
    (
      {
        lines,
        lineStride,
        firsts,
        counts,
        weights,
        weightsStride,
        side,
        scaling,
        out,
        step,
        plane,
      },
      declare,
    ) => {
      const { end, weight, weightsEnd, pixel, row } = declare({
        end: "i32",
        weight: "i32",
        weightsEnd: "i32",
        pixel: "i32",
        row: "i32",
      });
      const { factor, floats } = declare({ factor: "v128", floats: "v128" });
      const sums = Array.from(
        { length: linesAtOnce },
        () => declare({ redGreen: "v128", blue: "v128" }),
      );
      const scaled = (sum: Vector, offset: number) =>
        f32x4.demote(
          f64x2.add(
            f64x2.mul(sum, v128.load(scaling, offset)),
            v128.load(scaling, 32 + offset),
          ),
        );
      const add = (sum: Local<"v128">, offset: number) =>
        sum.set(f64x2.add(sum, f64x2.mul(factor, v128.load(row, offset))));
      return [
        end.set(i32.add(firsts, i32.shl(side, 2))),
        loopWhile(
          i32.lt(firsts, end),
          ...sums.flatMap(({ redGreen, blue }) => [
            redGreen.set(v128.zero),
            blue.set(v128.zero),
          ]),
          pixel.set(i32.add(lines, i32.mul(i32.load(firsts), 24))),
          weight.set(weights),
          weightsEnd.set(i32.add(weight, i32.shl(i32.load(counts), 3))),
          loopWhile(
            i32.lt(weight, weightsEnd),
            factor.set(v128.loadSplat(weight)),
            row.set(pixel),
            ...sums.flatMap(({ redGreen, blue }) => [
              add(redGreen, 0),
              // Its upper half is the next pixel's red, which is not stored.
              add(blue, 16),
              row.set(i32.add(row, lineStride)),
            ]),
            pixel.set(i32.add(pixel, 24)),
            weight.set(i32.add(weight, 8)),
          ),
          row.set(out),
          ...sums.flatMap(({ redGreen, blue }) => [
            floats.set(scaled(redGreen, 0)),
            f32.store(row, f32x4.lane(floats, 0)),
            f32.store(i32.add(row, plane), f32x4.lane(floats, 1)),
            floats.set(scaled(blue, 16)),
            f32.store(i32.add(row, i32.shl(plane, 1)), f32x4.lane(floats, 0)),
            row.set(i32.add(row, i32.shl(side, 2))),
          ]),
          out.set(i32.add(out, step)),
          firsts.set(i32.add(firsts, 4)),
          counts.set(i32.add(counts, 4)),
          weights.set(i32.add(weights, weightsStride)),
        ),
      ];
    },
  );
