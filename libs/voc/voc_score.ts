/**
 * Scores of images, and how well each class is found by them.
 *
 * Paper: section 4.4, and the authors' `eval_voc_classif.py`: the scores of an
 * image are those of its ten crops, added up; difficult images are left out
 * class by class; average precisions are averaged over the classes.
 *
 * Departure: the authors subtract 1e-5 from the scores of right images, so
 * that ties count against the network; ours are one threshold, as in
 * scikit-learn.
 *
 * @module
 */
import { type Matrix, matrix, Progress, type Tensors } from "@deepcluster/core";
import { batches, type ImageError, type ImageSet } from "@deepcluster/data";
import { VocDivergedError, type VocSet } from "@deepcluster/datasets";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import type { BuildError } from "@deepcluster/graph";
import {
  type AveragePrecision,
  averagePrecision,
  type NoPositivesError,
  type SizeMismatchError,
} from "@deepcluster/metrics";
import type { Network } from "@deepcluster/models";
import { Effect, Stream } from "effect";
import { cropsOfImage, vocScoreGraph } from "./voc_graph.ts";
import {
  decodedOnceInARow,
  tenTimesEach,
  type VocCropSettings,
  vocTestCrop,
} from "./voc_images.ts";
import type { VocState } from "./voc_training.ts";

/** How well one class is found. */
export interface VocClassScore extends AveragePrecision {
  /** Name of the class. */
  readonly class: string;
  /** Images that count for it. */
  readonly images: number;
  /** Images that show it. */
  readonly positives: number;
}

/** How well the classes are found. */
export interface VocScore {
  /** Each class, in the order of the set. */
  readonly classes: readonly VocClassScore[];
  /** Average precisions, averaged over the classes. */
  readonly mean: AveragePrecision;
}

/** Images decoded ahead: small networks are faster than the decoder. */
const prefetch = 4;

/** What {@link scoreVoc} fails with. */
export type ScoreVocError =
  | VocDivergedError
  | ImageError
  | BackendError
  | BuildError;

/**
 * Scores every image by its ten crops.
 *
 * @param network The network.
 * @param state What training ended with.
 * @param images The images.
 * @param classes Number of classes.
 * @param settings Which crops.
 * @returns `[images, classes]`, higher is surer; or `VocDivergedError` when a
 * score is not finite, or the errors of the engine and of reading images.
 */
export const scoreVoc: (
  network: Network,
  state: VocState,
  images: ImageSet,
  classes: number,
  settings: VocCropSettings,
) => Effect.Effect<Matrix, ScoreVocError, Backend | Progress> = Effect.fn(
  "scoreVoc",
)(function* (
  network,
  { iteration, tensors },
  images,
  classes,
  settings,
) {
  const progress = yield* Progress;
  const scores = matrix(images.size, classes);
  let done = 0;
  const report = () =>
    progress.report({
      phase: "evaluate",
      done,
      total: images.size,
      unit: "images",
    });
  yield* report();
  const run = yield* openScoring(network, tensors, classes);
  yield* batches(
    decodedOnceInARow(images),
    tenTimesEach(images.size),
    vocTestCrop(network.input.size, settings),
    { batchSize: cropsOfImage, prefetch },
  ).pipe(Stream.runForEach(Effect.fnUntraced(function* (batch) {
    const found = (yield* run({ images: batch.images }))["scores"]!.data;
    const wrong = found.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) {
      const value = String(wrong);
      return yield* new VocDivergedError({ what: "score", iteration, value });
    }
    scores.data.set(found, batch.indices[0]! * classes);
    done++;
    yield* report();
  })));
  return scores;
}, Effect.scoped);

const openScoring = Effect.fnUntraced(function* (
  network: Network,
  tensors: Tensors,
  classes: number,
) {
  const backend = yield* Backend;
  const graph = yield* vocScoreGraph(network, classes);
  const { run } = yield* backend.compile(
    graph,
    Object.fromEntries(
      Object.keys(graph.state).map((name) => [name, tensors[name]!]),
    ),
  );
  return run;
});

/** What {@link evaluateVoc} fails with. */
export type EvaluateVocError = SizeMismatchError | NoPositivesError;

/**
 * Evaluates scores by what is on the images.
 *
 * @param scores `[images, classes]`, none NaN.
 * @param set What is on them; every class is on one at least.
 * @returns Average precision of each class, and its mean; or the errors of
 * `averagePrecision`.
 */
export const evaluateVoc: (
  scores: Matrix,
  set: Pick<VocSet, "classes" | "targets">,
) => Effect.Effect<VocScore, EvaluateVocError> = Effect.fn("evaluateVoc")(
  function* (
    scores,
    { classes, targets },
  ) {
    const evaluated = yield* Effect.forEach(
      classes,
      Effect.fnUntraced(function* (name, c) {
        const wanted = column(targets, c);
        const precision = yield* averagePrecision(column(scores, c), wanted);
        return {
          class: name,
          images: wanted.filter((target) => target >= 0).length,
          positives: wanted.filter((target) => target > 0).length,
          ...precision,
        };
      }),
    );
    const mean = (of: (score: VocClassScore) => number) =>
      evaluated.reduce((sum, score) => sum + of(score), 0) / evaluated.length;
    return {
      classes: evaluated,
      mean: {
        elevenPoint: mean(({ elevenPoint }) => elevenPoint),
        area: mean(({ area }) => area),
      },
    };
  },
);

const column = ({ rows, columns, data }: Matrix, index: number) =>
  Float32Array.from(
    { length: rows },
    (_, row) => data[row * columns + index]!,
  );
