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
