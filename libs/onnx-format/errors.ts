/**
 * What the format cannot hold.
 *
 * @module
 */
import { Schema } from "effect";

/** The ONNX format cannot hold a model of this size by itself. */
export class ModelTooLargeError
  extends Schema.TaggedError<ModelTooLargeError>()("ModelTooLargeError", {
    /** Bytes of the constants. */
    bytes: Schema.Number,
    /** Largest number of bytes that the format can hold. */
    limit: Schema.Number,
  }) {
  /** Names both sizes. */
  override get message(): string {
    return `Cannot write the ONNX model as its constants must be <= limit: ` +
      `current values are bytes=${this.bytes}, limit=${this.limit}`;
  }
}
