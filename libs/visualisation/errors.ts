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
  }) {
  /** Names the rule and the sizes. */
  override get message(): string {
    const rule = this.blocks === 0
      ? "it must have at least one block"
      : `width and height must be <= ${this.limit}`;
    return `Cannot draw contact sheet as ${rule}: current values are blocks=${this.blocks}, width=${this.width}, height=${this.height}`;
  }
}
