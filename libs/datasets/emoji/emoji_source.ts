/**
 * Rendered emoji as a source of images, with their groups as labels.
 *
 * @module
 */
import {
  type ImageSource,
  type LabelledSource,
  labelsFrom,
} from "@deepcluster/data";
import { Effect } from "effect";
import { resolve } from "node:path";
import { EmojiFolderError } from "./emoji_errors.ts";
import { emojiTables, readEmojiTable } from "./emoji_table.ts";

/** What an emoji's label is. */
export type EmojiLabel = "group" | "subgroup" | "codepoints" | "set";

/**
 * Opens a folder that `renderEmoji` finished.
 *
 * Images are ordered by path; their ids are paths below the folder, such as
 * `images/64px/noto/1f600-grinning-face.png`.
 *
 * @param folder The folder with `emoji.csv`.
 * @param label What the labels shall be: one of 9 groups, one of 98
 * subgroups, what is drawn, or by whom. Only evaluation reads them.
 * @returns Images and labels, class names in alphabetical order, or
 * `EmojiFolderError` when the folder is not finished.
 */
export const emojiSource: (
  folder: string,
  label?: EmojiLabel,
) => Effect.Effect<LabelledSource, EmojiFolderError> = Effect.fn("emojiSource")(
  function* (
    folder,
    label = "group",
  ) {
    const rows = yield* readEmojiTable(folder);
    if (rows === undefined) {
      return yield* new EmojiFolderError({
        action: "open the emoji in",
        path: folder,
        reason: `it must hold ${emojiTables.images}, the end of a rendering`,
      });
    }
    const ids = rows.map((row) => row.path);
    const source: ImageSource = {
      name: folder,
      ids,
      payload: (index) => ({
        kind: "file",
        path: resolve(folder, ids[index]!),
      }),
    };
    const labels = labelsFrom(rows.map((row) => row[label]));
    return labels ? { source, labels } : { source };
  },
);
