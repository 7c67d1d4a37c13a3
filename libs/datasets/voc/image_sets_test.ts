import { effectTest, testFolder, vocFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { openVocSet, openVocSplit, positivesOf } from "./image_sets.ts";
import assert from "node:assert/strict";

const sets = "ImageSets/Main";

/** Three images and two classes, as VOC writes them. */
const files = {
  "JPEGImages/000007.jpg": "",
  "JPEGImages/000009.jpg": "",
  "JPEGImages/000012.jpg": "",
  "JPEGImages/000021.jpg": "",
  "JPEGImages/000022.jpg": "",
  [`${sets}/cat_trainval.txt`]: "000007 -1\n000009  1\n000012  0\n",
  [`${sets}/bird_trainval.txt`]: "000007  1\r\n000012 -1\r\n\r\n",
  [`${sets}/trainval.txt`]: "000007\n000009\n000012\n",
  [`${sets}/cat_train.txt`]: "000007 -1\n",
  [`${sets}/cat_test.txt`]: "000021  1\n000022 -1\n",
  [`${sets}/bird_test.txt`]: "000021 -1\n000022  1\n",
};

const refused = (
  changes: Readonly<Record<string, string | undefined>>,
) =>
  Effect.gen(function* () {
    const kept = Object.entries({ ...files, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const folder = yield* testFolder(Object.fromEntries(kept));
    const error = yield* Effect.flip(openVocSplit(folder, "trainval"));
    return error.message.replaceAll(folder, "VOC");
  });

effectTest(
  "openVocSet() reads 1, 0 and -1 as present, ignored and absent, and " +
    "ignores what a class does not list",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder(files);
      const { classes, source, targets } = yield* openVocSet(
        folder,
        "trainval",
      );
      assert.deepEqual(classes, ["bird", "cat"]);
      assert.deepEqual(source.ids, ["000007", "000012", "000009"]);
      // deno-fmt-ignore
      assert.deepEqual([...targets.data], [
         1, 0,
         0, -1,
        -1, 1,
      ]);
      assert.deepEqual(source.payload(2), {
        kind: "file",
        path: `${folder}/JPEGImages/000009.jpg`,
      });
    }),
);

effectTest(
  "openVocSplit() evaluates what is learned from trainval on test, from train " +
    "on val",
  () =>
    Effect.gen(function* () {
      const folder = yield* vocFolder({
        train: 4,
        val: 9,
        trainval: 5,
        test: 8,
      });
      const paper = yield* openVocSplit(folder, "trainval");
      assert.equal(paper.training.source.ids.length, 5);
      assert.equal(paper.test.source.ids.length, 8);
      const { training, test } = yield* openVocSplit(folder, "train");
      assert.equal(training.source.ids.length, 4);
      assert.equal(test.source.ids.length, 9);
      assert.deepEqual(test.classes, ["disc", "frame", "stripe"]);
      const { data } = test.targets;
      const discs = data.filter((target, i) => i % 3 === 0 && target === 1);
      assert.equal(positivesOf(test)[0], discs.length);
    }),
);

effectTest(
  "openVocSplit() refuses what is no VOC folder, naming file, line and field",
  () =>
    Effect.gen(function* () {
      const nowhere = yield* Effect.flip(openVocSplit("/nowhere", "train"));
      assert.match(
        nowhere.message,
        /^Cannot read VOC folder as it must hold ImageSets\/Main, as VOCdevkit\/VOC2007 does: current values are path=\/nowhere, found=ENOENT/,
      );
      assert.match(
        yield* refused({
          [`${sets}/cat_trainval.txt`]: undefined,
          [`${sets}/bird_trainval.txt`]: undefined,
        }),
        /^Cannot read VOC folder as every class must have a file such as aeroplane_trainval.txt, or every image an XML annotation: current values are path=VOC\/Annotations, found=none$/,
      );
      assert.equal(
        yield* refused({
          [`${sets}/cat_trainval.txt`]: "000007 -1\n000009  2\n",
        }),
        'Cannot read VOC image set as label must be "-1", "0" or "1" ' +
          '(was "2"): current values are ' +
          "file=VOC/ImageSets/Main/cat_trainval.txt, line=2",
      );
      assert.match(
        yield* refused({ [`${sets}/cat_trainval.txt`]: "../../etc/x 1\n" }),
        /as image must be below JPEGImages \(was "..\/..\/etc\/x"\): .* line=1$/,
      );
      assert.match(
        yield* refused({
          [`${sets}/cat_trainval.txt`]: "000009 1\n000007 1 2\n",
        }),
        /as label must be .* \(was "2"\): .* line=2$/,
      );
      assert.match(
        yield* refused({ [`${sets}/cat_trainval.txt`]: "000007\n" }),
        /as label must be .* \(was missing\): .* line=1$/,
      );
      assert.match(
        yield* refused({
          [`${sets}/cat_trainval.txt`]: "000007 1\n\n000007 0\n",
        }),
        /as image must have one label \(000007 has two\): .* line=3$/,
      );
      assert.equal(
        yield* refused({
          "JPEGImages/000007.jpg": undefined,
          "JPEGImages/000012.jpg": undefined,
        }),
        "Cannot read VOC folder as every image of trainval must be there: " +
          "current values are path=VOC/JPEGImages/000007.jpg, " +
          "found=2 of 3 missing",
      );
      assert.match(
        yield* refused({
          [`${sets}/cat_trainval.txt`]: "",
          [`${sets}/bird_trainval.txt`]: "\n",
        }),
        /as every set must have an image: .*path=VOC \(trainval\), found=none$/,
      );
    }),
);

effectTest(
  "openVocSplit() refuses classes that one set alone has, by name",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refused({ [`${sets}/bird_test.txt`]: undefined }),
        "Cannot use VOC classes as both image sets must have the same " +
          "classes: current values are class=bird, known to test=cat",
      );
      assert.equal(
        yield* refused({ [`${sets}/dog_test.txt`]: "000021  1\n" }),
        "Cannot use VOC classes as both image sets must have the same " +
          "classes: current values are class=dog, known to trainval=bird cat",
      );
    }),
);

effectTest(
  "openVocSplit() refuses an image that is in both sets, and names it",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refused({
          [`${sets}/cat_test.txt`]: "000021  1\n000022 -1\n000012 1\n",
        }),
        "Cannot read VOC folder as no image may be in both trainval and test: " +
          "current values are path=VOC, found=1 of 3, such as 000012",
      );
    }),
);
