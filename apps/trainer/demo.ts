/**
 * `demo`: from nothing to clusters that one can look at, in minutes.
 *
 * Renders the emoji set, trains the small net on it without labels, and shows
 * how well the clusters agree with the groups that Unicode sorts emoji into,
 * and what the features are worth beside random weights and pixels.
 *
 * @module
 */
import { ImageMemory } from "@deepcluster/data";
import { emojiTables, renderEmoji } from "@deepcluster/datasets";
import { resolveBackend } from "@deepcluster/gpu-backend";
import { reportName } from "@deepcluster/report";
import {
  continuedEngine,
  type Metrics,
  openRun,
  parseConfiguration,
  resumedConfiguration,
  type RunConfiguration,
  runFiles,
  settingDifferences,
  typedEngine,
} from "@deepcluster/runs";
import { kindOf } from "@deepcluster/storage";
import { fromHere, layerProgress, shown } from "@deepcluster/terminal";
import { SettingsChangedError } from "@deepcluster/training";
import { Console, Effect, Option } from "effect";
import { join } from "node:path";
import { smallEmoji } from "./configs/small_emoji.ts";
import { demoResults, layerEvaluation } from "./demo_results.ts";
import { keepReport } from "./report.ts";
import type { OperationValues } from "./operation_flags.ts";
import { runToEnd } from "./run_to_end.ts";
import { sheetName } from "./sheet.ts";
import { startRun } from "./start_run.ts";
import { usualEpochs, type Values } from "./demo_flags.ts";

/** Does what `demo` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ data, run, epochs, engine, operation }: Values) {
    const emoji = yield* Effect.provide(
      renderEmoji(fromHere(data), { size: 64 }),
      layerProgress(),
    );
    const folder = fromHere(run);
    const config = join(folder, runFiles.config);
    const begun = (yield* kindOf(config)) === "nothing"
      ? undefined
      : yield* parseConfiguration(yield* openRun(folder), config);
    const { software } = operation;
    const selected = yield* resolveBackend(
      typedEngine(continuedEngine({ ...engine, software }, begun)),
    );
    const configuration = yield* parseConfiguration({
      ...smallEmoji.settings,
      engine: selected.engine,
      provider: selected.provider,
      threads: selected.threads,
      epochs: Option.getOrElse(epochs, () => usualEpochs),
      images: join(fromHere(data), emojiTables.images),
      labelColumn: "group",
    }, "the demo");
    const metrics = begun === undefined
      ? yield* startRun(folder, configuration, operation)
      : yield* goOn(folder, begun, configuration, epochs, operation);
    if (!operation.json) yield* Console.log(demoTable(emoji.images, metrics));
    // The report first: the evaluation finds the features of its pass.
    const [reported, results] = yield* Effect.all([
      keepReport(folder, { finished: true }),
      operation.json
        ? Effect.undefined
        : demoResults(folder, fromHere(data), configuration),
    ], { concurrency: 2 }).pipe(Effect.provide(layerEvaluation(selected)));
    if (results === undefined) return;
    yield* Console.log(`\n${results}\n`);
    const sheet = join(folder, sheetName);
    if ((yield* kindOf(sheet)) !== "nothing") {
      yield* Console.log(`Look at the clusters: ${shown(sheet)}`);
    }
    if (reported) {
      yield* Console.log(
        `Read the report: ${shown(join(folder, reportName))}`,
      );
    }
  },
  Effect.scoped,
  (work) => Effect.provideService(work, ImageMemory, {}),
);

/** The same run of an earlier time goes on, to as many epochs at least. */
const goOn = Effect.fnUntraced(function* (
  folder: string,
  begun: RunConfiguration,
  wanted: RunConfiguration,
  epochs: Option.Option<number>,
  operation: OperationValues,
) {
  const changes = settingDifferences(begun, wanted);
  if (changes.length > 0) {
    return yield* new SettingsChangedError({
      run: folder,
      differences: changes,
    });
  }
  const configuration = yield* resumedConfiguration(folder, begun, {
    images: wanted.images,
    epochs: Option.getOrElse(
      epochs,
      () => Math.max(begun.epochs, wanted.epochs),
    ),
  });
  return yield* runToEnd(folder, configuration, operation);
});

/** NMI to the groups at the first and at the last clustering. */
const demoTable = (images: number, metrics: readonly Metrics[]): string => {
  const clustered = metrics.filter(({ event }) => event === "clustered");
  const cell = (line: Metrics | undefined) =>
    Number(line?.["nmiToLabels"]).toFixed(3);
  return [
    "",
    `${images} emoji in ${clustered.at(-1)?.["clusters"]} clusters`,
    "clustering          NMI to the 9 groups",
    `first (random net)  ${cell(clustered[0])}`,
    `${`last (epoch ${clustered.length})`.padEnd(20)}${cell(clustered.at(-1))}`,
  ].join("\n");
};
