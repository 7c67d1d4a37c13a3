import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Commands that measure, and words after which they would begin. */
const commands: readonly (readonly [string, ...string[]])[] = [
  ["benchmarks/main.ts", "kmeans"],
  ["benchmarks/compare/main.ts", "HEAD"],
  ["comparisons/main.ts", "kmeans"],
  ["tools/gpu_check/main.ts", "--quick"],
];

for (const [main, ...words] of commands) {
  Deno.test(`${main} refuses an --out that cannot be written before it measures`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "results-"));
    try {
      const file = join(folder, "file");
      await writeFile(file, "");
      const path = join(file, "a.json");
      const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", main, ...words, "--out", path],
        cwd: fileURLToPath(new URL("../..", import.meta.url)),
        env: { NO_COLOR: "1" },
      }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      assert.equal(
        text(stderr).trimEnd().split("\n").at(-1),
        `Cannot write ${path} as files must not be where folders must be, ` +
          `nor the reverse: ${file} is a file`,
      );
      assert.equal(text(stdout), "");
      assert.equal(code, 1);
      assert.deepEqual(await readdir(folder), ["file"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
