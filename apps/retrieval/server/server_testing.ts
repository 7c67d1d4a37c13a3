/**
 * A small index and a server of it, for tests.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { openSource } from "@deepcluster/datasets";
import { layerBackend } from "@deepcluster/gpu-backend";
import { makeIndexDescriptor, updateIndex } from "@deepcluster/retrieval";
import { openModel } from "@deepcluster/runs";
import { makeClasses, temporaryFolder } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { join } from "node:path";
import { type ServerOptions, startServer } from "./server.ts";

/** Services of indexing, with one thread. */
const services = Layer.mergeAll(Assigner.layerBackend, Progress.layerSilent)
  .pipe(Layer.provideMerge(layerBackend({ threads: 1 })));

/**
 * Indexes a folder of images by their pixels, or brings its index up to date.
 *
 * @param folder The index folder.
 * @param images The folder of images.
 * @param size Side to which the images are reduced.
 */
export const indexFolder = (folder: string, images: string, size = 8) =>
  Effect.gen(function* () {
    const model = yield* openModel("pixels", { size, seed: 1 });
    const { descriptor, settings } = yield* makeIndexDescriptor(folder, {
      model,
      opened: { path: "pixels", options: { size } },
    }, { layer: "pixels" });
    const { source } = yield* openSource(images);
    return yield* updateIndex({
      folder,
      settings,
      descriptor,
      sources: [{ root: images, source }],
      clusters: 3,
      seed: 1,
    });
  }).pipe(Effect.scoped, Effect.provide(services));

/** Three classes of images, indexed: `across`, `down` and `rings`. */
export const madeIndex = Effect.gen(function* () {
  const root = yield* temporaryFolder;
  const images = join(root, "images");
  yield* Effect.promise(() => makeClasses(images, 8));
  const folder = join(root, "index");
  yield* indexFolder(folder, images);
  return { folder, images };
});

/**
 * Serves a folder on any free port.
 *
 * @param folder The index folder.
 * @param options How; see {@link ServerOptions}.
 * @returns The server while the scope lasts.
 */
export const serveIndex = (
  folder: string,
  options: Partial<ServerOptions> = {},
) => startServer(folder, { port: 0, engine: { threads: 1 }, ...options });
