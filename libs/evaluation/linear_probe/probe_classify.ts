/**
 * What a trained linear probe says of other images.
 *
 * Paper: section 4.3; several crops of an image count as the mean of their
 * probabilities.
 *
 * @module
 */
import {
  floatTensor,
  type Matrix,
  matrix,
  type NonFiniteFeatureError,
  readInto,
  requireFinite,
  row,
  type Tensors,
} from "@deepcluster/core";
import { type Labelled, standardised } from "@deepcluster/features";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { bestOf, rankOf } from "@deepcluster/metrics";
import { Effect } from "effect";
import { parameters, probeLogits, type ProbeSizes } from "./probe_graph.ts";
import type { ProbeSettings } from "./probe_options.ts";

/** What a classifier says of images, and how right it is. */
export interface Classified {
  /** Most probable class of each image, the first of equals. */
  readonly predictions: Int32Array;
  /** Classes ranked before the right one, for each image. */
  readonly ranks: Int32Array;
}

/**
 * Classifies images, block by block.
 *
 * @param labelled `[n * crops, d]`, checked against what was trained on.
 * @param tensors Of the state of a probe.
 * @param settings Its settings.
 * @returns Classes and ranks, or the error of reading, `NonFiniteFeatureError`
 * or `BackendError`.
 */
export const classify: <E>(
  labelled: Labelled<E>,
  tensors: Tensors,
  settings: ProbeSettings<unknown, unknown>,
) => Effect.Effect<
  Classified,
  E | NonFiniteFeatureError | BackendError,
  Backend
> = Effect.fnUntraced(
  function* <E>(
    { features: given, labels, classes }: Labelled<E>,
    tensors: Tensors,
    settings: ProbeSettings<unknown, unknown>,
  ) {
    const { crops, standardise } = settings;
    const features = standardise ? standardised(action, given, tensors) : given;
    const images = imagesOfBlock(features.columns, classes, settings);
    const height = Math.min(images, labels.length);
    const sizes = { rows: height * crops, columns: features.columns, classes };
    const program = yield* open(sizes, tensors);
    const predictions = new Int32Array(labels.length);
    const ranks = new Int32Array(labels.length);
    const block = floatTensor([sizes.rows, sizes.columns]);
    for (let start = 0; start < labels.length; start += height) {
      const count = Math.min(height, labels.length - start);
      const [row, rows] = [start * crops, count * crops];
      const read = yield* readInto(features, row, rows, block.data);
      yield* requireFinite(action, read, (i) => row + i);
      const { logits } = yield* program.run({ features: block });
      const outputs = matrix(
        sizes.rows,
        classes,
        logits!.data as Float32Array,
      );
      for (let i = 0; i < count; i++) {
        const scores = scoresOf(outputs, i * crops, crops);
        predictions[start + i] = bestOf(scores);
        ranks[start + i] = rankOf(scores, labels[start + i]!);
      }
    }
    return { predictions, ranks };
  },
  Effect.scoped,
);

const action = "evaluate a linear probe";

/** Images that fit in the memory allowed, with all their crops. */
const imagesOfBlock = (
  columns: number,
  classes: number,
  { crops, memoryBytes }: ProbeSettings<unknown, unknown>,
): number => {
  const fitting = Math.min(memoryBytes / 8 / columns, 2 ** 22 / classes, 2048);
  return Math.max(1, Math.floor(fitting / crops));
};

const open = Effect.fnUntraced(function* (sizes: ProbeSizes, tensors: Tensors) {
  const backend = yield* Backend;
  const state = parameters.map((name) => [name, tensors[name]!] as const);
  const graph = yield* probeLogits(sizes);
  return yield* backend.compile(graph, Object.fromEntries(state));
});

/**
 * What ranks the classes of an image: the logits of one crop, the sum of the
 * probabilities of several.
 */
const scoresOf = (
  logits: Matrix,
  first: number,
  crops: number,
): ArrayLike<number> => {
  if (crops === 1) return row(logits, first);
  const sums = new Float64Array(logits.columns);
  for (let crop = first; crop < first + crops; crop++) {
    const ofCrop = row(logits, crop);
    const largest = ofCrop[bestOf(ofCrop)]!;
    // In 64 bits: in 32 unlikely classes would all be 0, and equal.
    const fractions = Float64Array.from(ofCrop, (x) => Math.exp(x - largest));
    const total = fractions.reduce((sum, fraction) => sum + fraction, 0);
    for (let c = 0; c < sums.length; c++) sums[c]! += fractions[c]! / total;
  }
  return sums;
};
