/**
 * ONNX models that see images: which input takes them, and which output is
 * theirs.
 *
 * @module
 */
import { Effect } from "effect";
import { OnnxModelError } from "./errors.ts";
import { type OnnxModel, showSpec, type TensorSpec } from "./onnx_model.ts";

/** How an ONNX model is fed images. */
export interface ImageModel {
  /** Name of the input. */
  readonly input: string;
  /** `[batch, channels, height, width]`, or with the channels last. */
  readonly layout: "nchw" | "nhwc";
  /** Images that it takes at once. None where any number will do. */
  readonly batch?: number;
  /** 1 for grey images, 3 for RGB. None where the model does not say. */
  readonly channels?: number;
  /** Height in pixels. None where any will do. */
  readonly height?: number;
  /** Width in pixels. None where any will do. */
  readonly width?: number;
  /** What it computes of the images. */
  readonly output: TensorSpec;
}

/**
 * Finds out how a model is fed images.
 *
 * @param model An open model.
 * @param output Name of the output to use. Default: the only one.
 * @returns See {@link ImageModel}, or `OnnxModelError` when the model has not
 * exactly one input, floating-point NCHW or NHWC of 1 or 3 channels, or has
 * not that output, or has several and none is named.
 */
export const imageModelOf: (
  model: OnnxModel,
  output?: string,
) => Effect.Effect<ImageModel, OnnxModelError> = Effect.fnUntraced(
  function* (model, output) {
    const { input, shape, layout } = yield* imageInputOf(model);
    const [batch] = shape;
    const [channels, height, width] = layout === "nchw"
      ? shape.slice(1)
      : [shape[3], shape[1], shape[2]];
    return {
      input,
      layout,
      ...typeof batch === "number" && { batch },
      ...typeof channels === "number" && { channels },
      ...typeof height === "number" && { height },
      ...typeof width === "number" && { width },
      output: yield* imageOutputOf(model, output),
    };
  },
);

const imageInputOf = Effect.fnUntraced(function* (
  { name: model, inputs }: OnnxModel,
): Effect.fn.Return<
  Pick<ImageModel, "input" | "layout"> & Pick<TensorSpec, "shape">,
  OnnxModelError
> {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    return yield* new OnnxModelError({
      model,
      problem: "input",
      rule: "a model of images must have one input",
      value: inputs.length === 0
        ? "it has none"
        : `it has ${inputs.map(({ name }) => name).join(", ")}`,
    });
  }
  const { name, dtype, shape } = input;
  const layout = dtype === "float32" ? layoutOf(shape) : undefined;
  if (layout === undefined) {
    return yield* new OnnxModelError({
      model,
      problem: "input",
      rule: "the input of a model of images must be floating-point, " +
        "[batch, 1 or 3, height, width] or [batch, height, width, 1 or 3]",
      value: `its input ${name} is ${showSpec(input)}`,
    });
  }
  return { input: name, shape, layout };
});

/** Channels come first unless they can only be last. */
const layoutOf = (
  shape: TensorSpec["shape"],
): ImageModel["layout"] | undefined => {
  if (shape.length !== 4) return undefined;
  const isChannels = (size: number | string) => size === 1 || size === 3;
  if (isChannels(shape[1]!)) return "nchw";
  if (isChannels(shape[3]!)) return "nhwc";
  return typeof shape[1] === "string" ? "nchw" : undefined;
};

const imageOutputOf = Effect.fnUntraced(function* (
  { name: model, outputs }: OnnxModel,
  name: string | undefined,
): Effect.fn.Return<TensorSpec, OnnxModelError> {
  const output = name === undefined && outputs.length === 1
    ? outputs[0]
    : outputs.find((output) => output.name === name);
  if (output === undefined) {
    return yield* new OnnxModelError({
      model,
      problem: "output",
      rule: name === undefined
        ? "one of its outputs must be named (--output)"
        : `it must have the output ${name}`,
      value: `its outputs are ${outputs.map(({ name }) => name).join(", ")}`,
    });
  }
  if (output.dtype !== "float32") {
    return yield* new OnnxModelError({
      model,
      problem: "output",
      rule: `its output ${output.name} must be floating-point`,
      value: `it is ${showSpec(output)}`,
    });
  }
  return output;
});
