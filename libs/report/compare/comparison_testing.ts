/**
 * Runs to compare: figures and clusters of a few made images.
 *
 * @module
 */
import { formatReport, reportClustering } from "@deepcluster/clustering";
import { matrix } from "@deepcluster/core";
import {
  inEpoch,
  parseConfiguration,
  saveConfiguration,
  writeAssignments,
  writeRunImages,
} from "@deepcluster/runs";
import { encoded, folderStore } from "@deepcluster/storage";
import { Effect } from "effect";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a compared run holds. */
export interface MadeComparedRun {
  /** Names of its images; the content of each is that of its name. */
  readonly paths: readonly string[];
  /** Cluster of each, in each epoch. */
  readonly epochs: readonly (readonly number[])[];
  /** Settings that are not those of other made runs. */
  readonly settings?: object;
}

/**
 * Writes a run folder.
 *
 * @param folder A new folder.
 * @param run What it holds.
 */
export const writeComparedRun = Effect.fnUntraced(function* (
  folder: string,
  { paths, epochs, settings = {} }: MadeComparedRun,
) {
  mkdirSync(folder, { recursive: true });
  yield* saveConfiguration(
    folder,
    yield* parseConfiguration({
      images: join(folder, "../images"),
      clusters: 4,
      epochs: epochs.length,
      model: "small",
      size: 32,
      seed: 7,
      ...settings,
    }, "made run"),
  );
  writeFileSync(join(folder, "run.lock"), "");
  const store = folderStore(folder);
  const sha256s = paths.map((path) => path.padEnd(64, "0"));
  yield* writeRunImages(store, { ids: paths, sha256s, leftOut: [] });
  const lines: object[] = [];
  for (const [at, assigned] of epochs.entries()) {
    const epoch = at + 1;
    const clusters = Int32Array.from(assigned);
    yield* writeAssignments(store, epoch, { paths, clusters });
    const report = yield* reportClustering({
      assignments: clusters,
      distances: new Float64Array(paths.length),
      loss: 1,
      state: {
        centroids: matrix(4, 2),
        assignments: clusters,
        history: [{ loss: 1, splits: 0, changedFraction: 1, imbalance: 1 }],
      },
    });
    yield* store.put(
      inEpoch("clusters", epoch, ".json"),
      encoded(formatReport(report)),
    );
    lines.push(
      { event: "clustered", epoch, images: paths.length },
      { event: "trained", epoch, loss: 2 / epoch, accuracy: 0.5, steps: 3 },
    );
  }
  writeFileSync(
    join(folder, "metrics.jsonl"),
    lines.map((line) => JSON.stringify(line) + "\n").join(""),
  );
});
