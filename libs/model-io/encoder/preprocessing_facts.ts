/**
 * What is known of how images become the input of an encoder, wherever it comes
 * from: flags, the file's own metadata, a configuration, or a preset.
 *
 * @module
 */
import type { Interpolation } from "@deepcluster/data";

/** Some of a `Preprocessing`, as its source has it. */
export interface PreprocessingFacts {
  /** Side of the square input, in pixels. */
  readonly size?: number;
  /** Side to which images are resized before their centre is cropped. */
  readonly resize?: number;
  /** What is resized. Default: the short side. */
  readonly fit?: "short-side" | "square";
  /** What becomes of half a pixel. Default: `even`. */
  readonly offset?: "even" | "floor";
  /** Filter of the resizing. */
  readonly interpolation?: Interpolation;
  /** What resized values are rounded to. Default: `pillow`. */
  readonly rounding?: "none" | "pillow";
  /** Divides grey levels first: 255 gives values from 0 to 1. */
  readonly divisor?: number;
  /** Subtracted from each channel, in the order of the input; one for all. */
  readonly mean?: readonly number[];
  /** Divides each channel, in the order of the input; one for all. */
  readonly deviation?: readonly number[];
  /** Order of the channels. */
  readonly channels?: "rgb" | "bgr";
  /** Short side above which images are reduced while they are decoded. */
  readonly maxShortSide?: number;
}

/** Facts, and where they come from. */
export interface StatedPreprocessing {
  /** For a person: `its metadata`, a path, `--preprocessing clip`. */
  readonly source: string;
  /** The facts for inputs of a size; `undefined` while that is not known. */
  readonly factsFor: (size: number | undefined) => PreprocessingFacts;
}

/** Ways to preprocess that many encoders share, by name. */
export const preprocessingPresets = {
  /** torchvision's for ImageNet: `Resize(256)`, `CenterCrop(224)`. */
  imagenet: (size) => ({
    ...size !== undefined && { resize: Math.round(size * 256 / 224) },
    interpolation: "bilinear",
    divisor: 255,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
    channels: "rgb",
  }),
  /** OpenAI's CLIP: short side, bicubic, centre. */
  clip: (size) => ({
    ...size !== undefined && { resize: size },
    interpolation: "bicubic",
    divisor: 255,
    mean: [0.48145466, 0.4578275, 0.40821073],
    deviation: [0.26862954, 0.26130258, 0.27577711],
    channels: "rgb",
  }),
  /** Google's ViT: squeezed to a square, values from -1 to 1. */
  vit: () => ({
    fit: "square",
    interpolation: "bilinear",
    divisor: 255,
    mean: [0.5],
    deviation: [0.5],
    channels: "rgb",
  }),
} as const satisfies Readonly<
  Record<string, StatedPreprocessing["factsFor"]>
>;
