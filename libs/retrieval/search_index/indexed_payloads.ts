/**
 * Images of an index as they are stored, wherever they lie.
 *
 * @module
 */
import {
  type ImagePayload,
  type ImageSource,
  UnreadableImageError,
} from "@deepcluster/data";
import { type OpenError, openSource } from "@deepcluster/datasets";
import { Effect } from "effect";
import type { IndexedImage } from "./indexed_image.ts";

/** Finds what images of an index are stored as. */
export type IndexedPayloads = (
  image: Pick<IndexedImage, "file" | "path" | "root">,
) => Effect.Effect<ImagePayload, OpenError | UnreadableImageError>;

/**
 * Makes the look-up of images of an index in their sources. A file is looked
 * for where it was; IDX files are read once and kept.
 *
 * @returns The look-up; it fails with `UnreadableImageError` when an IDX file
 * no longer has the image, or with the errors of opening it.
 */
export const indexedPayloads = (): IndexedPayloads => {
  const opened = new Map<string, ImageSource>();
  return Effect.fnUntraced(function* ({ file, root, path }) {
    if (file !== undefined) return { kind: "file", path: file } as const;
    const source = opened.get(root) ??
      (yield* openSource(root, { labels: false })).source;
    opened.set(root, source);
    const sourceIndex = source.ids.indexOf(path);
    if (sourceIndex < 0) {
      const reason = `${root} no longer has it`;
      return yield* new UnreadableImageError({ id: path, reason });
    }
    return source.payload(sourceIndex);
  });
};
