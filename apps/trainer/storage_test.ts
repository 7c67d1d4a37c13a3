import { createRun, runLock } from "@deepcluster/runs";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quickSettings } from "./commands_testing.ts";
import { makePictures, resultsOf, runTrainer } from "./killing_testing.ts";
import { chooseParts } from "./storage_choice.ts";
import assert from "node:assert/strict";

const settings = [...quickSettings, "--epochs", "4"];

Deno.test("a stopped run resumes to the same bytes after storage removed all that is not needed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "storage-"));
  const runs = join(folder, "runs");
  const [run, never] = [join(runs, "run"), join(folder, "never")];
  const pictures = join(folder, "pictures");
  await makePictures(pictures, 24);
  const train = (to: string) => ["train", pictures, "--run", to, ...settings];
  const storage = async (...args: readonly string[]) => {
    const { code, output, log } = await runTrainer(["storage", ...args]);
    assert.equal(code, 0, log);
    return output;
  };

  const stopped = await runTrainer(train(run), {
    phase: "epoch 4 cluster",
    afterMs: 0,
  });
  assert.ok(stopped.killed, stopped.log);
  // While a process works on the run, nothing of it goes.
  const all = { safe: false, only: undefined, before: undefined };
  const { choice, error } = await Effect.runPromise(
    Effect.scoped(Effect.gen(function* () {
      yield* runLock(run);
      return {
        choice: yield* chooseParts([runs], { ...all, safe: true }),
        error: yield* Effect.flip(chooseParts([run], all)),
      };
    })),
  );
  assert.deepEqual(choice, { chosen: [], left: [run] });
  assert.match(error.message, /another process is working on this run/);

  const names = "features,kmeans-states,old-checkpoints,old-assignments";
  const args = ["remove", runs, "--only", names];
  const before = await readdir(run, { recursive: true });
  assert.match(await storage(...args), /Nothing is removed yet: add --yes\n$/);
  assert.deepEqual(await readdir(run, { recursive: true }), before);
  assert.match(await storage(...args, "--yes"), /Removed .* files\n$/);
  const left = (await readdir(run, { recursive: true })).map(String);
  assert.ok(!left.includes("checkpoints/epoch-0002.safetensors"));
  assert.ok(left.includes("checkpoints/epoch-0003.safetensors"));
  assert.deepEqual(left.filter((path) => path.startsWith("features/")), []);

  assert.equal((await runTrainer(["resume", run])).code, 0);
  assert.equal((await runTrainer(train(never))).code, 0);
  const whole = await resultsOf(never);
  for (const [path, hash] of Object.entries(await resultsOf(run))) {
    assert.equal(hash, whole[path], path);
  }
  await rm(folder, { recursive: true });
});

effectTest(
  "storage remove refuses what is no run or cache, links, files, needed parts, and more than was named",
  () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "storage-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true })),
      );
      const at = (path: string) => join(folder, path);
      yield* Effect.scoped(createRun(at("runs/a"), { seed: 1 }));
      yield* Effect.promise(async () => {
        await mkdir(at("photos"));
        await writeFile(at("photos/1.jpg"), "1");
        await symlink(at("runs/a"), at("link"));
      });
      const all = { safe: false, only: undefined, before: undefined };
      const only = (name: string) => ({ ...all, only: [name] });
      const refusals = [
        ["gone", all, "nothing is there"],
        ["photos", all, "it holds nothing of ours"],
        ["photos/1.jpg", all, "it is a file"],
        ["link", all, "it is a link; name what it points to"],
        ["runs", all, "add --safe or --only: it holds 1 of them"],
        ["runs", only("settings"), "without --only: settings"],
        ["runs", only("nonsense"), ", state: nonsense"],
      ] as const;
      for (const [path, filter, end] of refusals) {
        const error = yield* Effect.flip(chooseParts([at(path)], filter));
        assert.ok(error.message.startsWith("Cannot remove "), error.message);
        assert.ok(error.message.endsWith(end), error.message);
      }
      const recent = yield* chooseParts([at("runs/a")], { ...all, before: 1 });
      assert.deepEqual(recent, { chosen: [], left: [] });
      const { chosen } = yield* chooseParts([at("runs/a")], all);
      assert.deepEqual(
        chosen.flatMap(({ parts }) => parts.map(({ name }) => name)),
        ["settings"],
      );
      const text = yield* Effect.promise(() =>
        readFile(at("runs/a/config.json"), "utf8")
      );
      assert.match(text, /"seed": 1/);
    }),
);
