/**
 * Small indexes of pictures in files, for the tests.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { folderSource } from "@deepcluster/data";
import { pixelsLayer } from "@deepcluster/features";
import { layerReference } from "@deepcluster/gpu-backend";
import { Effect, Layer } from "effect";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import sharp from "sharp";
import { layerDescriptor } from "../descriptors/layer_descriptor.ts";
import { indexFiles } from "./index_files.ts";
import { updateIndex, type UpdateIndexOptions } from "./update_index.ts";

/** What the tests need of services: nothing of a machine. */
export const services = Layer.mergeAll(
  Assigner.layerReference,
  Progress.layerSilent,
  layerReference,
);

/**
 * Writes pictures of 6 by 5 pixels.
 *
 * @param folder Where to.
 * @param pictures The seed of each by its name; a text is written as it is.
 */
export const writePictures = (
  folder: string,
  pictures: Readonly<Record<string, number | string>>,
): Effect.Effect<void> =>
  Effect.promise(async () => {
    for (const [name, seed] of Object.entries(pictures)) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(
        path,
        typeof seed === "string" ? seed : await picture(seed),
      );
    }
  });

const picture = (seed: number): Promise<Uint8Array> => {
  const data = Uint8Array.from(
    { length: 90 },
    (_, i) => (seed * (i + 7) * 13 + seed) % 251,
  );
  return sharp(data, { raw: { width: 6, height: 5, channels: 3 } })
    .png().toBuffer();
};

/**
 * Indexes a folder of pictures by their pixels, four at a time.
 *
 * @param folder The index folder.
 * @param pictures The folder of pictures.
 * @param options What differs from the defaults of the tests.
 * @returns What was done.
 */
export const updateFrom = (
  folder: string,
  pictures: string,
  options: Partial<UpdateIndexOptions> = {},
) =>
  Effect.gen(function* () {
    const descriptor = yield* layerDescriptor(
      { name: "pixels", identity: "1", size: 4, parameters: {} },
      pixelsLayer(4),
      { batch: 4 },
    );
    const { source } = yield* folderSource(pictures);
    return yield* updateIndex({
      folder,
      settings: {
        model: { path: "pixels", name: "pixels", identity: "1", options: {} },
        columns: descriptor.columns,
        descriptor: descriptor.settings,
      },
      descriptor,
      sources: [{ root: pictures, source }],
      seed: 1,
      ...options,
    });
  }).pipe(Effect.scoped, Effect.provide(services));

/**
 * Reads the tables of an index, without what only spares reading files again.
 *
 * @param folder The index folder.
 * @returns Rows by table.
 */
export const tablesOf = (folder: string) => {
  const database = new DatabaseSync(join(folder, indexFiles.database), {
    readOnly: true,
  });
  const all = (query: string) => database.prepare(query).all();
  const tables = {
    images: all("SELECT * FROM images ORDER BY id").map((row) => ({
      ...row,
      stamp: undefined,
      modified: undefined,
    })),
    vectors: all("SELECT * FROM vectors ORDER BY row"),
    blocks: all("SELECT * FROM blocks ORDER BY block"),
    state: all("SELECT * FROM state"),
    arrays: all("SELECT * FROM arrays ORDER BY name"),
  };
  database.close();
  return tables;
};
