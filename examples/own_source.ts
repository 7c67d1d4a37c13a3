/**
 * A source of one's own: the frames of one big picture, a sheet of sprites,
 * are the images of a run.
 *
 * A source has a name, a list of ids, and a function from a position to an
 * image: a file, an encoded image in memory, or pixels as here. It must give
 * the same images in the same order when the run is resumed; the run checks.
 *
 * Not the paper's settings: a small net, 160 frames, 8 clusters, 2 epochs.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import type { ImageSource } from "@deepcluster/data";
import { layerBackend } from "@deepcluster/gpu-backend";
import { nmi } from "@deepcluster/metrics";
import {
  createRun,
  layerRunFolder,
  parseConfiguration,
  readAssignments,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { deepCluster, openImages } from "@deepcluster/training";
import { Effect, Layer } from "effect";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawingSide, makeSheet } from "./made_images.ts";
import sharp from "sharp";

/** The frames of a sheet, row by row: squares of `side` pixels. */
export const spriteSource = Effect.fn("spriteSource")(function* (
  path: string,
  side: number,
): Effect.fn.Return<ImageSource> {
  const picture = sharp(path).flatten({ background: "white" }).raw();
  const { data, info } = yield* Effect.promise(() =>
    picture.toBuffer({ resolveWithObject: true })
  );
  const columns = Math.floor(info.width / side);
  const count = columns * Math.floor(info.height / side);
  const pixelsOf = (frame: number): Uint8Array => {
    const [x, y] = [frame % columns, Math.floor(frame / columns)];
    const pixels = new Uint8Array(3 * side * side);
    for (let line = 0; line < side; line++) {
      const start = 3 * ((y * side + line) * info.width + x * side);
      pixels.set(data.subarray(start, start + 3 * side), 3 * line * side);
    }
    return pixels;
  };
  const square = { width: side, height: side, channels: 3 } as const;
  return {
    name: path,
    ids: Array.from({ length: count }, (_, frame) => `frame ${frame}`),
    payload: (frame) => ({ kind: "pixels", ...square, data: pixelsOf(frame) }),
  };
});

/** Draws a sheet in `folder`, learns from its frames, evaluates the clusters. */
export const program = Effect.fn("program")(function* (folder: string) {
  const sheet = join(folder, "sprites.png");
  const shapes = yield* makeSheet(sheet, 16, 10);
  const source = yield* spriteSource(sheet, drawingSide);

  const configuration = yield* parseConfiguration({
    images: sheet,
    model: "small",
    size: 32,
    clusters: 8,
    pca: 8,
    epochs: 2,
    batch: 16,
    dropout: 0,
    cropScale: [0.3, 1],
  }, "own_source.ts");
  const run = join(folder, "run");
  yield* createRun(run, configuration);
  yield* Effect.gen(function* () {
    const images = yield* openImages(configuration, source, {
      cacheBytes: 0, // pixels need no decoding
    });
    yield* deepCluster(configuration, images);
  }).pipe(Effect.provide(
    Layer.mergeAll(
      layerRunFolder(run),
      Assigner.layerBackend,
      Progress.layerSilent,
    ).pipe(
      Layer.provideMerge(layerBackend({ threads: configuration.threads })),
    ),
  ));

  // Only now are the clusters compared with the shapes that were drawn.
  const store = folderStore(run);
  const nmiToShapes: number[] = [];
  for (const epoch of [1, configuration.epochs]) {
    const { clusters } = yield* readAssignments(store, epoch);
    nmiToShapes.push(yield* nmi(clusters, shapes));
  }
  return { frames: source.ids.length, nmiToShapes, run };
}, Effect.scoped);

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), "own-source-"));
  console.log(await Effect.runPromise(program(folder)));
}
