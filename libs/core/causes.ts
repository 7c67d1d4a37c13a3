/**
 * What a caught cause says: to JavaScript it may be anything.
 *
 * @module
 */

/**
 * Returns the words of a cause.
 *
 * @param cause What was thrown or rejected with.
 * @returns The message of an error, or the cause as text.
 */
export const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

/**
 * Returns the code of a failed system call.
 *
 * @param cause What was thrown or rejected with.
 * @returns Such as `ENOENT`; empty for other causes.
 */
export const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause ? String(cause.code) : "";
