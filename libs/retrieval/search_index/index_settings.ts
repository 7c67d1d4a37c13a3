/**
 * What decides the vectors of an index, kept in `settings.json`.
 *
 * @module
 */
import {
  type ArtifactRef,
  differences,
  formatRule,
  formatVersion,
  kindOf,
  readBytes,
  type StorageError,
  unknownFormat,
  writeDurably,
} from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";
import { join } from "node:path";
import { DamagedIndexError, NotAnIndexError } from "./errors.ts";
import { indexFiles } from "./index_files.ts";

/** The model of an index, and how to open it again. */
export interface IndexedModel {
  /** Absolute path, or `random` or `pixels`. */
  readonly path: string;
  /** For people: `runs/demo, epoch 10`. */
  readonly name: string;
  /** Tells its weights from all others. */
  readonly identity: string;
  /** The options with which it was opened: plain data. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** How R-MAC describes the images of an index. */
export interface RmacSettings {
  /** Longer side to which images are scaled, in pixels. */
  readonly size: number;
  /** The file of the PCA in the index folder; absent without one. */
  readonly pca?: ArtifactRef;
  /** Images that the PCA was learned on, those of the first call. */
  readonly pcaImages?: number;
}

/** What decides the vectors of an index: plain data. */
export interface IndexSettings {
  /** The model; absent for an index of given vectors. */
  readonly model?: IndexedModel;
  /** Name of the layer; absent for R-MAC and for given vectors. */
  readonly layer?: string;
  /** R-MAC; absent for a layer and for given vectors. */
  readonly rmac?: RmacSettings;
  /** Values of a vector, d. */
  readonly columns: number;
  /** `Descriptor.settings`: everything else that decides a vector. */
  readonly descriptor: Readonly<Record<string, unknown>>;
}

/** What {@link readIndexSettings} fails with. */
export type ReadIndexSettingsError =
  | DamagedIndexError
  | NotAnIndexError
  | StorageError;

/**
 * Reads the settings of an index.
 *
 * @param folder The index folder.
 * @returns The settings, or `NotAnIndexError`, or `DamagedIndexError` when
 * the file is none of ours or of a newer version, or `StorageError`.
 */
export const readIndexSettings: (
  folder: string,
) => Effect.Effect<IndexSettings, ReadIndexSettingsError> = Effect.fn(
  "readIndexSettings",
)(function* (folder) {
  const path = join(folder, indexFiles.settings);
  if ((yield* kindOf(path)) !== "file") {
    const kind = yield* kindOf(folder);
    const found = kind === "nothing"
      ? "nothing at that path"
      : kind === "file"
      ? "a file"
      : `a folder without ${indexFiles.settings}`;
    return yield* new NotAnIndexError({ folder, found });
  }
  const parsed = Settings(new TextDecoder().decode(yield* readBytes(path)));
  if (parsed instanceof type.errors) {
    return yield* damaged(path, parsed.summary);
  }
  const { formatVersion: stated, ...settings } = parsed;
  const unknown = unknownFormat(stated);
  if (unknown !== undefined) {
    return yield* new DamagedIndexError({
      path,
      found: `${formatRule}: ${unknown}`,
      advice: "or make the index again, with this one, in another folder",
    });
  }
  return settings as IndexSettings;
});

/**
 * Writes the settings of an index.
 *
 * @param folder The index folder.
 * @param settings The settings.
 * @returns Nothing, or `StorageError`.
 */
export const writeIndexSettings = (
  folder: string,
  settings: IndexSettings,
): Effect.Effect<void, StorageError> =>
  Effect.asVoid(
    writeDurably(
      join(folder, indexFiles.settings),
      new TextEncoder().encode(
        JSON.stringify({ formatVersion, ...settings }, null, 2) + "\n",
      ),
    ),
  );

/**
 * Names the settings in which two indexes differ. Where the model lies and
 * what it is called may change; its weights may not.
 *
 * @param before Those of the index.
 * @param now Those of this call.
 * @returns One line a field; empty when the vectors are the same.
 */
export const settingsThatDiffer = (
  before: IndexSettings,
  now: IndexSettings,
): readonly string[] => {
  const sameModel = before.model?.identity === now.model?.identity;
  return differences(deciding(before, sameModel), deciding(now, sameModel));
};

const deciding = (
  { model, descriptor, ...settings }: IndexSettings,
  sameModel: boolean,
) => {
  const { model: _, ...others } = descriptor;
  return {
    ...settings,
    ...others,
    ...!sameModel && {
      model: `${model?.name ?? "none"} (${model?.identity.slice(0, 12)})`,
    },
  };
};

const Settings = type("string.json.parse").to({
  "formatVersion?": "unknown",
  "model?": {
    path: "string",
    name: "string",
    identity: "string",
    options: "object",
  },
  "layer?": "string",
  "rmac?": {
    size: "number.integer >= 1",
    "pca?": { path: "string", sha256: "string", bytes: "number.integer >= 0" },
    "pcaImages?": "number.integer >= 1",
  },
  columns: "number.integer >= 1",
  descriptor: "object",
});

const damaged = (path: string, found: string) =>
  new DamagedIndexError({
    path,
    found,
    advice: "make the index again in another folder",
  });
