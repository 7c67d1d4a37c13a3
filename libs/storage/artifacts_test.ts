import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Cause, Effect, Exit, Layer, Schema } from "effect";
import { truncateSync, writeFileSync } from "node:fs";
import { ArtifactRef, CheckpointStore } from "./artifacts.ts";
import assert from "node:assert/strict";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The folder layer over a folder that is removed afterwards. */
const layerTemporary = Layer.unwrap(
  Effect.map(temporaryFolder, CheckpointStore.layerFolder),
);

const layers = {
  layerMemory: CheckpointStore.layerMemory,
  layerFolder: layerTemporary,
};

for (const [name, layer] of Object.entries(layers)) {
  effectTest(
    `${name} gives back what was put, by reference and by path`,
    () =>
      Effect.gen(function* () {
        const store = yield* CheckpointStore;
        const ref = yield* store.put("features/a", [
          bytesOf("de"),
          bytesOf("ep"),
        ]);
        assert.equal(ref.path, "features/a");
        assert.equal(ref.bytes, 4);
        assert.deepEqual(yield* store.get(ref), bytesOf("deep"));
        const part = yield* store.read("features/a", { start: 1, bytes: 2 });
        assert.deepEqual(part, bytesOf("ee"));
        const end = yield* store.read("features/a", { start: 3, bytes: 9 });
        assert.deepEqual(end, bytesOf("p"));
        assert.equal(yield* store.verify(ref), true);
        assert.ok(store.pathOf(ref).endsWith("features/a"));
        assert.equal(store.pathOf(ref), store.pathOf(ref.path));
      }).pipe(Effect.provide(layer)),
  );

  effectTest(
    `${name} holds the last of two contents under one path`,
    () =>
      Effect.gen(function* () {
        const store = yield* CheckpointStore;
        const first = yield* store.put("a", bytesOf("first"));
        const second = yield* store.put("a", bytesOf("second"));
        assert.deepEqual(yield* store.get(second), bytesOf("second"));
        assert.equal(yield* store.verify(first), false);
        const error = yield* Effect.flip(store.get(first));
        assert.equal(error._tag, "CorruptArtifactError");
        assert.match(
          error.message,
          /^Cannot use .*a as its .*: expected 5 bytes with sha256 a7937b64.*, found 6 bytes with sha256 16367aac/,
        );
      }).pipe(Effect.provide(layer)),
  );

  effectTest(
    `${name} lists by prefix in order and forgets what is removed`,
    () =>
      Effect.gen(function* () {
        const store = yield* CheckpointStore;
        for (const path of ["b/2", "b/10", "a", "bc", "b/c/d"]) {
          yield* store.put(path, bytesOf(path));
        }
        assert.deepEqual(yield* store.list("b/"), ["b/10", "b/2", "b/c/d"]);
        assert.deepEqual(yield* store.list("b/1"), ["b/10"]);
        assert.deepEqual(yield* store.list("b"), [
          "b/10",
          "b/2",
          "b/c/d",
          "bc",
        ]);
        assert.deepEqual(yield* store.list("none/"), []);
        yield* store.remove("b/2");
        yield* store.remove("b/2");
        assert.deepEqual(yield* store.list("b/"), ["b/10", "b/c/d"]);
        const error = yield* Effect.flip(store.read("b/2"));
        assert.equal(error.reason, "missing");
      }).pipe(Effect.provide(layer)),
  );

  effectTest(
    `${name} says that a missing artifact is not there`,
    () =>
      Effect.gen(function* () {
        const store = yield* CheckpointStore;
        const ref = yield* store.put("a", bytesOf("a"));
        yield* store.remove("a");
        assert.equal(yield* store.verify(ref), false);
        const error = yield* Effect.flip(store.get(ref));
        assert.equal(error._tag === "StorageError" && error.reason, "missing");
      }).pipe(Effect.provide(layer)),
  );

  effectTest(
    `${name} dies of a path that leaves the store`,
    () =>
      Effect.gen(function* () {
        const store = yield* CheckpointStore;
        for (
          const path of ["../a", "a/../../b", "/a", "a//b", "", "a/.", "a\\b"]
        ) {
          const exit = yield* Effect.exit(store.put(path, bytesOf("a")));
          assert.ok(Exit.isFailure(exit) && Cause.hasDies(exit.cause), path);
        }
      }).pipe(Effect.provide(layer)),
  );
}

effectTest(
  "layerFolder tells a changed byte and a cut-off file",
  () =>
    Effect.gen(function* () {
      const store = yield* CheckpointStore;
      const ref = yield* store.put("a", bytesOf("deep"));
      writeFileSync(store.pathOf(ref), "deed");
      assert.equal(yield* store.verify(ref), false);
      const changed = yield* Effect.flip(store.get(ref));
      assert.equal(changed._tag, "CorruptArtifactError");
      truncateSync(store.pathOf(ref), 3);
      const cut = yield* Effect.flip(store.get(ref));
      assert.match(cut.message, /expected 4 bytes .* found 3 bytes/);
    }).pipe(Effect.provide(layerTemporary)),
);

effectTest(
  "ArtifactRef refuses paths out of the run folder and odd digests",
  () =>
    Effect.gen(function* () {
      const decode = Schema.decodeUnknownEffect(ArtifactRef);
      const good = { path: "a/b..c", sha256: "0".repeat(64), bytes: 0 };
      assert.deepEqual(yield* decode(good), good);
      const bad = [
        { ...good, path: "../a" },
        { ...good, path: "/etc/passwd" },
        { ...good, sha256: "0" },
        { ...good, bytes: -1 },
      ];
      for (const ref of bad) yield* Effect.flip(decode(ref));
    }),
);
