/**
 * A run from wherever it stands to its end: the effect that apps and scripts
 * call.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { Progress } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import type { NetworkError } from "@deepcluster/models";
import {
  type JournalError,
  networkOf,
  recover,
  requireLonger,
  type RunConfiguration,
  RunFolder,
  settingDifferences,
  type ShorterRunError,
  withJournalErrors,
} from "@deepcluster/runs";
import {
  type ArtifactRef,
  canonicalJson,
  type CheckpointStore,
  sha256Of,
  type StorageError,
} from "@deepcluster/storage";
import { Effect, Layer, Option } from "effect";
import type { WorkflowEngine } from "effect/workflow";
import { join } from "node:path";
import { DeepCluster, layerDeepCluster } from "./alternation.ts";
import { SettingsChangedError } from "./errors.ts";
import type { RunImages } from "./images.ts";
import { Run, type RunEvent } from "./run.ts";
import type { RunError } from "./run_error.ts";

/** How a run is carried out; nothing here changes its results. */
export interface Operation {
  /** Ends of epochs whose checkpoints stay, at least 2. Default: 3. */
  readonly keep?: number;
  /** Time between two saves in a long activity. Default: five minutes. */
  readonly saveEveryMs?: number;
  /** Called with every clustering and every epoch that is finished. */
  readonly onEvent?: (event: RunEvent) => Effect.Effect<void, StorageError>;
}

/** What {@link deepCluster} can fail with. */
export type DeepClusterError =
  | JournalError
  | NetworkError
  | RunError
  | SettingsChangedError
  | ShorterRunError;

/**
 * Starts or resumes a run and carries it to its end.
 *
 * Everything that may be exchanged is required as a service: the engine
 * (`Backend`), the assignment step of k-means (`Assigner`), where files go
 * (`CheckpointStore`), what performs the workflow (`WorkflowEngine`), who is
 * shown the progress (`Progress`), and the `RunFolder` on this machine. For a
 * run that lives in one folder, `layerRunFolder` provides the last of them.
 *
 * The folder must have been made by `createRun`, or opened by `openRun`, in
 * the same scope: that holds its lock. Started anew after any kill, it ends
 * with the same bytes as if it had never been killed. The settings must be those
 * that it was begun with; `images` may lie elsewhere, and `epochs` may be more:
 * the bytes are those of a run that had as many from its beginning.
 *
 * @param configuration The run's settings.
 * @param images Its images, as `openImages` returned them.
 * @param operation See {@link Operation}.
 * @returns The last checkpoint, or the error of the step that failed.
 */
export const deepCluster: (
  configuration: RunConfiguration,
  images: RunImages,
  operation?: Operation,
) => Effect.Effect<
  { readonly checkpoint: ArtifactRef },
  DeepClusterError,
  | Assigner
  | Backend
  | CheckpointStore
  | Progress
  | RunFolder
  | WorkflowEngine.WorkflowEngine
> = Effect.fn("deepCluster")(function* (configuration, images, operation = {}) {
  const { path: folder } = yield* RunFolder;
  const network = yield* networkOf(configuration);
  const begun = yield* requireSameSettings(configuration);
  const { epoch, skipped } = yield* recover();
  for (const path of skipped) {
    yield* Effect.logWarning(
      `Skipped ${join(folder, path)}: it is damaged or gone; ` +
        `going on from the end of epoch ${epoch}`,
    );
  }
  yield* requireLonger(folder, configuration.epochs, epoch);
  const run = {
    configuration,
    network,
    images,
    keep: Math.max(2, operation.keep ?? 3),
    saveEveryMs: operation.saveEveryMs ?? 300_000,
    onEvent: operation.onEvent ?? (() => Effect.void),
  };
  return yield* DeepCluster.execute({
    run: identityOf(begun, images.contentHash),
    epochs: configuration.epochs,
  }).pipe(
    withJournalErrors,
    // Fresh: two runs in one process must not share what the other registered.
    Effect.provide(
      Layer.fresh(layerDeepCluster).pipe(
        Layer.provide(Layer.succeed(Run, run)),
      ),
    ),
  );
});

/**
 * The journal remembers the settings that the run was begun with, should
 * `config.json` be edited. They name the run's activities from then on, also
 * when its images are moved or it is made longer.
 */
const requireSameSettings = Effect.fnUntraced(function* (
  configuration: RunConfiguration,
) {
  const { path: run, journal } = yield* RunFolder;
  const now: RunConfiguration = JSON.parse(canonicalJson(configuration));
  yield* journal.put("configuration", now);
  const entry = Option.getOrThrow(yield* journal.get("configuration"));
  const begun = entry as RunConfiguration;
  const differences = settingDifferences(begun, now);
  if (differences.length > 0) {
    return yield* new SettingsChangedError({ run, differences });
  }
  yield* requireLonger(run, now.epochs, begun.epochs);
  return begun;
});

const identityOf = (configuration: RunConfiguration, images: string) =>
  sha256Of(new TextEncoder().encode(canonicalJson({ configuration, images })));
