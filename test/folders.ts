/**
 * Folders of files and plain images.
 *
 * @module
 */
import { Effect, type Scope } from "effect";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp, { type Color, type Sharp } from "sharp";

/** Makes a folder with the given files; removed with the scope. */
export const testFolder = (
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const folder = await mkdtemp(join(tmpdir(), "deepcluster-data-"));
      for (const [name, content] of Object.entries(files)) {
        const path = join(folder, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      }
      return folder;
    }),
    (folder) => Effect.promise(() => rm(folder, { recursive: true })),
  );

/** An image of one colour, to be encoded. */
export const plainImage = (
  width: number,
  height: number,
  background: Color = { r: 200, g: 100, b: 50 },
  channels: 3 | 4 = 3,
): Sharp =>
  sharp({
    create: { width, height, channels, background },
    limitInputPixels: false,
  });

/** Encoded bytes of an image. */
export const encoded = (image: Sharp): Effect.Effect<Uint8Array> =>
  Effect.promise(async () => new Uint8Array(await image.toBuffer()));
