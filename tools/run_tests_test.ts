import assert from "node:assert/strict";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { byCost, summary, withTemporaryFolder } from "./run_tests.ts";

Deno.test("summary() counts what the last line of deno test counts", () => {
  const printed = "\x1b[31mFAILED\x1b[0m | 12 passed (3 steps) | " +
    "2 failed (1 step) | 1 ignored (5ms)\n\nerror: Test failed\n";
  assert.equal(summary(printed, false), "12 passed, 2 failed");
  assert.equal(
    summary("ok | 1 passed | 0 failed (1ms)\nok | 8 passed | 0 failed", true),
    "8 passed, 0 failed",
  );
});

Deno.test("summary() counts a run that failed without a test as a failure", () => {
  assert.equal(
    summary("error: Type checking failed", false),
    "0 passed, 1 failed",
  );
  assert.equal(
    summary("ok | 8 passed | 0 failed", false),
    "8 passed, 1 failed",
  );
});

Deno.test("byCost() splits all files by lib and app, the costly parts first", () => {
  assert.deepEqual(
    byCost([
      "apps/viewer/watch_test.ts",
      "benchmarks/main.ts",
      "libs/core/draws.ts",
      "libs/core/draws_test.ts",
      "libs/data/crops_test.ts",
      "libs/data/fixtures/decode_test.ts",
    ]),
    ["apps/viewer", "libs/data", "libs/core", "benchmarks"],
  );
});

Deno.test("tests have a temporary folder of their own, which is gone after them", async () => {
  const before = tmpdir();
  const left = await withTemporaryFolder(async () => {
    assert.notEqual(tmpdir(), before);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "console.log(Deno.makeTempDirSync())"],
    }).output();
    const child = new TextDecoder().decode(stdout).trim();
    assert.equal(dirname(child), tmpdir());
    return [child, mkdtempSync(join(tmpdir(), "left-"))];
  });
  assert.deepEqual(left.map((folder) => existsSync(folder)), [false, false]);
  assert.equal(tmpdir(), before);
});
