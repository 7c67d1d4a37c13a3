/**
 * The gradient of max-pooling out of comparisons, for backends whose own does
 * not go to the first of equal maxima.
 *
 * A tap is one place of the window. What the taps of all windows see is cut out
 * of the images, compared with the maxima, and put back where it was.
 *
 * @module
 */
import type { Pooling } from "@deepcluster/graph";
import type { Tf, TfTensor } from "./tfjs_types.ts";

/** What a gradient of max-pooling is computed from, all `[n, h, w, c]`. */
export interface MaxPoolGradient {
  /** Padded images. */
  readonly input: TfTensor;
  /** The maxima of their windows. */
  readonly output: TfTensor;
  /** Gradient with respect to the maxima. */
  readonly dy: TfTensor;
  /** Its padding is not looked at. */
  readonly geometry: Pooling;
}

/**
 * Computes the gradient of max-pooling tap by tap: the first that equals the
 * maximum takes `dy`.
 *
 * @param tf The library.
 * @param pooling See {@link MaxPoolGradient}.
 * @returns Gradient with respect to the padded images.
 */
export const firstMaximumGradient = (
  tf: Tf,
  { input, output, dy, geometry }: MaxPoolGradient,
): TfTensor => {
  const grid = gridOf(input.shape, output.shape, geometry);
  const seenBy = cutter(tf, input, output.shape, grid);
  const zero = tf.zerosLike(dy);
  let left = dy;
  const parts = tapsOf(geometry).slice(0, -1).map((tap) => {
    const isMaximum = tf.equal(seenBy(tap), output);
    const part = tf.where(isMaximum, left, zero);
    left = tf.where(isMaximum, zero, left);
    return part;
  });
  // What no other tap took is of the last one.
  parts.push(left);
  return scattered(tf, parts, input.shape, grid);
};

type Tap = readonly [number, number];

/** Taps of a window, row by row. */
const tapsOf = ({ kernel }: Pooling): readonly Tap[] =>
  Array.from(
    { length: kernel[0] * kernel[1] },
    (_, tap) => [Math.floor(tap / kernel[1]), tap % kernel[1]],
  );

/** Images cut into cells of the size of a stride, some beyond their edge. */
interface Grid {
  readonly geometry: Pooling;
  /** Numbers of cells, downwards and to the right, that hold all windows. */
  readonly cells: readonly [number, number];
}

const gridOf = (
  [, rows, columns]: readonly number[],
  [, height, width]: readonly number[],
  geometry: Pooling,
): Grid => {
  const { kernel, stride } = geometry;
  const cells = (size: number, windows: number, axis: 0 | 1) =>
    Math.max(
      Math.ceil(size / stride[axis]),
      windows + Math.floor((kernel[axis] - 1) / stride[axis]),
    );
  return {
    geometry,
    cells: [cells(rows!, height!, 0), cells(columns!, width!, 1)],
  };
};

/**
 * Cuts out what a tap of all windows sees, by two slices of memory that lies
 * together: on WebAssembly `stridedSlice` took half the time of a step.
 */
const cutter = (
  tf: Tf,
  input: TfTensor,
  [n, height, width, c]: readonly number[],
  { geometry: { kernel, stride }, cells: [down, right] }: Grid,
): (tap: Tap) => TfTensor => {
  const [, rows, columns] = input.shape;
  // A row from the last tap on is cut in whole steps too.
  const across = stride[1] *
    Math.max(right, width! + Math.ceil((kernel[1] - 1) / stride[1]));
  const whole = tf.pad(input, [
    [0, 0],
    [0, down * stride[0] - rows!],
    [0, across - columns!],
    [0, 0],
  ]);
  const byRow = tf.reshape(whole, [n!, down, stride[0], across * c!]);
  return ([y, x]) => {
    const row = tf.slice(
      byRow,
      [0, Math.floor(y / stride[0]), y % stride[0], x * c!],
      [n!, height!, 1, width! * stride[1] * c!],
    );
    return tf.slice(
      tf.reshape(row, [n!, height!, width!, stride[1] * c!]),
      [0, 0, 0, 0],
      [n!, height!, width!, c!],
    );
  };
};

/**
 * Adds what each tap of all windows receives to where it is: sums by place
 * within a cell, then the places side by side.
 */
const scattered = (
  tf: Tf,
  parts: readonly TfTensor[],
  size: readonly number[],
  { geometry, cells }: Grid,
): TfTensor => {
  const { stride } = geometry;
  const [, height, width] = parts[0]!.shape;
  const [n, rows, columns, c] = size as [number, number, number, number];
  const sums = new Map<number, TfTensor>();
  tapsOf(geometry).forEach(([y, x], tap) => {
    const place = (y % stride[0]) * stride[1] + x % stride[1];
    const down = Math.floor(y / stride[0]);
    const right = Math.floor(x / stride[1]);
    const moved = tf.pad(parts[tap]!, [
      [0, 0],
      [down, cells[0] - height! - down],
      [right, cells[1] - width! - right],
      [0, 0],
    ]);
    const sum = sums.get(place);
    sums.set(place, sum === undefined ? moved : tf.add(sum, moved));
  });
  const places = stride[0] * stride[1];
  const zeros = sums.size < places ? tf.zeros([n, ...cells, c]) : undefined;
  const whole = interleaved(
    tf,
    Array.from({ length: places }, (_, place) => sums.get(place) ?? zeros!),
    stride,
  );
  return tf.slice(whole, [0, 0, 0, 0], [n, rows, columns, c]);
};

/** Cells out of their places: `[n, cells, cells, c]` each. */
const interleaved = (
  tf: Tf,
  places: readonly TfTensor[],
  [rows, columns]: Pooling["stride"],
): TfTensor => {
  const [n, height, width, c] = places[0]!.shape as [
    number,
    number,
    number,
    number,
  ];
  const byRow = Array.from({ length: rows }, (_, row) => {
    const across = places.slice(row * columns, (row + 1) * columns);
    return tf.reshape(tf.concat(across, 3), [
      n,
      height,
      1,
      width * columns * c,
    ]);
  });
  const size = [n, height * rows, width * columns, c];
  return tf.reshape(tf.concat(byRow, 2), size);
};
