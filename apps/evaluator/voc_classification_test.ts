import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runEvaluator } from "./commands_testing.ts";
import sharp from "sharp";

/** Evaluates a small untrained network, unless told otherwise. */
const evaluate = (folder: string, ...args: readonly string[]) => {
  const [model, ...flags] = args;
  return runEvaluator([
    "voc-classification",
    model!,
    folder,
    ..."--network small --size 16 --no-sobel --threads 1 --json".split(" "),
    ..."--split train --fine-tune all --learning-rate 0.05".split(" "),
    ...flags,
  ]);
};

interface Result {
  readonly figures: readonly {
    readonly statistic: string;
    readonly value: number;
    readonly protocol: string;
    readonly seconds: number;
  }[];
}

const valuesOf = (output: string) =>
  Object.fromEntries(
    (JSON.parse(output) as Result).figures.map((f) => [f.statistic, f.value]),
  );

/** A VOC folder: red on every third image, blue on every second. */
const inFolder = (test: (folder: string) => Promise<void>) => async () => {
  const root = await mkdtemp(join(tmpdir(), "voc-command-"));
  const folder = join(root, "VOC2007");
  await mkdir(join(folder, "JPEGImages"), { recursive: true });
  await mkdir(join(folder, "ImageSets/Main"), { recursive: true });
  const lines: Record<string, string> = {};
  for (let i = 0; i < 60; i++) {
    const has = [i % 3 === 0, i % 2 === 0];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" ` +
      `height="40"><rect width="40" height="40" fill="rgb(90,${i},90)"/>` +
      `<rect width="40" height="18" fill="${has[0] ? "red" : "grey"}"/>` +
      `<rect y="18" width="40" height="22" fill="${
        has[1] ? "blue" : "grey"
      }"/></svg>`;
    const image = sharp(new TextEncoder().encode(svg)).jpeg();
    await writeFile(
      join(folder, `JPEGImages/${i}.jpg`),
      await image.toBuffer(),
    );
    ["red", "blue"].forEach((name, c) => {
      const file = `${name}_${i < 40 ? "train" : "val"}.txt`;
      lines[file] = `${lines[file] ?? ""}${i} ${has[c] ? " 1" : "-1"}\n`;
    });
  }
  for (const [file, text] of Object.entries(lines)) {
    await writeFile(join(folder, "ImageSets/Main", file), text);
  }
  await test(folder);
  await rm(root, { recursive: true });
};

Deno.test(
  "voc-classification learns, tells both conventions, and goes on from its state",
  inFolder(async (folder) => {
    const state = join(folder, "../state");
    const half = await evaluate(
      folder,
      ..."random --iterations 30 --state".split(" "),
      state,
    );
    assert.equal(half.code, 0, half.log);
    const steps = ["random", "--iterations", "60"];
    const resumed = await evaluate(folder, ...steps, "--state", state);
    assert.equal(resumed.code, 0, resumed.log);
    assert.match(resumed.log, /fine-tune: 480\/960 images/);
    const whole = await evaluate(folder, ...steps);
    assert.equal(whole.code, 0, whole.log);
    const found = valuesOf(whole.output);
    assert.deepEqual(valuesOf(resumed.output), found);
    assert.deepEqual(Object.keys(found), [
      "mean average precision (area)",
      "mean average precision (11-point)",
      "average precision of blue (area)",
      "average precision of blue (11-point)",
      "average precision of red (area)",
      "average precision of red (11-point)",
    ]);
    const mean = found["mean average precision (area)"]!;
    assert.ok(mean > 0.85, `${mean}, by chance 0.42`);
    const other = await evaluate(
      folder,
      ...steps,
      ..."--momentum 0.5 --state".split(" "),
      state,
    );
    assert.notEqual(other.code, 0);
    assert.match(other.log, /settings\.momentum: 0\.9, now 0\.5/);
  }),
);

Deno.test(
  "voc-classification refuses, before any training, what cannot be evaluated",
  inFolder(async (folder) => {
    const refused = async (...args: readonly string[]) => {
      const { code, log, output } = await evaluate(...args as [string]);
      assert.notEqual(code, 0, output);
      return log;
    };
    assert.match(
      await refused(join(folder, ".."), "random"),
      /must hold ImageSets\/Main, as VOCdevkit\/VOC2007 does/,
    );
    assert.match(
      await refused(folder, "pixels"),
      /Cannot fine-tune on VOC as model must be one with convolutions/,
    );
    assert.match(
      await refused(folder, "random", "--clip-norm", "0"),
      /flag --clip-norm: "0". Expected: above 0/,
    );
    await rm(join(folder, "JPEGImages/7.jpg"));
    assert.match(
      await refused(folder, "random"),
      /every image of train must be there: .*JPEGImages\/7\.jpg, found=1 of 40 missing/,
    );
  }),
);

Deno.test(
  "voc-classification leaves out a broken image and says so, and does not go on from other images or labels",
  inFolder(async (folder) => {
    const state = join(folder, "../state");
    const args = ["random", "--iterations", "2", "--state", state];
    const first = await evaluate(folder, ...args);
    assert.equal(first.code, 0, first.log);
    assert.ok(!("skipped" in JSON.parse(first.output)));

    const image = join(folder, "JPEGImages/3.jpg");
    const bytes = await readFile(image);
    await writeFile(image, await readFile(join(folder, "JPEGImages/8.jpg")));
    const other = await evaluate(folder, ...args);
    assert.deepEqual([other.code, other.output], [1, ""]);
    assert.match(other.log, /must be of the same model.*\n {2}images: /);
    await writeFile(image, bytes);

    const set = join(folder, "ImageSets/Main/red_train.txt");
    const text = await readFile(set, "utf8");
    await writeFile(set, text.replace("\n1 -1\n", "\n1  1\n"));
    const relabelled = await evaluate(folder, ...args);
    assert.deepEqual([relabelled.code, relabelled.output], [1, ""]);
    assert.match(relabelled.log, /must be of the same model.*\n {2}labels: /);
    await writeFile(set, text);

    await writeFile(join(folder, "JPEGImages/7.jpg"), "no picture");
    const broken = await evaluate(folder, ...args.slice(0, 3));
    assert.equal(broken.code, 0, broken.log);
    assert.match(broken.log, /Skipped image 7: /);
    const { figures, skipped } = JSON.parse(broken.output);
    assert.equal(skipped[0].what, "image 7");
    assert.deepEqual([figures[0].learnedFrom, figures[0].images], [39, 20]);
  }),
);
