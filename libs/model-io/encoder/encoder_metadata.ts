/**
 * How images become the input of an ONNX model, in its own `metadata_props`:
 * written with every model of ours, and read from any.
 *
 * @module
 */
import {
  decodedShortSideFor,
  imageNetNormalization,
  type Interpolation,
  interpolations,
  resizeFor,
} from "@deepcluster/data";
import type { Preprocessing } from "@deepcluster/models";
import { type } from "arktype";
import { Effect } from "effect";
import { ModelFileError } from "../errors.ts";
import type { PreprocessingFacts } from "./preprocessing_facts.ts";

/** Key whose presence says that the others are as stated here. */
const versionKey = "preprocessing_version";

/**
 * Says how images become the input of our networks.
 *
 * Paper: section 3.2, the centre crop that clustering sees.
 *
 * @param size Side of the input, in pixels.
 * @returns All of it.
 */
export const networkPreprocessing = (size: number): Preprocessing => ({
  crop: size,
  resize: resizeFor(size),
  fit: "short-side",
  offset: "even",
  interpolation: "bilinear",
  rounding: "none",
  normalization: { divisor: 255, ...imageNetNormalization },
  channels: "rgb",
  maxShortSide: decodedShortSideFor(size),
});

/**
 * Writes a preprocessing as metadata.
 *
 * @param preprocessing All of it, of colour images.
 * @returns Texts by key.
 */
export const encoderMetadata = (
  preprocessing: Preprocessing,
): Readonly<Record<string, string>> => {
  const { crop, resize, fit, offset, interpolation, rounding, maxShortSide } =
    preprocessing;
  const { divisor, mean, deviation } = preprocessing.normalization;
  return {
    [versionKey]: "1",
    preprocessing: "resize what `fit` says to `resize` by `interpolation`, " +
      "antialiased, crop the centre `crop` x `crop`, divide by `divisor`, " +
      "subtract `mean`, divide by `deviation`, channels first",
    fit,
    resize: String(resize),
    interpolation,
    rounding,
    crop: String(crop),
    offset,
    channels: preprocessing.channels,
    divisor: String(divisor),
    mean: mean.join(","),
    deviation: deviation.join(","),
    ...maxShortSide !== undefined && {
      decoded_short_side: String(maxShortSide),
    },
  };
};

/**
 * Reads what {@link encoderMetadata} wrote.
 *
 * @param path The model, for the error.
 * @param metadata Its metadata.
 * @returns The facts, nothing where the metadata has none of ours, or
 * `ModelFileError` when they are of another form.
 */
export const factsInMetadata: (
  path: string,
  metadata: Readonly<Record<string, string>>,
) => Effect.Effect<PreprocessingFacts | undefined, ModelFileError> = Effect
  .fnUntraced(function* (path, metadata) {
    if (metadata[versionKey] === undefined) return undefined;
    const facts = MetadataJson(metadata);
    if (facts instanceof type.errors) {
      return yield* new ModelFileError({
        path,
        rule: "the preprocessing in its metadata must be of version 1",
        found: facts.summary,
      });
    }
    const { crop, decoded_short_side, preprocessing_version: _, ...same } =
      facts;
    return {
      ...same,
      size: crop,
      ...decoded_short_side !== undefined && {
        maxShortSide: decoded_short_side,
      },
    };
  });

const NumberText = type("string.numeric.parse");
const NumbersText = type("string").pipe((text) => text.split(",").map(Number))
  .to("number[] >= 1");

const MetadataJson = type({
  "+": "delete",
  preprocessing_version: "'1'",
  fit: "'short-side' | 'square'",
  resize: NumberText,
  interpolation: type.enumerated(...interpolations as Interpolation[]),
  rounding: "'none' | 'pillow'",
  crop: NumberText,
  offset: "'even' | 'floor'",
  channels: "'rgb' | 'bgr'",
  divisor: NumberText,
  mean: NumbersText,
  deviation: NumbersText,
  "decoded_short_side?": NumberText,
});
