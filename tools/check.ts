/**
 * Every check but the tests, one after the other: `deno task check`.
 *
 * @module
 */
import "./pinned_deno.ts";

const checks: readonly (readonly string[])[] = [
  ["install", "--frozen", "--quiet"],
  ["fmt", "--check"],
  ["lint"],
  ["check"],
  ["run", "-A", "tools/check_imports.ts"],
  ["run", "-A", "tools/check_docs.ts"],
  ["run", "-A", "tools/check_api.ts"],
  ["run", "-A", "tools/check_sizes.ts"],
  ["run", "-A", "tools/check_nx.ts"],
  ["run", "-A", "tools/bun.ts", "run", "tools/check_bun.ts"],
];

/**
 * Runs Deno. Deno 2.9 now and then crashes (SIGSEGV) while a plugin lints; a
 * crash is no verdict, so it is said, and the check is run again.
 */
const succeeds = async (args: readonly string[]): Promise<boolean> => {
  for (let attempt = 1;; attempt++) {
    const { code, signal, success } = await new Deno.Command(Deno.execPath(), {
      args: [...args],
    }).spawn().status;
    const crashed = signal !== null || code === 139;
    if (!crashed || attempt === 3) return success;
    console.error(`deno ${args[0]} crashed (${signal ?? code}): once more`);
  }
};

const failed: string[] = [];
for (const args of checks) {
  const started = performance.now();
  const success = await succeeds(args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const name = `deno ${args.join(" ")}`;
  console.error(`${success ? "ok" : "FAILED"} ${name} (${seconds} s)`);
  if (!success) failed.push(name);
}
if (failed.length > 0) {
  console.error(`Failed: ${failed.join("; ")}`);
  Deno.exit(1);
}
