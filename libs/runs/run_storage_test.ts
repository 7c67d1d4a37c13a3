import { folderStore, removeStored, scanStorage } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointPath } from "./checkpoints.ts";
import { openJournal } from "./journal.ts";
import { createRun, runFiles } from "./run_folder.ts";
import { runLock } from "./run_lock.ts";
import { runStorage } from "./run_storage.ts";
import assert from "node:assert/strict";

const config = { images: "/photos", model: "small", epochs: 5 };

/**
 * A run as training leaves it that was killed in its fourth epoch, with the
 * features of the fourth clustering.
 */
const killedInEpoch4 = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "storage-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
  );
  const run = join(folder, "run");
  yield* Effect.scoped(Effect.gen(function* () {
    yield* createRun(run, config);
    const journal = yield* openJournal(join(run, runFiles.journal));
    const store = folderStore(run);
    const put = (path: string) =>
      store.put(path, new TextEncoder().encode(`content of ${path}`));
    for (const epoch of [1, 2, 3]) {
      const at = `epoch-000${epoch}`;
      yield* journal.put(`run/e${epoch}/cluster`, {
        clustering: yield* put(`clusters/${at}.safetensors`),
        report: yield* put(`clusters/${at}.json`),
        assignments: yield* put(`assignments/${at}.tsv`),
      });
      const checkpoint = yield* put(checkpointPath(epoch));
      yield* journal.put(`run/e${epoch}/train`, { checkpoint });
    }
    yield* put("features/epoch-0004.f32");
    yield* put("features/epoch-0004.f32.rows");
    yield* put("clusters/epoch-0004-iteration-0003.safetensors");
    yield* put(checkpointPath(4, 20));
    yield* put("evaluations/0001-knn.json");
    const { config: _, journal: __, lock: ___, ...tables } = runFiles;
    yield* Effect.forEach(
      [...Object.values(tables), "clusters.png", "report.html"],
      put,
    );
    yield* put("notes.txt");
    writeFileSync(join(run, ".epoch-0004.safetensors.7a.partial"), "");
  }));
  return run;
});

const partsOf = Effect.fnUntraced(function* (run: string, verify: boolean) {
  const scan = yield* scanStorage(run, [runStorage], { verify });
  const [found] = scan.folders;
  const parts = Object.fromEntries(found!.parts.map(({ name, files }) => [
    name,
    files.map(({ path }) => path).sort(),
  ]));
  return { title: found!.title, parts, others: found!.others };
});

effectTest(
  "a run's storage keeps the newest epoch, what followed it and all figures from being called old",
  () =>
    Effect.gen(function* () {
      const run = yield* killedInEpoch4;
      for (const verify of [false, true]) {
        const { title, parts, others } = yield* partsOf(run, verify);
        assert.equal(title, "stopped after epoch 3 of 5, small on /photos");
        assert.deepEqual(parts, {
          partial: [".epoch-0004.safetensors.7a.partial"],
          features: ["features/epoch-0004.f32", "features/epoch-0004.f32.rows"],
          "report-data": [
            "map-sheets.json",
            "map.safetensors",
            "thumbnails.db",
            "top-images.json",
          ],
          "kmeans-states": ["clusters/epoch-0004-iteration-0003.safetensors"],
          "old-checkpoints": [
            checkpointPath(1),
            checkpointPath(2),
            "clusters/epoch-0001.safetensors",
            "clusters/epoch-0002.safetensors",
          ],
          "old-assignments": [
            "assignments/epoch-0001.tsv",
            "assignments/epoch-0002.tsv",
          ],
          evaluations: ["evaluations/0001-knn.json"],
          report: ["report.html"],
          model: [
            "assignments/epoch-0003.tsv",
            checkpointPath(4, 20),
            checkpointPath(3),
            "clusters/epoch-0003.safetensors",
          ].sort(),
          settings: [
            "clusters/epoch-0001.json",
            "clusters/epoch-0002.json",
            "clusters/epoch-0003.json",
            "clusters.png",
            ...Object.values(runFiles)
              .filter((name) => !/^(map|thumbnails|top-images)/.test(name)),
          ].sort(),
        });
        assert.deepEqual(others.map(({ path }) => path), ["notes.txt"]);
      }
    }),
);

effectTest(
  "a damaged newest checkpoint makes the one before it needed, once files are read",
  () =>
    Effect.gen(function* () {
      const run = yield* killedInEpoch4;
      writeFileSync(join(run, checkpointPath(3)), "something else");
      const { parts } = yield* partsOf(run, true);
      assert.ok(parts["model"]!.includes(checkpointPath(2)));
      assert.deepEqual(parts["old-checkpoints"], [
        checkpointPath(1),
        "clusters/epoch-0001.safetensors",
      ]);
    }),
);

effectTest(
  "a run under way is left as it is, and a removed one goes with its lock last",
  () =>
    Effect.gen(function* () {
      const run = yield* killedInEpoch4;
      const target = { folder: run, kind: runStorage };
      const before = readdirSync(run, { recursive: true }).sort();
      yield* Effect.scoped(Effect.gen(function* () {
        yield* runLock(run);
        const { title } = yield* partsOf(run, false);
        assert.equal(title, "under way, small on /photos");
        const error = yield* Effect.flip(removeStored(target, () => true));
        assert.equal(error._tag, "RunBusyError");
        assert.deepEqual(readdirSync(run, { recursive: true }).sort(), before);
      }));
      const removed = yield* removeStored(target, () => true);
      assert.deepEqual(
        removed.at(-1)!.files.slice(-2).map(({ path }) => path),
        ["config.json", "run.lock"],
      );
      assert.deepEqual(readdirSync(run), ["notes.txt"]);
    }),
);

effectTest(
  "a run that died before its settings were written is known as one that never started",
  () =>
    Effect.gen(function* () {
      const run = yield* killedInEpoch4;
      rmSync(run, { recursive: true });
      yield* Effect.scoped(createRun(run, config));
      rmSync(join(run, "config.json"));
      const { title, parts } = yield* partsOf(run, false);
      assert.equal(title, "never started");
      assert.deepEqual(parts, { settings: ["run.lock"] });
    }),
);
