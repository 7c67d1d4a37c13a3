/**
 * What `compare` prints.
 *
 * @module
 */
import {
  baselineText,
  type ClusterMapping,
  environmentSentence,
  evaluationGaps,
  evaluationGroups,
  evaluationVersions,
  figureText,
  mappingSentence,
  partWords,
  type RunComparison,
  runSentence,
  shownBaselines,
  unrecordedSentence,
} from "@deepcluster/report";
import { shown } from "@deepcluster/terminal";

/**
 * Writes a comparison for a terminal.
 *
 * @param comparison What was compared.
 * @returns Lines.
 */
export const comparisonText = (comparison: RunComparison): string => {
  const { runs, settings, environment, evaluations, mappings } = comparison;
  const names = runs.map(({ name }) => name);
  const { commands, reasons } = evaluationGaps(comparison, shown);
  const versions = evaluationVersions(comparison);
  const unrecorded = unrecordedSentence(comparison);
  return [
    ...runs.map((run) => `${run.name}: ${runSentence(runs, run)}`),
    "",
    ...settings.length === 0 ? ["All settings are the same."] : table([
      ["setting", ...names],
      ...settings.map(({ field, flag, values }) => [
        flag === undefined ? field : `--${flag}`,
        ...values.map((value) => value ?? "not set"),
      ]),
    ]),
    ...environment.length === 0 ? [] : [
      "",
      ...table([
        ["trained with", ...names],
        ...environment.map(({ field, values }) => [
          field,
          ...values.map((value) => value ?? "not noted"),
        ]),
      ]),
      environmentSentence,
    ],
    "",
    ...table([["newest epoch", ...names], ...newestFigures(comparison)]),
    "",
    ...evaluations.length === 0
      ? [
        "No evaluation is kept: `deno task evaluate all RUN IMAGES` makes some.",
      ]
      : evaluationLines(comparison),
    ...versions === undefined ? [] : [versions],
    ...unrecorded === undefined ? [] : [unrecorded],
    ...listed("These commands fill in what is missing:", commands),
    ...listed("What cannot be filled in:", reasons),
    ...mappings.flatMap((mapping) => mappingLines(comparison, mapping)),
  ].join("\n");
};

const listed = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

/** A line for each protocol, and its statistics below it. */
const evaluationLines = (comparison: RunComparison): readonly string[] => {
  const { runs, evaluations } = comparison;
  const beside = shownBaselines(evaluations);
  const groups = evaluationGroups(comparison, shown);
  const [head, ...lines] = table([
    ["evaluation", ...beside, ...runs.map(({ name }) => name)],
    ...groups.flatMap(({ rows }) => rows).map((row) => [
      `  ${row.statistic}, ${row.layer}`,
      ...beside.map((one) => baselineText(row, one, comparison) ?? "-"),
      ...runs.map((_, run) => figureText(row, run, comparison) ?? "-"),
    ]),
  ]);
  let done = 0;
  return [
    head!,
    ...groups.flatMap(({ title, rows }) => {
      const start = done;
      done += rows.length;
      return [title, ...lines.slice(start, done)];
    }),
  ];
};

const newestFigures = ({ runs }: RunComparison): readonly string[][] => {
  const newest = runs.map(({ history }) => history.epochs.at(-1));
  const trained = runs.map(({ history }) =>
    history.epochs.findLast(({ training }) => training)?.training
  );
  const row = (name: string, values: readonly (number | undefined)[]) =>
    values.every((value) => value === undefined)
      ? []
      : [[name, ...values.map((value) => value?.toFixed(3) ?? "-")]];
  return [
    ...row("loss", trained.map((one) => one?.loss)),
    ...row("accuracy", trained.map((one) => one?.accuracy)),
    ...row("NMI to previous", newest.map((one) => one?.report.nmiToPrevious)),
    ...row("NMI to labels", newest.map((one) => one?.nmiToLabels)),
    ...row("imbalance", newest.map((one) => one?.report.imbalance)),
  ];
};

const mappingLines = (
  comparison: RunComparison,
  mapping: ClusterMapping,
): readonly string[] => [
  "",
  mappingSentence(comparison, mapping),
  ...mapping.clusters.map(({ cluster, size, parts }) =>
    `  cluster ${cluster}, ${size} images: ` +
    parts.map((part) => partWords(part, size)).join("; ")
  ),
];

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)
    ).join("  ").trimEnd()
  );
};
