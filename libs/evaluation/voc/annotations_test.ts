import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { openVocSet, openVocSplit } from "./image_sets.ts";
import { folderOf, objects, vocFolder } from "./voc_folder_testing.ts";

const sizes = { train: 30, val: 40, trainval: 20, test: 40 };

effectTest(
  "openVocSplit() tells the same labels from annotations as from class files",
  () =>
    Effect.gen(function* () {
      const listed = yield* vocFolder(sizes, "class files");
      const annotated = yield* vocFolder(sizes, "annotations");
      for (const split of ["trainval", "train"] as const) {
        const expected = yield* openVocSplit(listed, split);
        const found = yield* openVocSplit(annotated, split);
        for (const side of ["training", "test"] as const) {
          assert.deepEqual(found[side].classes, objects);
          assert.deepEqual(found[side].source.ids, expected[side].source.ids);
          const { data } = found[side].targets;
          assert.deepEqual(data, expected[side].targets.data);
          assert.deepEqual(new Set(data), new Set([1, 0, -1]));
        }
      }
    }),
);

const one = (objects: string) => `<annotation>${objects}</annotation>`;
const object = (name: string, more = "") =>
  `<object><name>${name}</name>${more}</object>`;

const files = {
  "ImageSets/Main/train.txt": "000002\r\n000001\n\n",
  "JPEGImages/000001.jpg": "",
  "JPEGImages/000002.jpg": "",
  "Annotations/000001.xml": one(
    object("cat", "<difficult>1</difficult>") + object("dog"),
  ),
  "Annotations/000002.xml": one("<segmented>0</segmented>"),
  "Annotations/000003.xml": one(object("bird")),
};

effectTest(
  "openVocSet() takes the list's order, classes of the whole folder, and " +
    "objects without a word on difficulty as plain",
  () =>
    Effect.gen(function* () {
      const { classes, source, targets } = yield* openVocSet(
        yield* folderOf(files),
        "train",
      );
      assert.deepEqual(classes, ["bird", "cat", "dog"]);
      assert.deepEqual(source.ids, ["000002", "000001"]);
      assert.deepEqual([...targets.data], [0, 0, 0, 0, -1, 1]);
    }),
);

effectTest(
  "openVocSet() says which annotation or list is missing or wrong",
  () =>
    Effect.gen(function* () {
      const refused = Effect.fnUntraced(function* (
        name: string,
        text: string,
      ) {
        const folder = yield* folderOf({ ...files, [name]: text });
        const error = yield* Effect.flip(openVocSet(folder, "train"));
        return error.message.replaceAll(folder, "VOC");
      });
      assert.equal(
        yield* refused("ImageSets/Main/train.txt", "000001\n000009\n"),
        "Cannot read VOC folder as every image of a set must have an " +
          "annotation: current values are path=VOC/Annotations/000009.xml, " +
          "found=none",
      );
      for (
        const [text, problem] of [
          ["<annotation><object></annotation>", /Expected closing tag/],
          [one(object("")), /name must be non-empty/],
          [one(object("cat", "<difficult>2</difficult>")), /difficult must be/],
          ["<other/>", /annotation must be/],
        ] as const
      ) {
        const message = yield* refused("Annotations/000001.xml", text);
        assert.match(message, /must be XML as VOC's: .*000001\.xml/);
        assert.match(message, problem);
      }
      const folder = yield* folderOf(files);
      const absent = yield* Effect.flip(openVocSet(folder, "val"));
      assert.match(absent.message, /must have a list of its images.*val\.txt/);
    }),
);
