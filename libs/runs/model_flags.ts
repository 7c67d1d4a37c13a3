/**
 * Flags of every command that takes MODEL.
 *
 * @module
 */
import { interpolations } from "@deepcluster/data/interpolations";
import { preprocessingPresets } from "@deepcluster/model-io/preprocessing";
import { architectureNames } from "@deepcluster/models/architectures";
import {
  atLeast,
  numbersFlag,
  optionalFlag,
  positive,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, Flag } from "effect/cli";

/** MODEL. */
export const modelArgument: Argument.Argument<string> = Argument.String("model")
  .pipe(
    Argument.withDescription(
      "Run folder, model file (safetensors, PyTorch or ONNX), `random` " +
        "(untrained weights) or `pixels`.",
    ),
  );

/** Which weights of a model, and which network `random` is. */
export const weightsFlags = {
  epoch: optionalFlag(
    atLeast("epoch", 1),
    "Epoch of the run",
    "the newest that is intact",
  ),
  network: optionalFlag(
    Flag.Literals("network", architectureNames),
    "Network of `random`",
    "alexnet",
  ),
  sobel: optionalFlag(
    switchFlag("sobel"),
    "`random` sees Sobel gradients of the grey image (--no-sobel: RGB)",
    "yes",
  ),
  size: optionalFlag(
    atLeast("size", 1),
    "Side of the square input of `random`, `pixels` or a model file, in pixels",
    "224, or 32 for `small`; what an ONNX file states",
  ),
  width: optionalFlag(
    positive("width"),
    "Multiplies the channels of `random`",
    "1",
  ),
};

/** Names that `--preprocessing` takes beside files. */
export const presets: readonly string[] = Object.keys(preprocessingPresets);

/** How images become the input of an ONNX encoder, and what is read of it. */
export const encoderFlags = {
  preprocessing: optionalFlag(
    Flag.String("preprocessing").pipe(Flag.withMetavar("NAME|FILE")),
    `How images become the input of an ONNX file: ${presets.join(", ")}, or ` +
      "a preprocessor_config.json; single flags go before it",
    "its metadata, or a preprocessor_config.json beside it",
  ),
  resize: optionalFlag(
    atLeast("resize", 1),
    "Side to which images are resized for an ONNX file before their centre is " +
      "cropped, in pixels",
  ),
  fit: optionalFlag(
    Flag.Literals("fit", ["short-side", "square"]),
    "What is resized: the short side, or the image, squeezed to a square",
    "short-side",
  ),
  interpolation: optionalFlag(
    Flag.Literals("interpolation", interpolations),
    "Filter of the resizing, as Pillow has it",
  ),
  range: optionalFlag(
    Flag.Literals("range", ["1", "255"]),
    "Largest value of a pixel before --mean and --deviation count",
  ),
  mean: optionalFlag(
    numbersFlag("mean", "1 or 3 numbers with commas between", isChannels),
    "Subtracted from each channel, in the order of the input; one for all",
  ),
  deviation: optionalFlag(
    numbersFlag(
      "deviation",
      "1 or 3 numbers above 0 with commas between",
      (values) => isChannels(values) && values.every((value) => value > 0),
    ),
    "Divides each channel, in the order of the input; one for all",
  ),
  channels: optionalFlag(
    Flag.Literals("channels", ["rgb", "bgr"]),
    "Order of the channels of the input",
  ),
  output: optionalFlag(
    Flag.String("output").pipe(Flag.withMetavar("NAME")),
    "Output of an ONNX file that is read, or any tensor that it computes on " +
      "the way, such as the features before its classes",
    "the only output",
  ),
  pool: optionalFlag(
    Flag.Literals("pool", ["cls", "mean"]),
    "How the tokens of an ONNX file's output become one vector: the first, or " +
      "the mean of all; mean also averages the pixels of a map",
  ),
};

/** Everything that can be told of MODEL. */
export const modelFlags: typeof weightsFlags & typeof encoderFlags = {
  ...weightsFlags,
  ...encoderFlags,
};

/** What {@link modelFlags} parse to. */
export type ModelValues = {
  readonly [K in keyof typeof modelFlags]: (typeof modelFlags)[K] extends
    Flag.Flag<infer A> ? A : never;
};

function isChannels(values: readonly number[]): boolean {
  return values.length === 1 || values.length === 3;
}
