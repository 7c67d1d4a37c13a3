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
import { temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

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

/** Names of the images of {@link twoRuns}. */
export const paths = ["a.png", "b.png", "c.png", "d.png", "e.png", "f.png"];

/** A run, and another of twice as many epochs with other clusters. */
export const twoRuns = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  yield* writeComparedRun(one, { paths, epochs: [[0, 0, 0, 1, 1, 2]] });
  yield* writeComparedRun(two, {
    paths: paths.toReversed(),
    epochs: [[0, 0, 0, 0, 0, 0], [3, 2, 2, 1, 1, 1]],
    settings: { seed: 8, cropScale: [0.5, 1], limit: 6 },
  });
  return { folder, one, two };
});

/**
 * An evaluation as `evaluate` keeps it.
 *
 * @param value Its figure.
 * @returns What its file holds.
 */
export const evaluated = (value: number) => ({
  command: "knn",
  data: "/sets/labelled",
  epoch: 1,
  figures: [{
    model: "one, epoch 1",
    layer: "features",
    protocol: "knn, k = 20",
    split: "given",
    dataIdentity: "a".repeat(64),
    images: 100,
    classes: 4,
    statistic: "top-1 accuracy",
    value,
  }],
});

/**
 * Keeps an evaluation.
 *
 * @param run The run folder.
 * @param name Of the file.
 * @param content What it holds.
 */
export const keep = (run: string, name: string, content: unknown) => {
  const file = join(run, "evaluations", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
};
