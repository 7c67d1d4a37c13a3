/**
 * A run from its folder to its end: the effect that apps and scripts call.
 *
 * @module
 */
import {
  canonicalJson,
  CheckpointStore,
  type Journal,
  layerJournaled,
  openJournal,
  runFiles,
  sha256Of,
  type StorageError,
  withJournalErrors,
} from "@deepcluster/checkpoint";
import { Assigner } from "@deepcluster/clustering";
import { Effect, Layer, Option } from "effect";
import { join } from "node:path";
import { DeepCluster, layerDeepCluster } from "./alternation.ts";
import type { RunConfiguration } from "./configuration.ts";
import { SettingsChangedError } from "./errors.ts";
import type { RunImages } from "./images.ts";
import { networkOf } from "./network.ts";
import { recover } from "./recovery.ts";
import { Run, type RunEvent } from "./run.ts";
import { requireLonger, settingDifferences } from "./same_settings.ts";

/** How a run is carried out; nothing here changes its results. */
export interface Operation {
  /** Ends of epochs whose checkpoints stay, at least 2; 3 when absent. */
  readonly keep?: number;
  /** Time between two saves in a long activity; five minutes when absent. */
  readonly saveEveryMs?: number;
  /** Hears of every clustering and epoch that is finished. */
  readonly tell?: (event: RunEvent) => Effect.Effect<void, StorageError>;
}

/**
 * Starts or resumes the run of a folder and carries it to its end.
 *
 * The folder must have been made by `createRun`, or opened by `openRun`, in
 * the same scope: that holds its lock. Started anew after any kill, it ends
 * with the same bytes as if it had never been killed. The settings must be those
 * that it was begun with; `images` may lie elsewhere, and `epochs` may be more:
 * the bytes are those of a run that had as many from its beginning.
 *
 * @param folder The run folder.
 * @param configuration The run's settings.
 * @param images Its images, as `openImages` found them.
 * @param operation See {@link Operation}.
 * @returns The last checkpoint, or the error of the step that failed.
 */
export const deepCluster = Effect.fn("deepCluster")(function* (
  folder: string,
  configuration: RunConfiguration,
  images: RunImages,
  operation: Operation = {},
) {
  const network = yield* networkOf(configuration);
  const journal = yield* openJournal(join(folder, runFiles.journal));
  const begun = yield* requireSameSettings(folder, journal, configuration);
  const store = CheckpointStore.layerFolder(folder);
  const { epoch, passedOver } = yield* Effect.provide(recover(journal), store);
  for (const path of passedOver) {
    yield* Effect.logWarning(
      `Passed over ${join(folder, path)}: it is damaged or gone; ` +
        `going on from the end of epoch ${epoch}`,
    );
  }
  yield* requireLonger(folder, configuration.epochs, epoch);
  const run = Layer.succeed(Run, {
    configuration,
    network,
    images,
    folder,
    keep: Math.max(2, operation.keep ?? 3),
    saveEveryMs: operation.saveEveryMs ?? 300_000,
    tell: operation.tell ?? (() => Effect.void),
  });
  const result = yield* DeepCluster.execute({
    run: identityOf(begun, images.contentHash),
    epochs: configuration.epochs,
  }).pipe(
    withJournalErrors,
    Effect.provide(layerDeepCluster.pipe(
      Layer.provideMerge(layerJournaled(journal)),
      Layer.provide([run, store, Assigner.layerBackend]),
    )),
  );
  return result;
}, Effect.scoped);

/**
 * The journal remembers the settings that the run was begun with, should
 * `config.json` be edited. They name the run's activities from then on, also
 * when its images are moved or it is made longer.
 */
const requireSameSettings = Effect.fnUntraced(function* (
  run: string,
  journal: Journal,
  configuration: RunConfiguration,
) {
  const now: RunConfiguration = JSON.parse(canonicalJson(configuration));
  yield* journal.put("configuration", now);
  const entry = Option.getOrThrow(yield* journal.get("configuration"));
  const begun = entry as RunConfiguration;
  const found = settingDifferences(begun, now);
  if (found.length > 0) {
    return yield* new SettingsChangedError({ run, differences: found });
  }
  yield* requireLonger(run, now.epochs, begun.epochs);
  return begun;
});

const identityOf = (configuration: RunConfiguration, images: string) =>
  sha256Of(new TextEncoder().encode(canonicalJson({ configuration, images })));
