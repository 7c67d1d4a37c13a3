import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { decode } from "./decode.ts";
import assert from "node:assert/strict";

/** First bytes of files, one character a byte. */
const kinds: Readonly<Record<string, string>> = {
  "a BMP image": "BM\x46\0\0\0\0\0\0\0\x36\0\0\0",
  "a PGM image": "P5\n2 1\n255\n\x07\x09",
  "a PPM image": "P3 1 1 255 1 2 3\n",
  "a PFM image": "PF\n1 1\n-1.0\n",
  "a JPEG 2000 image": "\0\0\0\x0cjP  \r\n\x87\n",
  "a JPEG XL image": "\xff\x0a\xfa\x7f",
  "an HEIC image": "\0\0\0\x18ftypheic\0\0\0\0mif1heic",
  "an icon (ICO)": "\0\0\x01\0\x01\0\x10\x10\0\0",
  "a TGA image": "\0\0\x02\0\0\0\0\0\0\0\0\0\x02\0\x01\0\x18\0\x01\x02",
  "a Photoshop image (PSD)": "8BPS\0\x01",
  "an OpenEXR image": "\x76\x2f\x31\x01",
};

const reasonOf = (text: string) =>
  Effect.map(
    Effect.flip(decode("it", {
      kind: "encoded",
      bytes: Uint8Array.from(text, (character) => character.charCodeAt(0)),
    })),
    ({ reason }) => reason,
  );

effectTest(
  "decode() names the format of an image that it does not read",
  () =>
    Effect.gen(function* () {
      for (const [kind, head] of Object.entries(kinds)) {
        assert.equal(
          yield* reasonOf(head),
          `it is ${kind}, which is not read: JPEG, PNG, WebP, GIF, TIFF, ` +
            `AVIF and SVG are`,
        );
      }
    }),
);

effectTest(
  "decode() says what a file is that is no image",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* reasonOf("\n<!DOCTYPE html><title>Not Found</title>"),
        "it is a web page (HTML), not an image",
      );
      assert.equal(
        yield* reasonOf("version https://git-lfs.example/spec/v1\noid sha"),
        "it is a pointer of Git LFS, not the image itself: fetch it with " +
          "`git lfs pull`",
      );
      assert.match(yield* reasonOf("%PDF-1.7\n"), /a PDF document/);
      assert.match(yield* reasonOf("PK\x03\x04\x14\0"), /a ZIP archive/);
      assert.equal(
        yield* reasonOf("12, 24, 36"),
        "it is no image of a known format: JPEG, PNG, WebP, GIF, TIFF, AVIF " +
          "and SVG are read",
      );
    }),
);
