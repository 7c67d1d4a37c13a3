import assert from "node:assert/strict";
import { npxArguments, pinnedDeno } from "./pinned_deno.ts";

Deno.test("npxArguments() lets Denos of the pinned minor version run", () => {
  const other = pinnedDeno.replace(/\d+$/, "999");
  assert.equal(npxArguments(pinnedDeno, "main.ts", ["x"]), undefined);
  assert.equal(npxArguments(other, "main.ts", ["x"]), undefined);
});

Deno.test("npxArguments() starts the same program in the pinned Deno otherwise", () =>
  assert.deepEqual(npxArguments("3.0.0", "/a/main.ts", ["train", "--help"]), [
    "-y",
    `deno@${pinnedDeno}`,
    "run",
    "-A",
    "/a/main.ts",
    "train",
    "--help",
  ]));
