/**
 * Average precisions as lines of the table of results.
 *
 * @module
 */
import type { MetricResult } from "@deepcluster/evaluation";
import type { AveragePrecision } from "@deepcluster/metrics";
import { vocPaperSettings, type VocSettings } from "./paper_settings.ts";
import type { VocResult } from "./voc_classification.ts";

/**
 * Writes down what was found, and how.
 *
 * @param model Name of the model.
 * @param settings By which it was found.
 * @param result What was found.
 * @param seconds Time that it took.
 * @returns Means over the classes first, then each class, by area and by
 * eleven points.
 */
export const vocResults = (
  model: string,
  settings: VocSettings,
  { classes, mean, dataIdentity, ...result }: VocResult,
  seconds: number,
): readonly MetricResult[] => {
  const { trainingImages, testImages, untrainedClasses } = result;
  const common = {
    model,
    layer: settings.layers === "all" ? "all layers" : settings.layers,
    protocol: protocolOf(settings),
    split: settings.split === "trainval"
      ? "given (trainval, test)"
      : "given (train, val)",
    dataIdentity,
    seed: settings.seed,
    crops: `ten ${settings.crops}`,
    learnedFrom: trainingImages,
    classes: classes.length,
    ...untrainedClasses > 0 && { untrainedClasses },
    seconds,
  };
  const both = (
    what: string,
    images: number,
    { area, elevenPoint }: AveragePrecision,
  ): readonly MetricResult[] => [
    { ...common, images, statistic: `${what} (area)`, value: area },
    { ...common, images, statistic: `${what} (11-point)`, value: elevenPoint },
  ];
  return [
    ...both("mean average precision", testImages, mean),
    ...classes.flatMap((score) =>
      both(`average precision of ${score.class}`, score.images, score)
    ),
  ];
};

/** How long it was trained, and what is not as in the paper. */
const protocolOf = (settings: VocSettings): string => {
  const changed = toldIfChanged.filter((name) =>
    String(settings[name]) !== String(vocPaperSettings[name])
  );
  return [
    `VOC classification, ${settings.iterations} steps of ${settings.batch}`,
    ...settings.freezeBatchNormScales ? ["batch-norm scales frozen"] : [],
    ...changed.map((name) => `${name} ${settings[name]}`),
  ].join(", ");
};

const toldIfChanged = [
  "learningRate",
  "halveEvery",
  "momentum",
  "weightDecay",
  "clipNorm",
  "cropScale",
] as const;
