/**
 * What the taps of a convolution's filter see of its images: rows of the
 * batch, so that one `Gather` copies them for all taps. Threads share that, as
 * they do not share a `Slice` or a `Pad`.
 *
 * @module
 */
import { floatTensor, intTensor, type Shape } from "@deepcluster/core";
import type { Convolution, Value } from "@deepcluster/graph";
import type { Lowering } from "./lowering.ts";
import { heightOf } from "./reversed/row_order.ts";

/** A convolution without groups, or one of its gradients. */
export interface TapsOfConvolution {
  /** Images `[n, c, h, w]`. */
  readonly x: Value;
  /** `[f, c, kernelHeight, kernelWidth]`. */
  readonly filterShape: Shape;
  /** `[n, f, …]`. */
  readonly results: Shape;
  /** How the filter moves. */
  readonly geometry: Convolution;
}

/**
 * Adds the nodes that copy what every tap sees at every place of the result.
 *
 * @param taps See {@link TapsOfConvolution}.
 * @param order `tapsFirst`: `[c * kernelHeight * kernelWidth * h * w, n]`;
 * `placesFirst`: `[w * h * c * kernelHeight * kernelWidth, n]`, rows in the order
 * of reversed maps.
 * @param to Where it is lowered to.
 * @returns Name of the copies.
 */
export const seenByTaps = (
  taps: TapsOfConvolution,
  order: "tapsFirst" | "placesFirst",
  to: Lowering,
): string =>
  to.once(taps.x, `seen ${order} ${keyOf(taps)}`, () =>
    to.node("Gather", [
      withZeros(taps, to),
      to.constant(`rows ${order} ${keyOf(taps)}`, () => {
        const rows = Int32Array.from(rowsOf(taps, order));
        return intTensor([rows.length], rows);
      }),
    ]));

const keyOf = ({ x, filterShape, results, geometry }: TapsOfConvolution) =>
  [x.shape, filterShape, results]
    .map((shape) => shape.slice(1).join("x"))
    .join(" ") + ` ${JSON.stringify(geometry)}`;

/**
 * Returns a value with the batch as its last axis.
 *
 * @param value `[n, …]`.
 * @param to Where it is lowered to.
 * @returns Name of a tensor `[…, n]`, all other axes as one.
 */
export const batchLast = (value: Value, to: Lowering): string =>
  to.once(value, "batch last", () => {
    const sizes = to.integers([value.shape[0]!, -1]);
    const rows = to.node("Reshape", [to.tensor(value), sizes]);
    return to.node("Transpose", [rows], { perm: { ints: [1, 0] } });
  });

/** The images with a row of zeros behind them, where taps reach into padding. */
const withZeros = ({ x, geometry }: TapsOfConvolution, to: Lowering) => {
  const [n] = x.shape;
  const images = batchLast(x, to);
  if (geometry.padding.every((zeros) => zeros === 0)) return images;
  const zeros = to.constant(
    `zeros of ${n} images`,
    () => floatTensor([1, n!]),
  );
  return to.node("Concat", [images, zeros], { axis: { i: 0 } });
};

/** Which row of the images each tap sees at each place. */
const rowsOf = (
  taps: TapsOfConvolution,
  order: "tapsFirst" | "placesFirst",
): readonly number[] => {
  const [, channels, height, width] = taps.x.shape;
  const zeros = channels! * height! * width!;
  const down = reaches(taps, 0);
  const across = reaches(taps, 1);
  const row = (channel: number, y: number, x: number) =>
    y < 0 || x < 0 ? zeros : (channel * height! + y) * width! + x;
  const all = Array.from({ length: channels! }, (_, channel) => channel);
  return order === "tapsFirst"
    ? all.flatMap((channel) =>
      down.flatMap((ys) =>
        across.flatMap((xs) =>
          ys.flatMap((y) => xs.map((x) => row(channel, y, x)))
        )
      )
    )
    : places(across).flatMap((xs) =>
      inRowOrder(places(down)).flatMap((ys) =>
        all.flatMap((channel) =>
          ys.flatMap((y) => xs.map((x) => row(channel, y, x)))
        )
      )
    );
};

/** What each tap sees by place, turned into what is seen at a place by tap. */
const places = (
  reaches: readonly (readonly number[])[],
): readonly (readonly number[])[] =>
  reaches[0]!.map((_, place) => reaches.map((tap) => tap[place]!));

const inRowOrder = <A>(rows: readonly A[]): readonly A[] =>
  rows.map((_, row) => rows[heightOf(row, rows.length)]!);

/** For every tap along an axis what it sees at each place; -1 in padding. */
const reaches = (
  { x, filterShape, results, geometry }: TapsOfConvolution,
  axis: 0 | 1,
): readonly (readonly number[])[] => {
  const { stride, padding, dilation } = geometry;
  const size = x.shape[axis + 2]!;
  return Array.from(
    { length: filterShape[axis + 2]! },
    (_, tap) =>
      Array.from({ length: results[axis + 2]! }, (_, place) => {
        const seen = place * stride[axis] + tap * dilation[axis] -
          padding[axis];
        return seen < size ? seen : -1;
      }),
  );
};
