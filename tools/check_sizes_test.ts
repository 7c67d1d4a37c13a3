import assert from "node:assert/strict";
import { brokenSizes, projectSizes } from "./check_sizes.ts";
import { lib, withTree } from "./tree_testing.ts";

Deno.test("projectSizes() counts the lines of libs and apps, not those of tests and examples", () =>
  withTree({
    ...lib("core", { "mod.ts": "1;\n2;\n3;\n", "mod_test.ts": "4;\n" }),
    "apps/trainer/main.ts": "1;\n",
    "examples/a.ts": "1;\n",
  }, async (root) => {
    assert.deepEqual(await projectSizes(root), [
      { root: "libs/core", lines: 3, percent: 75 },
      { root: "apps/trainer", lines: 1, percent: 25 },
    ]);
  }));

Deno.test("projectSizes() sees a lib called runs, and no folder of runs", () =>
  withTree({
    ...lib("runs", { "mod.ts": "1;\n" }),
    "runs/one/script.ts": "1;\n",
  }, async (root) => {
    assert.deepEqual(await projectSizes(root), [
      { root: "libs/runs", lines: 1, percent: 100 },
    ]);
  }));

Deno.test("brokenSizes() accepts 12 % and reports what is above", () => {
  const app = (percent: number) => ({
    root: "apps/trainer",
    lines: 5,
    percent,
  });
  assert.deepEqual(brokenSizes([app(12)]), []);
  assert.deepEqual(brokenSizes([app(12.06)]), [
    "apps/trainer: Cannot hold 12.1 % of all lines (5) as a lib or app holds " +
    "at most 12 %: cut it by subject",
  ]);
});

Deno.test("brokenSizes() reports a lib without a rank", () =>
  assert.deepEqual(
    brokenSizes([
      { root: "libs/core", lines: 1, percent: 1 },
      { root: "libs/extra", lines: 1, percent: 1 },
    ]),
    ["libs/extra: Cannot keep a lib without a rank: add it to tools/ranks.ts"],
  ));
