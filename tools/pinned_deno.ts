/**
 * Goes on under the version of Deno that this repository is made with.
 *
 * `npx -y deno` fetches the newest Deno. Tasks load this module first
 * (`--preload`, or as an import): when the running Deno is of another minor
 * version, it starts the same program through npx in the pinned one.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** The version of Deno; others of the same minor version will do. */
export const pinnedDeno = "2.9.6";

/**
 * How to go on with the pinned version.
 *
 * @param running Version of the running Deno.
 * @param program Path of the program's main module.
 * @param args The program's arguments.
 * @returns Arguments for npx, or `undefined` when the running Deno will do.
 */
export const npxArguments = (
  running: string,
  program: string,
  args: readonly string[],
): string[] | undefined =>
  minor(running) === minor(pinnedDeno)
    ? undefined
    : ["-y", `deno@${pinnedDeno}`, "run", "-A", program, ...args];

const minor = (version: string): string =>
  version.split(".").slice(0, 2).join(".");

const goOn = async (npx: readonly string[]): Promise<number> => {
  console.error(
    `This is Deno ${Deno.version.deno}: going on with Deno ${pinnedDeno}`,
  );
  try {
    const child = new Deno.Command("npx", { args: [...npx] }).spawn();
    // A signal reaches the child as well; its exit code is the answer.
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => {});
    }
    return (await child.status).code;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(
      `Cannot run as the version of Deno must be ${pinnedDeno} and npx, ` +
        `which fetches it, was not found: install Node.js, or run ` +
        `deno upgrade --version ${pinnedDeno}`,
    );
    return 1;
  }
};

const npx = npxArguments(
  Deno.version.deno,
  Deno.mainModule.startsWith("file:") ? fileURLToPath(Deno.mainModule) : "",
  Deno.args,
);
if (npx !== undefined) Deno.exit(await goOn(npx));
