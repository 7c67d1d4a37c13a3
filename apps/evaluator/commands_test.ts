import { makeClasses } from "@deepcluster/test";
import { version } from "@deepcluster/terminal";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRun, runEvaluator } from "./commands_testing.ts";
import assert from "node:assert/strict";

const random = "--network small --size 16 --threads 1".split(" ");

const inFolder =
  (test: (folder: string, images: string) => Promise<void>) => async () => {
    const folder = await mkdtemp(join(tmpdir(), "evaluator-"));
    const images = join(folder, "images");
    await makeClasses(images, 20);
    await test(folder, images);
    await rm(folder, { recursive: true });
  };

const figuresIn = (output: string) =>
  JSON.parse(output).figures as Record<string, unknown>[];

Deno.test(
  "linear tells separable classes apart from every layer, and finishes layers once",
  inFolder(async (folder, images) => {
    // Files that have only just changed are looked at again the next time.
    await new Promise((done) => setTimeout(done, 2500));
    const args = ["linear", "random", images, ...random, "--json"]
      .concat("--cache", join(folder, "cache"), "--epochs", "20");
    const first = await runEvaluator(args);
    assert.equal(first.code, 0, first.log);
    const figures = figuresIn(first.output);
    assert.deepEqual(
      figures.map(({ layer }) => layer),
      ["conv1", "conv2", "conv3", "conv4", "fc5", "features"],
    );
    for (const figure of figures) {
      assert.equal(figure["statistic"], "top-1 accuracy");
      assert.equal(figure["protocol"], "linear, 20 epochs");
      assert.equal(figure["split"], "20 % of every class held out");
      assert.deepEqual(figure["seeds"], [1]);
      assert.deepEqual([figure["learnedFrom"], figure["images"]], [48, 12]);
    }
    const best = Math.max(...figures.map(({ value }) => value as number));
    assert.ok(best >= 0.75, `best of all layers ${best}, chance 0.33`);

    const again = await runEvaluator(args);
    assert.equal(again.output, first.output, "times too: nothing was redone");
    assert.ok(!again.log.includes("survey"), again.log);
  }),
);

Deno.test(
  "linear with steps too long for its features names layer, epoch and what to do",
  inFolder(async (folder, images) => {
    const ended = await runEvaluator(
      ["linear", "random", images, ...random, "--layers", "conv3,features"]
        .concat("--learning-rate", "1e30", "--cache", join(folder, "cache")),
    );
    assert.equal(ended.code, 1, ended.log);
    assert.equal(ended.output, "", "no layer could be evaluated");
    assert.match(
      ended.log,
      /layer=conv3, seed=1, epoch=\d+, step=\d+, .*want --standardise --learning-rate 0.003$/m,
    );
  }),
);

Deno.test(
  "linear tells the figures of the other layers before it fails of one that diverges",
  inFolder(async (folder, images) => {
    const run = join(folder, "run");
    await makeRun(run, images, ["down/000.png"], [0], 1e20);
    const args = ["linear", run, images, "--layers", "conv2,features"]
      .concat("--epochs", "60", "--cache", join(folder, "cache"))
      .concat("--threads", "1");
    const told = await runEvaluator(args);
    assert.equal(told.code, 1, told.log);
    assert.match(told.output, /^diverged: model run, epoch 2, layer features/m);
    assert.match(
      told.output,
      /^ +run, epoch 2\nlinear, 60 epochs.*\n +top-1 accuracy +conv2 +1/m,
    );
    assert.match(
      told.log.trim().split("\n").at(-1)!,
      /model=run, epoch 2, layer=features, seed=1, .*want --standardise/,
    );
    // The newest stays the last, whatever else is there or was removed.
    const kept = join(run, "evaluations");
    await rename(
      join(kept, "0001-linear.json"),
      join(kept, "0007-linear.json"),
    );
    await mkdir(join(kept, "cache"));
    await writeFile(join(kept, "cache/0009-linear.json"), "{}");
    const json = await runEvaluator([...args, "--json"]);
    assert.equal(json.code, 1, json.log);
    const { figures, diverged } = JSON.parse(json.output);
    assert.equal(figures[0].layer, "conv2");
    assert.equal(diverged[0].layer, "features");
    assert.match(diverged[0].message, /want --standardise/);
    const newest = join(kept, "0008-linear.json");
    assert.deepEqual(JSON.parse(await readFile(newest, "utf8")), {
      command: "linear",
      data: images,
      flags: args.slice(3),
      epoch: 2,
      version,
      figures,
      diverged,
    });
  }),
);

Deno.test(
  "knn evaluates pixels with several seeds, and writes the table as asked",
  inFolder(async (folder, images) => {
    const out = join(folder, "table.html");
    const ended = await runEvaluator(
      [
        "knn",
        "pixels",
        images,
        ...random,
        "--neighbours",
        "1,5",
        "--seeds",
        "2",
      ]
        .concat("--cache", join(folder, "cache"), "--out", out),
    );
    assert.equal(ended.code, 0, ended.log);
    assert.match(ended.output, /^seeds: 1 2$/m);
    assert.match(ended.output, /^knn, k = 5\n +top-1 accuracy +pixels +1/m);
    const page = await readFile(out, "utf8");
    assert.match(page, /<th scope="rowgroup" [^>]*>knn, k = 1</);
    assert.ok(
      page.includes(`<title>Evaluation: knn on ${images}</title>`),
      page,
    );
  }),
);

Deno.test(
  "knn takes the usual numbers of neighbours that there are, says so, and refuses more",
  inFolder(async (folder, images) => {
    const args = ["knn", "random", images, ...random, "--json"]
      .concat("--cache", join(folder, "cache"));
    const usual = await runEvaluator(args);
    assert.equal(usual.code, 0, usual.log);
    assert.match(
      usual.log,
      /Skipped knn, k = 200: more than half of 48 training images$/m,
    );
    const { figures, skipped } = JSON.parse(usual.output);
    assert.deepEqual(
      figures.map(({ protocol }: { protocol: string }) => protocol),
      ["knn, k = 20"],
    );
    assert.deepEqual(skipped, [
      { what: "knn, k = 200", reason: "more than half of 48 training images" },
    ]);
    const { output, log } = await runEvaluator(
      args.filter((word) => word !== "--json"),
    );
    assert.equal((output + log).match(/skipped:? knn, k = 200/gi)?.length, 1);
    const refused = await runEvaluator([...args, "--neighbours", "200"]);
    assert.deepEqual([refused.code, refused.output], [1, ""]);
    assert.match(refused.log, /: --neighbours 200, 48 training images$/m);
  }),
);

Deno.test(
  "a run is evaluated at its newest or a chosen epoch, and keeps its results",
  inFolder(async (folder, images) => {
    const run = join(folder, "run");
    await makeRun(run, images, ["down/000.png"], [0]);
    const args = [
      "knn",
      run,
      images,
      "--neighbours",
      "3",
      "--threads",
      "1",
      "--json",
    ]
      .concat("--cache", join(folder, "cache"));
    const newest = await runEvaluator(args);
    assert.equal(newest.code, 0, newest.log);
    assert.equal(figuresIn(newest.output)[0]!["model"], "run, epoch 2");
    const first = await runEvaluator([...args, "--epoch", "1"]);
    assert.equal(figuresIn(first.output)[0]!["model"], "run, epoch 1");
    assert.deepEqual((await readdir(join(run, "evaluations"))).sort(), [
      "0001-knn.json",
      "0002-knn.json",
    ]);
  }),
);

Deno.test(
  "nmi evaluates a run's own clusters, and low-shot and all say what they did",
  inFolder(async (folder, images) => {
    const run = join(folder, "run");
    const names = ["across", "down", "rings"].flatMap((name) =>
      ["000", "001"].map((number) => `${name}/${number}.png`)
    );
    await makeRun(run, images, names, [0, 0, 1, 1, 2, 2]);
    const evaluate = (command: string, ...more: string[]) =>
      runEvaluator(
        [command, run, images, "--threads", "1", "--json"]
          .concat("--cache", join(folder, "cache"), more),
      );
    const nmi = await evaluate("nmi");
    assert.equal(nmi.code, 0, nmi.log);
    const [geometric] = figuresIn(nmi.output);
    assert.deepEqual([geometric!["value"], geometric!["images"]], [1, 6]);
    assert.equal(geometric!["statistic"], "NMI, geometric mean");

    const all = await evaluate("all", "--layers", "features", "--epochs", "2");
    assert.equal(all.code, 0, all.log);
    const figures = figuresIn(all.output);
    assert.deepEqual(
      new Set(figures.map(({ model }) => model)),
      new Set(["pixels", "random", "run, epoch 2"]),
    );
    assert.deepEqual(figures[0]!["seeds"], [1, 2, 3]);
    const few = await evaluate("low-shot", "--shots", "5", "--seeds", "3");
    const same = figures.find(({ model, protocol }) =>
      model === "run, epoch 2" && protocol === "linear, 5 images a class"
    );
    assert.equal(figuresIn(few.output)[0]!["value"], same!["value"]);
  }),
);

Deno.test(
  "what cannot be evaluated is refused with exit code 1 and the reason",
  inFolder(async (folder, images) => {
    const cases: [args: string[], reason: RegExp][] = [
      [["random", join(images, "down")], /must have labels/],
      [[images, images], /must be a run folder.*folder with across/],
      [["random", images, "--out", "table.pdf"], /\.md, \.html or \.json/],
    ];
    for (const [args, reason] of cases) {
      const ended = await runEvaluator(
        ["linear", ...args, ...random, "--cache", join(folder, "cache")],
      );
      assert.equal(ended.code, 1, args.join(" "));
      assert.match(ended.log, reason);
      assert.equal(ended.output, "");
    }
  }),
);

Deno.test(
  "one class is refused, and a class without a training image is told of",
  inFolder(async (folder, images) => {
    const tell = (name: string, lines: string[]) =>
      writeFile(join(images, name), ["path,label", ...lines, ""].join("\n"));
    const line = (label: string, i: number) =>
      `down/${String(i).padStart(3, "0")}.png,${label}`;
    const numbers = [...Array(8).keys()];
    await tell("one.csv", numbers.map((i) => line("a", i)));
    await tell("empty.csv", [
      ...numbers.map((i) => line("ab"[i % 2]!, i)),
      line("c", 9),
    ]);
    await writeFile(join(folder, "test"), "down/009.png\n");
    const evaluate = (name: string, ...more: string[]) =>
      runEvaluator(
        ["knn", "random", join(images, name), ...random, "--neighbours", "1"]
          .concat("--cache", join(folder, "cache"), more),
      );
    const one = await evaluate("one.csv");
    assert.equal(one.code, 1);
    assert.match(one.log, /at least 2 classes: current value is classes=1/);
    const empty = await evaluate(
      "empty.csv",
      "--test-list",
      join(folder, "test"),
    );
    assert.equal(empty.code, 0, empty.log);
    assert.match(empty.log, /1 of 3 classes has no training image: c;/);
    assert.match(
      empty.output,
      / 3 classes, 1 never trained,.*features +0\.000/s,
    );
  }),
);
