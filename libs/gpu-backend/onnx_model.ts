/**
 * ONNX models of others: what an open one states of itself, and how it runs.
 *
 * @module
 */
import type { DType, Tensors } from "@deepcluster/core";
import type { FeedError } from "@deepcluster/graph";
import { Effect } from "effect";
import { OnnxModelError, type OutOfMemoryError } from "./errors.ts";

/** A tensor that an ONNX model reads or computes, as it declares it. */
export interface TensorSpec {
  /** Its name. */
  readonly name: string;
  /**
   * Its element type, such as `float16` or `int64`; `none` where it is no
   * tensor but a sequence or a map.
   */
  readonly elementType: string;
  /**
   * The type in which it is fed and handed back: floating-point numbers of any
   * width are `float32`, integers and booleans `int32`. None for the rest.
   */
  readonly dtype?: DType;
  /**
   * Its sizes, outermost first: a number where it is fixed, a name such as
   * `batch` where it is not, and an empty name where the model gives none.
   * Empty for a scalar, and where the model does not state the shape.
   */
  readonly shape: readonly (number | string)[];
}

/** What running an ONNX model can fail with. */
export type OnnxRunError = FeedError | OnnxModelError | OutOfMemoryError;

/** An ONNX model that is open. */
export interface OnnxModel {
  /** Its path, or `the model` where it came as bytes. */
  readonly name: string;
  /** What it must be fed; inputs for which it has a default are left out. */
  readonly inputs: readonly TensorSpec[];
  /** What it can compute. */
  readonly outputs: readonly TensorSpec[];
  /**
   * Runs it once.
   *
   * @param feeds A tensor for every input, by name. Numbers are rounded to the
   * nearest of a narrower floating-point type; integers must fit theirs.
   * @param outputs Names of the outputs to compute. Default: all.
   * @returns The outputs by name, each in memory of its own; or `FeedError`
   * when a tensor is missing, not an input, or of another shape or type;
   * `OnnxModelError` when there is no such output, when it holds what our
   * tensors cannot, or when the model stops; or `OutOfMemoryError`.
   */
  readonly run: (
    feeds: Tensors,
    outputs?: readonly string[],
  ) => Effect.Effect<Tensors, OnnxRunError>;
}

/**
 * Writes a declared tensor as messages show it.
 *
 * @param spec Without its name.
 * @returns Such as `[batch, 3, 224, 224]` or `uint8[?, 224]`.
 */
export const showSpec = (
  { elementType, shape }: Pick<TensorSpec, "elementType" | "shape">,
): string =>
  `${elementType === "float32" ? "" : elementType}[${
    shape.map((size) => size === "" ? "?" : size).join(", ")
  }]`;

/**
 * Makes the `openOnnx` of an engine that runs no ONNX models.
 *
 * @param engine Its name.
 * @returns What refuses every model.
 */
export const refuseOnnx =
  (engine: string) =>
  (model: string | Uint8Array): Effect.Effect<never, OnnxModelError> =>
    Effect.fail(
      new OnnxModelError({
        model: typeof model === "string" ? model : "the model",
        problem: "engine",
        rule: "the engine must run ONNX models",
        value: `the engine ${engine} does not; choose the engine onnx`,
      }),
    );
