import {
  effectTest,
  mounted,
  mountTest,
  temporaryFolder,
} from "@deepcluster/test";
import { Effect } from "effect";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { requireWritable } from "./writable.ts";
import assert from "node:assert/strict";
import process from "node:process";

effectTest(
  "requireWritable() accepts new and present places, and changes nothing",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      writeFileSync(join(folder, "a.txt"), "old");
      mkdirSync(join(folder, "b"));
      yield* requireWritable(join(folder, "a.txt"), "file");
      yield* requireWritable(join(folder, "new.txt"), "file");
      yield* requireWritable(join(folder, "x/y/new.txt"), "file");
      yield* requireWritable(join(folder, "b"), "folder");
      yield* requireWritable(join(folder, "x/y"), "folder");
      assert.deepEqual(readdirSync(folder).sort(), ["a.txt", "b"]);
      assert.deepEqual(readdirSync(join(folder, "b")), []);
      assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), "old");
    }),
);

effectTest(
  "requireWritable() refuses a folder for a file, a file for a folder, and a file on the way",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const file = join(folder, "a.txt");
      writeFileSync(file, "old");
      for (
        const [path, kind, found] of [
          [folder, "file", `${folder} is a folder`],
          [file, "folder", `${file} is a file`],
          [join(file, "b.txt"), "file", `${file} is a file`],
          [join(file, "b/c"), "folder", `${file} is a file`],
        ] as const
      ) {
        const error = yield* Effect.flip(requireWritable(path, kind));
        assert.equal(error.reason, "wrong-kind");
        assert.equal(
          error.message,
          `Cannot write ${path} as files must not be where folders must be, ` +
            `nor the reverse: ${found}`,
        );
      }
      assert.equal(readFileSync(file, "utf8"), "old");
    }),
);

effectTest(
  "requireWritable() refuses a folder where nothing may be written",
  () =>
    Effect.gen(function* () {
      const root = process.geteuid?.() === 0; // root may write anywhere but here
      const folder = root ? "/sys/kernel" : yield* temporaryFolder;
      if (!root) chmodSync(folder, 0o555);
      for (const path of [join(folder, "a"), join(folder, "b/c/a")]) {
        const error = yield* Effect.flip(requireWritable(path, "file"));
        assert.ok(["not-permitted", "read-only"].includes(error.reason), error);
        assert.ok(error.message.startsWith(`Cannot write ${path} as the `));
      }
    }),
);

mountTest(
  "requireWritable() refuses a full disk, and leaves nothing there",
  () =>
    Effect.gen(function* () {
      const folder = yield* mounted("size=64k");
      const fill = () =>
        writeFileSync(join(folder, "full"), new Uint8Array(1 << 20));
      assert.throws(fill);
      const path = join(folder, "a");
      const error = yield* Effect.flip(requireWritable(path, "file"));
      assert.equal(error.reason, "disk-full");
      assert.ok(!existsSync(path));
      assert.deepEqual(readdirSync(folder), ["full"]);
    }),
);
