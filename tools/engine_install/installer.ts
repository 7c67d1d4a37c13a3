/**
 * What installs an engine that `deno install` does not bring.
 *
 * @module
 */

/** Installs one engine; a row of the table in `installers.ts`. */
export interface Installer {
  /** What it brings and where that computes, in one line. */
  readonly description: string;
  /** The flags that use it. Default: only tests do. */
  readonly flags?: string;
  /**
   * Installs it, unless it is installed already. When it fails, what was there
   * before is there as before.
   *
   * @param folder An absolute path of a folder that exists.
   * @returns What was done, as a sentence.
   */
  readonly install: (folder: string) => Promise<string>;
}

/** An engine cannot be installed; the message says why and what helps. */
export class InstallError extends Error {
  /** Tells it from a fault of ours. */
  override readonly name = "InstallError";
}

/**
 * Runs a program.
 *
 * @param program Its name.
 * @param args Its arguments.
 * @param absent What helps when there is no such program.
 * @param env Further variables of its environment.
 * @returns Whether it succeeded, and what it printed.
 */
export const run = async (
  program: string,
  args: readonly string[],
  absent: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ success: boolean; stdout: string; stderr: string }> => {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      env: { ...env, NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return {
      success,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new InstallError(`${program} was not found: ${absent}`);
  }
};
