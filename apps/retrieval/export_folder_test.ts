import {
  effectTest,
  mounted,
  mountTest,
  temporaryFolder,
} from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { type Export, exportTo } from "./export_folder.ts";
import { safeName, uniqueNames } from "./export_names.ts";

Deno.test("safeName() leads nowhere else and is taken by every file system", () => {
  const names = {
    "photo.jpg": "photo.jpg",
    "../../etc/passwd": "_.._etc_passwd",
    "..": "_",
    "": "_",
    ".hidden": "hidden",
    "a\nb\0c": "a_b_c",
    'what? "yes": <1|2>*': "what_ _yes__ _1_2__",
    "CON.png": "_CON.png",
    "ends. ": "ends",
    "🙂.png": "🙂.png",
  };
  for (const [text, name] of Object.entries(names)) {
    assert.equal(safeName(text), name);
  }
  const long = safeName("é".repeat(200) + ".jpeg");
  assert.ok(new TextEncoder().encode(long).length <= 150);
  assert.match(long, /^é+\.jpeg$/);
});

Deno.test("uniqueNames() tells names apart, also where case does not", () => {
  const nameOf = uniqueNames();
  assert.deepEqual(
    ["a.png", "A.png", "a.png", "a-2.png", "b"].map(nameOf),
    ["a.png", "A-2.png", "a-3.png", "a-2-2.png", "b"],
  );
});

const text = (path: string, content: string): Export => ({
  path,
  kind: "file",
  content: new TextEncoder().encode(content),
});

/** Files below a folder, without the list. */
const filesIn = (folder: string) =>
  Effect.promise(async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory() && entry.name !== "export.json")
      .map(({ parentPath, name }) =>
        join(parentPath, name).slice(folder.length + 1)
      )
      .sort()
  );

const made = Effect.gen(function* () {
  const base = yield* temporaryFolder;
  const [images, out] = [join(base, "images"), join(base, "out")];
  yield* Effect.promise(async () => {
    await mkdir(images);
    for (const name of ["a", "b"]) await writeFile(join(images, name), name);
  });
  const of = (name: string) => join(images, name);
  return { base, images, out, of };
});

effectTest(
  "exportTo() refreshes its own files and leaves those of others",
  () =>
    Effect.gen(function* () {
      const { out, of } = yield* made;
      yield* exportTo(out, [
        text("t.csv", "1"),
        { path: "x/a", kind: "link", of: of("a") },
        { path: "x/b", kind: "copy", of: of("b") },
        { path: "y/b", kind: "copy", of: of("b") },
      ]);
      assert.deepEqual(yield* filesIn(out), ["t.csv", "x/a", "x/b", "y/b"]);
      yield* Effect.promise(async () => {
        assert.equal(await readlink(join(out, "x/a")), of("a"));
        await writeFile(join(out, "x/own.txt"), "mine");
        await writeFile(join(out, "y/b"), "edited by somebody");
      });
      const changed = yield* exportTo(out, [
        text("t.csv", "2"),
        { path: "z/a", kind: "copy", of: of("a") },
      ]);
      assert.equal(changed, 1);
      assert.deepEqual(
        yield* filesIn(out),
        ["t.csv", "x/own.txt", "y/b", "z/a"],
      );
      const read = (path: string) =>
        Effect.promise(() => readFile(join(out, path), "utf8"));
      assert.equal(yield* read("t.csv"), "2");
      assert.equal(yield* read("y/b"), "edited by somebody");
    }),
);

effectTest(
  "exportTo() writes nothing when a file of others is in the way, or a folder leads elsewhere",
  () =>
    Effect.gen(function* () {
      const { base, out, of } = yield* made;
      yield* Effect.promise(async () => {
        await mkdir(out);
        await writeFile(join(out, "t.csv"), "mine");
        await mkdir(join(base, "elsewhere"));
        await symlink(join(base, "elsewhere"), join(out, "x"));
      });
      const refusal = (...exports: Export[]) =>
        Effect.map(
          Effect.flip(exportTo(out, exports)),
          ({ message }) => message,
        );
      assert.match(
        yield* refusal(text("t.csv", "2")),
        /nothing that is not of an earlier export may be overwritten: t\.csv/,
      );
      assert.match(
        yield* refusal({ path: "x/a", kind: "copy", of: of("a") }),
        /no folder in it may be a link to another place: x is one/,
      );
      assert.deepEqual(yield* filesIn(out), ["t.csv", "x"]);
      assert.deepEqual(yield* filesIn(join(base, "elsewhere")), []);
      yield* Effect.promise(() =>
        writeFile(
          join(out, "export.json"),
          '{"entries":[{"path":"../images/a","kind":"file"}]}',
        )
      );
      assert.match(yield* refusal(), /export\.json must be the list/);
    }),
);

effectTest(
  "exportTo() knows its own after a kill in between",
  () =>
    Effect.gen(function* () {
      const { images, out, of } = yield* made;
      const exports: readonly Export[] = [
        { path: "a", kind: "link", of: of("a") },
        { path: "b", kind: "copy", of: of("b") },
        { path: "gone", kind: "copy", of: join(images, "gone") },
      ];
      yield* Effect.flip(exportTo(out, exports));
      assert.deepEqual(yield* filesIn(out), ["a", "b"]);
      yield* exportTo(out, exports.slice(0, 2));
      assert.deepEqual(yield* filesIn(out), ["a", "b"]);
      yield* exportTo(out, []);
      assert.deepEqual(yield* filesIn(out), []);
      yield* Effect.promise(() => rm(out, { recursive: true }));
    }),
);

mountTest(
  "exportTo() leaves no part of a copy on a full disk, and copies it once there is room",
  () =>
    Effect.gen(function* () {
      const { images, of } = yield* made;
      const disk = yield* mounted("size=1m");
      const own = join(disk, "own");
      yield* Effect.promise(async () => {
        await writeFile(join(images, "large"), new Uint8Array(500_000).fill(7));
        await writeFile(own, new Uint8Array(700_000));
      });
      const out = join(disk, "out");
      const copy: Export = { path: "x/large", kind: "copy", of: of("large") };
      const { message } = yield* Effect.flip(exportTo(out, [copy]));
      assert.match(
        message,
        /readable, with room for its copy: .*no space left/i,
      );
      assert.deepEqual(yield* filesIn(out), []);
      yield* Effect.promise(async () => {
        await rm(own);
        // As a killed copy leaves it.
        await writeFile(join(out, ".export.partial"), new Uint8Array(9));
      });
      assert.equal(yield* exportTo(out, [copy]), 0);
      assert.deepEqual(yield* filesIn(out), ["x/large"]);
      assert.deepEqual(
        yield* Effect.promise(() => readFile(join(out, "x/large"))),
        yield* Effect.promise(() => readFile(of("large"))),
      );
    }),
);
