/**
 * Every check but the tests, as many at a time as there are cores:
 * `deno task check`.
 *
 * @module
 */
import "./pinned_deno.ts";

/** The checks, those that take longest first. */
const checks: readonly (readonly string[])[] = [
  ["check", "--quiet", "--doc"],
  ["run", "-A", "tools/check_nx.ts"],
  ["lint"],
  ["run", "-A", "tools/bun.ts", "run", "tools/check_bun.ts"],
  ["fmt", "--check"],
  ["run", "-A", "tools/check_imports.ts"],
  ["run", "-A", "tools/check_docs.ts"],
  ["run", "-A", "tools/check_api.ts"],
  ["run", "-A", "tools/check_sizes.ts"],
];

/**
 * Runs Deno, and shows what it printed when it has ended. Deno 2.9 now and then
 * crashes (SIGSEGV) while a plugin lints; a crash is no verdict, so it is said,
 * and the check is run again.
 */
const succeeds = async (args: readonly string[]): Promise<boolean> => {
  for (let attempt = 1;; attempt++) {
    const { code, signal, success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      { args: [...args], stdout: "piped", stderr: "piped" },
    ).output();
    await Deno.stdout.write(stdout);
    await Deno.stderr.write(stderr);
    const crashed = signal !== null || code === 139;
    if (!crashed || attempt === 3) return success;
    console.error(`deno ${args[0]} crashed (${signal ?? code}): once more`);
  }
};

const failed: string[] = [];
const run = async (args: readonly string[]) => {
  const started = performance.now();
  const success = await succeeds(args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const name = `deno ${args.join(" ")}`;
  console.error(`${success ? "ok" : "FAILED"} ${name} (${seconds} s)`);
  if (!success) failed.push(name);
};

await run(["install", "--frozen", "--quiet"]); // the others read its packages
const waiting = [...checks];
await Promise.all(
  Array.from({ length: navigator.hardwareConcurrency }, async () => {
    for (let args = waiting.shift(); args; args = waiting.shift()) {
      await run(args);
    }
  }),
);
if (failed.length > 0) {
  console.error(`Failed: ${failed.join("; ")}`);
  Deno.exit(1);
}
