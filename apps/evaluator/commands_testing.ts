/**
 * The evaluator as a child process, and what it is tried on.
 *
 * @module
 */
import { contentDigest, digestAt } from "@deepcluster/data";
import { initialise } from "@deepcluster/models";
import {
  checkpointPath,
  createRun,
  networkOf,
  parseConfiguration,
  writeAssignments,
  writeRunImages,
} from "@deepcluster/runs";
import { folderStore, saveTensors } from "@deepcluster/storage";
import { type ProcessResult, runProgram } from "@deepcluster/test/commands";
import { Effect } from "effect";
import { join } from "node:path";

/**
 * Runs the evaluator as a child process.
 *
 * @param args Its command line.
 * @param program Its file. Default: `main.ts`.
 * @param watch As of `runProgram`.
 * @returns How it ended.
 */
export const runEvaluator = (
  args: readonly string[],
  program = "main.ts",
  watch?: Parameters<typeof runProgram>[2],
): Promise<ProcessResult> =>
  runProgram(new URL(program, import.meta.url), args, watch);

/**
 * Makes a run folder as training leaves it, with untrained weights.
 *
 * @param folder Where to.
 * @param images Folder of its images.
 * @param names Names of these, in the folder.
 * @param clusters Cluster of each.
 * @param scale Multiplies the weights of what is clustered.
 */
export const makeRun = (
  folder: string,
  images: string,
  names: readonly string[],
  clusters: readonly number[],
  scale = 1,
): Promise<void> =>
  Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const configuration = yield* parseConfiguration({
      images: "/made",
      model: "small",
      size: 16,
      clusters: 3,
      pca: 8,
    }, "a test");
    yield* createRun(folder, configuration);
    const network = yield* networkOf(configuration);
    const store = folderStore(folder);
    for (const epoch of [1, 2]) {
      const weights = initialise(network, epoch);
      const { data } = weights["classifier.1.weight"]!;
      data.forEach((weight, i) => data[i] = scale * weight);
      yield* saveTensors(store, checkpointPath(epoch), weights, {
        epoch: String(epoch),
      });
      yield* writeAssignments(store, epoch, {
        paths: names,
        clusters: Int32Array.from(clusters),
      });
    }
    const digests = yield* Effect.forEach(
      names,
      (name) => contentDigest({ kind: "file", path: join(images, name) }),
    );
    yield* writeRunImages(store, {
      ids: names,
      sha256s: digests.map((digest) => digestAt(digest, 0)),
      leftOut: [],
    });
  })));
