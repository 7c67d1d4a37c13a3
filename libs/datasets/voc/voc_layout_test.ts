import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { openVocSet, openVocSplit } from "./image_sets.ts";
import assert from "node:assert/strict";

/** What macOS writes beside a file on other disks. */
const resourceFork = new Uint8Array([0, 5, 22, 7, 0, 2, 0, 0, 77, 97, 99]);

const annotation = (...names: readonly string[]) =>
  `<annotation>${
    names.map((name) => `<object><name>${name}</name></object>`).join("")
  }</annotation>`;

const annotated = {
  "ImageSets/Main/train.txt": "a\nb\n",
  "ImageSets/Main/val.txt": "c\n",
  "Annotations/a.xml": annotation("oak"),
  "Annotations/b.xml": annotation("elm", "oak"),
  "Annotations/c.xml": annotation("elm"),
  "JPEGImages/a.jpg": "",
  "JPEGImages/b.jpg": "",
  "JPEGImages/c.jpg": "",
};

const listed = {
  "ImageSets/Main/oak_train.txt": "a 1\nb 1\n",
  "ImageSets/Main/elm_train.txt": "a -1\nb 1\n",
  "ImageSets/Main/oak_val.txt": "c -1\n",
  "ImageSets/Main/elm_val.txt": "c 1\n",
  "JPEGImages/a.jpg": "",
  "JPEGImages/b.jpg": "",
  "JPEGImages/c.jpg": "",
};

/** Labels of the split with other or further files. */
const split = Effect.fnUntraced(function* (
  files: Readonly<Record<string, string | Uint8Array>>,
  changes: Readonly<Record<string, string | Uint8Array>> = {},
) {
  const folder = yield* testFolder({ ...files, ...changes });
  const { training, test, skipped } = yield* openVocSplit(folder, "train");
  return {
    classes: training.classes,
    ids: [...training.source.ids, ...test.source.ids],
    targets: [...training.targets.data, ...test.targets.data],
    skipped,
  };
});

const usual = {
  classes: ["elm", "oak"],
  ids: ["a", "b", "c"],
  targets: [0, 1, 1, 1, 1, 0],
  skipped: [],
};

effectTest(
  "hidden files, folders and annotations of other images change nothing",
  () =>
    Effect.gen(function* () {
      const strays = {
        "Annotations/._a.xml": resourceFork,
        "Annotations/.DS_Store": resourceFork,
        "Annotations/old.xml/note.txt": "a folder named like an annotation",
        "Annotations/unlisted.xml": annotation("fir"),
        "Annotations/broken.xml": "<annotation>",
        "JPEGImages/._a.jpg": resourceFork,
        "JPEGImages/Thumbs.db": "",
        "ImageSets/Main/._oak_train.txt": resourceFork,
        "ImageSets/Main/._train.txt": resourceFork,
      };
      assert.deepEqual(yield* split(annotated, strays), usual);
      assert.deepEqual(yield* split(listed, strays), usual);
    }),
);

effectTest(
  "images may be of any kind, and folders in other letters",
  () =>
    Effect.gen(function* () {
      for (const extension of ["png", "JPG", "jpeg", "tif"]) {
        for (const files of [annotated, listed]) {
          const renamed = Object.fromEntries(
            Object.entries(files).map(([name, text]) => [
              name.replace(/jpg$/, extension)
                .replace("JPEGImages", "JpegImages")
                .replace("Annotations", "annotation"),
              text,
            ]),
          );
          assert.deepEqual(yield* split(renamed), usual, extension);
          const folder = yield* testFolder(renamed);
          const { source } = yield* openVocSet(folder, "train");
          assert.deepEqual(source.payload(0), {
            kind: "file",
            path: `${folder}/JpegImages/a.${extension}`,
          });
        }
      }
    }),
);

effectTest(
  "an image set may name images with extension, path, spaces or any line end",
  () =>
    Effect.gen(function* () {
      const sets = [
        "a.jpg\nb.jpg\n",
        "JPEGImages/a.jpg\r\n./b.jpg\r\n",
        "\uFEFF../../JPEGImages/a\rb  \r",
        "/data/VOC/JPEGImages/a.jpg\nC:\\voc\\JPEGImages\\b.jpg\n",
        "a 1\nb -1",
      ];
      for (const text of sets) {
        const changes = { "ImageSets/Main/train.txt": text };
        assert.deepEqual(yield* split(annotated, changes), usual, text);
      }
      const { "JPEGImages/b.jpg": _, ...others } = listed;
      const spaced = yield* split(others, {
        "JPEGImages/old oak 1.jpg": "",
        "ImageSets/Main/oak_train.txt": "a.jpg 1\nold oak 1.jpg  1\n",
        "ImageSets/Main/elm_train.txt": "a -1\r\nold oak 1  1\r\n",
      });
      assert.deepEqual(spaced, { ...usual, ids: ["a", "old oak 1", "c"] });
    }),
);

effectTest(
  "a list of images is no file of a class, and what a set says twice counts once",
  () =>
    Effect.gen(function* () {
      const list = "every_tree_train.txt";
      const skipped = [{ what: list, reason: "no line of it has a label" }];
      const changes = { [`ImageSets/Main/${list}`]: "a\nb\n" };
      for (const files of [annotated, listed]) {
        assert.deepEqual(yield* split(files, changes), { ...usual, skipped });
      }
      const twice = yield* split(annotated, {
        "ImageSets/Main/train.txt": "a\nb\na.jpg\n",
      });
      assert.deepEqual(twice, {
        ...usual,
        skipped: [{
          what: "line 3 of train.txt",
          reason: "line 1 has a already",
        }],
      });
      const again = yield* split(listed, {
        "ImageSets/Main/oak_train.txt": "a 1\na 1\nb 1\n",
      });
      assert.equal(again.skipped[0]!.what, "line 2 of oak_train.txt");
    }),
);

effectTest(
  "classes may be named as sets are, and may have spaces",
  () =>
    Effect.gen(function* () {
      const renamed = Object.fromEntries(
        Object.entries(listed).map(([name, text]) => [
          name.replace("elm_", "a tree_val_").replace("oak_", "oak_train_"),
          text,
        ]),
      );
      assert.deepEqual(yield* split(renamed), {
        ...usual,
        classes: ["a tree_val", "oak_train"],
      });
    }),
);

effectTest(
  "what cannot be told apart, or lies a folder deeper, is refused by name",
  () =>
    Effect.gen(function* () {
      const twice = yield* testFolder({
        ...annotated,
        "JPEGImages/d.png": "",
        "JPEGImages/d.webp": "",
        "Annotations/d.xml": annotation("oak"),
        "ImageSets/Main/train.txt": "a\nd\n",
      });
      assert.match(
        (yield* Effect.flip(openVocSet(twice, "train"))).message,
        /as an image must be one file: .*JPEGImages, found=d\.png, d\.webp$/,
      );
      const parent = yield* testFolder(
        Object.fromEntries(
          Object.entries(annotated).map(([name, text]) => [
            `VOC2007/${name}`,
            text,
          ]),
        ),
      );
      assert.match(
        (yield* Effect.flip(openVocSet(parent, "train"))).message,
        /must hold ImageSets\/Main, .* found=VOC2007 below it, which has ImageSets$/,
      );
    }),
);
