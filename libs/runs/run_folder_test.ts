import { canonicalJson, differences } from "@deepcluster/storage";
import {
  effectTest,
  lockHolder,
  makeReadOnly,
  mounted,
  mountTest,
  temporaryFolder,
} from "@deepcluster/test";
import { Effect, type Scope } from "effect";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openJournal } from "./journal.ts";
import { abandonRun, createRun, openRun, readRun } from "./run_folder.ts";
import { isBusy, runLock } from "./run_lock.ts";
import assert from "node:assert/strict";

const config = { seed: 31, clusters: 100, cropScale: [0.08, 1] };

effectTest(
  "createRun() writes the configuration, which openRun() and readRun() give back",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "runs/a");
      yield* Effect.scoped(createRun(folder, config));
      assert.equal(
        readFileSync(join(folder, "config.json"), "utf8"),
        `{
  "clusters": 100,
  "cropScale": [
    0.08,
    1
  ],
  "formatVersion": 1,
  "seed": 31
}
`,
      );
      assert.deepEqual(readdirSync(folder).sort(), ["config.json", "run.lock"]);
      assert.deepEqual(yield* openRun(folder), config);
      assert.deepEqual(yield* readRun(folder), config);
    }),
);

effectTest(
  "createRun() fails with RunExistsError on a run and leaves it alone",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* Effect.scoped(createRun(folder, config));
      const error = yield* Effect.flip(Effect.scoped(createRun(folder, {})));
      assert.equal(
        error.message,
        `Cannot start a run in ${folder} as the folder must be empty or new: ` +
          "it holds a run already; resume it or name another folder",
      );
      assert.deepEqual(yield* readRun(folder), config);
    }),
);

effectTest(
  "createRun() fails with ForeignFolderError on other content and adds nothing",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const names = ["a.png", "b.png", "c.png", "config.json", "d.png"];
      for (const name of names) writeFileSync(join(folder, name), "{}");
      const error = yield* Effect.flip(
        Effect.scoped(createRun(folder, config)),
      );
      assert.equal(error._tag, "ForeignFolderError");
      assert.match(error.message, /it holds a.png, b.png, c.png and 2 more$/);
      assert.deepEqual(readdirSync(folder).sort(), names);
      const file = join(folder, "a.png");
      const onFile = yield* Effect.flip(Effect.scoped(createRun(file, config)));
      assert.match(onFile.message, /it holds a file of that name$/);
    }),
);

effectTest(
  "createRun() uses a folder whose run died before its configuration was written",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      writeFileSync(join(folder, "run.lock"), "");
      writeFileSync(join(folder, ".config.json.1c.partial"), "{");
      yield* createRun(folder, config);
      assert.deepEqual(readdirSync(folder).sort(), ["config.json", "run.lock"]);
    }),
);

/** A run that was started and wrote files of every kind. */
const startedRun = Effect.fnUntraced(function* (folder: string) {
  const made = yield* createRun(folder, { seed: 1 });
  yield* Effect.scoped(openJournal(join(folder, "journal.db")));
  for (const name of ["checkpoints", "features", "clusters", "assignments"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "epoch-0000"), "");
  }
  writeFileSync(join(folder, "images.tsv"), "path\n");
  return made;
});

effectTest(
  "abandonRun() leaves an empty folder empty, for createRun() to use again",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* Effect.scoped(Effect.gen(function* () {
        assert.equal(yield* startedRun(folder), undefined);
        yield* abandonRun(folder, undefined);
        assert.deepEqual(readdirSync(folder), []);
      }));
      assert.deepEqual(readdirSync(folder), []);
      yield* Effect.scoped(createRun(folder, config));
      assert.deepEqual(yield* readRun(folder), config);
    }),
);

effectTest(
  "abandonRun() removes the folders that createRun() made, and no other",
  () =>
    Effect.gen(function* () {
      const above = yield* temporaryFolder;
      yield* Effect.scoped(Effect.gen(function* () {
        const folder = join(above, "runs/new/a");
        mkdirSync(join(above, "runs"));
        yield* abandonRun(folder, yield* startedRun(folder));
      }));
      assert.deepEqual(readdirSync(above), ["runs"]);
      assert.deepEqual(readdirSync(join(above, "runs")), []);
    }),
);

effectTest(
  "abandonRun() leaves what somebody else put into the folder",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "run");
      yield* Effect.scoped(Effect.gen(function* () {
        const made = yield* startedRun(folder);
        writeFileSync(join(folder, "notes.txt"), "mine");
        yield* abandonRun(folder, made);
      }));
      assert.deepEqual(readdirSync(folder), ["notes.txt"]);
    }),
);

mountTest(
  "createRun() on a full disk leaves no folder",
  () =>
    Effect.gen(function* () {
      const disk = yield* mounted("size=64k");
      const filler = join(disk, "filler");
      assert.throws(() => writeFileSync(filler, new Uint8Array(1 << 20)));
      const error = yield* Effect.flip(
        Effect.scoped(createRun(join(disk, "runs/a"), config)),
      );
      assert.match(error.message, /the disk must have free space/);
      assert.deepEqual(readdirSync(disk), ["filler"]);
    }),
);

effectTest(
  "openRun() removes half-written files, readRun() does not",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* Effect.scoped(createRun(folder, config));
      mkdirSync(join(folder, "features"));
      const partial = join(folder, "features", ".a.1c.partial");
      writeFileSync(partial, "half");
      yield* readRun(folder);
      assert.equal(existsSync(partial), true);
      yield* openRun(folder);
      assert.equal(existsSync(partial), false);
    }),
);

effectTest(
  "openRun() says why a folder is no run",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const messageOf = (path: string) =>
        Effect.map(
          Effect.flip(Effect.scoped(openRun(path))),
          ({ message }) => message,
        );
      assert.equal(
        yield* messageOf(join(folder, "none")),
        `Cannot open ${folder}/none as a run must hold config.json and ` +
          "run.lock: found nothing",
      );
      writeFileSync(join(folder, "a.png"), "");
      assert.match(yield* messageOf(folder), /: found a\.png$/);
      assert.deepEqual(readdirSync(folder), ["a.png"]);
      rmSync(join(folder, "a.png"));
      yield* Effect.scoped(createRun(folder, config));
      writeFileSync(join(folder, "config.json"), `{"seed": 3`);
      assert.match(
        yield* messageOf(folder),
        /^Cannot read .*config\.json as a run's configuration must be JSON: Synt/,
      );
      writeFileSync(join(folder, "config.json"), `{"formatVersion": 2}`);
      assert.equal(
        yield* messageOf(folder),
        `Cannot read ${folder}/config.json as its format must be of a version ` +
          "that this program knows: format version 2, this program knows 1; " +
          "use the newer program that wrote it",
      );
    }),
);

effectTest(
  "readRun() reads a configuration that states no version, as those before did",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* Effect.scoped(createRun(folder, config));
      writeFileSync(join(folder, "config.json"), JSON.stringify(config));
      assert.deepEqual(yield* readRun(folder), config);
    }),
);

effectTest(
  "two processes cannot work on one run, and a killed one leaves it free",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* Effect.scoped(createRun(folder, config));
      yield* Effect.scoped(Effect.gen(function* () {
        yield* lockHolder(
          new URL("fixtures/hold_lock.ts", import.meta.url),
          folder,
        );
        const error = yield* Effect.flip(Effect.scoped(openRun(folder)));
        assert.equal(error._tag, "RunBusyError");
        assert.match(error.message, /another process is working on this run/);
        assert.equal(yield* isBusy(folder), true);
        assert.deepEqual(yield* readRun(folder), config);
      }));
      assert.equal(yield* isBusy(folder), false);
      yield* openRun(folder);
    }),
);

effectTest(
  "runLock() is exclusive within a process too, and survives isBusy()",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      assert.equal(yield* isBusy(join(folder, "none")), false);
      yield* runLock(folder);
      assert.equal(yield* isBusy(folder), true);
      for (const _ of [1, 2]) {
        const error = yield* Effect.flip(Effect.scoped(runLock(folder)));
        assert.equal(error._tag, "RunBusyError");
      }
    }),
);

effectTest(
  "createRun() in a folder that may not be written is a StorageError",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.scoped(createRun("/proc/self/run", config)),
      );
      assert.equal(error._tag, "StorageError");
    }),
);

mountTest(
  "a run on a read-only disk can be read but not worked on",
  () =>
    Effect.gen(function* () {
      const disk = yield* mounted("size=1m");
      const folder = join(disk, "run");
      const journalPath = join(folder, "journal.db");
      yield* Effect.scoped(Effect.gen(function* () {
        yield* createRun(folder, config);
        yield* (yield* openJournal(journalPath)).put("a", 1);
      }));
      yield* makeReadOnly(disk);
      assert.deepEqual(yield* readRun(folder), config);
      assert.equal(yield* isBusy(folder), false);
      const journal = yield* openJournal(journalPath, { readOnly: true });
      assert.deepEqual(yield* journal.entries, [{ name: "a", value: 1 }]);
      const refused = [
        openRun(folder),
        runLock(folder),
        Effect.asVoid(createRun(join(disk, "other"), config)),
        openJournal(journalPath),
      ];
      for (const work of refused) {
        const error = yield* Effect.flip(
          Effect.scoped(Effect.asVoid<unknown, Error, Scope.Scope>(work)),
        );
        assert.match(error.message, /as the file system must be writable;/);
      }
    }),
);

effectTest(
  "canonicalJson() is the same for the same values in any order",
  () =>
    Effect.sync(() => {
      const a = { b: [{ d: null, c: true }], a: "ü", e: undefined };
      const b = { a: "ü", b: [{ c: true, d: null }] };
      assert.equal(canonicalJson(a), `{"a":"ü","b":[{"c":true,"d":null}]}`);
      assert.equal(canonicalJson(a), canonicalJson(b));
      assert.notEqual(canonicalJson([1, 2]), canonicalJson([2, 1]));
    }),
);

effectTest(
  "differences() names nested fields with both values",
  () =>
    Effect.sync(() => {
      assert.deepEqual(
        differences(
          { seed: 1, head: { rate: 0.1, wd: 0 }, crop: [0, 1], old: null },
          { seed: 1, head: { wd: 0, rate: 0.2 }, crop: [0, 2], fresh: "x" },
        ),
        [
          "crop: [0,1], now [0,2]",
          `fresh: absent, now "x"`,
          "head.rate: 0.1, now 0.2",
          "old: null, now absent",
        ],
      );
      assert.deepEqual(differences(config, structuredClone(config)), []);
      assert.deepEqual(differences(1, { a: 1 }), [`the whole: 1, now {"a":1}`]);
    }),
);
