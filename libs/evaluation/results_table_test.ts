import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { combineSeeds, type MetricResult } from "./results.ts";
import { ProbeDivergedError } from "./linear_probe/probe_errors.ts";
import { formatResults } from "./results_table.ts";
import assert from "node:assert/strict";

const figure = (changed: Partial<MetricResult>): MetricResult => ({
  model: "runs <b>|x",
  layer: "conv1",
  protocol: "linear",
  split: "20 % of every class held out",
  dataIdentity: "a",
  seed: 1,
  crops: "centre",
  learnedFrom: 80,
  images: 20,
  classes: 4,
  statistic: "top-1 accuracy",
  value: 0.5,
  interval: { low: 0.4, high: 0.6 },
  seconds: 2,
  ...changed,
});

const figures = combineSeeds([
  figure({}),
  figure({ model: "random", value: 0.25 }),
  figure({ seed: 2, value: 0.7, interval: { low: 0.6, high: 0.8 } }),
  figure({ seed: 2, model: "random", value: 0.25 }),
]);

effectTest(
  "combineSeeds() gives mean, deviation and mean interval, worked by hand",
  () =>
    Effect.sync(() => {
      assert.equal(figures.length, 2);
      const [ours, random] = figures;
      assert.deepEqual(ours!.seeds, [1, 2]);
      assert.ok(Math.abs(ours!.value - 0.6) < 1e-12);
      assert.ok(Math.abs(ours!.deviation! - Math.SQRT1_2 * 0.2) < 1e-12);
      assert.ok(Math.abs(ours!.interval!.low - 0.5) < 1e-12);
      assert.equal(ours!.seconds, 4);
      const identityOf = (...splits: string[]) =>
        combineSeeds(
          splits.map((dataIdentity, seed) => figure({ seed, dataIdentity })),
        )[0]!.dataIdentity;
      assert.equal(identityOf("a"), "a");
      assert.equal(identityOf("a", "b"), identityOf("a", "b"));
      assert.notEqual(identityOf("a", "b"), identityOf("a", "c"));
      assert.equal(random!.deviation, 0);
      assert.equal(combineSeeds([figure({})])[0]!.deviation, undefined);
    }),
);

effectTest(
  "formatResults() says how many classes there are, and how many were never trained",
  () =>
    Effect.sync(() => {
      const some = combineSeeds([
        figure({ seed: 1, untrainedClasses: 1 }),
        figure({ seed: 2 }),
        figure({ seed: 3, untrainedClasses: 2 }),
      ]);
      assert.match(formatResults(some, "text"), /4 classes, 2 never trained/);
      assert.match(formatResults(some, "md"), /\| 4, 2 never trained \|/);
      assert.match(
        formatResults(some, "html"),
        /<th[^>]*>linear, [^<]*, 4 classes, 2 never trained,/,
      );
      const [json] = JSON.parse(formatResults(some, "json")).figures;
      assert.deepEqual([json.classes, json.untrainedClasses], [4, 2]);
      assert.match(formatResults(figures, "text"), /^classes: 4$/m);
    }),
);

effectTest(
  "formatResults() says how many dimensions PCA kept where there were fewer",
  () =>
    Effect.sync(() => {
      const kept = (seed: number, dimensions: number) =>
        figure({
          seed,
          protocol: "k-means, k = 6, PCA 256",
          dimensions: { asked: 256, kept: dimensions },
        });
      const textOf = (...seeds: number[]) =>
        formatResults(combineSeeds(seeds.map((d, i) => kept(i, d))), "text");
      assert.match(textOf(199, 199), /PCA 256 \(199 kept\), /);
      assert.match(textOf(199, 256, 197), /PCA 256 \(197 to 256 kept\), /);
      assert.match(textOf(256, 256), /PCA 256, /);
    }),
);

effectTest(
  "formatResults() says split, seeds, crops, layer and statistic in every format",
  () =>
    Effect.sync(() => {
      for (const format of ["text", "md", "html", "json"] as const) {
        const text = formatResults(figures, format, {
          title: "Ours & random",
        });
        for (
          const word of [
            /20 % of every class held out/,
            /centre/,
            /conv1/,
            /top-1 accuracy/,
            /linear/,
            format === "json" ? /"seeds": \[\s+1,\s+2/ : /1 2/,
            format === "json" ? /0\.6/ : /0\.600/,
          ]
        ) assert.match(text, word, format);
      }
    }),
);

effectTest(
  "formatResults() names the probes that diverged in every format",
  () =>
    Effect.sync(() => {
      const diverged = [
        new ProbeDivergedError({
          probe: { model: "random", layer: "fc5", seed: 2, shots: 5 },
          rule: "be finite",
          epoch: 3,
          step: 9,
          loss: "NaN",
          learningRate: 0.01,
          standardised: false,
        }),
      ];
      for (const format of ["text", "md", "html"] as const) {
        const text = formatResults(figures, format, { diverged });
        assert.match(
          text,
          /diverged.*model random, layer fc5, seed 2, shots 5/,
          format,
        );
        assert.ok(!formatResults(figures, format).includes("diverged"));
      }
      const json = JSON.parse(formatResults(figures, "json", { diverged }));
      assert.equal(json.figures.length, figures.length);
      const [{ message, ...probe }] = json.diverged;
      assert.deepEqual(probe, diverged[0]!.probe);
      assert.match(message, /loss=NaN/);
      assert.deepEqual(
        Object.keys(JSON.parse(formatResults(figures, "json"))),
        [
          "figures",
        ],
      );
    }),
);

effectTest(
  "formatResults() says what was skipped: to people the first ten, to machines all",
  () =>
    Effect.sync(() => {
      const skipped = Array.from({ length: 12 }, (_, i) => ({
        what: `image ${i}`,
        reason: "the file is empty",
      }));
      for (const format of ["text", "md", "html"] as const) {
        const text = formatResults(figures, format, { skipped });
        assert.match(text, /skipped.*image 9: the file is empty/, format);
        assert.match(text, /skipped.*and 2 more/, format);
        assert.ok(!text.includes("image 10"), format);
        assert.ok(!formatResults(figures, format).includes("skipped"));
      }
      const json = JSON.parse(formatResults(figures, "json", { skipped }));
      assert.deepEqual(json.skipped, skipped);
    }),
);

effectTest(
  "formatResults() escapes names in pages and Markdown",
  () =>
    Effect.sync(() => {
      const page = formatResults(figures, "html", { title: "Ours & random" });
      assert.ok(!page.includes("<b>"));
      assert.match(page, /<title>Ours &#38; random<\/title>/);
      assert.match(page, /runs &#60;b&#62;\|x/);
      assert.ok(!/(src|href)=/.test(page), "needs no other file");
      assert.match(page, /<div class="wide"><table>/);
      assert.match(page, /color-scheme:light dark/);
      assert.match(page, /@page\{size:landscape;/);
      assert.match(page, /@media print\{body\{font-size:9pt;/);
      const markdown = formatResults(figures, "md");
      assert.match(markdown, /runs \\<b\\>\\\|x/);
      const table = markdown.split("\n").filter((l) => l.startsWith("|"));
      const bars = table.map((line) => line.match(/(?<!\\)\|/g)!.length);
      assert.equal(new Set(bars).size, 1);
      assert.equal(table.length, 4);
    }),
);

effectTest(
  "formatResults() writes protocol and split once above their lines in a page",
  () =>
    Effect.sync(() => {
      const all = { split: "all images", protocol: "k-means, k = 6" };
      const page = formatResults(
        combineSeeds([
          ...[figure({}), figure({ model: "random" })],
          ...[figure(all), figure({ ...all, model: "random" })],
        ]),
        "html",
      );
      const groups = page.split("<tbody>").slice(1);
      assert.deepEqual(groups.map((group) => group.split("<tr>").length), [
        4,
        4,
      ]);
      assert.match(
        groups[0]!,
        /<th [^>]*>linear, 20 % of every class held out</,
      );
      assert.match(groups[1]!, /<th [^>]*>k-means, k = 6, all images</);
      assert.equal(page.match(/20 %/g)?.length, 1);
      assert.match(page, /<th>layer<\/th><th class="w">statistic</);
    }),
);

effectTest(
  "formatResults() tells once what every line shares, except of a single line",
  () =>
    Effect.sync(() => {
      const text = formatResults(figures, "text");
      assert.equal(text.match(/centre/g)?.length, 1);
      assert.match(text.split("\n")[0]!, /^split: /);
      const single = formatResults(figures.slice(0, 1), "text");
      assert.match(
        single.split("\n")[0]!,
        /^20 % of every class held out, 20 images, 4 classes, crops centre, seeds 1 2$/,
      );
    }),
);

Deno.test("formatResults() sets the models of a text side by side, the pixels beside each layer", () => {
  const top5 = { statistic: "top-5 accuracy" } as const;
  const { interval: _, learnedFrom: __, ...bare } = figure({});
  const text = formatResults(
    combineSeeds([
      figure({ model: "pixels", layer: "pixels" }),
      figure({ model: "random" }),
      figure({ model: "random", layer: "conv2", value: 0.25 }),
      figure({ model: "ours, epoch 2", value: 0.75 }),
      figure({ model: "ours, epoch 2", ...top5, value: 1 }),
      figure({ model: "pixels", layer: "pixels", protocol: "knn, k = 20" }),
      {
        ...bare,
        model: "ours, epoch 2",
        layer: "assignments",
        protocol: "k = 2",
        split: "all images",
      },
    ]),
    "text",
  );
  assert.equal(
    text,
    `seeds: 1
crops: centre
images: 20
classes: 4

20 % of every class held out
                          pixels                  random                  ours, epoch 2
linear, learned from 80
  top-1 accuracy  conv1   0.500 (0.400 to 0.600)  0.500 (0.400 to 0.600)  0.750 (0.400 to 0.600)
                  conv2   0.500 (0.400 to 0.600)  0.250 (0.400 to 0.600)
  top-5 accuracy  conv1                                                   1.000 (0.400 to 0.600)
knn, k = 20, learned from 80
  top-1 accuracy  pixels  0.500 (0.400 to 0.600)

all images
                               ours, epoch 2
k = 2
  top-1 accuracy  assignments  0.500`,
  );
});

Deno.test("formatResults() of no figures is what was left out", () => {
  const skipped = [{ what: "knn", reason: "2 images" }];
  assert.equal(
    formatResults([], "text", { skipped }),
    "skipped: knn: 2 images",
  );
});
