/**
 * A process of its own that holds a lock, for one test.
 */
import { Effect, type Scope } from "effect";
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";

/**
 * Starts a script that prints a line when it holds a lock, and kills it at the
 * end of the test.
 *
 * @param script Address of the script.
 * @param folder Its argument, the folder with the lock.
 * @returns The process, once it holds the lock.
 */
export const lockHolder = (
  script: URL,
  folder: string,
): Effect.Effect<ChildProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<ChildProcess>((resume) => {
      const child = spawn(
        process.execPath,
        [
          ..."run -A --no-check --cached-only".split(" "),
          script.pathname,
          folder,
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      child.stdout.once("data", () => resume(Effect.succeed(child)));
    }),
    (child) =>
      Effect.callback<void>((resume) => {
        child.once("close", () => resume(Effect.void));
        child.kill("SIGKILL");
      }),
  );
