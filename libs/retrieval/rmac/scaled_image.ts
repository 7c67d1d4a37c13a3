/**
 * What the network sees of a picture: brought to a size and normalised, and a
 * query's rectangle cut out of that.
 *
 * Paper: section 5.3. The rectangle is cut after scaling, so that an object
 * keeps its scale; around it the network sees an edge, as in the authors'
 * figures.
 *
 * @module
 */
import { type FloatTensor, floatTensor, OptionError } from "@deepcluster/core";
import {
  type Image,
  makePillowResampler,
  scalingOf,
  wholeView,
} from "@deepcluster/data";
import { Effect } from "effect";

/** A rectangle by its corners, in pixels of a picture; fractions are allowed. */
export interface Corners {
  /** Left edge. */
  readonly xmin: number;
  /** Upper edge. */
  readonly ymin: number;
  /** Right edge, not inside. */
  readonly xmax: number;
  /** Lower edge, not inside. */
  readonly ymax: number;
}

/** A rectangle of a scaled picture, in its own pixels. */
export interface ScaledView {
  /** Columns of the whole scaled picture. */
  readonly scaledWidth: number;
  /** Rows of the whole scaled picture. */
  readonly scaledHeight: number;
  /** First column. */
  readonly left: number;
  /** First row. */
  readonly top: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * Sizes a picture so that its longer side has a length; smaller ones are
 * enlarged. Each side is rounded on its own, halves to even.
 *
 * Departure: a side that would be too short for the network is made as long as
 * it needs, where the authors' code fails.
 *
 * @param image The picture.
 * @param longest The longer side, in pixels.
 * @param minSide The shortest side that the network can see.
 * @returns A view of all of it.
 */
export const scaledView = (
  { width, height }: Pick<Image, "width" | "height">,
  longest: number,
  minSide: number,
): ScaledView => {
  const ratio = longest / Math.max(width, height);
  const scaledWidth = Math.max(minSide, roundToEven(width * ratio));
  const scaledHeight = Math.max(minSide, roundToEven(height * ratio));
  const [w, h] = [scaledWidth, scaledHeight];
  return { scaledWidth, scaledHeight, left: 0, top: 0, width: w, height: h };
};

/**
 * The view of a rectangle: each edge scaled and rounded, halves to even, and
 * cut at the border of the picture.
 *
 * @param image The picture.
 * @param corners The rectangle, in pixels of the picture.
 * @param longest The longer side of the scaled picture.
 * @param minSide The shortest side that the network can see.
 * @returns The view, or `OptionError` when less than that is left.
 */
export const scaledBox = (
  image: Pick<Image, "width" | "height">,
  corners: Corners,
  longest: number,
  minSide: number,
): Effect.Effect<ScaledView, OptionError> => {
  const whole = scaledView(image, longest, minSide);
  const ratio = longest / Math.max(image.width, image.height);
  const edge = (value: number, most: number) =>
    Math.min(most, Math.max(0, roundToEven(value * ratio)));
  const left = edge(corners.xmin, whole.scaledWidth);
  const top = edge(corners.ymin, whole.scaledHeight);
  const width = edge(corners.xmax, whole.scaledWidth) - left;
  const height = edge(corners.ymax, whole.scaledHeight) - top;
  if (width >= minSide && height >= minSide) {
    return Effect.succeed({ ...whole, left, top, width, height });
  }
  const least = Math.ceil(minSide / ratio);
  return Effect.fail(
    new OptionError({
      action: "describe a box of a picture",
      option: "box",
      rule: `a rectangle of at least ${least} x ${least} pixels within the ` +
        `${image.width} x ${image.height} (the network sees the picture at ` +
        `${whole.scaledWidth} x ${whole.scaledHeight} and needs ${minSide})`,
      value: [
        corners.xmin,
        corners.ymin,
        corners.xmax - corners.xmin,
        corners.ymax - corners.ymin,
      ].join(),
    }),
  );
};

/**
 * Scales a picture and cuts a view out of it.
 *
 * @param image The picture.
 * @param view Of this picture.
 * @returns `[1, 3, height, width]`, normalised by ImageNet's mean and
 * deviation.
 */
export const pixelsOf = (image: Image, view: ScaledView): FloatTensor => {
  const { width, height } = view;
  const pixels = floatTensor([1, 3, height, width]);
  const resample = makePillowResampler(view, scalingOf(), "bilinear");
  resample(
    image,
    {
      ...wholeView(image, 1),
      resizedWidth: view.scaledWidth,
      resizedHeight: view.scaledHeight,
      keptLeft: view.left,
      keptTop: view.top,
    },
    pixels.data,
    0,
  );
  return pixels;
};

/**
 * Rounds to the nearest integer, halves to the even one, as Python and NumPy.
 *
 * @param value Any number.
 * @returns The integer.
 */
const roundToEven = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
};
