import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { vocPaperSettings } from "./paper_settings.ts";
import { vocResults } from "./voc_results.ts";
import assert from "node:assert/strict";

const result = {
  classes: [
    { class: "cat", images: 90, positives: 20, area: 0.5, elevenPoint: 0.6 },
    { class: "dog", images: 80, positives: 9, area: 0.7, elevenPoint: 0.8 },
  ],
  mean: { area: 0.6, elevenPoint: 0.7 },
  dataIdentity: "a",
  trainingImages: 50,
  untrainedClasses: 0,
  testImages: 100,
  loss: 1,
};

effectTest(
  "vocResults() gives both conventions by name, and images that count",
  () =>
    Effect.sync(() => {
      const figures = vocResults("random", vocPaperSettings, result, 12);
      assert.deepEqual(
        figures.map(({ statistic, value, images }) => [
          statistic,
          value,
          images,
        ]),
        [
          ["mean average precision (area)", 0.6, 100],
          ["mean average precision (11-point)", 0.7, 100],
          ["average precision of cat (area)", 0.5, 90],
          ["average precision of cat (11-point)", 0.6, 90],
          ["average precision of dog (area)", 0.7, 80],
          ["average precision of dog (11-point)", 0.8, 80],
        ],
      );
      assert.deepEqual(figures[0], {
        model: "random",
        layer: "fc6-8",
        protocol: "VOC classification, 80000 steps of 16",
        split: "given (trainval, test)",
        dataIdentity: "a",
        seed: 31,
        crops: "ten random",
        learnedFrom: 50,
        classes: 2,
        seconds: 12,
        images: 100,
        statistic: "mean average precision (area)",
        value: 0.6,
      });
    }),
);

effectTest(
  "vocResults() says what is not as in the paper",
  () =>
    Effect.sync(() => {
      const [figure] = vocResults(
        "a",
        {
          ...vocPaperSettings,
          split: "train",
          layers: "all",
          crops: "fixed",
          freezeBatchNormScales: true,
          learningRate: 0.01,
          cropScale: [0.2, 1],
        },
        result,
        1,
      );
      assert.equal(figure!.split, "given (train, val)");
      assert.equal(figure!.layer, "all layers");
      assert.equal(figure!.crops, "ten fixed");
      assert.equal(
        figure!.protocol,
        "VOC classification, 80000 steps of 16, batch-norm scales frozen, " +
          "learningRate 0.01, cropScale 0.2,1",
      );
    }),
);
