import { effectTest, objects, testFolder, vocFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { openVocSet, openVocSplit } from "./image_sets.ts";
import assert from "node:assert/strict";

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
  "openVocSet() takes the list's order, classes of the listed images, and " +
    "objects without a word on difficulty as plain",
  () =>
    Effect.gen(function* () {
      const { classes, source, targets } = yield* openVocSet(
        yield* testFolder(files),
        "train",
      );
      assert.deepEqual(classes, ["cat", "dog"]);
      assert.deepEqual(source.ids, ["000002", "000001"]);
      assert.deepEqual([...targets.data], [0, 0, -1, 1]);
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
        const folder = yield* testFolder({ ...files, [name]: text });
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
          [
            one(object("cat", "<difficult>2</difficult>")),
            /object\[0\]\.difficult must be 0, 1, true or false \(was "2"\)/,
          ],
          [" \n", /found=an empty file$/],
          ["cat", /char 'c' is not expected\. \(line 1\)$/],
          ["<other/>", /annotation must be/],
        ] as const
      ) {
        const message = yield* refused("Annotations/000001.xml", text);
        assert.match(message, /must be XML as VOC's: .*000001\.xml/);
        assert.match(message, problem);
      }
      const folder = yield* testFolder(files);
      const absent = yield* Effect.flip(openVocSet(folder, "val"));
      assert.match(absent.message, /must have a list of its images.*val\.txt/);
    }),
);

effectTest(
  "an object is difficult when its annotation says so in any of the usual words",
  () =>
    Effect.gen(function* () {
      const words = {
        "1": -1,
        " 1 ": -1,
        "1.0": -1,
        True: -1,
        yes: -1,
        "0": 1,
        "0.0": 1,
        False: 1,
        Unspecified: 1,
        "": 1,
      };
      for (const [word, target] of Object.entries(words)) {
        const text = one(object("cat", `<difficult>${word}</difficult>`));
        const { targets } = yield* openVocSet(
          yield* testFolder({ ...files, "Annotations/000002.xml": text }),
          "train",
        );
        assert.equal(targets.data[0], target, word);
      }
    }),
);

effectTest(
  "names of classes are read as XML means them",
  () =>
    Effect.gen(function* () {
      const names = ["salt &amp; pepper", "<![CDATA[a &amp; b]]>", "&#67;at"];
      const text = names.map((name) => object(name)).join("");
      const annotation = `<?xml version="1.0" encoding="ISO-8859-1"?>` +
        `<Annotation>${text}<object><name>`;
      const { classes } = yield* openVocSet(
        yield* testFolder({
          ...files,
          "Annotations/000001.xml": "<annotation/>",
          "Annotations/000002.xml": new Uint8Array([
            ...new TextEncoder().encode(annotation),
            ...[0xe9, 0x74, 0xe9], // été in Latin-1
            ...new TextEncoder().encode("</name></object></Annotation>"),
          ]),
        }),
        "train",
      );
      assert.deepEqual(classes, ["Cat", "a &amp; b", "salt & pepper", "été"]);
    }),
);

effectTest(
  "openVocSet() refuses names that are no text of their encoding, by file and " +
    "line or field, and passes over other such bytes",
  () =>
    Effect.gen(function* () {
      const written = (text: string) =>
        Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      const open = Effect.fnUntraced(function* (name: string, text: string) {
        const changed = { ...files, [name]: written(text) };
        return yield* openVocSet(yield* testFolder(changed), "train");
      });
      const list = yield* Effect.flip(
        open("ImageSets/Main/train.txt", "000001\n000002\xe9\n"),
      );
      assert.match(
        list.message,
        /image must be in UTF-8 \(was "000002\\xe9"\): .*train\.txt, line=2$/,
      );
      const path = "<path>C:\\\xe9\\1.jpg</path>";
      const kept = yield* open(
        "Annotations/000001.xml",
        one(path + object("cat")),
      );
      assert.deepEqual(kept.classes, ["cat"]);
      const name = yield* Effect.flip(
        open("Annotations/000001.xml", one(object("cat") + object("caf\xe9"))),
      );
      assert.match(
        name.message,
        /000001\.xml, found=annotation\.object\[1\]\.name must be in UTF-8 \(was "caf\\xe9"\)$/,
      );
    }),
);
