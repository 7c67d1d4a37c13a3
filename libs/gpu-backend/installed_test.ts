import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadInstalled, pathOfInstalled } from "./installed.ts";
import assert from "node:assert/strict";
import process from "node:process";

effectTest(
  "a package of the working directory is found and loaded",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const root = join(folder, "node_modules", "some-engine");
      yield* Effect.promise(async () => {
        await mkdir(root, { recursive: true });
        await writeFile(join(root, "package.json"), '{ "main": "main.js" }');
        await writeFile(join(root, "main.js"), "module.exports = { six: 6 };");
      });
      const before = process.cwd();
      process.chdir(folder);
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => process.chdir(before))
      );
      assert.deepEqual(yield* loadInstalled("some-engine"), { six: 6 });
    }).pipe(Effect.scoped),
);

effectTest("a package that is nowhere is named", () =>
  Effect.gen(function* () {
    const reason = yield* Effect.flip(pathOfInstalled("no-such-engine"));
    assert.match(reason, /Cannot find module 'no-such-engine'/);
  }));
