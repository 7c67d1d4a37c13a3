import { createRun } from "@deepcluster/runs";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { machine, place } from "./doctor_machine.ts";
import assert from "node:assert/strict";

const temporary = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "place-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true })),
);

effectTest(
  "place() of a run folder that does not exist yet tries the folder above",
  () =>
    Effect.gen(function* () {
      const above = yield* temporary;
      const scratch = yield* Effect.scoped(Effect.gen(function* () {
        const found = yield* place(join(above, "runs", "new"), true);
        assert.equal(found.refusal, undefined);
        assert.ok(found.freeBytes > 0);
        assert.ok(existsSync(found.scratch));
        return found.scratch;
      }));
      assert.equal(dirname(scratch), above);
      assert.ok(!existsSync(scratch));
    }),
);

effectTest(
  "place() refuses a folder that is not empty, and a run with what to do",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporary;
      assert.equal((yield* place(folder, true)).refusal, undefined);
      yield* Effect.promise(() => mkdir(join(folder, "photos")));
      const filled = yield* place(folder, true);
      assert.match(filled.refusal!, /must be empty or new: it holds .*photos$/);
      assert.equal((yield* place(folder, false)).refusal, undefined);
      const run = join(folder, "run");
      yield* Effect.scoped(createRun(run, {}));
      assert.match(
        (yield* place(run, true)).refusal!,
        /it holds a run already; resume it or name another folder$/,
      );
    }),
);

effectTest(
  "place() refuses what cannot be written, and tries elsewhere",
  () =>
    Effect.gen(function* () {
      const file = join(yield* temporary, "file");
      yield* Effect.promise(() => writeFile(file, ""));
      const { refusal, scratch } = yield* place(join(file, "run"), true);
      assert.match(refusal!, /as nothing can be written there \(.+\)$/);
      assert.equal(dirname(scratch), tmpdir());
    }),
);

effectTest(
  "machine tells no more free memory than there is",
  () =>
    Effect.gen(function* () {
      const { cores, freeMemoryBytes, memoryBytes } = yield* machine;
      assert.ok(cores >= 1);
      assert.ok(0 < freeMemoryBytes && freeMemoryBytes <= memoryBytes);
    }),
);
