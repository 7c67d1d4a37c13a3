/**
 * Tells whether an index has changed, without opening it for long.
 *
 * @module
 */
import { Effect } from "effect";
import {
  type IndexReadError,
  indexStateOf,
  openIndexDatabase,
} from "./index_database.ts";

/**
 * Returns a text that is another one once images, vectors or clusters of an
 * index have changed.
 *
 * @param folder The index folder.
 * @returns The text, or `DamagedIndexError`, or `StorageError`.
 */
export const indexRevision: (
  folder: string,
) => Effect.Effect<string, IndexReadError> = Effect.fn("indexRevision")(
  function* (folder) {
    const { run } = yield* openIndexDatabase(folder, "read");
    return yield* run("read", (database) => {
      const newest = database.prepare("SELECT max(id) AS id FROM images").get();
      return JSON.stringify([indexStateOf(database), newest!["id"]]);
    });
  },
  Effect.scoped,
);
