import { effectTest, makeClasses, makeManifest } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEvaluationData } from "./evaluation_data.ts";
import assert from "node:assert/strict";

const madeFolder = (make: (folder: string) => Promise<unknown>) =>
  Effect.promise(async () => {
    const folder = await mkdtemp(join(tmpdir(), "evaluated-data-"));
    await make(folder);
    return folder;
  });

effectTest(
  "openEvaluationData() splits a folder for each class at random, a fraction of each",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder((folder) => makeClasses(folder, 5));
      const data = yield* openEvaluationData(folder);
      assert.deepEqual(data.labels.names, ["across", "down", "rings"]);
      assert.equal(data.description, "20 % of every class held out");
      const { train, test } = yield* data.splitOf(1);
      assert.deepEqual([train.length, test.length], [12, 3]);
      assert.deepEqual(
        [...test].map((image) => data.labels.classes[image]),
        [0, 1, 2],
      );
      const more = yield* openEvaluationData(folder, {
        limit: 7,
        testFraction: 0.4,
      });
      const limited = yield* more.splitOf(1);
      assert.deepEqual([limited.train.length, limited.test.length], [
        7,
        6,
      ]);
      assert.match(more.description, /40 %.*7 to learn from/);
    }),
);

effectTest(
  "openEvaluationData() takes train and val as they are, classes by name",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder(async (folder) => {
        await makeClasses(join(folder, "train"), 3);
        await makeClasses(join(folder, "val"), 2, 9);
      });
      const data = yield* openEvaluationData(folder);
      assert.equal(data.description, "given: train and val");
      assert.equal(data.drawn, false);
      const { train, test } = yield* data.splitOf(5);
      assert.deepEqual([train.length, test.length], [9, 6]);
      const names = [...test].map((image) => data.source.ids[image]!);
      assert.ok(names.every((name) => name.startsWith("val/")));
      for (const image of [...train, ...test]) {
        const label = data.labels.names[data.labels.classes[image]!]!;
        assert.ok(data.source.ids[image]!.includes(`/${label}/`));
        const payload = data.source.payload(image);
        assert.ok(payload.kind === "file");
        assert.ok(payload.path.endsWith(data.source.ids[image]!));
      }
      const refused = yield* Effect.flip(
        openEvaluationData(folder, { testFraction: 0.1 }),
      );
      assert.match(refused.message, /left out where images are split already/);
    }),
);

effectTest(
  "openEvaluationData() evaluates the test part, and the validation part when settings are chosen",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder(async (folder) => {
        await makeClasses(join(folder, "set/Train"), 4);
        await makeClasses(join(folder, "set/Valid"), 2, 9);
        await makeClasses(join(folder, "set/Test"), 1, 5);
      });
      const heldOut = (options: object) =>
        Effect.gen(function* () {
          const data = yield* openEvaluationData(folder, options);
          const { train, test } = yield* data.splitOf(1);
          const prefixes = (images: Int32Array) =>
            [
              ...new Set(
                Array.from(images, (i) => data.source.ids[i]!.split("/")[1]!),
              ),
            ].join();
          return [
            data.description,
            train.length,
            prefixes(train),
            test.length,
            prefixes(test),
          ];
        });
      assert.deepEqual(yield* heldOut({}), [
        "given: Train and Test; Valid (6 images) is for --validation",
        12,
        "Train",
        3,
        "Test",
      ]);
      assert.deepEqual(yield* heldOut({ validation: true, limit: 7 }), [
        "given: Train and Valid; Test (3 images) takes no part, 7 to learn from",
        7,
        "Train",
        6,
        "Valid",
      ]);
      const refused = yield* Effect.flip(
        openEvaluationData(folder, { validation: true, testFraction: 0.3 }),
      );
      assert.match(
        refused.message,
        /testFraction must be left out where .* split/,
      );
    }),
);

effectTest(
  "openEvaluationData() draws a fraction of the training part where no part is for validation",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder(async (folder) => {
        await makeClasses(join(folder, "training"), 5);
        await makeClasses(join(folder, "testing"), 2, 9);
      });
      const data = yield* openEvaluationData(folder, { validation: true });
      const { train, test } = yield* data.splitOf(1);
      assert.deepEqual([train.length, test.length], [12, 3]);
      const names = [...train, ...test].map((i) => data.source.ids[i]!);
      assert.ok(names.every((name) => name.startsWith("training/")));
    }),
);

effectTest(
  "openEvaluationData() takes classes of two parts that differ in case for one",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder(async (folder) => {
        await makeClasses(join(folder, "train"), 2);
        await makeClasses(join(folder, "test"), 2, 9);
        await rename(join(folder, "test/down"), join(folder, "test/Down"));
      });
      const { labels, folder: found } = yield* openEvaluationData(folder);
      assert.deepEqual(labels.names, ["across", "down", "rings"]);
      assert.deepEqual([...found!.renamed], [["Down", "down"]]);
    }),
);

effectTest(
  "openEvaluationData() names the part without labels, and how to do without it",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder(async (folder) => {
        await makeClasses(join(folder, "train"), 2);
        await makeClasses(join(folder, "made"), 2, 9);
        await rename(join(folder, "made/down"), join(folder, "test"));
        await rename(join(folder, "made"), join(folder, "valid"));
      });
      const { message } = yield* Effect.flip(openEvaluationData(folder));
      assert.ok(
        message.includes(`source=${join(folder, "test/")}, labels=0`),
        message,
      );
      assert.match(message, /evaluate on valid\/ with --validation/);
      const data = yield* openEvaluationData(folder, { validation: true });
      assert.match(data.description, /^given: train and valid/);
      yield* Effect.promise(() =>
        rm(join(folder, "valid"), { recursive: true })
      );
      const two = yield* Effect.flip(openEvaluationData(folder));
      assert.match(
        two.message,
        /a fraction of the training images with --valid/,
      );
      const shared = yield* openEvaluationData(folder, { validation: true });
      const { train, test } = yield* shared.splitOf(1);
      assert.deepEqual([train.length, test.length], [3, 3]);
    }),
);

effectTest(
  "openEvaluationData() refuses columns of a folder, naming the flag",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder((folder) => makeClasses(folder, 2));
      const refused = (options: object) =>
        Effect.map(
          Effect.flip(openEvaluationData(folder, options)),
          ({ message }) => message,
        );
      assert.match(
        yield* refused({ labelColumn: "kind" }),
        /^Cannot use --label-column .*--label-column=kind.*\(a folder\)/,
      );
      assert.match(
        yield* refused({ by: "artist" }),
        /^Cannot use --split-by .*--split-by=artist.*\(a folder\)/,
      );
    }),
);

effectTest(
  "openEvaluationData() keeps the groups of a column on one side",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder(async (folder) => {
        await makeClasses(folder, 6);
        await makeManifest(folder, 6, 3);
      });
      const path = join(folder, "images.csv");
      const data = yield* openEvaluationData(path, {
        by: "group",
        testFraction: 0.3,
      });
      const { train, test } = yield* data.splitOf(2);
      assert.deepEqual([train.length, test.length], [12, 6]);
      const groupOf = (image: number) =>
        data.source.ids[image]!.replace(
          /(\d+)\.png/,
          (_, i) => `${Math.floor(Number(i) / 3)}`,
        );
      const held = new Set([...test].map(groupOf));
      assert.equal(held.size, 2);
      assert.ok([...train].every((image) => !held.has(groupOf(image))));
      assert.match(data.description, /whole groups of group/);
    }),
);

effectTest(
  "openEvaluationData() for choosing settings splits the training images again, " +
    "by class or by groups, and leaves the others alone",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder(async (folder) => {
        await makeClasses(folder, 10);
        await makeManifest(folder, 10, 2);
      });
      for (
        const [path, options, description] of [
          [
            folder,
            {},
            "20 % of every class held out; judged on 20 % of the rest",
          ],
          [
            join(folder, "images.csv"),
            { by: "group", testFraction: 0.3 },
            "30 % held out, whole groups of group; judged on 30 % of the rest",
          ],
        ] as const
      ) {
        const usual = yield* openEvaluationData(path, options);
        const within = { ...options, validation: true };
        const data = yield* openEvaluationData(path, within);
        assert.equal(data.description, description);
        const outer = yield* usual.splitOf(3);
        const { train, test } = yield* data.splitOf(3);
        assert.deepEqual([...train, ...test].sort(byNumber), [
          ...outer.train,
        ]);
        const testFraction = "testFraction" in options ? 0.3 : 0.2;
        const held = test.length / outer.train.length;
        assert.ok(Math.abs(held - testFraction) < 0.1, `${held}`);
        assert.deepEqual(yield* data.splitOf(3), { train, test });
        assert.notDeepEqual(yield* data.splitOf(4), { train, test });
      }
      const path = join(folder, "images.csv");
      const byGroup = yield* openEvaluationData(path, {
        by: "group",
        validation: true,
      });
      const { train, test } = yield* byGroup.splitOf(1);
      const groupOf = (image: number) =>
        byGroup.source.ids[image]!.replace(
          /(\d+)\.png/,
          (_, i) => `${Math.floor(Number(i) / 2)}`,
        );
      const held = new Set([...test].map(groupOf));
      assert.ok([...train].every((image) => !held.has(groupOf(image))));
    }),
);

const byNumber = (a: number, b: number): number => a - b;

effectTest(
  "openEvaluationData() splits by lists of names, and refuses an image in both",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder(async (folder) => {
        await makeClasses(join(folder, "all"), 3);
        await writeFile(join(folder, "test"), "down/001.png\nrings/000.png\n");
        await writeFile(join(folder, "train"), "across/000.png\ndown/000.png");
        await writeFile(join(folder, "both"), "down/001.png\n");
      });
      const list = (name: string) => join(folder, name);
      const open = (options: object) =>
        openEvaluationData(list("all"), options).pipe(
          Effect.flatMap((data) =>
            Effect.map(
              data.splitOf(1),
              ({ train, test }) => [[...train], [...test]],
            )
          ),
        );
      assert.deepEqual(yield* open({ testList: list("test") }), [
        [0, 1, 2, 3, 5, 7, 8],
        [4, 6],
      ]);
      assert.deepEqual(
        yield* open({ testList: list("test"), trainList: list("train") }),
        [[0, 3], [4, 6]],
      );
      const error = yield* Effect.flip(
        open({ testList: list("test"), trainList: list("both") }),
      );
      assert.match(error.message, /no image may be in both lists/);
    }),
);

effectTest(
  "openEvaluationData() refuses a fraction, a limit and a path that cannot be",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder((folder) => makeClasses(folder, 4));
      const refused = (options: object) =>
        openEvaluationData(folder, options).pipe(
          Effect.flatMap(({ splitOf }) => splitOf(1)),
          Effect.flip,
        );
      assert.match(
        (yield* refused({ testFraction: 1.5 })).message,
        /testFraction must be/,
      );
      assert.match(
        (yield* refused({ limit: 99 })).message,
        /from 1 to the 9 training images: current value is limit=99/,
      );
      const gone = yield* Effect.flip(openEvaluationData(join(folder, "gone")));
      assert.match(gone.message, /the path must exist/);
    }),
);

effectTest(
  "openEvaluationData() fails with UnlabelledDataError when no image has a label",
  () =>
    Effect.gen(function* () {
      const folder = yield* madeFolder((folder) => makeClasses(folder, 2));
      const error = yield* Effect.flip(
        openEvaluationData(join(folder, "down")),
      );
      assert.equal(error._tag, "UnlabelledDataError");
      assert.match(error.message, /images must have labels/);
    }),
);
