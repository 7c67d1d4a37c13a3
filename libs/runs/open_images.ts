/**
 * The images that a run's settings name.
 *
 * @module
 */
import { subset, type SubsetError } from "@deepcluster/data";
import {
  excludeListed,
  type ExcludeListedError,
  excludeNamed,
  type OpenedSource,
  type OpenError,
  openSource,
} from "@deepcluster/datasets";
import {
  digestOf,
  folderStore,
  kindOf,
  readTable,
  type StorageError,
  type TableError,
  writeTable,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";
import type { RunConfiguration } from "./configuration.ts";
import { ChangedListError } from "./errors.ts";
import { runFiles } from "./run_folder.ts";

/** What {@link openImagesOf} fails with. */
export type OpenImagesOfError =
  | ChangedListError
  | ExcludeListedError
  | OpenError
  | StorageError
  | SubsetError
  | TableError;

/**
 * Opens what a configuration names, without looking at any image.
 *
 * The names of excluded images are kept in the run folder, and read from there
 * from then on: the list is needed at the start only.
 *
 * @param configuration The run's settings.
 * @param run The run folder, where there is one.
 * @returns The images and, apart from them, their labels; or the error of the
 * folder, manifest or file, or of the list of excluded images.
 */
export const openImagesOf: (
  configuration: RunConfiguration,
  run?: string,
) => Effect.Effect<OpenedSource, OpenImagesOfError> = Effect.fnUntraced(
  function* (
    { exclude, folderReading, format, images, labelColumn, limit, pathColumn },
    run,
  ) {
    const all = yield* openSource(images, {
      reading: folderReading ?? "all files",
      ...format !== undefined && { format },
      ...labelColumn !== undefined && { labelField: labelColumn },
      ...pathColumn !== undefined && { pathField: pathColumn },
    });
    const opened = exclude === undefined
      ? all
      : yield* without(all, exclude, run);
    return limit === undefined ? opened : yield* subset(opened, limit);
  },
);

const without = Effect.fnUntraced(function* (
  all: OpenedSource,
  { path, sha256 }: NonNullable<RunConfiguration["exclude"]>,
  run: string | undefined,
): Effect.fn.Return<OpenedSource, OpenImagesOfError> {
  const store = run === undefined ? undefined : folderStore(run);
  if (
    store && (yield* kindOf(join(run!, runFiles.excluded))) === "file"
  ) {
    const names: string[] = [];
    yield* readTable(
      store,
      runFiles.excluded,
      ["path"],
      ([name]) => names.push(name!),
    );
    return excludeNamed(all, names);
  }
  const found = (yield* digestOf(path)).sha256;
  if (found !== sha256) {
    return yield* new ChangedListError({ path, expected: sha256, found });
  }
  const { rest, excluded } = yield* excludeListed(all, path);
  if (store) {
    const rows = excluded.map((name) => [name]);
    yield* writeTable(store, runFiles.excluded, ["path"], rows);
    yield* Effect.logInfo(
      `Excluded ${excluded.length} of ${all.source.ids.length} images`,
    );
  }
  return rest;
});
