/**
 * Images as a command line names them: single files, folders, manifests, IDX
 * files, in this order.
 *
 * @module
 */
import { type ImagePayload, isImageName } from "@deepcluster/data";
import { type OpenError, openSource } from "@deepcluster/datasets";
import { kindOf, type StorageError } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { Effect } from "effect";
import { join } from "node:path";

/** An image that was named, or lies in what was named. */
export interface NamedImage {
  /**
   * How results call it: the path as it was typed, with what follows in a
   * folder; for a manifest the path of the file that it names.
   */
  readonly path: string;
  /** What is decoded. */
  readonly payload: () => ImagePayload;
}

/**
 * Lists the images of some paths, without looking at any of them.
 *
 * @param paths As they were typed.
 * @returns The images, or the error of a folder or manifest.
 */
export const namedImages = Effect.fnUntraced(function* (
  paths: readonly string[],
): Effect.fn.Return<readonly NamedImage[], OpenError | StorageError> {
  const images: NamedImage[] = [];
  for (const path of paths) {
    const absolute = fromHere(path);
    const isFolder = (yield* kindOf(absolute)) === "folder";
    const isSingle = isImageName(absolute) && !isFolder;
    if (isSingle) {
      images.push({ path, payload: () => ({ kind: "file", path: absolute }) });
      continue;
    }
    const { source } = yield* openSource(absolute, { reading: "all files" });
    source.ids.forEach((id, index) => {
      const payload = source.payload(index);
      const isListed = !isFolder && payload.kind === "file";
      images.push({
        path: isListed ? payload.path : join(path, id),
        payload: () => source.payload(index),
      });
    });
  }
  return images;
});
