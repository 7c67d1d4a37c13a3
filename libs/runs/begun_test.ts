import { folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Cause, Effect } from "effect";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isWorthResuming } from "./begun.ts";
import { TooManyClustersError } from "./errors.ts";
import { openJournal } from "./journal.ts";
import { createRun } from "./run_folder.ts";
import assert from "node:assert/strict";

const run = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "begun-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true })),
  );
  yield* createRun(folder, {});
  return folder;
});

const note = (folder: string, ...names: readonly string[]) =>
  Effect.scoped(Effect.gen(function* () {
    const journal = yield* openJournal(join(folder, "journal.db"));
    for (const name of names) yield* journal.put(name, null);
  }));

const extracted = (folder: string) =>
  folderStore(folder).put("features/epoch-0001.f32.rows", Uint8Array.of(1));

const recurring = Cause.fail(
  new TooManyClustersError({ clusters: 9, images: 8, unreadable: 0 }),
);
const passing = Cause.fail({ _tag: "StorageError", message: "disk full" });

effectTest(
  "isWorthResuming() is false while only images and first weights are noted",
  () =>
    Effect.gen(function* () {
      const folder = yield* run;
      assert.equal(yield* isWorthResuming(folder, passing), false);
      yield* note(folder, "survey", "configuration", "8f/initialise");
      assert.equal(yield* isWorthResuming(folder, passing), false);
      assert.equal(yield* isWorthResuming(folder, recurring), false);
      const killed = Cause.interrupt(1);
      assert.equal(yield* isWorthResuming(folder, killed), true);
    }),
);

effectTest(
  "isWorthResuming() is true once an activity of an epoch is finished",
  () =>
    Effect.gen(function* () {
      const folder = yield* run;
      yield* note(folder, "survey", "8f/initialise", "8f/e1/features");
      assert.equal(yield* isWorthResuming(folder, recurring), true);
    }),
);

effectTest(
  "isWorthResuming() keeps features extracted in part, unless the failure comes again",
  () =>
    Effect.gen(function* () {
      const folder = yield* run;
      yield* note(folder, "survey", "8f/initialise");
      yield* extracted(folder);
      assert.equal(yield* isWorthResuming(folder, passing), true);
      const died = Cause.die(new Error("a bug of ours"));
      assert.equal(yield* isWorthResuming(folder, died), true);
      assert.equal(yield* isWorthResuming(folder, recurring), false);
    }),
);
