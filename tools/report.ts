/**
 * How the checks of this folder end.
 *
 * @module
 */

/**
 * Prints what a check found, and ends the process with 1 if it found any.
 *
 * @param subject What was checked.
 * @param errors One line each.
 */
export const report = (subject: string, errors: readonly string[]): void => {
  for (const error of errors) console.error(error);
  console.error(`${subject}: ${errors.length} errors`);
  if (errors.length > 0) Deno.exit(1);
};
