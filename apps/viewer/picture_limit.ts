/**
 * How large a picture may be.
 *
 * @module
 */
import { Effect } from "effect";
import { VisualiseError } from "./visualise_errors.ts";

/** Squares that make up a picture. */
export interface PictureTiles {
  /** How many there are. */
  readonly count: number;
  /** Pixels across and down each. */
  readonly side: number;
}

/**
 * Requires that the squares of a picture fit in memory, before they are made.
 *
 * @param action What is to be done, for the message.
 * @param flag The flag that says how large they are, as typed.
 * @param tiles See {@link PictureTiles}.
 * @returns Nothing, or `VisualiseError`.
 */
export const requirePictureSize = (
  action: string,
  flag: string,
  { count, side }: PictureTiles,
): Effect.Effect<void, VisualiseError> =>
  count * side ** 2 <= pixelLimit ? Effect.void : Effect.fail(
    new VisualiseError({
      action,
      rule: `with ${flag} the picture must have at most ${pixelLimit} pixels`,
      found: `${count} squares of ${side} × ${side} pixels`,
    }),
  );

/** Of 3 bytes each; as many as a contact sheet may have. */
const pixelLimit = 0x3fff ** 2;
