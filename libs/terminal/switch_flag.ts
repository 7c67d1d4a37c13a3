/**
 * Flags that are on or off.
 *
 * A boolean flag of Effect's command line takes the next word for its value
 * when that word reads like one, so `--json yes` would swallow a folder named
 * `yes`. Ours never looks at the next word.
 *
 * @module
 */
import { Flag } from "effect/cli";

/**
 * Makes a flag that is on or off: `--name`, `--no-name`, `--name=false`.
 *
 * @param name Of the flag, without dashes.
 * @returns The flag. It is required unless it has a default or is optional.
 */
export const switchFlag = (name: string): Flag.Flag<boolean> =>
  // The linter's rule against Flag.Boolean has this one exception.
  // deno-lint-ignore deepcluster/no-boolean-flag
  Flag.Boolean(name).pipe(Flag.withOptionalValue("true"));
