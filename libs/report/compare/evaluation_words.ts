/**
 * What a comparison says of evaluations, on the page and in the terminal.
 *
 * @module
 */
import {
  type Baseline,
  baselines,
  type EvaluationRow,
  type KeptFigure,
} from "./kept_evaluations.ts";
import type { RunComparison } from "./run_comparison.ts";

/**
 * Writes the figure of a run.
 *
 * @param row The row that it is in.
 * @param run The run.
 * @param comparison All runs.
 * @param write Writes a value. Default: {@link briefText}.
 * @returns It, with the epoch where that is not the newest; undefined where the
 * run has none.
 */
export const figureText = (
  row: EvaluationRow,
  run: number,
  { runs }: RunComparison,
  write: WriteFigure = briefText,
): string | undefined => {
  const figure = row.figures[run];
  if (figure === undefined) return undefined;
  const newest = runs[run]!.history.epochs.findLast((one) => one.training);
  return write(figure) +
    (newest === undefined || newest.epoch === figure.epoch
      ? ""
      : `, epoch ${figure.epoch}`);
};

/** Writes a value, and how far it may be trusted. */
export type WriteFigure = (figure: KeptFigure) => string;

/**
 * Writes a value with its deviation over seeds or, of one seed, its interval, as
 * `evaluate` prints it.
 *
 * @param figure The figure.
 * @returns `0.500 ± 0.100`, `0.500 (0.333 to 0.658)` or `0.500`.
 */
export const briefText: WriteFigure = ({ interval, ...figure }) =>
  fullText(
    figure.deviation === undefined && interval
      ? { ...figure, interval }
      : figure,
  );

/**
 * Writes a value with all that is known of it.
 *
 * @param figure The figure.
 * @returns `0.500 ± 0.100 (0.333 to 0.658)`, without what was not computed.
 */
export const fullText: WriteFigure = ({ value, deviation, interval }) =>
  value.toFixed(3) +
  (deviation === undefined ? "" : ` ± ${deviation.toFixed(3)}`) +
  (interval
    ? ` (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`
    : "");

/** Says what stands beside values. */
export const spreadSentence: string =
  "± is the standard deviation over the seeds; in brackets stands the interval " +
  "that holds the figure of one seed with 95 %.";

/**
 * Lists the baselines that some evaluation has.
 *
 * @param evaluations Rows of a comparison.
 * @returns Their names, in the order of their columns.
 */
export const shownBaselines = (
  evaluations: readonly EvaluationRow[],
): readonly Baseline[] =>
  baselines.filter((baseline) =>
    evaluations.some((row) => row.baselines[baseline].some(Boolean))
  );

/**
 * Writes the figure of a baseline.
 *
 * @param row The row that it is in.
 * @param baseline The baseline.
 * @param comparison All runs.
 * @param write Writes a value. Default: {@link briefText}.
 * @returns It once where the evaluations of all runs agree, else with the name
 * of each run whose evaluation has it; undefined where none has.
 */
export const baselineText = (
  row: EvaluationRow,
  baseline: Baseline,
  { runs }: RunComparison,
  write: WriteFigure = briefText,
): string | undefined => {
  const texts = row.baselines[baseline].flatMap((figure, run) =>
    figure === undefined ? [] : [{ run, text: write(figure) }]
  );
  if (new Set(texts.map(({ text }) => text)).size < 2) return texts[0]?.text;
  return texts.map(({ run, text }) => `${text} (${runs[run]!.name})`)
    .join(", ");
};

/**
 * Says which versions evaluated the runs, where that was not one version.
 *
 * @param comparison The runs.
 * @returns A sentence; undefined where one version evaluated all of them.
 */
export const evaluationVersions = (
  { runs, evaluations }: RunComparison,
): string | undefined => {
  const of = runs.map((_, run) => [
    ...new Set(
      evaluations.flatMap(({ figures, baselines }) =>
        [figures, baselines.pixels, baselines.random].flatMap((each) =>
          each[run] === undefined
            ? []
            : [each[run].version ?? "0.9.0 or earlier"]
        )
      ),
    ),
  ]);
  if (new Set(of.flat()).size < 2) return undefined;
  const each = of.flatMap((versions, run) =>
    versions.length === 0
      ? []
      : [`${runs[run]!.name} by version ${versions.join(" and ")}`]
  );
  return `Evaluated by several versions, whose figures may differ for that ` +
    `alone: ${each.join(", ")}`;
};

/** Rows of one protocol, and of the same images. */
export interface EvaluationGroup {
  /** Protocol and images. */
  readonly title: string;
  /** Its rows. */
  readonly rows: readonly EvaluationRow[];
}

/**
 * Groups evaluations.
 *
 * @param comparison Several runs.
 * @param named Names the images by their path.
 * @returns Groups in the order of their first rows. Those of equal titles that
 * are of other images, labels or splits are told apart by eight digits of their
 * content.
 */
export const evaluationGroups = (
  { runs, evaluations }: RunComparison,
  named: (path: string) => string,
): readonly EvaluationGroup[] => {
  const nameOf = ({ dataset, dataIdentity, figures }: EvaluationRow) => {
    if (dataset !== undefined && dataIdentity !== undefined) {
      return named(dataset);
    }
    const run = figures.findIndex((figure) => figure !== undefined);
    return `${unrecorded} (${runs[run]!.name})`;
  };
  const titleOf = (row: EvaluationRow) =>
    `${row.protocol}: ${nameOf(row)}, ${row.data}`;
  const groups = groupBy(
    evaluations,
    (row) => [row.protocol, row.data, row.dataIdentity ?? nameOf(row)].join(),
  );
  const titles = groups.map(([first]) => titleOf(first!));
  return groups.map((rows, at) => {
    const title = titles[at]!;
    const isOne = titles.indexOf(title) === titles.lastIndexOf(title);
    const content = rows[0]!.dataIdentity?.slice(0, 8);
    return {
      title: isOne || content === undefined
        ? title
        : `${title} (content ${content})`,
      rows,
    };
  });
};

const unrecorded = "images not recorded";

const groupBy = <A>(all: readonly A[], keyOf: (one: A) => string) => {
  const groups = new Map<string, A[]>();
  for (const one of all) {
    const key = keyOf(one);
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  return [...groups.values()];
};

/**
 * Says why some evaluations are compared with nothing.
 *
 * @param comparison Several runs.
 * @returns A sentence, where there are such evaluations.
 */
export const unrecordedSentence = (
  { evaluations }: RunComparison,
): string | undefined =>
  evaluations.every(({ dataIdentity }) => dataIdentity !== undefined)
    ? undefined
    : `Where it says "${unrecorded}", the figures are of version 0.9.0 or ` +
      "earlier, which did not record which images they are of, so that they " +
      "cannot be compared. The same `deno task evaluate` command records it; " +
      "what it finds in its cache is not computed again.";
