/**
 * Reads runs and compares them.
 *
 * @module
 */
import { layerNames, type NetworkError } from "@deepcluster/models";
import {
  assignmentEpochs,
  networkOf,
  readAssignedClusters,
  type ReadAssignmentsError,
  readRunImages,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { Effect } from "effect";
import { basename } from "node:path";
import {
  readRunHistory,
  type ReadRunHistoryError,
} from "../history/read_run_history.ts";
import { mapClusters, type RunAssignments } from "./cluster_mapping.ts";
import { environmentDifferences } from "./environment_differences.ts";
import { keptEvaluations } from "./kept_evaluations.ts";
import type { RunComparison } from "./run_comparison.ts";
import { settingDifferences } from "./setting_differences.ts";

/** What {@link compareRuns} can fail with. */
export type CompareRunsError =
  | ReadRunHistoryError
  | ReadAssignmentsError
  | NetworkError;

/**
 * Compares runs, on which processes may work.
 *
 * Reads the tables of images and of the newest clusters; memory for the names
 * of two runs at a time. Computes no features and looks at no image.
 *
 * @param folders Run folders, two or more; one may be named twice.
 * @returns The comparison, or the errors of the run folders.
 */
export const compareRuns: (
  folders: readonly string[],
) => Effect.Effect<RunComparison, CompareRunsError> = Effect.fn("compareRuns")(
  function* (folders) {
    const names = namesOf(folders);
    const histories = yield* Effect.forEach(folders, readRunHistory);
    const first = yield* readNewest(folders[0]!);
    const images = [first?.images.ids.length ?? 0];
    const mappings = [];
    for (const [at, folder] of folders.entries()) {
      if (at === 0) continue;
      const second = yield* readNewest(folder);
      images.push(second?.images.ids.length ?? 0);
      if (first && second) {
        mappings.push(yield* mapClusters(first, second, at));
      }
    }
    const { kept, rows } = yield* keptEvaluations(folders);
    const networks = yield* Effect.forEach(
      histories,
      ({ configuration }) => networkOf(configuration),
    );
    return {
      runs: histories.map((history, at) => ({
        name: names[at]!,
        history,
        images: images[at]!,
        layers: layerNames(networks[at]!).map(({ name }) => name),
      })),
      settings: settingDifferences(
        histories.map(({ configuration }) => configuration),
      ),
      environment: environmentDifferences(histories),
      kept,
      evaluations: rows,
      mappings,
    };
  },
);

/** Absent before the first clustering. */
const readNewest = Effect.fnUntraced(function* (folder: string) {
  const store = folderStore(folder);
  const epoch = (yield* assignmentEpochs(store)).at(-1);
  if (epoch === undefined) return undefined;
  return {
    epoch,
    images: yield* readRunImages(store),
    clusters: yield* readAssignedClusters(store, epoch),
  } satisfies RunAssignments;
});

/**
 * Names runs by their folders, and those of equal names by their number, too.
 *
 * @param folders Run folders.
 * @returns A name for each, all different.
 */
export const namesOf = (folders: readonly string[]): readonly string[] => {
  const names = folders.map((folder) => basename(folder));
  return names.map((name, at) =>
    names.indexOf(name) === names.lastIndexOf(name)
      ? name
      : `${name} (${at + 1})`
  );
};
