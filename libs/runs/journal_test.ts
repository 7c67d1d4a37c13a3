import {
  effectTest,
  mounted,
  mountTest,
  temporaryFolder,
} from "@deepcluster/test";
import { Effect, Option } from "effect";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openJournal } from "./journal.ts";
import assert from "node:assert/strict";
import process from "node:process";

const temporaryFile = Effect.map(
  temporaryFolder,
  (folder) => join(folder, "journal.db"),
);

effectTest(
  "a journal keeps the first of two results, also across openings",
  () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile;
      yield* Effect.scoped(Effect.gen(function* () {
        const journal = yield* openJournal(path);
        assert.deepEqual(yield* journal.get("a"), Option.none());
        yield* journal.put("a", { loss: 0.1, labels: [1, "ü"] });
        yield* journal.put("a", "second");
        yield* journal.put("nothing", undefined);
      }));
      assert.equal(existsSync(`${path}-wal`), false);
      const journal = yield* openJournal(path);
      yield* journal.put("a", "third");
      const value = { loss: 0.1, labels: [1, "ü"] };
      assert.deepEqual(yield* journal.get("a"), Option.some(value));
      assert.deepEqual(yield* journal.get("nothing"), Option.some(null));
    }),
);

effectTest(
  "a journal lists entries in the order of their writing, and forgets",
  () =>
    Effect.gen(function* () {
      const journal = yield* openJournal(":memory:");
      for (const name of ["c", "a", "b", "d"]) yield* journal.put(name, name);
      yield* journal.forget(["a", "d", "unknown"]);
      yield* journal.put("a", "again");
      assert.deepEqual(yield* journal.entries, [
        { name: "c", value: "c" },
        { name: "b", value: "b" },
        { name: "a", value: "again" },
      ]);
    }),
);

effectTest(
  "another process reads a journal while one writes it",
  () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile;
      const writer = yield* openJournal(path);
      yield* writer.put("a", 1);
      const { stdout, stderr } = spawnSync(process.execPath, [
        "eval",
        `import { DatabaseSync } from "node:sqlite";
       const database = new DatabaseSync(${
          JSON.stringify(path)
        }, { readOnly: true });
       console.log(database.prepare("SELECT name FROM journal").get().name);`,
      ], { encoding: "utf8" });
      assert.equal(stdout.trim(), "a", stderr);
      const reader = yield* openJournal(path, { readOnly: true });
      yield* writer.put("b", 2);
      assert.deepEqual(
        (yield* reader.entries).map(({ name }) => name),
        ["a", "b"],
      );
      const error = yield* Effect.flip(reader.put("c", 3));
      assert.equal(error._tag === "StorageError" && error.reason, "read-only");
    }),
);

effectTest(
  "a read-only journal that was never written is empty, one that is missing is an error",
  () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile;
      const missing = yield* Effect.flip(
        Effect.scoped(openJournal(path, { readOnly: true })),
      );
      assert.equal(
        missing._tag === "StorageError" && missing.reason,
        "missing",
      );
      writeFileSync(path, "");
      const journal = yield* openJournal(path, { readOnly: true });
      assert.deepEqual(yield* journal.entries, []);
    }),
);

effectTest(
  "openJournal() fails with CorruptJournalError on another file",
  () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile;
      writeFileSync(path, "a letter to my mother".repeat(100));
      const letter = yield* Effect.flip(Effect.scoped(openJournal(path)));
      assert.equal(
        letter.message,
        `Cannot use ${path} as it must be the journal of a run, undamaged: ` +
          "file is not a database",
      );
      rmSync(path);
      const other = new DatabaseSync(path);
      other.exec("CREATE TABLE journal (name); PRAGMA user_version = 7");
      other.close();
      const newer = yield* Effect.flip(Effect.scoped(openJournal(path)));
      assert.match(
        newer.message,
        /format version 7, this program knows 1; use the newer program that wrote it$/,
      );
    }),
);

effectTest("a journal notices a changed entry", () =>
  Effect.gen(function* () {
    const path = yield* temporaryFile;
    yield* Effect.scoped(
      Effect.flatMap(openJournal(path), (j) => j.put("a", "epoch-0003")),
    );
    const bytes = readFileSync(path);
    bytes[bytes.lastIndexOf("epoch-0003") + 9] = "7".charCodeAt(0);
    writeFileSync(path, bytes);
    const journal = yield* openJournal(path);
    for (
      const read of [
        Effect.asVoid(journal.get("a")),
        Effect.asVoid(journal.entries),
      ]
    ) {
      const error = yield* Effect.flip(read);
      assert.match(error.message, /the entry a is not what was written$/);
    }
  }));

effectTest(
  "a journal notices a file that is cut off",
  () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile;
      yield* Effect.scoped(
        Effect.flatMap(openJournal(path), (j) =>
          Effect.forEach(
            Array.from({ length: 100 }, (_, i) => `entry ${i}`),
            (name) => j.put(name, "x".repeat(1000)),
          )),
      );
      writeFileSync(path, readFileSync(path).subarray(0, 3 * 4096));
      const error = yield* Effect.flip(Effect.scoped(
        Effect.flatMap(openJournal(path), (journal) => journal.entries),
      ));
      assert.equal(error._tag, "CorruptJournalError");
    }),
);

mountTest(
  "a journal on a full disk is a StorageError and keeps what it has",
  () =>
    Effect.gen(function* () {
      const path = join(yield* mounted("size=256k"), "journal.db");
      const journal = yield* Effect.scoped(openJournal(path)).pipe(
        Effect.andThen(openJournal(path)),
      );
      yield* journal.put("a", 1);
      const error = yield* Effect.flip(journal.put("b", "x".repeat(300_000)));
      assert.equal(error._tag === "StorageError" && error.reason, "disk-full");
      assert.deepEqual(yield* journal.entries, [{ name: "a", value: 1 }]);
    }),
);
