import {
  effectTest,
  mounted,
  mountTest,
  temporaryFolder,
} from "@deepcluster/test";
import { Deferred, Effect, Fiber, Stream } from "effect";
import {
  chmodSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { removeFile, writeDurably, writeDurablyBy } from "./files.ts";
import { digestOf, listFiles, readBytes, sha256Of } from "./reading.ts";
import { storageError } from "./system_calls.ts";
import assert from "node:assert/strict";
import process from "node:process";

const bytesOf = (text: string) => new TextEncoder().encode(text);

effectTest(
  "writeDurably() writes bytes, pieces and streams alike",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const pieces = ["de", "", "ep"].map(bytesOf);
      const contents = [bytesOf("deep"), pieces, Stream.fromIterable(pieces)];
      for (const [i, content] of contents.entries()) {
        const path = join(folder, "a/b", String(i));
        const written = yield* writeDurably(path, content);
        assert.equal(readFileSync(path, "utf8"), "deep");
        assert.deepEqual(written, {
          // printf deep | sha256sum
          sha256:
            "74611c1d6455b534323a21f8133a6f43dc3a8188e7b946f96dcc28dde932fcb2",
          bytes: 4,
        });
      }
    }),
);

effectTest(
  "writeDurablyBy() replaces a file by what is written, and keeps it when the writing fails",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const path = join(folder, "a");
      const write = (text: string) => (partial: string) =>
        Effect.sync(() => writeFileSync(partial, text));
      yield* writeDurablyBy(path, write("older and longer"));
      const { sha256, bytes } = yield* writeDurablyBy(path, write("new"));
      assert.equal(readFileSync(path, "utf8"), "new");
      assert.deepEqual([sha256, bytes], [sha256Of(bytesOf("new")), 3]);
      const failing = (partial: string) =>
        Effect.andThen(write("a part")(partial), Effect.fail("no space"));
      const error = yield* Effect.flip(writeDurablyBy(path, failing));
      assert.equal(error, "no space");
      assert.equal(readFileSync(path, "utf8"), "new");
      assert.deepEqual(readdirSync(folder), ["a"]);
    }),
);

effectTest(
  "writeDurably() replaces a file and leaves nothing else",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* writeDurably(join(folder, "a"), bytesOf("older and longer"));
      yield* writeDurably(join(folder, "a"), bytesOf("new"));
      assert.equal(readFileSync(join(folder, "a"), "utf8"), "new");
      assert.deepEqual(readdirSync(folder), ["a"]);
    }),
);

effectTest(
  "writeDurably() keeps the old file when its content fails",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const path = join(folder, "a");
      yield* writeDurably(path, bytesOf("old"));
      const failing = Stream.concat(
        Stream.succeed(bytesOf("half")),
        Stream.fail("no more" as const),
      );
      const error = yield* Effect.flip(writeDurably(path, failing));
      assert.equal(error, "no more");
      assert.equal(readFileSync(path, "utf8"), "old");
      assert.deepEqual(readdirSync(folder), ["a"]);
    }),
);

effectTest(
  "writeDurably() shows nothing under the name before the end, nor after an interruption",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const begun = yield* Deferred.make<void>();
      const endless = Stream.concat(
        Stream.succeed(bytesOf("half")),
        Stream.fromEffect(
          Effect.andThen(Deferred.succeed(begun, undefined), Effect.never),
        ),
      );
      const fiber = yield* Effect.forkChild(
        writeDurably(join(folder, "a"), endless),
      );
      yield* Deferred.await(begun);
      const [partial, ...others] = readdirSync(folder);
      assert.match(partial!, /^\.a\..*\.partial$/);
      assert.deepEqual(others, []);
      assert.deepEqual(yield* listFiles(folder), []);
      yield* Fiber.interrupt(fiber);
      assert.deepEqual(readdirSync(folder), []);
    }),
);

effectTest(
  "readBytes() reads parts, and less than asked for at the end",
  () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a");
      const content = new Uint8Array(9 << 20).map((_, i) => i * 7);
      yield* writeDurably(path, content);
      assert.equal(sha256Of(yield* readBytes(path)), sha256Of(content));
      assert.deepEqual(yield* digestOf(path), {
        sha256: sha256Of(content),
        bytes: content.byteLength,
      });
      const start = content.byteLength - 3;
      const part = yield* readBytes(path, { start: 5, bytes: 2 });
      assert.deepEqual([...part], [...content.subarray(5, 7)]);
      const end = yield* readBytes(path, { start, bytes: 10 });
      assert.deepEqual([...end], [...content.subarray(start)]);
      const beyond = yield* readBytes(path, { start: start + 9, bytes: 1 });
      assert.equal(beyond.byteLength, 0);
    }),
);

effectTest(
  "removeFile() is content with a missing file or folder",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* removeFile(join(folder, "a"));
      yield* removeFile(join(folder, "b/c"));
    }),
);

effectTest(
  "readBytes() fails with StorageError missing when there is no file",
  () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "a");
      const error = yield* Effect.flip(readBytes(path));
      assert.equal(error.reason, "missing");
      assert.match(error.message, /^Cannot open .*a as the path must exist;/);
    }),
);

effectTest(
  "readBytes() fails with StorageError wrong-kind when a folder is there",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readBytes(yield* temporaryFolder));
      assert.equal(error.reason, "wrong-kind");
    }),
);

effectTest(
  "writeDurably() fails with StorageError when it may not write",
  () =>
    Effect.gen(function* () {
      const root = process.geteuid?.() === 0; // root may write anywhere but here
      const folder = root ? "/sys/kernel" : yield* temporaryFolder;
      if (!root) chmodSync(folder, 0o555);
      const path = join(folder, "a");
      const error = yield* Effect.flip(writeDurably(path, bytesOf("x")));
      assert.ok(["not-permitted", "read-only"].includes(error.reason), error);
      assert.ok(error.message.startsWith(`Cannot write ${path} as the `));
    }),
);

Deno.test({
  name: "a full device is a StorageError that says so",
  ignore: !existsSync("/dev/full"), // only Linux has one
  fn: () => {
    const error = (() => {
      try {
        writeSync(openSync("/dev/full", "w"), "x");
      } catch (cause) {
        return storageError("write", "run/a", cause);
      }
    })();
    assert.equal(error?.reason, "disk-full");
    assert.match(
      error.message,
      /^Cannot write run\/a as the disk must have free space; free some/,
    );
  },
});

mountTest(
  "writeDurably() on a full disk keeps the old file and frees the rest",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* mounted("size=1m");
      const path = join(folder, "a");
      yield* writeDurably(path, bytesOf("old"));
      const error = yield* Effect.flip(
        writeDurably(path, new Uint8Array(2 << 20)),
      );
      assert.equal((error as { reason?: string }).reason, "disk-full");
      assert.equal(readFileSync(path, "utf8"), "old");
      assert.deepEqual(readdirSync(folder), ["a"]);
      assert.equal(statSync(path).size, 3);
    })),
);

mountTest(
  "writeDurably() on a read-only file system says so",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* mounted("ro");
      const error = yield* Effect.flip(
        writeDurably(join(folder, "b/a"), bytesOf("x")),
      );
      assert.equal((error as { reason?: string }).reason, "read-only");
      assert.match(String(error), /the file system must be writable/);
    })),
);
