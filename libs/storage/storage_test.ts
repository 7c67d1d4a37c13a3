import { effectTest, lockHolder, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { exclusiveLock, isShared, sharedLock } from "./shared_lock.ts";
import {
  kindOfFolder,
  linkOrKindOf,
  partialsOf,
  partOf,
  scanStorage,
  type StorageKind,
} from "./storage.ts";
import { partialName } from "./partials.ts";
import { removeStored } from "./storage_removal.ts";
import assert from "node:assert/strict";

/** Folders with a `mark`: `a…` may go, the mark is needed. */
const marked: StorageKind = {
  name: "marked folder",
  partNames: ["partial", "a", "mark"],
  recognise: (names) => names.includes("mark"),
  inUse: isShared,
  lock: exclusiveLock,
  describe: (_folder, files) =>
    Effect.succeed({
      title: "made",
      parts: [
        partialsOf(files),
        partOf(files, [/^(sub\/)?a\d+$/], {
          name: "a",
          cost: "safe",
          note: "made again",
        }),
        partOf(files, [/^mark$/, /^cache\.lock$/], {
          name: "mark",
          cost: "needed",
          note: "needed",
        }),
      ],
    }),
};

const write = (folder: string, ...paths: readonly string[]) => {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "12345");
  }
};

const files = (folder: string) =>
  readdirSync(folder, { recursive: true }).map(String).sort();

effectTest(
  "scanStorage() gives each file to the innermost folder of ours, and knows others from ours",
  () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder;
      write(root, "loose", "x/mark", "x/a1", "x/sub/a2", "x/notes.txt");
      write(root, "x/sub/inner/mark", "x/sub/inner/a3", "x/.a1.9f.partial");
      const { folders } = yield* scanStorage(root, [marked]);
      assert.deepEqual(
        folders.map(({ folder, parts, others }) => [
          folder.slice(root.length),
          parts.map(({ name, files }) => [name, files.map(({ path }) => path)]),
          others.map(({ path, bytes }) => [path, bytes]),
        ]),
        [
          [
            "/x",
            [
              ["partial", [".a1.9f.partial"]],
              ["a", ["a1", "sub/a2"]],
              ["mark", ["mark"]],
            ],
            [["notes.txt", 5]],
          ],
          ["/x/sub/inner", [["a", ["a3"]], ["mark", ["mark"]]], []],
        ],
      );
    }),
);

effectTest(
  "scanStorage() follows no link, and a link makes no folder one of ours",
  () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder;
      write(root, "far/mark", "far/a1", "near/b");
      symlinkSync(join(root, "far"), join(root, "near/link"));
      symlinkSync(join(root, "far/mark"), join(root, "near/mark"));
      const near = join(root, "near");
      const { folders, links } = yield* scanStorage(near, [marked]);
      assert.deepEqual(folders, []);
      assert.deepEqual(links, [join(near, "link"), join(near, "mark")]);
      assert.equal(yield* linkOrKindOf(join(near, "link")), "link");
      assert.equal(yield* linkOrKindOf(join(near, "gone")), "nothing");
      assert.equal(yield* kindOfFolder(join(root, "far"), [marked]), marked);
      assert.equal(
        yield* kindOfFolder(join(root, "gone"), [marked]),
        undefined,
      );
    }),
);

effectTest(
  "removeStored() removes the chosen parts and folders left empty, nothing that is not ours",
  () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder;
      const at = { folder: join(root, "x"), kind: marked };
      write(root, "x/mark", "x/a1", "x/sub/a2", "x/notes.txt", "far/a1");
      symlinkSync(join(root, "far"), join(root, "x/far"));
      const removed = yield* removeStored(at, ({ cost }) => cost === "safe");
      assert.deepEqual(
        removed.flatMap(({ files }) => files.map(({ path }) => path)),
        ["a1", "sub/a2"],
      );
      assert.deepEqual(files(at.folder), [
        "cache.lock",
        "far",
        "mark",
        "notes.txt",
      ]);
      yield* removeStored(at, () => true);
      assert.deepEqual(files(at.folder), ["far", "notes.txt"]);
      assert.deepEqual(files(join(root, "far")), ["a1"]);
    }),
);

effectTest(
  "removeStored() of everything removes the folder, its lock too",
  () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder;
      write(root, "x/mark", "x/sub/a2");
      mkdirSync(join(root, "x/empty"));
      yield* removeStored(
        { folder: join(root, "x"), kind: marked },
        () => true,
      );
      assert.deepEqual(readdirSync(root), []);
    }),
);

effectTest(
  "removeStored() removes what killed writers left, not what is being written",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const living = partialName("a1").replace(/^.*\//, "");
      write(folder, "mark", ".a2.9f.partial", living);
      const [removed] = yield* removeStored(
        { folder, kind: marked },
        ({ name }) => name === "partial",
      );
      assert.deepEqual(removed!.files.map(({ path }) => path), [
        ".a2.9f.partial",
      ]);
      assert.deepEqual(files(folder), [living, "cache.lock", "mark"].sort());
    }),
);

effectTest(
  "removeStored() removes nothing while another process uses the folder",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      write(folder, "mark", "a1");
      yield* Effect.scoped(Effect.gen(function* () {
        yield* lockHolder(
          new URL("fixtures/hold_shared_lock.ts", import.meta.url),
          folder,
        );
        const [found] = (yield* scanStorage(folder, [marked])).folders;
        assert.equal(found!.inUse, true);
        const error = yield* Effect.flip(removeStored(found!, () => true));
        assert.equal(
          error.message,
          `Cannot remove files of ${folder} as no process may be using it; ` +
            "wait for it or stop it",
        );
      }));
      assert.ok(existsSync(join(folder, "a1")));
      yield* removeStored({ folder, kind: marked }, () => true);
      assert.ok(!existsSync(folder));
      mkdirSync(folder); // for whoever removes it after the test
    }),
);

effectTest(
  "sharedLock() is held by many, and by none while a process removes files",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "cache");
      yield* Effect.scoped(Effect.gen(function* () {
        yield* sharedLock(folder);
        yield* Effect.scoped(sharedLock(folder));
        assert.equal(yield* isShared(folder), true);
        const error = yield* Effect.flip(Effect.scoped(exclusiveLock(folder)));
        assert.equal(error._tag, "FolderInUseError");
      }));
      assert.equal(yield* isShared(folder), false);
      yield* exclusiveLock(folder);
      const error = yield* Effect.flip(Effect.scoped(sharedLock(folder)));
      assert.equal(
        error.message,
        `Cannot use ${folder} as no process may be removing files from it; ` +
          "try again",
      );
    }),
);
