import assert from "node:assert/strict";
import { folderNotes } from "./folder_notes.ts";
import type { FolderReading } from "./folder_source.ts";

const plain: FolderReading = {
  reading: "all parts",
  wrapper: "",
  parts: [],
  renamed: new Map(),
  partsWithin: [],
  outside: [],
  unlabelled: [],
  runs: [],
};

Deno.test("folderNotes() has nothing to say about plain folders", () => {
  assert.deepEqual(folderNotes(plain), []);
});

Deno.test("folderNotes() tells all that is left out or understood", () => {
  const parts = [
    { role: "train", name: "train", prefix: "train/", images: 9 },
    { role: "test", name: "test", prefix: "test/", images: 1 },
  ] as const;
  const notes = (changed: Partial<FolderReading>) =>
    folderNotes({ ...plain, ...changed });
  assert.deepEqual(notes({ wrapper: "set/" }), ["Looked for classes in set/"]);
  assert.deepEqual(notes({ parts }), []);
  assert.deepEqual(notes({ parts, reading: "training part" }), [
    "Left out test/: 1 image held out",
  ]);
  assert.deepEqual(notes({ parts, reading: "all files" }), [
    "Took train/, test/ all together, as the version that began the run did",
  ]);
  assert.deepEqual(
    notes({ outside: ["1.png"], unlabelled: ["1.png", "train/2.png"] }),
    [
      "Left out 1 image beside the parts: 1.png",
      "Found no class folder around 1 image, which has no label: train/2.png",
    ],
  );
  assert.deepEqual(notes({ unlabelled: ["1", "2", "3", "4"] }), [
    "Found no class folder around 4 images, which have no label: 1, 2, 3, …",
  ]);
  assert.match(
    notes({ partsWithin: ["cat/train/", "cat/test/"] }).join(),
    /^Took cat\/train\/ and cat\/test\/ together, as parts of a split must/,
  );
  assert.deepEqual(notes({ runs: ["runs/a/", "runs/b/"] }), [
    "Left out 2 run folders: runs/a/, runs/b/",
  ]);
  assert.deepEqual(notes({ renamed: new Map([["cat", "Cat"]]) }), [
    "Took classes for one that differ in case alone: cat and Cat",
  ]);
});
