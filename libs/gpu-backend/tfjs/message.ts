/**
 * What is thrown, in words.
 *
 * @module
 */

/**
 * Says what went wrong, in the words of the library.
 *
 * @param cause What was thrown.
 * @returns Its message on one line.
 */
export const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .trim().replaceAll(/\s+/g, " ");
