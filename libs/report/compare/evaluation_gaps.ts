/**
 * What is missing among evaluations, and how to fill it in.
 *
 * @module
 */
import { quoted } from "@deepcluster/terminal";
import { isAbsolute } from "node:path";
import type { EvaluationRow, KeptEvaluation } from "./kept_evaluations.ts";
import type { ComparedRun, RunComparison } from "./run_comparison.ts";

/** How gaps among evaluations are filled. */
export interface EvaluationGaps {
  /** Command lines, each once. */
  readonly commands: readonly string[];
  /** Why other gaps cannot be filled: sentences, each once. */
  readonly reasons: readonly string[];
}

/**
 * Says how gaps are filled: by the command that evaluated one run, on another.
 * What a command took from the settings of its run is added as flags where the
 * other's settings differ. Evaluations whose images were not recorded have no
 * gaps, as they are compared with nothing.
 *
 * @param comparison The runs.
 * @param shown Shows a path, from where commands are typed.
 * @returns Commands and reasons.
 */
export const evaluationGaps = (
  comparison: RunComparison,
  shown: (path: string) => string,
): EvaluationGaps => {
  const commands = new Set<string>();
  const reasons = new Set<string>();
  const { runs, evaluations, kept } = comparison;
  for (const run of runs.keys()) {
    const gaps = evaluations.filter(({ figures, dataIdentity }) =>
      figures[run] === undefined && dataIdentity !== undefined
    );
    for (const [at, evaluation] of kept.entries()) {
      const rows = gaps.filter((row) => row.evaluation === at);
      const gap = { comparison, run, evaluation };
      const open = rows.filter((row) => {
        const reason = reasonOf(gap, row, shown);
        if (reason !== undefined) reasons.add(reason);
        return reason === undefined;
      });
      if (open.length === 0) continue;
      const flags = flagsFor(gap, open);
      const same = repeated(gap, flags);
      if (same !== undefined) reasons.add(leftOutOf(gap, same, open));
      else commands.add(commandOf(gap, flags, shown));
    }
  }
  return { commands: [...commands], reasons: [...reasons] };
};

/** What one evaluation has and a run lacks. */
interface Gap {
  readonly comparison: RunComparison;
  /** Rank of the run. */
  readonly run: number;
  /** Of another run. */
  readonly evaluation: KeptEvaluation;
}

const runsOf = (
  { comparison: { runs }, run, evaluation }: Gap,
): readonly [lacking: ComparedRun, evaluated: ComparedRun] => [
  runs[run]!,
  runs[evaluation.run]!,
];

const reasonOf = (
  gap: Gap,
  { layer }: EvaluationRow,
  shown: (path: string) => string,
): string | undefined => {
  const [lacking, evaluated] = runsOf(gap);
  const { dataset, datasetExists } = gap.evaluation;
  const both = [evaluated, lacking];
  if (!datasetExists) {
    return `The images ${shown(dataset!)} are gone: nothing more can be ` +
      "evaluated on them";
  }
  if (layer === "assignments") {
    const [first, second] = both.map(({ history }) =>
      history.configuration.clusters
    );
    if (first !== second) {
      return "Runs' own clusters are compared only where they are as many: " +
        `${evaluated.name} has ${first}, ${lacking.name} ${second}`;
    }
    if (!sameImages(gap)) {
      return "Runs' own clusters are compared only on the same images: " +
        `${evaluated.name} and ${lacking.name} were trained on others`;
    }
  } else if (
    evaluated.layers.includes(layer) && !lacking.layers.includes(layer)
  ) {
    return `${lacking.name} is ${lacking.history.configuration.model}, which ` +
      `has no layer ${layer}`;
  }
};

/** Whether both runs were trained on the same images, as far as is known. */
const sameImages = ({ comparison, run, evaluation }: Gap): boolean =>
  [run, evaluation.run].every((rank) => {
    const { runs, mappings } = comparison;
    const mapping = mappings.find(({ other }) => other === rank);
    return rank === 0 ||
      mapping?.common === runs[0]!.images &&
        mapping.common === runs[rank]!.images;
  });

/** The flags that were typed, and settings that the evaluated run gave. */
const flagsFor = (
  gap: Gap,
  rows: readonly EvaluationRow[],
): readonly string[] => {
  const [lacking, evaluated] = runsOf(gap).map(({ history }) =>
    history.configuration
  );
  const { flags } = gap.evaluation;
  const clustered = rows.some(({ protocol }) => /^k-means,/.test(protocol));
  const added = (["clusters", "pca"] as const).flatMap((name) => {
    const isTyped = flags.some((flag) =>
      flag === `--${name}` || name === "clusters" && flag === "-k"
    );
    return isTyped || !clustered || lacking![name] === evaluated![name]
      ? []
      : [`--${name}`, String(evaluated![name])];
  });
  return [...flags, ...added];
};

/** The evaluation of the run that did already what the command would do. */
const repeated = (
  { comparison, run, evaluation }: Gap,
  flags: readonly string[],
): KeptEvaluation | undefined => {
  const newest = comparison.runs[run]!.history.epochs
    .findLast(({ training }) => training)?.epoch;
  return comparison.kept.findLast((one) =>
    one.run === run && one.command === evaluation.command &&
    one.dataset === evaluation.dataset &&
    one.flags.join("\n") === flags.join("\n") &&
    (newest === undefined || one.epoch === newest)
  );
};

const leftOutOf = (
  gap: Gap,
  { leftOut }: KeptEvaluation,
  rows: readonly EvaluationRow[],
): string => {
  const [{ name }, evaluated] = runsOf(gap);
  const protocols = [...new Set(rows.map(({ protocol }) => protocol))];
  return `The command that gave ${evaluated.name} its ${
    protocols.join("; ")
  } gave ${name} others: ${
    leftOut.length > 0
      ? leftOut.join("; ")
      : "images, labels or split have changed in between; evaluate " +
        `${evaluated.name} again`
  }`;
};

const commandOf = (
  gap: Gap,
  flags: readonly string[],
  shown: (path: string) => string,
): string => {
  const [lacking] = runsOf(gap);
  const { command, dataset } = gap.evaluation;
  const words = [lacking.history.folder, dataset!, ...flags]
    .map((word) => quoted(isAbsolute(word) ? shown(word) : word));
  return ["deno task evaluate", command, ...words].join(" ");
};
