/**
 * Thumbnails of the points of a map, on sheets: one image for a thousand
 * points, so that a page of 20 000 stays small.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import type { UnreadableImageError } from "@deepcluster/data";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import sharp from "sharp";

/** Thumbnails on sheets: squares, row by row and sheet by sheet. */
export interface MapSheets {
  /** Side of a square, in pixels. */
  readonly side: number;
  /** Squares in a row of a sheet. */
  readonly columns: number;
  /** Rows in a full sheet. */
  readonly rows: number;
  /** Sheets as `data:` addresses of images. */
  readonly sheets: readonly string[];
  /** Square of each point; -1: none. */
  readonly squares: Int32Array;
}

/**
 * Returns the pixels of an image, RGB `[side, side, 3]`, by its rank among the
 * run's images.
 */
export type SquareOf = (
  index: number,
  side: number,
) => Effect.Effect<Uint8Array, UnreadableImageError>;

/** What sheets depend on besides the images: a change raises it. */
export const sheetsVersion = 1;

/** Squares across and down of a sheet: 1024 pixels, as all browsers decode. */
const across = 32;

/** Sides to choose from. Smaller squares show nothing. */
const sides = [32, 24] as const;

/** WebP's, of 100: emoji take 240 bytes at a side of 32. */
const quality = 60;

/** Images that are decoded at a time. */
const concurrency = 4;

/**
 * Draws the thumbnails of a map.
 *
 * Squares have 32 pixels, or 24 where those of all points would take more than
 * `maxCharacters`; where these take more as well, every second, third … point
 * has one, so that all clusters keep some. What squares take is measured on a
 * thousand of them. Images that cannot be read have none.
 *
 * Memory: two sheets, and the result. Reports progress as `thumbnails`.
 *
 * @param indices The points' images, those of a cluster side by side.
 * @param squareOf Decodes them.
 * @param maxCharacters What all sheets may take as text, about.
 * @returns The sheets; the same images give the same bytes.
 */
export const mapSheets: (
  indices: Int32Array,
  squareOf: SquareOf,
  maxCharacters?: number,
) => Effect.Effect<MapSheets, never, Progress> = Effect.fn("mapSheets")(
  function* (indices, squareOf, maxCharacters = 4_000_000) {
    const points = indices.length;
    const probed = spread(points, Math.min(points, across ** 2));
    let side: number = sides[0];
    let fitting = points;
    for (side of sides) {
      const { sheet } = yield* drawSheet(indices, probed, side, squareOf);
      const each = sheet.length / Math.max(1, probed.length);
      fitting = Math.min(points, Math.floor(maxCharacters / each));
      if (fitting === points) break;
    }
    const shown = spread(points, fitting);
    const squares = new Int32Array(points).fill(-1);
    const { report } = yield* Progress;
    const progress = (done: number) =>
      report({
        phase: "map thumbnails",
        done,
        total: shown.length,
        unit: "images",
      });
    yield* progress(0);
    let done = 0;
    const starts = Array.from(
      { length: Math.ceil(shown.length / across ** 2) },
      (_, sheet) => sheet * across ** 2,
    );
    // While one sheet is compressed, the next is drawn.
    const sheets = yield* Effect.forEach(
      starts,
      Effect.fnUntraced(function* (start) {
        const some = shown.subarray(start, start + across ** 2);
        const { sheet, drawn } = yield* drawSheet(
          indices,
          some,
          side,
          squareOf,
        );
        for (const [place, point] of some.entries()) {
          if (drawn[place]) squares[point] = start + place;
        }
        done += some.length;
        yield* progress(done);
        return sheet;
      }),
      { concurrency: 2 },
    );
    return { side, columns: across, rows: across, sheets, squares };
  },
);

/** `count` of the numbers below `total`, evenly spread. */
const spread = (total: number, count: number): Int32Array =>
  Int32Array.from(
    { length: count },
    (_, i) => Math.floor(i * total / count),
  );

/** Draws up to 1024 points; the last sheet has as many rows as it needs. */
const drawSheet = Effect.fnUntraced(function* (
  indices: Int32Array,
  points: Int32Array,
  side: number,
  squareOf: SquareOf,
) {
  const width = across * side;
  const height = Math.max(1, Math.ceil(points.length / across)) * side;
  const pixels = new Uint8Array(3 * width * height).fill(255);
  const drawn = yield* Effect.forEach(
    points,
    (point, place) =>
      squareOf(indices[point]!, side).pipe(
        Effect.map((square) => {
          const left = side * (place % across);
          const top = side * Math.floor(place / across);
          for (let y = 0; y < side; y++) {
            pixels.set(
              square.subarray(3 * y * side, 3 * (y + 1) * side),
              3 * ((top + y) * width + left),
            );
          }
          return true;
        }),
        Effect.orElseSucceed(() => false),
      ),
    { concurrency },
  );
  const webp = yield* Effect.promise(() =>
    sharp(pixels, { raw: { width, height, channels: 3 } })
      .webp({ quality }).toBuffer()
  );
  const sheet = `data:image/webp;base64,${
    Buffer.from(webp).toString("base64")
  }`;
  return { sheet, drawn };
});
