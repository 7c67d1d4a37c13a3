/**
 * What an index takes on disk, and what of it may go.
 *
 * An entry of its own (`@deepcluster/retrieval/index-storage`), as it needs no
 * engine.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import {
  kindOf,
  openDatabase,
  partialsOf,
  partOf,
  statement,
  type StorageKind,
  workLock,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";
import { indexStateOf } from "./index_database.ts";
import { indexFiles, vectorsName } from "./index_files.ts";

/** Index folders of `retrieve index`. */
export const indexStorage: StorageKind = {
  name: "search index",
  partNames: ["partial", "graph", "left-over", "index"],
  recognise: (names) =>
    names.includes(indexFiles.settings) && names.includes(indexFiles.database),
  inUse: (folder) => isLocked(folder),
  lock: (folder) =>
    workLock(join(folder, indexFiles.lock), "writes this index"),
  describe: Effect.fnUntraced(function* (folder, files, { inUse }) {
    const state = yield* stateOf(folder);
    const { readIndexSettings } = yield* loadSettings;
    const model = yield* readIndexSettings(folder).pipe(
      Effect.map(({ model }) => model?.name ?? "given vectors"),
      Effect.orElseSucceed(() => "unreadable settings"),
    );
    const older = files.filter(({ path }) =>
      vectors.test(path) && path !== vectorsName(state.generation)
    );
    const current = files.filter((file) => !older.includes(file));
    return {
      title: `${inUse ? "being written, " : ""}${state.images} images, ` +
        `${model}${state.complete ? "" : ", stopped before its end"}`,
      parts: [
        partialsOf(files),
        partOf(files, [graph], {
          name: "graph",
          cost: "safe",
          note: "the graph of approximate search; built again when needed",
        }),
        partOf(older, [vectors], {
          name: "left-over",
          cost: "safe",
          note: "vectors of before a compaction",
        }),
        partOf(current, [curation, vectors, centroids, settings], {
          name: "index",
          cost: "needed",
          note: "vectors, images and clusters; `retrieve index` makes them " +
            "again, but not the names of clusters",
        }),
      ],
    };
  }),
};

/** With the rules of the settings, which take long to load. */
const loadSettings = loadModule<typeof import("./index_settings.ts")>(
  new URL("./index_settings.ts", import.meta.url),
);

const graph = /^(graph\.(usearch|json)|random-pairs\.json)$/;
const vectors = /^features-\d+\.f32$/;
const centroids = /^(clusters-\d+|rmac)\.safetensors$/;
const curation = /^curation\.json$/;
const settings =
  /^(settings\.json|index\.(db(-wal|-shm|-journal)?|lock(-journal)?))$/;

const stateOf = (folder: string) =>
  openDatabase(join(folder, indexFiles.database), true).pipe(
    Effect.flatMap((database) =>
      statement("read", folder, () => indexStateOf(database))
    ),
    Effect.orElseSucceed(() => ({ generation: 1, images: 0, complete: false })),
    Effect.scoped,
  );

const isLocked = Effect.fnUntraced(function* (folder: string) {
  const path = join(folder, indexFiles.lock);
  if ((yield* kindOf(path)) === "nothing") return false;
  return yield* openDatabase(path, true).pipe(
    Effect.flatMap((database) =>
      statement("look at", path, () => {
        database.exec("PRAGMA busy_timeout = 0");
        database.prepare("SELECT count(*) FROM sqlite_master").get();
      })
    ),
    Effect.as(false),
    Effect.catch((error) => Effect.succeed(error._tag === "Locked")),
    Effect.scoped,
  );
});
