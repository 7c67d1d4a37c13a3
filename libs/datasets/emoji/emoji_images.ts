/**
 * Emoji drawings as PNG files, on white.
 *
 * A killed process leaves whole files only, and the next goes on from there.
 *
 * @module
 */
import { messageOf, Progress } from "@deepcluster/core";
import { Effect, Result } from "effect";
import { mkdir, readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { EmojiDrawing, LeftOutDrawing } from "./emoji_drawings.ts";
import type { EmojiFolderError } from "./emoji_errors.ts";
import { attempt, writeWhole } from "./emoji_files.ts";
import { emojiSets } from "./emoji_packages.ts";
import sharp from "sharp";

/** Where images go, and how large they are. */
export interface ImagesOptions {
  /** Folder that has a folder for each set. */
  readonly folder: string;
  /** Pixels across and down. */
  readonly size: number;
  /** Images in the finished folder, of which some are there already. */
  readonly total: number;
}

/**
 * Where a drawing's image lies in the folder of its size.
 *
 * @param drawing Any drawing.
 * @returns Such as `noto/1f600-grinning-face.png`.
 */
export const fileOf = (drawing: EmojiDrawing): string => `${drawing.id}.png`;

/**
 * Makes the folders of all sets, and finds what an earlier call finished.
 *
 * @param folder Folder of the sets.
 * @returns Images as {@link fileOf} names them, or `EmojiFolderError`.
 */
export const presentImages: (
  folder: string,
) => Effect.Effect<ReadonlySet<string>, EmojiFolderError> = Effect.fn(
  "presentImages",
)(function* (
  folder,
) {
  const files = yield* Effect.forEach(
    emojiSets,
    (set) =>
      attempt("make", join(folder, set), async () => {
        await mkdir(join(folder, set), { recursive: true });
        return (await readdir(join(folder, set))).map((file) =>
          `${set}/${file}`
        );
      }),
  );
  return new Set(files.flat());
});

/**
 * Renders drawings with sharp on all cores, and reports progress.
 *
 * @param drawings What to render.
 * @param options See {@link ImagesOptions}.
 * @returns The drawings that are unreadable or all white, in the order given,
 * or `EmojiFolderError` when an image cannot be written.
 */
export const renderImages: (
  drawings: readonly EmojiDrawing[],
  options: ImagesOptions,
) => Effect.Effect<readonly LeftOutDrawing[], EmojiFolderError, Progress> =
  Effect.fn("renderImages")(function* (
    drawings,
    options,
  ) {
    const { report } = yield* Progress;
    const { folder, size, total } = options;
    const blank = yield* Effect.orDie(rasterise(svgOf(nothing, size)));
    let done = total - drawings.length;
    const tell = Effect.suspend(() =>
      report({ phase: "render", done, total, unit: "images" })
    );
    yield* tell;
    const failures = yield* Effect.forEach(
      drawings,
      Effect.fnUntraced(function* (drawing) {
        const png = yield* Effect.result(rasterise(svgOf(drawing, size)));
        const failure = failureOf(png, blank);
        if (Result.isSuccess(png) && !failure) {
          yield* writeWhole(join(folder, fileOf(drawing)), png.success);
        }
        done++;
        if (done % 64 === 0 || done === total) yield* tell;
        return failure && { set: drawing.set, drawing: drawing.id, ...failure };
      }),
      { concurrency: 2 * availableParallelism() },
    );
    return failures.filter((failure) => failure !== undefined);
  });

/** Why an image is of no use, or undefined. */
const failureOf = (
  png: Result.Result<Buffer, string>,
  blank: Buffer,
): Pick<LeftOutDrawing, "reason" | "detail"> | undefined => {
  if (Result.isFailure(png)) {
    return { reason: "unreadable", detail: png.failure };
  }
  // Equal pixels give equal bytes, so there is no need to look at the pixels.
  return png.success.equals(blank)
    ? { reason: "blank", detail: "" }
    : undefined;
};

/** A drawing without shapes. */
const nothing = { viewBox: [0, 0, 1, 1], shapes: "" } as const;

/** A square SVG document; a drawing that is not square is centred in it. */
const svgOf = (
  drawing: Pick<EmojiDrawing, "viewBox" | "shapes">,
  size: number,
): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size}" height="${size}" viewBox="${
    drawing.viewBox.join(" ")
  }">${drawing.shapes}</svg>`;

/** An SVG document as a PNG on white, or sharp's complaint. */
const rasterise = (svg: string): Effect.Effect<Buffer, string> =>
  Effect.tryPromise({
    try: () =>
      sharp(Buffer.from(svg)).flatten({ background: "white" }).png().toBuffer(),
    catch: messageOf,
  });
