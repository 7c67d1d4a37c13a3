/**
 * The file of the thumbnails of a map, in the run folder.
 *
 * @module
 */
import { runFiles } from "@deepcluster/runs";
import { encoded, type StorageError, type Store } from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";
import type { MapSheets } from "./map_sheets.ts";

const SheetsJson = type("string.json.parse").to({
  key: "string",
  side: "number.integer > 0",
  columns: "number.integer > 0",
  rows: "number.integer > 0",
  sheets: "string[]",
  squares: "number.integer[]",
});

/**
 * Reads the thumbnails that are kept.
 *
 * @param store The run's store.
 * @param key Everything that they depend on.
 * @returns The thumbnails, or nothing where there are none of this key.
 */
export const readMapSheets = (
  store: Store,
  key: string,
): Effect.Effect<MapSheets | undefined> =>
  store.read(runFiles.mapSheets).pipe(
    Effect.map((bytes) => {
      const file = SheetsJson(new TextDecoder().decode(bytes));
      if (file instanceof type.errors || file.key !== key) return undefined;
      const { key: _, squares, ...sheets } = file;
      return { ...sheets, squares: Int32Array.from(squares) };
    }),
    Effect.orElseSucceed(() => undefined),
  );

/**
 * Keeps thumbnails, in place of those before.
 *
 * @param store The run's store.
 * @param key Everything that they depend on.
 * @param sheets The thumbnails.
 * @returns Nothing, or `StorageError`.
 */
export const writeMapSheets = (
  store: Store,
  key: string,
  { squares, ...sheets }: MapSheets,
): Effect.Effect<void, StorageError> => {
  const json = JSON.stringify({ key, ...sheets, squares: [...squares] });
  return Effect.asVoid(store.put(runFiles.mapSheets, [encoded(json)]));
};
