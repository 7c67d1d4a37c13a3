/**
 * The first steps of an update: is the folder an index, or may it become one,
 * and is it one of these settings?
 *
 * @module
 */
import {
  attempt,
  isPartial,
  kindOf,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ForeignIndexFolderError, OtherIndexSettingsError } from "./errors.ts";
import { indexFiles } from "./index_files.ts";
import {
  type IndexSettings,
  readIndexSettings,
  type ReadIndexSettingsError,
  settingsThatDiffer,
  writeIndexSettings,
} from "./index_settings.ts";

/** What {@link requireIndexFolder} and {@link prepareSettings} fail with. */
export type PrepareSettingsError =
  | ForeignIndexFolderError
  | OtherIndexSettingsError
  | ReadIndexSettingsError;

/**
 * Refuses a folder that holds anything but an index.
 *
 * @param folder That is, or is to become, an index.
 * @returns Nothing, or `ForeignIndexFolderError`, or `StorageError`.
 */
export const requireIndexFolder: (
  folder: string,
) => Effect.Effect<void, ForeignIndexFolderError | StorageError> = Effect
  .fnUntraced(function* (folder) {
    const kind = yield* kindOf(folder);
    if (kind === "nothing") return;
    if (kind === "file") {
      const found = "nothing, for it is a file";
      return yield* new ForeignIndexFolderError({ folder, found });
    }
    const names = (yield* attempt("list", folder, () => readdir(folder)))
      .filter((name) => !begun.test(name) && !isPartial(name))
      .sort();
    if (names.length === 0 || names.includes(indexFiles.settings)) return;
    const found = names.slice(0, 3).join(", ") +
      (names.length > 3 ? ` and ${names.length - 3} more` : "");
    return yield* new ForeignIndexFolderError({ folder, found });
  });

/** What a process that was killed early leaves: the lock, and R-MAC's PCA. */
const begun = /^(index\.lock(-journal)?|rmac\.safetensors)$/;

/**
 * Writes the settings of a new index, and compares those of an old one.
 *
 * @param folder The index folder, whose lock the caller holds.
 * @param settings Those of this call.
 * @returns Nothing, or `OtherIndexSettingsError` naming the fields that
 * differ, or the errors of reading and writing.
 */
export const prepareSettings: (
  folder: string,
  settings: IndexSettings,
) => Effect.Effect<void, PrepareSettingsError> = Effect.fnUntraced(
  function* (folder, settings) {
    const path = join(folder, indexFiles.settings);
    if ((yield* kindOf(path)) === "nothing") {
      return yield* writeIndexSettings(folder, settings);
    }
    const before = yield* readIndexSettings(folder);
    const fields = settingsThatDiffer(before, settings);
    if (fields.length > 0) {
      return yield* new OtherIndexSettingsError({ folder, fields });
    }
    if (before.model?.path !== settings.model?.path) {
      yield* writeIndexSettings(folder, settings);
    }
  },
);
