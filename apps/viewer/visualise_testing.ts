/**
 * The command `visualise` as a child process.
 *
 * @module
 */
import { contentDigest, digestAt } from "@deepcluster/data";
import {
  createRun,
  parseConfiguration,
  writeAssignments,
  writeRunImages,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { type ProcessResult, runProgram } from "@deepcluster/test/commands";
import { Effect } from "effect";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Runs `visualise`.
 *
 * @param args Its command line.
 * @param watch As of `runProgram`.
 * @returns How it ended.
 */
export const runVisualise = (
  args: readonly string[],
  watch?: Parameters<typeof runProgram>[2],
): Effect.Effect<ProcessResult> =>
  Effect.promise(() =>
    runProgram(new URL("visualise_main.ts", import.meta.url), args, watch)
  );

/**
 * Makes a run folder as training leaves it, of images that lie in a folder.
 *
 * @param folder Where to.
 * @param images Folder of its images.
 * @param names Names of these, in the folder.
 * @param clusters Cluster of each, in both of its epochs.
 */
export const makeRun = Effect.fnUntraced(function* (
  folder: string,
  images: string,
  names: readonly string[],
  clusters: readonly number[],
) {
  const configuration = yield* parseConfiguration(
    { images, model: "small", size: 16, clusters: 3, pca: 8 },
    "a test",
  );
  yield* createRun(folder, configuration);
  const store = folderStore(folder);
  for (const epoch of [1, 2]) {
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
}, Effect.scoped);

/**
 * Reads a folder.
 *
 * @param folder A folder of files.
 * @returns Name and content of each, in order.
 */
export const filesOf = (folder: string) =>
  readdirSync(folder).sort().map((name) =>
    [name, readFileSync(join(folder, name)).toString("base64")] as const
  );
