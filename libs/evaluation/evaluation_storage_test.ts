import { Progress } from "@deepcluster/core";
import { layerBackend } from "@deepcluster/gpu-backend";
import { removeStored, scanStorage, sharedLock } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openTask } from "./task_testing.ts";
import { cacheStorage } from "./evaluation_storage.ts";
import { evaluateKnn } from "./knn/evaluate_knn.ts";
import assert from "node:assert/strict";

const engine = Layer.merge(
  layerBackend({ engine: "reference" }),
  Progress.layerSilent,
);

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "cache-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
);

const write = (folder: string, ...paths: readonly string[]) => {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "{}");
  }
};

const key = "0123456789abcdef01234567";

effectTest(
  "an evaluation leaves features that say what they are of, and removed ones are computed again to the same figures",
  () =>
    Effect.gen(function* () {
      const task = yield* openTask(10);
      const evaluate = evaluateKnn(task, task.model.layers, 1, { k: [3] });
      const before = yield* evaluate;
      const scan = yield* scanStorage(task.folder, [cacheStorage]);
      const [cache] = scan.folders;
      assert.equal(cache!.inUse, true); // the scope has not ended
      const [features] = cache!.parts.filter(({ name }) => name === "features");
      const layers = task.model.layers.map(({ name }) => name).sort();
      assert.equal(
        features!.note,
        `random on ${task.data.name}: ${layers.join(", ")}; computed again`,
      );
      assert.ok(features!.seconds! >= 0);
      assert.deepEqual(cache!.others, []);
      return { before, task };
    }).pipe(
      Effect.scoped,
      Effect.andThen(({ before, task }) =>
        Effect.gen(function* () {
          const target = { folder: task.folder, kind: cacheStorage };
          yield* removeStored(target, () => true);
          assert.ok(!existsSync(task.folder));
          const again = yield* evaluateKnn(task, task.model.layers, 1, {
            k: [3],
          });
          const figures = (evaluated: typeof again) =>
            evaluated.figures.map(({ layer, value }) => [layer, value]);
          assert.deepEqual(figures(again), figures(before));
        })
      ),
      Effect.provide(engine),
    ),
);

effectTest(
  "a cache of an earlier version is known by its names, a folder of images is not one",
  () =>
    Effect.gen(function* () {
      const root = yield* temporary;
      write(join(root, "old"), `${key}/conv1.f32`, `${key}/conv1.f32.rows`);
      write(join(root, "old"), `images/${key}.json`, `judged/${key}.json`);
      write(join(root, "photos"), `images/${key}.json`);
      write(join(root, "more"), `images/${key}.jpg`, "labels.csv");
      const { folders } = yield* scanStorage(root, [cacheStorage]);
      assert.deepEqual(
        folders.map(({ folder }) => folder),
        [join(root, "old")],
      );
      const [{ parts, others }] = folders as [typeof folders[number]];
      assert.deepEqual(parts.map(({ name, cost }) => [name, cost]), [
        ["features", "safe"],
        ["images", "safe"],
        ["results", "loses"],
      ]);
      assert.match(parts[0]!.note, /^conv1; of an earlier version/);
      assert.deepEqual(others, []);
    }),
);

effectTest(
  "one set of features can be removed, and none while an evaluation uses the cache",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporary;
      const other = key.replace("0", "f");
      write(folder, `${key}/conv1.f32`, `${other}/conv1.f32`);
      write(folder, `images/${key}.json`, `${key}/mine.txt`);
      const target = { folder, kind: cacheStorage };
      const choose = ({ path }: { readonly path?: string }) =>
        path === key || path === other;
      yield* Effect.scoped(Effect.gen(function* () {
        yield* sharedLock(folder);
        const error = yield* Effect.flip(removeStored(target, choose));
        assert.equal(error._tag, "FolderInUseError");
        assert.ok(existsSync(join(folder, `${key}/conv1.f32`)));
      }));
      yield* removeStored(target, choose);
      assert.deepEqual(readdirSync(folder).sort(), [
        key,
        "cache.lock",
        "images",
      ]);
      assert.deepEqual(readdirSync(join(folder, key)), ["mine.txt"]);
    }),
);
