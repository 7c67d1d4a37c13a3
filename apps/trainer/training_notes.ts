/**
 * Which images a run is trained on, in words.
 *
 * @module
 */
import { folderNotes } from "@deepcluster/data";
import type { OpenedSource } from "@deepcluster/datasets";
import { shown } from "@deepcluster/terminal";
import { Effect } from "effect";
import { join } from "node:path";

/**
 * Says which images are trained on, and what of their folder is not.
 *
 * @param opened The images.
 * @returns Nothing; the sentences go to the log.
 */
export const sayTrainingNotes = Effect.fnUntraced(function* (
  { source, labels, folder }: OpenedSource,
) {
  const part = folder?.reading === "training part"
    ? folder.parts.find(({ role }) => role === "train")
    : undefined;
  const images = source.ids.length;
  yield* Effect.logInfo(
    `Trains on ${shown(join(source.name, part?.prefix ?? ""))}: ` +
      `${images} image${images === 1 ? "" : "s"}` +
      (labels === undefined
        ? ""
        : `, ${labels.names.length} classes known for evaluation`),
  );
  const notes = folder === undefined ? [] : folderNotes(folder);
  for (const note of notes) yield* Effect.logWarning(note);
});
