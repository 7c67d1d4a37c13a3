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
  ["run", "-A", "tools/check_nx.ts"],
  ["run", "-A", "tools/bun.ts", "run", "tools/check_bun.ts"],
];

const failed: string[] = [];
for (const args of checks) {
  const started = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
  }).spawn().status;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const name = `deno ${args.join(" ")}`;
  console.error(`${success ? "ok" : "FAILED"} ${name} (${seconds} s)`);
  if (!success) failed.push(name);
}
if (failed.length > 0) {
  console.error(`Failed: ${failed.join("; ")}`);
  Deno.exit(1);
}
