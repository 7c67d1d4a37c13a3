import { floatTensor, type Tensors } from "@deepcluster/core";
import {
  CheckpointStore,
  folderStore,
  loadTensors,
  removePartials,
  saveTensors,
} from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Cause, Effect, Exit } from "effect";
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  checkpointPath,
  listCheckpoints,
  newestValid,
  prune,
} from "./checkpoints.ts";
import assert from "node:assert/strict";
import process from "node:process";

const weights = (value: number): Tensors => ({
  "features.0.weight": floatTensor([2, 2], new Float32Array(4).fill(value)),
});

effectTest(
  "loadTensors() gives back what saveTensors() saved, by path and by reference",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const metadata = { epoch: "3", config: JSON.stringify({ sha256: "x" }) };
      const ref = yield* saveTensors(store, "a", weights(1), metadata);
      for (const from of [ref, "a"]) {
        const file = yield* loadTensors(store, from);
        assert.deepEqual(file.tensors, weights(1));
        assert.equal(file.metadata["epoch"], "3");
        assert.match(file.metadata["sha256"]!, /^[0-9a-f]{64}$/);
      }
      assert.deepEqual(
        yield* saveTensors(store, "a", weights(1), metadata),
        ref,
      );
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

effectTest(
  "loadTensors() refuses a file of a newer format, by path and by reference",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const metadata = { formatVersion: "2" };
      const ref = yield* saveTensors(store, "a", weights(1), metadata);
      for (const from of [ref, "a"]) {
        assert.match(
          (yield* Effect.flip(loadTensors(store, from))).message,
          /^Cannot read .* as its format must be of a version that this program knows: format version 2, this program knows 1; use the newer/,
        );
      }
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

effectTest(
  "loadTensors() notices any changed byte and any cut, without a journal",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const ref = yield* saveTensors(store, "a", weights(1), { epoch: "3" });
      const whole = yield* store.get(ref);
      for (let i = 0; i < whole.byteLength; i++) {
        const changed = whole.slice();
        changed[i]! ^= 1;
        yield* store.put("a", changed);
        const error = yield* Effect.flip(loadTensors(store, "a"));
        assert.ok(error._tag !== "StorageError" && error.path === "memory:a");
        yield* store.put("a", whole.subarray(0, i));
        yield* Effect.flip(loadTensors(store, "a"));
      }
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

effectTest(
  "loadTensors() refuses a file that carries no digest",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const url = new URL(
        "../storage/fixtures/from_python.safetensors",
        import.meta.url,
      );
      yield* store.put("a", new Uint8Array(readFileSync(url)));
      const error = yield* Effect.flip(loadTensors(store, "a"));
      assert.equal(
        error.message,
        "Cannot read memory:a as a checkpoint must carry its sha256 in the " +
          "metadata: none",
      );
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

effectTest(
  "listCheckpoints() puts the newest first and an epoch's end before its steps",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const names: ReadonlyArray<[number, number?]> = [
        [2, 120],
        [3],
        [10000],
        [3, 1000000],
        [3, 999999],
        [4, 5],
      ];
      for (const name of names) {
        yield* store.put(checkpointPath(...name), new Uint8Array(0));
      }
      yield* store.put("checkpoints/mine.safetensors", new Uint8Array(0));
      assert.deepEqual(
        (yield* listCheckpoints(store)).map(({ path }) => path),
        [
          "checkpoints/epoch-10000.safetensors",
          "checkpoints/epoch-0004-step-000005.safetensors",
          "checkpoints/epoch-0003.safetensors",
          "checkpoints/epoch-0003-step-1000000.safetensors",
          "checkpoints/epoch-0003-step-999999.safetensors",
          "checkpoints/epoch-0002-step-000120.safetensors",
        ],
      );
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

effectTest(
  "newestValid() passes over a changed byte and a cut-off file, and says so",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const store = folderStore(folder);
      for (const epoch of [0, 1, 2]) {
        yield* saveTensors(store, checkpointPath(epoch), weights(epoch));
      }
      const at = (epoch: number) => join(folder, checkpointPath(epoch));
      const changed = readFileSync(at(2));
      changed[changed.byteLength - 1]! ^= 0x40;
      writeFileSync(at(2), changed);
      writeFileSync(at(1), readFileSync(at(1)).subarray(0, -1));
      const { found, skipped } = yield* newestValid(store);
      assert.equal(found?.epoch, 0);
      assert.deepEqual(found.tensors, weights(0));
      assert.deepEqual(skipped.map(({ path }) => path), [
        checkpointPath(2),
        checkpointPath(1),
      ]);
      assert.match(skipped[0]!.reason, /epoch-0002.*must be what was saved/);
      assert.match(skipped[1]!.reason, /epoch-0001.*must not be cut off/);
      assert.deepEqual(yield* newestValid(store, ({ epoch }) => epoch > 2), {
        skipped: [],
      });
    }),
);

effectTest(
  "prune() keeps the newest ends, and steps only of the epoch under way",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const names: ReadonlyArray<[number, number?]> = [
        [0],
        [1],
        [2, 10],
        [2],
        [3, 10],
        [3, 20],
        [3, 30],
      ];
      for (const name of names) {
        yield* store.put(checkpointPath(...name), new Uint8Array(0));
      }
      assert.deepEqual(yield* prune(store, 2), [
        checkpointPath(3, 10),
        checkpointPath(2, 10),
        checkpointPath(0),
      ]);
      assert.deepEqual(
        (yield* listCheckpoints(store)).map(({ path }) => path),
        [
          checkpointPath(3, 30),
          checkpointPath(3, 20),
          checkpointPath(2),
          checkpointPath(1),
        ],
      );
      assert.deepEqual(yield* prune(store, 2), []);
      const exit = yield* Effect.exit(prune(store, 0));
      assert.ok(Exit.isFailure(exit) && Cause.hasDies(exit.cause));
    }).pipe(Effect.provide(CheckpointStore.layerMemory)),
);

/** Runs the writer until `afterMs` after its first word, then kills it. */
const killWriter = (folder: string, afterMs: number) =>
  Effect.callback<void>((resume) => {
    const script = new URL("fixtures/write_for_ever.ts", import.meta.url);
    const child = spawn(
      process.execPath,
      ["run", "-A", "--no-check", "--cached-only", script.pathname, folder],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    child.stdout.once(
      "data",
      () => setTimeout(() => child.kill("SIGKILL"), afterMs),
    );
    child.once("close", () => resume(Effect.void));
  });

effectTest(
  "a writer killed at any moment leaves a whole checkpoint",
  () =>
    Effect.gen(function* () {
      const folders = yield* Effect.all([temporaryFolder, temporaryFolder]);
      const partials = yield* Effect.forEach(
        folders,
        (folder, i) =>
          Effect.gen(function* () {
            let partials = 0;
            for (let kill = i; kill < 10; kill += 2) {
              yield* killWriter(folder, 5 * kill);
              const store = folderStore(folder);
              const { tensors } = yield* loadTensors(store, checkpointPath(0));
              const data = tensors["weight"]!.data;
              assert.ok(data.every((value) => value === data[0]));
              partials += yield* removePartials(folder);
            }
            return partials;
          }),
        { concurrency: 2 },
      );
      const some = partials.some((count) => count > 0);
      assert.ok(some, "no kill came in the middle of a write");
    }),
);
