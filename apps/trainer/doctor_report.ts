/**
 * What `doctor` found, as text.
 *
 * @module
 */
import { maxDimensions } from "@deepcluster/clustering";
import {
  flopsText,
  type ProbeError,
  type TriedProvider,
} from "@deepcluster/gpu-backend";
import type { RunConfiguration } from "@deepcluster/runs";
import { formatFigure, formatSeconds, shown } from "@deepcluster/terminal";
import {
  type Estimate,
  type Phase,
  phases,
  type ProfileRun,
} from "@deepcluster/training";
import { bytesText } from "./bytes_text.ts";
import { presets } from "./configs/mod.ts";
import type { Finding } from "./doctor_findings.ts";
import type { Machine, Place } from "./doctor_machine.ts";

/** What was found about a run. */
export interface RunReport {
  /** Its settings. */
  readonly configuration: RunConfiguration;
  /** Its images, unreadable ones included. */
  readonly images: number;
  /** Length of its network's features. */
  readonly featureSize: number;
  /** What was tried; nothing where that was not possible. */
  readonly trial?: ProfileRun;
  /** What the run needs; nothing where nothing was tried. */
  readonly needs?: Estimate;
}

/** Everything that was found. */
export interface Report {
  /** The machine. */
  readonly machine: Machine;
  /** Every engine on every of its providers. */
  readonly engines: readonly TriedProvider[];
  /** Where the run is to be. */
  readonly place: Place;
  /** The run; nothing where no images were given. */
  readonly run?: RunReport;
  /** What is wrong. */
  readonly findings: readonly Finding[];
}

/**
 * Writes the report for people.
 *
 * @param report What was found.
 * @returns Lines of text.
 */
export const reportText = (
  { machine, engines, place, run, findings }: Report,
): string =>
  [
    section("Machine", machineLines(machine, place)),
    section("Engines", engineLines(engines)),
    run ? section("Run", runLines(run)) : section("Presets", presetLines),
    ...run?.needs ? [section("Needs", needLines(run.needs, run))] : [],
    ...findings.length === 0 ? [] : [
      findings.map(({ level, text }) => `${level}: ${text}`).join("\n"),
    ],
  ].join("\n\n");

type Line = readonly [string, string];

/** A title, and under it lines of a name and a text. */
const section = (title: string, lines: readonly Line[]): string => {
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    title,
    ...lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
  ].join("\n");
};

const machineLines = (
  { cores, freeMemoryBytes, memoryBytes, processor, runtime }: Machine,
  { folder, freeBytes }: Place,
): readonly Line[] => [
  ["processor", `${processor}, ${cores} cores`],
  ["memory", `${bytesText(memoryBytes)}, ${bytesText(freeMemoryBytes)} free`],
  ["disk", `${bytesText(freeBytes)} free for ${shown(folder) || "."}`],
  ["runtime", runtime],
];

const engineLines = (engines: readonly TriedProvider[]): readonly Line[] => {
  const width = Math.max(...engines.map(({ engine }) => engine.length));
  return engines.map(({ engine, provider, works, fails }) => [
    `${engine.padEnd(width)} ${provider}`,
    works
      ? [
        works.version,
        ...works.capabilities.deviceMemory ? [] : [threadsText(works.threads)],
        flopsText(works.flops),
        ...works.capabilities.interpreted ? ["for tiny sizes only"] : [],
      ].join(", ")
      : `cannot be used: ${failureText(fails!)}`,
  ]);
};

/** What is wrong and what helps, without naming the engines below. */
const failureText = ({ message, problem, remedy }: ProbeError): string =>
  problem === undefined || remedy === undefined
    ? message
    : `${problem}; ${
      remedy.replace(/, or choose --(engine|provider) .*$/, "")
    }`;

const threadsText = (threads: number): string =>
  `${threads} thread${threads === 1 ? "" : "s"}`;

const presetLines: readonly Line[] = Object.entries(presets)
  .map(([name, { images }]) => [name, `for ${images}`]);

const runLines = (
  { configuration, featureSize, images, trial }: RunReport,
): readonly Line[] => {
  const {
    batch,
    clusters,
    engine,
    epochs,
    model,
    pca,
    provider,
    size,
    threads,
  } = configuration;
  const each = (images / clusters).toPrecision(3);
  const dimensions = maxDimensions(images, featureSize, pca);
  return [
    [
      "images",
      `${images} in ${shown(configuration.images)}` +
      (trial
        ? `; of ${trial.sampled} looked at, ${trial.unreadable} unreadable`
        : ""),
    ],
    ["network", `${model} at ${size} px, ${featureSize} features`],
    [
      "clusters",
      `${clusters} of ${each} images on average, in ` +
      `${dimensions}${dimensions < pca ? ` of ${pca}` : ""} dimensions`,
    ],
    ["epochs", `${epochs} in batches of ${batch}`],
    ["engine", `${engine} on ${provider}, ${threadsText(threads)}`],
  ];
};

const needLines = (
  { memory, disk, finalDisk, ms, totalMs }: Estimate,
  { configuration: { epochs }, images }: RunReport,
): readonly Line[] => {
  const columns = (bytes: number, durationMs: number, words: string) =>
    [
      bytesText(bytes).padStart(8),
      formatSeconds(durationMs / 1000).padStart(12),
      ` ${words}`,
    ].join("  ").trimEnd();
  const perSecond = (durationMs: number) =>
    `${formatFigure(images / (durationMs / 1000))} images/s`;
  const words = (phase: Phase) =>
    phase === "survey"
      ? `once, ${perSecond(ms.survey)}`
      : phase === "extract" || phase === "train"
      ? perSecond(ms[phase])
      : "";
  return [
    ["", "  memory          time"],
    ...phases.map((phase): Line => [
      phase,
      columns(memory[phase], ms[phase], words(phase)),
    ]),
    [
      "the run",
      columns(
        Math.max(...Object.values(memory)),
        totalMs,
        `${epochs} epochs after the survey`,
      ),
    ],
    [
      "disk",
      `${bytesText(Math.max(...Object.values(disk))).padStart(8)}  ` +
      `${bytesText(finalDisk)} once the run is finished`,
    ],
  ];
};
