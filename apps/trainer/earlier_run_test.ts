import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { inProcess } from "./commands_testing.ts";

const fixture = new URL(
  "../../test/fixtures/run_of_version_0.1.0/",
  import.meta.url,
).pathname;

effectTest(
  "a run that version 0.1.0 began is shown by status, and resumed to its end",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      cpSync(fixture, folder, { recursive: true });
      const run = join(folder, "run");

      const before = yield* inProcess("status", run);
      assert.equal(before.failure, undefined);
      assert.match(before.output, /19 of 30 epochs trained/);

      const images = join(folder, "images");
      const resumed = yield* inProcess("resume", run, "--images", images);
      assert.equal(resumed.failure, undefined);
      const after = yield* inProcess("status", run);
      assert.match(after.output, /30 of 30 epochs trained|finished/);
      for (const file of ["checkpoints", "assignments", "clusters"]) {
        const extension = file === "assignments" ? "tsv" : "safetensors";
        assert.ok(existsSync(join(run, file, `epoch-0030.${extension}`)), file);
      }
    }),
);
