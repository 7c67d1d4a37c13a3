import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";
import { smallPng } from "./small_png.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

/** Every value of a channel with every value of the last one. */
const everyPair = (channels: number): Uint8Array =>
  Uint8Array.from({ length: 128 * 128 * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const channel = i % channels;
    if (channel === channels - 1) return pixel >> 6;
    return (pixel * [4, 1, 37][channel]!) & 255;
  });

const part = (name: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
};

interface Fixture {
  readonly width?: number;
  readonly height?: number;
  readonly bits?: number;
  readonly type?: number;
  readonly interlaced?: number;
  /** Filter and values of each row. */
  readonly rows?: Uint8Array;
  /** Parts between the header and the pixels. */
  readonly parts?: readonly Buffer[];
  /** Parts behind each piece of the pixels. */
  readonly behind?: readonly Buffer[];
  /** Pieces that the pixels are cut into. */
  readonly pieces?: number;
}

/** A PNG file, by default of 8 × 6 grey pixels whose rows use all filters. */
const png = ({
  width = 8,
  height = 6,
  bits = 8,
  type = 0,
  interlaced = 0,
  rows = Uint8Array.from(
    { length: 6 * 9 },
    (_, i) => i % 9 === 0 ? (i / 9) % 5 : (i * i * 7) & 255,
  ),
  parts = [],
  behind = [],
  pieces = 1,
}: Fixture = {}): Buffer => {
  const header = Buffer.from([
    ...[0, 0, 0, width, 0, 0, 0, height],
    ...[bits, type, 0, 0, interlaced],
  ]);
  const data = deflateSync(rows);
  const size = Math.ceil(data.length / pieces);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    part("IHDR", header),
    ...parts,
    ...Array.from(
      { length: pieces },
      (_, i) => [
        part("IDAT", data.subarray(i * size, (i + 1) * size)),
        ...behind,
      ],
    ).flat(),
    part("IEND", new Uint8Array()),
  ]);
};

/** What `decode` asks of sharp. */
const bySharp = (file: Uint8Array) =>
  Effect.promise(() =>
    sharp(file, { failOn: "none", autoOrient: true })
      .flatten({ background: "#ffffff" }).raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true })
  );

const rgb = Uint8Array.from({ length: 4 * 3 * 3 }, (_, i) => i * 7);
const raw = { width: 4, height: 3, channels: 3 } as const;

const plain = Effect.promise(async () => {
  const pairs = (channels: 1 | 3 | 4) =>
    sharp(everyPair(channels), { raw: { width: 128, height: 128, channels } });
  return {
    RGB: await pairs(3).png().toBuffer(),
    RGBA: await pairs(4).png().toBuffer(),
    grey: await pairs(1).toColourspace("b-w").png().toBuffer(),
    "filters chosen by row": await pairs(4)
      .png({ adaptiveFiltering: true }).toBuffer(),
    "every filter": png(),
    "every filter, RGBA": png({
      type: 6,
      rows: Uint8Array.from(
        { length: 6 * 33 },
        (_, i) => i % 33 === 0 ? (i / 33 + 4) % 5 : (i * i * 13) & 255,
      ),
    }),
    "in three pieces": png({ pieces: 3 }),
    "with notes": png({
      parts: [
        part("gAMA", Buffer.from([0, 1, 134, 160])),
        part(
          "cHRM",
          Buffer.from(
            [0x7a26, 0x8084, 0xfa00, 0x80e8, 0x7530, 0xea60, 0x3a98, 0x1770]
              .flatMap((v) => [0, 0, v >> 8, v & 255]),
          ),
        ),
        part("pHYs", Buffer.from([0, 0, 11, 19, 0, 0, 11, 19, 1])),
        part("tIME", Buffer.from([7, 230, 1, 2, 3, 4, 5])),
      ],
    }),
    "said to be sRGB": png({ parts: [part("sRGB", Buffer.from([0]))] }),
  };
});

effectTest(
  "smallPng() gives the pixels that sharp gives",
  () =>
    Effect.gen(function* () {
      for (const [name, file] of Object.entries(yield* plain)) {
        const image = yield* smallPng(file, {});
        assert.ok(image, name);
        const { data, info } = yield* bySharp(file);
        assert.deepEqual([image.width, image.height], [
          info.width,
          info.height,
        ]);
        assert.deepEqual(Buffer.from(image.data), data, name);
      }
    }),
);

effectTest(
  "smallPng() leaves everything else to sharp",
  () =>
    Effect.gen(function* () {
      const other = yield* Effect.promise(async () => {
        const image = sharp(rgb, { raw });
        const made = { width: 129, height: 128, channels: 3 } as const;
        return {
          "a JPEG": await image.clone().jpeg().toBuffer(),
          "no bytes": Buffer.alloc(0),
          "a palette": await image.clone().png({ palette: true }).toBuffer(),
          "a profile": await image.clone().withIccProfile("p3").png()
            .toBuffer(),
          "an orientation": await image.clone()
            .withMetadata({ orientation: 6 }).png().toBuffer(),
          "16 bits": await image.clone().toColourspace("rgb16").png()
            .toBuffer(),
          "interlaced": await image.clone().png({ progressive: true })
            .toBuffer(),
          "too many pixels": await sharp({
            create: { ...made, background: "red" },
          }).png().toBuffer(),
        };
      });
      const sound = png();
      const damaged = {
        "a transparent colour": png({
          parts: [part("tRNS", Buffer.from([0, 7]))],
        }),
        "cut": sound.subarray(0, -20),
        "more behind its end": Buffer.concat([sound, Buffer.from("more")]),
        "another checksum": Buffer.from(
          sound.map((byte, i) => i === sound.length - 20 ? byte ^ 1 : byte),
        ),
        "rows missing": png({ height: 7 }),
        "too many rows": png({ height: 5 }),
        "no such filter": png({ rows: new Uint8Array(54).fill(5) }),
        "no pixels": png({ pieces: 0 }),
        "no width": png({ width: 0 }),
        "another part between its pixels": png({
          pieces: 2,
          behind: [part("tIME", Buffer.from([7, 230, 1, 2, 3, 4, 5]))],
        }),
        "two headers": png({
          parts: [sound.subarray(8, 8 + 25)],
        }),
      };
      for (const [name, file] of Object.entries({ ...other, ...damaged })) {
        assert.equal(yield* smallPng(file, {}), undefined, name);
      }
    }),
);

effectTest(
  "smallPng() leaves images to sharp that are to be reduced or refused",
  () =>
    Effect.gen(function* () {
      assert.ok(yield* smallPng(png(), { maxShortSide: 6, maxPixels: 48 }));
      assert.equal(yield* smallPng(png(), { maxShortSide: 5 }), undefined);
      assert.equal(yield* smallPng(png(), { maxPixels: 47 }), undefined);
    }),
);
