/**
 * Runs the tests and the examples of the docs, and counts them in the last
 * line: `deno task test`, `deno task test libs/core --filter draws`.
 *
 * @module
 */
import "./pinned_deno.ts";

/**
 * The result in one line.
 *
 * @param output What `deno test` printed.
 * @param success Whether it succeeded.
 * @returns `N passed, N failed`; a run that failed before its first test, as
 * by a type error, counts as one failure.
 */
export const summary = (output: string, success: boolean): string => {
  // deno-lint-ignore no-control-regex -- colours
  const plain = output.replaceAll(/\x1b\[[0-9;]*m/g, "");
  const found = [...plain.matchAll(/\| (\d+) passed.*? \| (\d+) failed/g)];
  const [, passed = "0", failed = "0"] = found.at(-1) ?? [];
  const failures = success ? Number(failed) : Math.max(Number(failed), 1);
  return `${passed} passed, ${failures} failed`;
};

const runTests = async (args: readonly string[]): Promise<number> => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--doc", ...args],
    stdout: "piped",
  }).spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const bytes of child.stdout) {
    await Deno.stdout.write(bytes);
    output += decoder.decode(bytes, { stream: true });
  }
  const { code, success } = await child.status;
  console.log(summary(output, success));
  return code;
};

if (import.meta.main) Deno.exit(await runTests(Deno.args));
