/**
 * Evaluations that are kept in run folders, side by side.
 *
 * `evaluate` keeps what it prints in the run's folder `evaluations`. Figures of
 * the same protocol, images, labels, split, crops and seeds are compared, others
 * are not; images are the same if their content is. Version 0.9.0 and earlier did
 * not record which images they used: such figures are compared with nothing.
 * Those of random weights and pixels, which `evaluate all` adds, are no run's:
 * they stand beside the runs'.
 *
 * @module
 */
import { folderStore, kindOf, type StorageError } from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";

/** A figure of one run. */
export interface KeptFigure {
  /** Mean over the seeds. */
  readonly value: number;
  /** Standard deviation over the seeds; absent for one. */
  readonly deviation?: number;
  /** Interval that holds the figure with 95 %, where it was computed. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** Epoch of the run that was evaluated. */
  readonly epoch: number;
  /** Version that evaluated it; absent for those that did not note it. */
  readonly version?: string;
}

/** Models that `evaluate all` sets beside a run. */
export const baselines = ["pixels", "random"] as const;

/** One of {@link baselines}. */
export type Baseline = (typeof baselines)[number];

/** An evaluation that a run keeps. */
export interface KeptEvaluation {
  /** Rank of the run. */
  readonly run: number;
  /** What was typed: `knn` for `evaluate knn`. */
  readonly command: string;
  /** Path of the labelled images; absent where it was not recorded. */
  readonly dataset?: string;
  /** Whether something still is at that path. */
  readonly datasetExists: boolean;
  /** Flags that were typed and decide what is measured. */
  readonly flags: readonly string[];
  /** Epoch of the run that was evaluated. */
  readonly epoch: number;
  /** Why some figures are not among those of this evaluation. */
  readonly leftOut: readonly string[];
}

/** What the evaluations of some runs have. */
export interface KeptEvaluations {
  /** All of them, the oldest of each run first. */
  readonly kept: readonly KeptEvaluation[];
  /** Their figures. */
  readonly rows: readonly EvaluationRow[];
}

/** One figure of each run. */
export interface EvaluationRow {
  /** Rank of an evaluation that has it, among all that are kept. */
  readonly evaluation: number;
  /** What was measured, and how. */
  readonly protocol: string;
  /** Layer whose features were evaluated. */
  readonly layer: string;
  /** Path of the labelled images; absent where it was not recorded. */
  readonly dataset?: string;
  /** Tells images, labels and split from all others, where it was recorded. */
  readonly dataIdentity?: string;
  /** Numbers of images, split, crops and seeds: how the figure was taken. */
  readonly data: string;
  /** Such as `top-1 accuracy`. */
  readonly statistic: string;
  /** That of each run; absent where it is not kept. */
  readonly figures: readonly (KeptFigure | undefined)[];
  /**
   * That of each baseline in the evaluations of each run. Pixels have no layers:
   * theirs is the same for every layer.
   */
  readonly baselines: Readonly<
    Record<Baseline, readonly (KeptFigure | undefined)[]>
  >;
}

const Kept = type("string.json.parse").to({
  command: "string",
  "data?": "string",
  "flags?": "string[]",
  "skipped?": type({ what: "string", reason: "string" }).array(),
  "diverged?": type({ message: "string" }).array(),
  epoch: "number",
  "version?": "string",
  figures: type({
    model: "string",
    layer: "string",
    protocol: "string",
    split: "string",
    "dataIdentity?": "string",
    "seeds?": "number[]",
    "crops?": "string",
    "learnedFrom?": "number",
    images: "number",
    classes: "number",
    statistic: "string",
    value: "number",
    "deviation?": "number",
    "interval?": { low: "number", high: "number" },
  }).array(),
});

/**
 * Reads the evaluations of runs.
 *
 * @param folders Run folders.
 * @returns The evaluations, and a row for each figure that some run has, of the
 * newest evaluation of each; or `StorageError`. Files of other shapes are skipped
 * with a warning.
 */
export const keptEvaluations: (
  folders: readonly string[],
) => Effect.Effect<KeptEvaluations, StorageError> = Effect.fn(
  "keptEvaluations",
)(function* (folders) {
  const found: FoundFigure[] = [];
  const all: KeptEvaluation[] = [];
  for (const [run, folder] of folders.entries()) {
    const store = folderStore(folder);
    const files = (yield* store.list("evaluations/")).toSorted();
    // Folders beside the evaluations hold features.
    const ours = /^evaluations\/[^/]+\.json$/;
    for (const file of files.filter((name) => ours.test(name))) {
      const kept = Kept(new TextDecoder().decode(yield* store.read(file)));
      if (kept instanceof type.errors) {
        yield* Effect.logWarning(
          `Passed over ${store.pathOf(file)}: ${kept.summary}`,
        );
        continue;
      }
      const { epoch, version } = kept;
      const evaluation = all.length;
      all.push(yield* keptEvaluation(run, kept));
      for (const { value, deviation, interval, ...rest } of kept.figures) {
        const figure = {
          value,
          ...deviation !== undefined && { deviation },
          ...interval && { interval },
          epoch,
          ...version !== undefined && { version },
        };
        found.push({ run, evaluation, figure, ...rest });
      }
    }
  }
  return { kept: all, rows: rowsOf(found, all, folders.length) };
});

const keptEvaluation = Effect.fnUntraced(function* (
  run: number,
  kept: typeof Kept.infer,
) {
  const { command, data, flags = [], epoch } = kept;
  const { skipped = [], diverged = [] } = kept;
  return {
    run,
    command,
    ...data !== undefined && { dataset: data },
    datasetExists: data !== undefined && (yield* kindOf(data)) !== "nothing",
    flags,
    epoch,
    leftOut: [
      ...skipped.map(({ what, reason }) => `${what}: ${reason}`),
      ...diverged.map(({ message }) => message),
    ],
  } satisfies KeptEvaluation;
});

/** A figure, and what it is of. */
interface FoundFigure {
  readonly run: number;
  readonly evaluation: number;
  readonly figure: KeptFigure;
  readonly model: string;
  readonly layer: string;
  readonly protocol: string;
  readonly split: string;
  readonly dataIdentity?: string;
  readonly seeds?: readonly number[];
  readonly crops?: string;
  readonly learnedFrom?: number;
  readonly images: number;
  readonly classes: number;
  readonly statistic: string;
}

const isBaseline = ({ model }: FoundFigure): boolean =>
  baselines.some((baseline) => baseline === model);

const rowsOf = (
  found: readonly FoundFigure[],
  kept: readonly KeptEvaluation[],
  runs: number,
): readonly EvaluationRow[] => {
  const current = withoutReplaced(found);
  const rows = new Map<string, FoundFigure>();
  for (const one of current.filter((one) => !isBaseline(one))) {
    const key = [comparedOf(one), one.layer].join("\n");
    if (!rows.has(key)) rows.set(key, one);
  }
  return [...rows.values()].map((row) => {
    const newest = (matches: (one: FoundFigure) => boolean) =>
      Array.from(
        { length: runs },
        (_, run) =>
          current.findLast((one) =>
            one.run === run && comparedOf(one) === comparedOf(row) &&
            matches(one)
          )?.figure,
      );
    const { evaluation, dataIdentity } = row;
    const { dataset } = kept[evaluation]!;
    return {
      evaluation,
      protocol: row.protocol,
      layer: row.layer,
      ...dataset !== undefined && { dataset },
      ...dataIdentity !== undefined && { dataIdentity },
      data: dataOf(row),
      statistic: row.statistic,
      figures: newest((one) => !isBaseline(one) && one.layer === row.layer),
      baselines: {
        pixels: newest(({ model }) => model === "pixels"),
        random: newest(({ model, layer }) =>
          model === "random" && layer === row.layer
        ),
      },
    };
  });
};

/**
 * Leaves out figures whose images were not recorded, where the run was evaluated
 * in the same way since, and that was.
 */
const withoutReplaced = (
  found: readonly FoundFigure[],
): readonly FoundFigure[] => {
  const descriptionOf = (one: FoundFigure) =>
    [one.run, described(one), one.layer, isBaseline(one)].join("\n");
  const recorded = new Set(
    found.filter(({ dataIdentity }) => dataIdentity !== undefined)
      .map(descriptionOf),
  );
  return found.filter((one) =>
    one.dataIdentity !== undefined || !recorded.has(descriptionOf(one))
  );
};

/** What figures must share to be compared, besides the layer. */
const comparedOf = (figure: FoundFigure): string =>
  [described(figure), figure.dataIdentity ?? `run ${figure.run}`].join("\n");

const described = (figure: FoundFigure): string =>
  [figure.protocol, dataOf(figure), figure.statistic].join("\n");

const dataOf = (
  { images, classes, split, crops, learnedFrom, seeds, layer }: FoundFigure,
): string =>
  [
    `${images} images of ${classes} classes`,
    ...learnedFrom === undefined ? [] : [`learned from ${learnedFrom}`],
    split,
    ...crops === undefined ? [] : [`crops ${crops}`],
    ...seeds === undefined || layer === assignments ? [] : [seedsText(seeds)],
  ].join(", ");

/** Layer of a run's own clusters, whose seed is that of the run. */
const assignments = "assignments";

const seedsText = (seeds: readonly number[]): string =>
  `${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(" ")}`;
