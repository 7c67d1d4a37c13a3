/**
 * What can go wrong when a picture is made.
 *
 * @module
 */
import { Schema } from "effect";

/** A contact sheet would be empty, or larger than its format allows. */
export class SheetSizeError
  extends Schema.TaggedError<SheetSizeError>()("SheetSizeError", {
    /** Blocks on the sheet. */
    blocks: Schema.Int,
    /** Pixels across. */
    width: Schema.Int,
    /** Pixels down. */
    height: Schema.Int,
    /** Largest width and height. */
    limit: Schema.Int,
    /** Largest number of pixels. */
    pixelLimit: Schema.Int,
  }) {
  /** Names the rule and the sizes. */
  override get message(): string {
    const rule = this.blocks === 0
      ? "it must have at least one block"
      : `width and height must be <= ${this.limit}, and their product ` +
        `<= ${this.pixelLimit}`;
    return `Cannot draw contact sheet as ${rule}: current values are blocks=${this.blocks}, width=${this.width}, height=${this.height}`;
  }
}

/** A model has no network whose weights can be shown or differentiated. */
export class NoNetworkError
  extends Schema.TaggedError<NoNetworkError>()("NoNetworkError", {
    /** What was to be done. */
    action: Schema.String,
    /** Name of the model. */
    model: Schema.String,
  }) {
  /** Names the models that have a network. */
  override get message(): string {
    return `Cannot ${this.action} as the model must be a run, a PyTorch or ` +
      `safetensors file, or random: ${this.model} is ` +
      (this.model === "pixels"
        ? "the images themselves"
        : "an ONNX encoder, which is run but not read");
  }
}
