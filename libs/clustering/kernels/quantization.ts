/**
 * Quantisation of points and centroids to 8 bits: what
 * `assign/quantized_points.ts` and `assign/quantized_centroids.ts` measure and
 * round, value by value.
 *
 * @module
 */
import {
  doubleWord,
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  i16x8,
  i32,
  i32x4,
  i8x16,
  type Local,
  loopWhile,
  type Statement,
  v128,
  type Vector,
  type WasmFunction,
  wasmFunction,
  when,
  word,
} from "@deepcluster/core/wasm";

/** Doubles of two adjacent 32-bit floats. */
const pair = (address: Local<"i32">): Vector =>
  f64x2.promote(v128.loadHalf(address));

const single = (address: Local<"i32">): Expression<"f64"> =>
  f64.promote(f32.load(address));

const addToLane0 = (sums: Local<"v128">): Expression<"f64"> =>
  f64.add(f64x2.lane(sums, 0), f64x2.lane(sums, 1));

/**
 * Makes the function that measures rows relative to the origin: the largest
 * magnitude of each, and the sum of its squares.
 *
 * @returns The function; its parameters are addresses, a count and `d`.
 */
export const measureRows = (): WasmFunction =>
  wasmFunction({
    rows: "i32",
    origin: "i32",
    count: "i32",
    d: "i32",
    largest: "i32",
    squares: "i32",
  }, ({ rows, origin, count, d, largest, squares }, declare) => {
    const { a, b, r, end, values, sums, maxima, value, sum, maximum } = declare(
      {
        a: "i32",
        b: "i32",
        r: "i32",
        end: "i32",
        values: "v128",
        sums: "v128",
        maxima: "v128",
        value: "f64",
        sum: "f64",
        maximum: "f64",
      },
    );

    return [
      a.set(rows),
      loopWhile(
        i32.lt(r, count),
        b.set(origin),
        sums.set(v128.zero),
        maxima.set(v128.zero),
        end.set(word(a, i32.and(d, -2))),
        loopWhile(
          i32.lt(a, end),
          values.set(f64x2.sub(pair(a), pair(b))),
          sums.set(f64x2.add(sums, f64x2.mul(values, values))),
          maxima.set(f64x2.max(maxima, f64x2.abs(values))),
          a.set(i32.add(a, 8)),
          b.set(i32.add(b, 8)),
        ),
        sum.set(addToLane0(sums)),
        maximum.set(
          f64.max(f64x2.lane(maxima, 0), f64x2.lane(maxima, 1)),
        ),
        when(
          i32.and(d, 1),
          value.set(f64.sub(single(a), single(b))),
          sum.set(f64.add(sum, f64.mul(value, value))),
          maximum.set(f64.max(maximum, f64.abs(value))),
          a.set(i32.add(a, 4)),
        ),
        f64.store(doubleWord(largest, r), maximum),
        f64.store(doubleWord(squares, r), sum),
        r.set(i32.add(r, 1)),
      ),
    ];
  });

/**
 * Makes the function that sums the squares of what rounding takes from rows
 * relative to the origin, each multiplied by its `inverseScales` (32-bit
 * floats).
 *
 * @returns The function; its parameters are addresses, a count and `d`.
 */
export const roundingErrors = (): WasmFunction =>
  wasmFunction({
    rows: "i32",
    origin: "i32",
    count: "i32",
    d: "i32",
    inverseScales: "i32",
    squares: "i32",
  }, ({ rows, origin, count, d, inverseScales, squares }, declare) => {
    const { a, b, r, end, values, sums, scales, scale, value, sum } = declare({
      a: "i32",
      b: "i32",
      r: "i32",
      end: "i32",
      values: "v128",
      sums: "v128",
      scales: "v128",
      scale: "f64",
      value: "f64",
      sum: "f64",
    });
    return [
      a.set(rows),
      loopWhile(
        i32.lt(r, count),
        b.set(origin),
        scale.set(f64.promote(f32.load(word(inverseScales, r)))),
        scales.set(f64x2.splat(scale)),
        sums.set(v128.zero),
        end.set(word(a, i32.and(d, -2))),
        loopWhile(
          i32.lt(a, end),
          values.set(f64x2.mul(f64x2.sub(pair(a), pair(b)), scales)),
          values.set(f64x2.sub(values, f64x2.nearest(values))),
          sums.set(f64x2.add(sums, f64x2.mul(values, values))),
          a.set(i32.add(a, 8)),
          b.set(i32.add(b, 8)),
        ),
        sum.set(addToLane0(sums)),
        when(
          i32.and(d, 1),
          value.set(f64.mul(f64.sub(single(a), single(b)), scale)),
          value.set(f64.sub(value, f64.nearest(value))),
          sum.set(f64.add(sum, f64.mul(value, value))),
          a.set(i32.add(a, 4)),
        ),
        f64.store(doubleWord(squares, r), sum),
        r.set(i32.add(r, 1)),
      ),
    ];
  });

/**
 * Adding it to a float between -2^22 and 2^22 rounds that to a whole number,
 * ties to even, and leaves it in the lowest bits.
 */
const rounder = 1.5 * 2 ** 23;

/**
 * Makes the function that quantises the points `rows` to the bytes `codes`,
 * side by side: row `rows[r]` relative to the origin, times its entry of
 * `inverseScales` (32-bit floats), rounded, plus `zeroPoint`.
 *
 * @returns The function; its parameters are addresses, counts and `zeroPoint`.
 */
export const quantizeRows = (): WasmFunction =>
  wasmFunction({
    points: "i32",
    origin: "i32",
    d: "i32",
    rows: "i32",
    count: "i32",
    inverseScales: "i32",
    zeroPoint: "i32",
    codes: "i32",
  }, (parameters, declare) => {
    const { points, origin, d, rows, count, inverseScales, zeroPoint, codes } =
      parameters;
    const { a, b, i, r, code, end, scale, scales, shift, shifts, low, high } =
      declare({
        a: "i32",
        b: "i32",
        i: "i32",
        r: "i32",
        code: "i32",
        end: "i32",
        scale: "f32",
        scales: "v128",
        shift: "f32",
        shifts: "v128",
        low: "v128",
        high: "v128",
      });
    const byte = i32x4.splat(i32.const(255));
    const four = (offset: number): Vector =>
      v128.and(
        f32x4.add(
          f32x4.mul(
            f32x4.sub(v128.load(a, offset), v128.load(b, offset)),
            scales,
          ),
          shifts,
        ),
        byte,
      );
    return [
      code.set(codes),
      shift.set(f32.add(f32.const(rounder), f32.convertInt(zeroPoint))),
      shifts.set(f32x4.splat(shift)),
      loopWhile(
        i32.lt(r, count),
        i.set(i32.load(word(rows, r))),
        a.set(word(points, i32.mul(i, d))),
        b.set(origin),
        scale.set(f32.load(word(inverseScales, i))),
        scales.set(f32x4.splat(scale)),
        end.set(word(a, i32.and(d, -16))),
        loopWhile(
          i32.lt(a, end),
          low.set(i16x8.narrow(four(0), four(16))),
          high.set(i16x8.narrow(four(32), four(48))),
          v128.store(code, i8x16.narrow(low, high)),
          a.set(i32.add(a, 64)),
          b.set(i32.add(b, 64)),
          code.set(i32.add(code, 16)),
        ),
        end.set(word(a, i32.and(d, 15))),
        loopWhile(
          i32.lt(a, end),
          i32.storeByte(
            code,
            i32.reinterpret(f32.add(
              f32.mul(f32.sub(f32.load(a), f32.load(b)), scale),
              shift,
            )),
          ),
          a.set(i32.add(a, 4)),
          b.set(i32.add(b, 4)),
          code.set(i32.add(code, 1)),
        ),
        r.set(i32.add(r, 1)),
      ),
    ];
  });

/**
 * Makes the function that quantises centroids to columns `from` to `to` of the
 * signed bytes `codes` `[d, columns]`: centroid `centroidOfColumn[column]`
 * relative to the origin, divided by `scale` and rounded. The sum of the squares
 * of what rounding takes from each goes to `squares[column]`.
 *
 * @returns The function; its parameters are addresses, counts and `scale`.
 */
export const quantizeColumns = (): WasmFunction =>
  wasmFunction({
    centroids: "i32",
    origin: "i32",
    d: "i32",
    centroidOfColumn: "i32",
    from: "i32",
    to: "i32",
    columns: "i32",
    scale: "f64",
    codes: "i32",
    squares: "i32",
  }, (parameters, declare) => {
    const { centroids, origin, d, centroidOfColumn, from, to, columns } =
      parameters;
    const { scale, codes, squares } = parameters;
    const { a, b, end, column, code, value, rounded, sum } = declare({
      a: "i32",
      b: "i32",
      end: "i32",
      column: "i32",
      code: "i32",
      value: "f64",
      rounded: "f64",
      sum: "f64",
    });
    const quantize: readonly Statement[] = [
      value.set(f64.div(f64.sub(single(a), single(b)), scale)),
      rounded.set(f64.nearest(value)),
      value.set(f64.sub(value, rounded)),
      sum.set(f64.add(sum, f64.mul(value, value))),
      i32.storeByte(code, i32.truncateDouble(rounded)),
    ];
    return [
      column.set(from),
      loopWhile(
        i32.lt(column, to),
        a.set(word(
          centroids,
          i32.mul(i32.load(word(centroidOfColumn, column)), d),
        )),
        b.set(origin),
        code.set(i32.add(codes, column)),
        sum.set(f64.const(0)),
        end.set(word(a, d)),
        loopWhile(
          i32.lt(a, end),
          ...quantize,
          a.set(i32.add(a, 4)),
          b.set(i32.add(b, 4)),
          code.set(i32.add(code, columns)),
        ),
        f64.store(doubleWord(squares, column), sum),
        column.set(i32.add(column, 1)),
      ),
    ];
  });
