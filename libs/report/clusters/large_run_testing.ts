/**
 * A run of any size, made of 200 small pictures under many names, to measure
 * what a report of it takes:
 * `deno run -A libs/report/clusters/large_run_testing.ts DIR 1000000 10000 10`
 * writes `DIR/run` for the manifest `DIR/images.csv`.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import { contentDigest } from "@deepcluster/data";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import {
  createWriteStream,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import sharp from "sharp";
import { writeMadeRun } from "./made_run_testing.ts";

/** How large the run is. */
export interface LargeRun {
  /** Images, n. */
  readonly images: number;
  /** Clusters, k. */
  readonly clusters: number;
  /** Epochs. */
  readonly epochs: number;
  /** Features of a centroid. Default: 256, as in the paper. */
  readonly columns?: number;
}

const pictures = 200;

/**
 * Writes the run, its manifest and its pictures.
 *
 * @param folder An existing folder.
 * @param size See {@link LargeRun}.
 * @returns The settings of `run` in the folder.
 */
export const writeLargeRun = Effect.fnUntraced(function* (
  folder: string,
  { images, clusters, epochs, columns = 256 }: LargeRun,
) {
  const sha256s = yield* writePictures(join(folder, "pictures"));
  const paths = Array.from(
    { length: images },
    (_, i) => `all/${Math.floor(i / pictures)}/picture-${i % pictures}.png`,
  );
  mkdirSync(join(folder, "all"));
  for (let i = 0; i < images; i += pictures) {
    symlinkSync("../pictures", join(folder, "all", `${i / pictures}`));
  }
  yield* writeManifest(join(folder, "images.csv"), paths);
  const run = join(folder, "run");
  mkdirSync(run);
  const { normal, uniform } = draws(1, "centroids");
  return yield* writeMadeRun(run, {
    images: join(folder, "images.csv"),
    paths,
    sha256s: paths.map((_, i) => sha256s[i % pictures]!),
    clusters,
    epochs: Array.from(
      { length: epochs },
      (_, epoch) => assignmentsOf(images, clusters, epoch),
    ),
    centroids: Float32Array.from({ length: clusters * columns }, normal),
    distances: Float32Array.from({ length: images }, uniform),
  });
});

/**
 * Clusters of unequal sizes, of which a fifth of the images changes every
 * epoch, and all numbers.
 */
const assignmentsOf = (images: number, clusters: number, epoch: number) => {
  const { uniform, integer } = draws(1, "assignments", epoch);
  const stays = draws(1, "stays");
  return Int32Array.from({ length: images }, () => {
    const own = Math.floor(clusters * stays.uniform() ** 1.5);
    const cluster = uniform() < 0.2 ? integer(clusters) : own;
    return (cluster + 37 * epoch) % clusters;
  });
};

const writePictures = Effect.fnUntraced(function* (folder: string) {
  mkdirSync(folder);
  return yield* Effect.forEach(
    Array.from({ length: pictures }, (_, i) => i),
    (i) =>
      Effect.gen(function* () {
        const { integer } = draws(1, "picture", i);
        const data = Uint8Array.from({ length: 12 }, () => integer(256));
        const raw = { width: 2, height: 2, channels: 3 } as const;
        const bytes = yield* Effect.promise(() =>
          sharp(data, { raw }).resize(96, 80, { fit: "fill" }).png().toBuffer()
        );
        const path = join(folder, `picture-${i}.png`);
        writeFileSync(path, bytes);
        const digest = yield* contentDigest({ kind: "file", path });
        return Buffer.from(digest).toString("hex");
      }),
  );
});

const writeManifest = (path: string, paths: readonly string[]) =>
  Effect.promise(async () => {
    const file = createWriteStream(path);
    file.write("path,label\n");
    for (const [i, name] of paths.entries()) {
      file.write(`${name},class ${i % 1000}\n`);
    }
    file.end();
    await finished(file);
  });

if (import.meta.main) {
  const [folder, images, clusters, epochs] = Deno.args;
  mkdirSync(folder!, { recursive: true });
  await Effect.runPromise(writeLargeRun(folder!, {
    images: Number(images),
    clusters: Number(clusters),
    epochs: Number(epochs),
  }));
}
