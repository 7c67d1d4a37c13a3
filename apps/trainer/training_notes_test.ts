import { openImagesOf, parseConfiguration, runFiles } from "@deepcluster/runs";
import { Effect } from "effect";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quickSettings } from "./commands_testing.ts";
import { makePictures, runTrainer } from "./killing_testing.ts";
import assert from "node:assert/strict";

const settings = [...quickSettings, "--epochs", "1"];

const inParts = (test: (photos: string) => Promise<void>) => async () => {
  const photos = await mkdtemp(join(tmpdir(), "parts-"));
  await makePictures(join(photos, "Train/cat"), 12);
  await makePictures(join(photos, "Train/dog"), 9);
  await makePictures(join(photos, "Test/cat"), 5);
  await test(photos);
  await rm(photos, { recursive: true });
};

Deno.test(
  "train learns from the training part alone, skips runs among the images, and says both",
  inParts(async (photos) => {
    const train = (name: string) => {
      const run = join(photos, "Train", name);
      return runTrainer(["train", photos, "--run", run, "--json", ...settings]);
    };
    const first = await train("first");
    assert.equal(first.code, 0, first.log);
    assert.match(
      first.log,
      /Trains on .*Train\/: 21 images, 2 classes known for evaluation/,
    );
    assert.match(first.log, /Left out Test\/: 5 images held out/);
    const { epochs: [{ nmiToLabels }] } = JSON.parse(first.output);
    assert.ok(nmiToLabels >= 0, "compared with cat and dog");

    const second = await train("second");
    assert.match(second.log, /Left out 2 run folders: .*Train\/first\//);
    const imagesOf = (name: string) =>
      readFile(join(photos, "Train", name, runFiles.images), "utf8");
    const images = await imagesOf("first");
    assert.equal(await imagesOf("second"), images);
    const paths = images.trim().split("\n").slice(1);
    assert.equal(paths.length, 21);
    assert.ok(paths.every((path) => /^Train\/(cat|dog)\//.test(path)), images);
  }),
);

Deno.test(
  "train and doctor refuse a column of labels for a folder",
  inParts(async (photos) => {
    const flags = ["--label-column", "kind", ...settings];
    const run = join(photos, "run");
    for (const args of [["train", photos, "--run", run], ["doctor", photos]]) {
      const ended = await runTrainer([...args, ...flags]);
      assert.equal(ended.code, 1, ended.log);
      assert.match(
        ended.log,
        /Cannot use --label-column as only a manifest has columns/,
      );
    }
  }),
);

Deno.test(
  "a run of a version before folderReading goes on with every image",
  inParts(async (photos) => {
    const idsOf = (reading: object) =>
      Effect.runPromise(
        parseConfiguration({ images: photos, ...reading }, "a test").pipe(
          Effect.flatMap(openImagesOf),
          Effect.map(({ source }) => source.ids.length),
        ),
      );
    assert.equal(await idsOf({}), 26);
    assert.equal(await idsOf({ folderReading: "training part" }), 21);
  }),
);
