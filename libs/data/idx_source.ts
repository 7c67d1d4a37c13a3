/**
 * Images in IDX files: MNIST, Fashion-MNIST and their like.
 *
 * @module
 */
import { Effect } from "effect";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { IdxError, SourceError } from "./errors.ts";
import { attempt } from "./file_system.ts";
import { readIdxFile } from "./idx_file.ts";
import type { LabelledSource, Labels } from "./source.ts";

/** What {@link idxSource} fails with. */
export type IdxSourceError = SourceError | IdxError;

/**
 * Reads grey images from an IDX file, and their labels from another.
 *
 * All pixels are kept in memory: one byte each. Image 17's id is `00017`, with
 * as many digits as the last one's; images are in the file's order.
 *
 * @param imageFile Three-dimensional IDX file of bytes, or its gzip.
 * @param labelFile One-dimensional IDX file with as many labels.
 * @returns The source; `SourceError` when a file cannot be read or holds no
 * image; `IdxError` naming the field that is not as it must be.
 */
export const idxSource: (
  imageFile: string,
  labelFile?: string,
) => Effect.Effect<LabelledSource, IdxSourceError> = Effect.fn("idxSource")(
  function* (
    imageFile,
    labelFile,
  ) {
    const { sizes, data } = yield* readIdxFile(imageFile, 3);
    const [count, height, width] = sizes as [number, number, number];
    const pixels = width * height;
    if (data.length === 0) {
      return yield* new SourceError({
        path: imageFile,
        problem: "empty",
        detail: `${count} images of ${width} x ${height} pixels`,
      });
    }
    const labels = labelFile === undefined
      ? undefined
      : yield* readLabels(labelFile, count);
    const digits = Math.max(5, String(count - 1).length);
    return {
      source: {
        name: imageFile,
        ids: Array.from(
          { length: count },
          (_, i) => `${i}`.padStart(digits, "0"),
        ),
        payload: (index) => ({
          kind: "pixels",
          width,
          height,
          channels: 1,
          data: data.subarray(index * pixels, (index + 1) * pixels),
        }),
      },
      ...(labels === undefined ? {} : { labels }),
    };
  },
);

/** Numbers as class names; one that no image has is no class. */
const readLabels = Effect.fnUntraced(function* (
  file: string,
  images: number,
): Effect.fn.Return<Labels, SourceError | IdxError> {
  const { data } = yield* readIdxFile(file, 1);
  if (data.length !== images) {
    return yield* new IdxError({
      file,
      field: "labels",
      expected: `${images}, as there are images`,
      found: `${data.length}`,
    });
  }
  const numbers = [...new Set(data)].sort((a, b) => a - b);
  const classOf = new Map(numbers.map((number, label) => [number, label]));
  return {
    names: numbers.map(String),
    classes: Int32Array.from(data, (number) => classOf.get(number)!),
  };
});

/** Which files of a folder hold images, and which their labels. */
export interface IdxPair {
  /** Path of the images. */
  readonly imageFile: string;
  /** Path of the labels, where there are some. */
  readonly labelFile?: string;
}

/**
 * Whether a name is one of an IDX file of images.
 *
 * @param path Path or name, such as `train-images-idx3-ubyte.gz`.
 * @returns Whether it ends as such files do.
 */
export const isIdxName = (path: string): boolean =>
  /([-.]ubyte|\.idx|\.idx3)(\.gz)?$/i.test(basename(path));

/**
 * Finds the labels that lie beside a file of images, by MNIST's names.
 *
 * @param imageFile Such as `train-images-idx3-ubyte.gz`.
 * @returns The pair; without labels when `train-labels-idx1-ubyte`, as it is
 * or compressed, is not in the same folder.
 */
export const idxPairOf: (
  imageFile: string,
) => Effect.Effect<IdxPair, SourceError> = Effect.fnUntraced(function* (
  imageFile,
) {
  const folder = dirname(imageFile);
  const match = /^(.*)images([-.])idx3([-.]ubyte)(\.gz)?$/i
    .exec(basename(imageFile));
  if (match === null) return { imageFile };
  const name = `${match[1]}labels${match[2]}idx1${match[3]}`;
  const files = yield* attempt(folder, () => readdir(folder));
  const found = [name, `${name}.gz`].find((file) => files.includes(file));
  return found === undefined
    ? { imageFile }
    : { imageFile, labelFile: join(folder, found) };
});

/**
 * The file of images of one half of MNIST or Fashion-MNIST in a folder.
 *
 * @param folder That may hold `train-images-idx3-ubyte` and its like.
 * @param split `train` or `t10k`.
 * @returns Path of the file, or `undefined` when the folder has none.
 */
export const idxImagesIn: (
  folder: string,
  split: "train" | "t10k",
) => Effect.Effect<string | undefined, SourceError> = Effect.fnUntraced(
  function* (
    folder,
    split,
  ) {
    const files = yield* attempt(folder, () => readdir(folder));
    const found = files.sort().find((name) =>
      name.startsWith(`${split}-images`) && isIdxName(name)
    );
    return found === undefined ? undefined : join(folder, found);
  },
);
