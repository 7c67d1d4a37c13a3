/**
 * Retrieval of emoji by the features of a model, reduced or not, as whichever
 * works best on emoji that are not in the test.
 *
 * @module
 */
import {
  applyWhitening,
  type ApplyWhiteningError,
  fitWhitening,
  type Whitening,
  type WhiteningError,
} from "@deepcluster/clustering";
import { type Matrix, matrix, type RowReader } from "@deepcluster/core";
import { readRows } from "@deepcluster/features";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { normaliseRows } from "../descriptors/normalise_rows.ts";
import { type EmojiScores, scoreEmoji } from "./emoji_scores.ts";
import { type EmojiDrawing, splitEmoji } from "./emoji_split.ts";

/** What is made of features: PCA-whitened to this many, or as they are. */
export type EmojiReduction = number | "none";

/** One layer of a model on the benchmark. */
export interface EmojiResult {
  /** What was made of its features. */
  readonly reduction: EmojiReduction;
  /** Mean average precision of each choice on validation emoji. */
  readonly validation: readonly {
    readonly reduction: EmojiReduction;
    readonly map: number;
  }[];
  /** Figures on the test emoji. */
  readonly test: EmojiScores;
}

/** What {@link emojiBenchmark} can fail with, besides the error of reading. */
export type EmojiBenchmarkError =
  | ApplyWhiteningError
  | BackendError
  | WhiteningError;

/**
 * Evaluates features on the benchmark.
 *
 * The reduction is the one with the highest mean average precision among a
 * fifth of the training emoji, PCA being learned on the others; it is then
 * learned on all training emoji. Test emoji decide nothing.
 *
 * @param features `[n, d]`.
 * @param drawings `[n]`.
 * @param reductions What to choose from, at least one.
 * @returns The figures, or the errors of whitening, engine and reading.
 */
export const emojiBenchmark: <E>(
  features: RowReader<E>,
  drawings: readonly EmojiDrawing[],
  reductions: readonly EmojiReduction[],
) => Effect.Effect<EmojiResult, EmojiBenchmarkError | E, Backend> = Effect.fn(
  "emojiBenchmark",
)(function* <E>(
  features: RowReader<E>,
  drawings: readonly EmojiDrawing[],
  reductions: readonly EmojiReduction[],
) {
  const { test, train } = splitEmoji(drawings);
  const inner = splitEmoji(drawings, train, "validation");
  const scores = yield* scorer(features, drawings, inner.train, reductions);
  const validation = yield* Effect.forEach(
    reductions,
    (reduction) =>
      Effect.map(
        scores(inner.test, reduction),
        ({ map }) => ({ reduction, map }),
      ),
  );
  const { reduction } = validation.reduce((best, one) =>
    one.map > best.map ? one : best
  );
  const final = yield* scorer(features, drawings, train, [reduction]);
  return { reduction, validation, test: yield* final(test, reduction) };
});

/** Fits what the reductions need, and gives what scores some drawings. */
const scorer = Effect.fnUntraced(function* <E>(
  features: RowReader<E>,
  drawings: readonly EmojiDrawing[],
  learnedFrom: Int32Array,
  reductions: readonly EmojiReduction[],
) {
  const components = Math.max(
    ...reductions.map((reduction) => reduction === "none" ? 0 : reduction),
  );
  const whitening = components === 0
    ? undefined
    : yield* fitWhitening(readRows(features, learnedFrom), {
      components,
      seed: 0,
    });
  return Effect.fnUntraced(function* (
    searched: Int32Array,
    reduction: EmojiReduction,
  ): Effect.fn.Return<EmojiScores, EmojiBenchmarkError | E, Backend> {
    const rows = readRows(features, searched);
    const vectors = reduction === "none"
      ? yield* copyOf(rows)
      : yield* applyWhitening(rows, firstOf(whitening!, reduction));
    return yield* scoreEmoji(
      normaliseRows(vectors),
      Array.from(searched, (i) => drawings[i]!),
    );
  });
});

/** Rows that may be written to. */
const copyOf = <E>(rows: RowReader<E>): Effect.Effect<Matrix, E> =>
  Effect.map(
    rows.read(0, rows.rows),
    ({ rows, columns, data }) => matrix(rows, columns, data.slice()),
  );

/** A whitening to its first components: those of the largest variance. */
const firstOf = (whitening: Whitening, components: number): Whitening => {
  const { rows, columns, data } = whitening.projection;
  if (components >= columns) return whitening;
  const projection = matrix(rows, components);
  for (let i = 0; i < rows; i++) {
    projection.data.set(
      data.subarray(i * columns, i * columns + components),
      i * components,
    );
  }
  const eigenvalues = whitening.eigenvalues.slice(0, components);
  return { ...whitening, projection, eigenvalues };
};
