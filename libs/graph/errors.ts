/**
 * What can go wrong when a graph is written, differentiated or run.
 *
 * @module
 */
import type { DType, Shape } from "@deepcluster/core";
import { Schema } from "effect";

/** One operand of a refused operator. */
const Operand = Schema.Struct({
  name: Schema.String,
  shape: Schema.Array(Schema.Number),
  dtype: Schema.Literals(["float32", "int32"]),
});

/**
 * Renders a shape and element type as the messages do.
 *
 * @param shape Sizes, outermost first.
 * @param dtype Element type; 32-bit floats go without saying.
 * @returns Such as `[2, 3]` or `int32[4]`.
 */
export const showType = (shape: Shape, dtype: DType): string =>
  `${dtype === "float32" ? "" : dtype}[${shape.join(", ")}]`;

/** An operator cannot be applied to operands of these shapes or types. */
export class ShapeError extends Schema.TaggedError<ShapeError>()("ShapeError", {
  /** Name of the operator or composition. */
  operator: Schema.String,
  /** Its operands in order. */
  operands: Schema.Array(Operand),
  /** Its settings, rendered, such as `stride=[1, 1]`. */
  settings: Schema.Array(Schema.String),
  /** What must hold and does not. */
  rule: Schema.String,
}) {
  /** Names the operator, the broken rule, and every operand. */
  override get message(): string {
    const values = [
      ...this.operands.map((operand) =>
        `${operand.name}=${showType(operand.shape, operand.dtype)}`
      ),
      ...this.settings,
    ];
    return `Cannot apply ${this.operator} as ${this.rule}: ` +
      `current values are ${values.length === 0 ? "none" : values.join(", ")}`;
  }
}

/** A gradient must pass through an operator that has none. */
export class GradientError
  extends Schema.TaggedError<GradientError>()("GradientError", {
    /** Name of the operator. */
    operator: Schema.String,
    /** Position of the operand that has no gradient, from 0. */
    operand: Schema.Number,
    /** Shapes of all operands. */
    shapes: Schema.Array(Schema.Array(Schema.Number)),
  }) {
  /** Names the operator and its operands. */
  override get message(): string {
    return `Cannot differentiate ${this.operator} as it must have a ` +
      `derivative with respect to operand ${this.operand}: current operands ` +
      `are ${this.shapes.map((s) => `[${s.join(", ")}]`).join(", ")}`;
  }
}

const brokenGraph = {
  notAnInput: "the current value of state must be an input",
  otherName: "state must have the name of its input",
  otherType: "the next value of state must have its shape and type",
  twice: "every name must belong to one value",
  unknown: "every input must be fed or kept as state",
  notAScalar: "it must be a scalar of float32",
  notAboveZero: "it must be above 0",
} as const;

/** Values do not make a graph that can be run. */
export class GraphError extends Schema.TaggedError<GraphError>()("GraphError", {
  /** Name of the input, state or output. */
  name: Schema.String,
  /** Which rule is broken. */
  reason: Schema.Literals(
    Object.keys(brokenGraph) as (keyof typeof brokenGraph)[],
  ),
  /** What stands there instead. */
  present: Schema.String,
}) {
  /** Names the value and the broken rule. */
  override get message(): string {
    return `Cannot use ${this.name} in a graph as ${
      brokenGraph[this.reason]
    }: current values are ${this.present}`;
  }
}

/** A tensor fed to a run is missing, unknown, or of another type. */
export class FeedError extends Schema.TaggedError<FeedError>()("FeedError", {
  /** Name of the input or state. */
  name: Schema.String,
  /** Shape and type that the graph states; absent when it has no such name. */
  expected: Schema.optional(Schema.String),
  /** Shape and type of the tensor; absent when there is none. */
  actual: Schema.optional(Schema.String),
}) {
  /** Names the tensor, the expected and the actual type. */
  override get message(): string {
    return `Cannot run the graph as ${this.name} must be ` +
      `${this.expected ?? "absent"}: current value is ${
        this.actual ?? "absent"
      }`;
  }
}

/** A label names a class that the logits do not have. */
export class LabelError extends Schema.TaggedError<LabelError>()("LabelError", {
  /** The label. */
  label: Schema.Number,
  /** Position of the label in its batch. */
  index: Schema.Number,
  /** Number of classes. */
  classes: Schema.Number,
}) {
  /** Names the label and the number of classes. */
  override get message(): string {
    return `Cannot compute a cross-entropy as labels must be < classes: ` +
      `current values are label=${this.label}, index=${this.index}, ` +
      `classes=${this.classes}`;
  }
}
