/**
 * What stands beside extracted features, so that a person who looks for room
 * on the disk sees what they are of, and when they were last used.
 *
 * An entry of its own (`@deepcluster/features/features-note`), as it needs no
 * engine.
 *
 * @module
 */
import {
  readBytes,
  type StorageError,
  writeDurably,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";

/** Name of the note in a folder of features. */
export const featuresNoteName = "about.json";

/** What features are of. */
export interface FeaturesNote {
  /** The model as tables name it. */
  readonly model: string;
  /** The images as they were given. */
  readonly images: string;
  /** Views of an image. */
  readonly crops: string;
  /** Seconds of extraction so far, of all commands. */
  readonly seconds: number;
}

/**
 * Reads the note of a folder of features.
 *
 * @param folder The folder.
 * @returns The note, or nothing when there is none that can be read.
 */
export const readFeaturesNote = (
  folder: string,
): Effect.Effect<FeaturesNote | undefined> =>
  readBytes(join(folder, featuresNoteName)).pipe(
    Effect.flatMap((bytes) =>
      Effect.try((): unknown => JSON.parse(new TextDecoder().decode(bytes)))
    ),
    Effect.map((note) => isFeaturesNote(note) ? note : undefined),
    Effect.orElseSucceed(() => undefined),
  );

const isFeaturesNote = (note: unknown): note is FeaturesNote => {
  const { model, images, crops, seconds }: Partial<FeaturesNote> = Object(note);
  return [model, images, crops].every((word) => typeof word === "string") &&
    typeof seconds === "number" && seconds >= 0;
};

/**
 * Notes what features are of, also when they are used again: the file's time
 * is that of their last use.
 *
 * @param folder The folder.
 * @param note What to note; `seconds` are added to those of the note before.
 * @returns Nothing, or `StorageError`.
 */
export const noteFeatures: (
  folder: string,
  note: FeaturesNote,
) => Effect.Effect<void, StorageError> = Effect.fnUntraced(function* (
  folder,
  note,
) {
  const before = yield* readFeaturesNote(folder);
  const seconds = note.seconds + (before?.seconds ?? 0);
  const text = JSON.stringify({ ...note, seconds }, null, 2) + "\n";
  const path = join(folder, featuresNoteName);
  yield* writeDurably(path, new TextEncoder().encode(text));
});
