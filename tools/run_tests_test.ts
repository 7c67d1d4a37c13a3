import assert from "node:assert/strict";
import { byCost, summary } from "./run_tests.ts";

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
