/**
 * What a comparison says in sentences, on the page and in the terminal.
 *
 * @module
 */
import { count, percent } from "../document/words.ts";
import type { ClusterMapping } from "./cluster_mapping.ts";
import {
  type Baseline,
  baselines,
  type EvaluationRow,
} from "./kept_evaluations.ts";
import type { ComparedRun, RunComparison } from "./run_comparison.ts";

/**
 * Says what each run is.
 *
 * @param runs The runs.
 * @param run One of them.
 * @returns A sentence.
 */
export const runSentence = (
  runs: readonly ComparedRun[],
  { history, images }: ComparedRun,
): string => {
  const { configuration, epochs, state } = history;
  const { from } = configuration;
  const parent = from &&
    runs.find((run) => from.path.startsWith(run.history.folder));
  return `${configuration.model}, ${
    count(configuration.clusters, "cluster")
  }, ${images === 0 ? "" : `${count(images, "image")}, `}${
    count(epochs.filter(({ training }) => training).length, "epoch")
  } of ${configuration.epochs}: ${state}${
    from === undefined
      ? ""
      : parent
      ? `; begun from the weights of ${parent.name}`
      : "; begun from the weights of another model"
  }`;
};

/**
 * Says how far clusters of two runs agree.
 *
 * @param comparison The runs.
 * @param mapping Of the first run to another one.
 * @returns A sentence or two.
 */
export const mappingSentence = (
  { runs }: RunComparison,
  { other, common, by, agreement, epochs }: ClusterMapping,
): string => {
  const [first, second] = [runs[0]!, runs[other]!];
  const how = by === "content"
    ? "the same content"
    : "the same path in their sources";
  if (agreement === undefined) {
    return `${first.name} and ${second.name} have no image in common (none ` +
      `with ${how}), so that their clusters cannot be compared.`;
  }
  const all = common === first.images && common === second.images
    ? `all ${count(common, "image")}`
    : `${count(common, "image")} that both have, of ${first.images} and ` +
      `${second.images} (those with ${how})`;
  return `Epoch ${epochs[0]} of ${first.name} against epoch ${epochs[1]} of ` +
    `${second.name}, on ${all}: NMI ${agreement.nmi.toFixed(3)}, adjusted ` +
    `Rand index ${agreement.adjustedRand.toFixed(3)}, which is 0 by chance ` +
    "and 1 for the same clusters.";
};

/**
 * Says where the images of a cluster are in the other run.
 *
 * @param part One of its parts.
 * @param size Images of the cluster.
 * @returns A clause.
 */
export const partWords = (
  part: ClusterMapping["clusters"][number]["parts"][number],
  size: number,
): string =>
  `${percent(part.common / size)} in cluster ${part.cluster} there, which ` +
  `has ${part.size}`;

/**
 * Lists the commands that would fill gaps among evaluations.
 *
 * @param comparison The runs.
 * @param typed Writes a run as it is typed. Default: its folder.
 * @returns Command lines, each once, with IMAGES for the labelled images.
 */
export const missingEvaluations = (
  { runs, evaluations }: RunComparison,
  typed: (run: ComparedRun) => string = ({ history }) => history.folder,
): readonly string[] => [
  ...new Set(
    runs.flatMap((compared, run) =>
      evaluations.filter(({ figures }) => figures[run] === undefined)
        .map(({ command }) =>
          `deno task evaluate ${command} ${typed(compared)} IMAGES`
        )
    ),
  ),
];

/**
 * Writes a figure.
 *
 * @param row The row that it is in.
 * @param run The run.
 * @param comparison All runs.
 * @returns It with its interval; the epoch where that is not the newest.
 */
export const figureText = (
  row: EvaluationRow,
  run: number,
  { runs }: RunComparison,
): string | undefined => {
  const figure = row.figures[run];
  if (figure === undefined) return undefined;
  const { value, interval, epoch } = figure;
  const newest = runs[run]!.history.epochs.findLast((one) => one.training);
  return value.toFixed(3) +
    (interval
      ? ` (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`
      : "") +
    (newest === undefined || newest.epoch === epoch ? "" : `, epoch ${epoch}`);
};

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
 * @returns It once where the evaluations of all runs agree, else with the name
 * of each run whose evaluation has it; undefined where none has.
 */
export const baselineText = (
  row: EvaluationRow,
  baseline: Baseline,
  { runs }: RunComparison,
): string | undefined => {
  const texts = row.baselines[baseline].flatMap((figure, run) =>
    figure === undefined ? [] : [{ run, text: figure.value.toFixed(3) }]
  );
  if (new Set(texts.map(({ text }) => text)).size < 2) return texts[0]?.text;
  return texts.map(({ run, text }) => `${text} (${runs[run]!.name})`)
    .join(", ");
};

/** Says what other versions, engines and processors mean for figures. */
export const environmentSentence: string =
  "Figures of other versions, engines or processors differ by rounding at " +
  'least; under "Changes results", the changelog says what versions changed';

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
