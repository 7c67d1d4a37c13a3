import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { program } from "./resume_run.ts";
import { temporaryFolder } from "./temporary_testing.ts";
import assert from "node:assert/strict";

effectTest(
  "resume_run.ts stops within the second epoch, and ends with the bytes of the run that nothing disturbed",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const { never, stopped, resumed } = yield* program(folder);

      const newest = Object.keys(stopped).at(-1)!;
      assert.match(newest, /^checkpoints\/epoch-0002-step-0000(16|24)\./);
      assert.ok(!("assignments/epoch-0003.tsv" in stopped));

      assert.ok("checkpoints/epoch-0003.safetensors" in never);
      assert.equal(Object.keys(never).length, 12);
      assert.deepEqual(resumed, never);
    }),
);
