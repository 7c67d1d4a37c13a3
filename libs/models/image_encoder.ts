/**
 * Image encoders of others as plain data: an ONNX file, how images become its
 * input, and which of its outputs is read.
 *
 * @module
 */
import type {
  ClusteringTransformOptions,
  Normalization,
} from "@deepcluster/data";

/** How an image becomes the input of an encoder: all of it is stated. */
export interface Preprocessing
  extends Required<Omit<ClusteringTransformOptions, "grey">> {
  /** Order of the channels of the input; one channel is `grey`. */
  readonly channels: "rgb" | "bgr" | "grey";
  /** What is done to grey levels from 0 to 255; the red channel first. */
  readonly normalization: Required<Normalization>;
  /**
   * Short side above which an image is reduced while it is decoded. Default: it
   * is decoded at its full size.
   */
  readonly maxShortSide?: number;
}

/** How the tokens of an image, or the pixels of a map, become one vector. */
export type Pooling = "cls" | "mean";

/** The output of an encoder that is read. */
export interface EncoderOutput {
  /** Its name. */
  readonly name: string;
  /** Whether it is computed on the way, and is no output of the file itself. */
  readonly inner?: boolean;
  /**
   * Its sizes for one image: `[d]`, a map `[c, h, w]`, or tokens
   * `[tokens, d]`.
   */
  readonly shape: readonly number[];
  /**
   * `cls` takes the first token; `mean` averages all tokens, the first one
   * included, or all pixels of a map. Stated for tokens; a map without it is
   * pooled as the maps of networks are.
   */
  readonly pooling?: Pooling;
}

/** An image encoder. */
export interface ImageEncoder {
  /** Path of its ONNX file, beside which its weights may lie. */
  readonly path: string;
  /** Name of its input. */
  readonly input: string;
  /** Images that it takes at once. None where any number will do. */
  readonly batch?: number;
  /** `[batch, channels, height, width]`, or with the channels last. */
  readonly layout: "nchw" | "nhwc";
  /** How an image becomes its input. */
  readonly preprocessing: Preprocessing;
  /** What is read of it. */
  readonly output: EncoderOutput;
}
