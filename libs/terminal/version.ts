/**
 * The version of the commands.
 *
 * @module
 */

/** The version that the root's `deno.json` states; a test compares them. */
export const version = "0.9.1";
