import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tablesOf, updateFrom, writePictures } from "./update_index_testing.ts";

const child = fileURLToPath(
  new URL("./fixtures/update_until_killed.ts", import.meta.url),
);

/** Runs an update as a process of its own that dies at a call. */
const updateUntil = (folder: string, pictures: string, call: number) => {
  const { status, signal, stdout, stderr } = spawnSync(
    Deno.execPath(),
    ["run", "-A", "--no-check", child, folder, pictures, String(call)],
    { encoding: "utf8" },
  );
  if (signal === null) assert.equal(status, 0, stderr);
  return { killed: signal === "SIGKILL", calls: Number(stdout) };
};

const stateOf = async (folder: string) => ({
  features: await readFile(join(folder, "features-1.f32")),
  ...tablesOf(folder),
});

const finish = (folder: string, pictures: string) =>
  updateFrom(folder, pictures, { clusters: 3 });

/** Kills updates of copies of a folder at many calls and finishes them. */
const killAtMany = Effect.fnUntraced(function* (
  before: string | undefined,
  pictures: string,
  moments: number,
) {
  const scratch = yield* temporaryFolder;
  const start = (name: string) =>
    Effect.promise(async () => {
      const folder = join(scratch, name);
      if (before !== undefined) await cp(before, folder, { recursive: true });
      return folder;
    });
  const never = yield* start("never-killed");
  const { calls } = updateUntil(never, pictures, 0);
  const expected = yield* Effect.promise(() => stateOf(never));
  for (let moment = 0; moment < moments; moment++) {
    const call = 1 + Math.floor((moment * (calls - 1)) / (moments - 1));
    const folder = yield* start(`killed-${moment}`);
    assert.ok(updateUntil(folder, pictures, call).killed, `call ${call}`);
    yield* finish(folder, pictures);
    const found = yield* Effect.promise(() => stateOf(folder));
    assert.deepEqual(found, expected, `killed at call ${call} of ${calls}`);
    yield* Effect.promise(() => rm(folder, { recursive: true }));
  }
  return never;
});

effectTest(
  "updateIndex() killed at 20 moments of making and updating an index, called again, ends with the bytes and rows of one never killed",
  () =>
    Effect.gen(function* () {
      const pictures = yield* temporaryFolder;
      const seeds = Array.from({ length: 18 }, (_, i) => [`p${i}.png`, i + 1]);
      yield* writePictures(pictures, {
        ...Object.fromEntries(seeds),
        "copy.png": 3,
        "broken.png": "no image",
      });
      const first = yield* killAtMany(undefined, pictures, 10);
      yield* writePictures(pictures, {
        "p4.png": 40,
        "p5.png": "broken now",
        "broken.png": 41,
        "a.png": 42,
        "z.png": 43,
      });
      yield* Effect.promise(() => rm(join(pictures, "p7.png")));
      yield* killAtMany(first, pictures, 10);
    }),
);
