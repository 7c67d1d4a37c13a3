/**
 * The folder that `cluster` writes: it appears under its name when all of it
 * is on disk. Until then `.NAME.partial` beside it holds the state of the
 * k-means, from which the same command resumes.
 *
 * @module
 */
import {
  formatHistory,
  formatReport,
  type KMeansState,
  parseHistory,
} from "@deepcluster/clustering";
import { floatTensor, intTensor, matrix, rowsOf } from "@deepcluster/core";
import {
  canonicalJson,
  encoded,
  folderStore,
  kindOf,
  loadTensors,
  removeFile,
  renameDurably,
  requireWritable,
  saveTensors,
  workLock,
  writeNpy,
  writeTable,
} from "@deepcluster/storage";
import { shown } from "@deepcluster/terminal";
import { Effect } from "effect";
import { basename, dirname, join } from "node:path";
import type {
  ClusteredRows,
  ClusterSettings,
  SavedStates,
} from "./cluster_rows.ts";
import { ModelCommandError } from "./model_errors.ts";

/**
 * Requires the folder not to exist, and that it can be made.
 *
 * @param out The folder.
 * @returns Nothing, or `ModelCommandError`, or `StorageError`.
 */
export const requireNew = Effect.fnUntraced(function* (out: string) {
  const kind = yield* kindOf(out);
  if (kind === "nothing") return yield* requireWritable(out, "folder");
  return yield* new ModelCommandError({
    action: `write ${shown(out)}`,
    rule: "--out must be a new folder",
    found: `a ${kind} is there`,
  });
});

const stateFile = "state.safetensors";

/**
 * Opens the folder in its making. Another command that writes the same folder
 * is waited for: their files must not mix.
 *
 * @param out Where it shall be.
 * @returns What keeps the state of k-means, and publishes its result, while the
 * scope lasts; or `ModelCommandError` when something is there, or
 * `StorageError`.
 */
export const clusterFolder = Effect.fnUntraced(function* (out: string) {
  const partial = join(dirname(out), `.${basename(out)}.partial`);
  const lock = join(partial, "work.lock");
  yield* workLock(lock, `writes ${shown(out)}`);
  yield* requireNew(out);
  const store = folderStore(partial);
  const states: SavedStates = {
    load: Effect.fnUntraced(function* (key) {
      const found = yield* Effect.option(loadTensors(store, stateFile));
      if (found._tag === "None" || found.value.metadata["key"] !== key) {
        return undefined;
      }
      const { tensors, metadata } = found.value;
      const { shape: [k, d], data } = tensors["centroids"]!;
      const history = parseHistory(metadata["history"]!);
      yield* Effect.logInfo(
        `Resumed after ${history.length} iterations of ${shown(partial)}`,
      );
      return {
        centroids: matrix(k!, d!, data as Float32Array),
        assignments: tensors["labels"]!.data as Int32Array,
        history,
      };
    }),
    save: (key, { centroids, assignments, history }: KMeansState) =>
      saveTensors(store, stateFile, {
        centroids: floatTensor(
          [centroids.rows, centroids.columns],
          centroids.data,
        ),
        labels: intTensor([assignments.length], assignments),
      }, { key, history: formatHistory(history) }).pipe(
        Effect.asVoid,
        // A matrix of floats and a vector of ranks keep the format's rules.
        Effect.catchTags({ SafetensorsError: Effect.die }),
      ),
  };
  const publish = Effect.fnUntraced(function* (
    settings: ClusterSettings,
    names: readonly string[],
    { assignments, distances, centroids, whitening, report }: ClusteredRows,
  ) {
    const npy = (name: string) => join(partial, `${name}.npy`);
    yield* writeNpy(npy("assignments"), assignments);
    yield* writeNpy(npy("centroids"), rowsOf(centroids));
    if (whitening !== undefined) {
      const { mean, projection } = whitening;
      yield* writeNpy(npy("mean"), rowsOf(matrix(1, mean.length, mean)));
      yield* writeNpy(npy("projection"), rowsOf(projection));
    }
    yield* writeTable(
      store,
      "assignments.tsv",
      ["path", "cluster", "distance"],
      Iterator.from(names.keys()).map((row) => [
        names[row]!,
        String(assignments[row]),
        String(Math.fround(distances[row]!)),
      ]),
    );
    yield* store.put("report.json", encoded(formatReport(report)));
    yield* store.put("settings.json", encoded(canonicalJson(settings) + "\n"));
    yield* removeFile(join(partial, stateFile));
    yield* removeFile(lock);
    yield* renameDurably(partial, out);
  });
  return { ...states, publish };
});
