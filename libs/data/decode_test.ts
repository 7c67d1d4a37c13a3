import { draws } from "@deepcluster/core";
import { effectTest, encoded, plainImage, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decode, maxPixels } from "./decode.ts";
import type { Image } from "./image.ts";
import assert from "node:assert/strict";
import sharp, { type Sharp } from "sharp";

const decodeBytes = (bytes: Uint8Array, maxShortSide?: number) =>
  decode(
    "it",
    { kind: "encoded", bytes },
    maxShortSide === undefined ? {} : { maxShortSide },
  );

const decodeText = (svg: string) => decodeBytes(new TextEncoder().encode(svg));

/** Asserts the size, and one colour everywhere within a tolerance. */
const assertPlain = (
  image: Image,
  size: readonly [number, number],
  colour: readonly [number, number, number],
  tolerance: number,
  what: string,
) => {
  assert.deepEqual([image.width, image.height], size, what);
  assert.equal(image.data.length, size[0] * size[1] * 3, what);
  image.data.forEach((value, i) =>
    assert.ok(
      Math.abs(value - colour[i % 3]!) <= tolerance,
      `${what}: ${value} at ${i} for ${colour}`,
    )
  );
};

const formats = ["jpeg", "png", "webp", "gif", "tiff", "avif"] as const;

effectTest(
  "decode() reads every format of the paper's readers and more",
  () =>
    Effect.gen(function* () {
      for (const format of formats) {
        const bytes = yield* encoded(plainImage(40, 20).toFormat(format));
        const image = yield* decodeBytes(bytes);
        assertPlain(image, [40, 20], [200, 100, 50], 3, format);
      }
      const svg = yield* decodeText(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">' +
          '<rect width="40" height="20" fill="rgb(200,100,50)"/></svg>',
      );
      assertPlain(svg, [40, 20], [200, 100, 50], 0, "svg");
    }),
);

effectTest(
  "decode() turns every kind of colour into RGB of 8 bits",
  () =>
    Effect.gen(function* () {
      const rgb = plainImage(8, 4);
      const kinds: [string, Sharp, [number, number, number], number][] = [
        ["grey JPEG", rgb.clone().greyscale().jpeg(), [128, 128, 128], 3],
        [
          "grey PNG",
          rgb.clone().toColourspace("b-w").png(),
          [128, 128, 128],
          3,
        ],
        [
          "16-bit grey PNG",
          rgb.clone().toColourspace("grey16").png(),
          [128, 128, 128],
          3,
        ],
        [
          "16-bit PNG",
          rgb.clone().toColourspace("rgb16").png(),
          [200, 100, 50],
          1,
        ],
        [
          "16-bit TIFF",
          rgb.clone().toColourspace("rgb16").tiff(),
          [200, 100, 50],
          1,
        ],
        ["palette PNG", rgb.clone().png({ palette: true }), [200, 100, 50], 2],
        [
          "CMYK JPEG",
          rgb.clone().toColourspace("cmyk").jpeg(),
          [200, 100, 50],
          40,
        ],
        [
          "CMYK TIFF",
          rgb.clone().toColourspace("cmyk").tiff(),
          [200, 100, 50],
          40,
        ],
        ["P3 JPEG", rgb.clone().withIccProfile("p3").jpeg(), [200, 100, 50], 4],
      ];
      for (const [name, image, colour, tolerance] of kinds) {
        const decoded = yield* decodeBytes(yield* encoded(image));
        assertPlain(decoded, [8, 4], colour, tolerance, name);
      }
    }),
);

effectTest(
  "decode() lays transparency on white",
  () =>
    Effect.gen(function* () {
      const half = { r: 200, g: 100, b: 50, alpha: 0.5 };
      const image = plainImage(8, 4, half, 4);
      const kinds = {
        png: image.clone().png(),
        palette: image.clone().png({ palette: true }),
        bits16: image.clone().toColourspace("rgb16").png(),
        webp: image.clone().webp({ lossless: true }),
        tiff: image.clone().tiff({ compression: "lzw" }),
        avif: image.clone().avif({ lossless: true }),
      };
      for (const [name, kind] of Object.entries(kinds)) {
        const decoded = yield* decodeBytes(yield* encoded(kind));
        assertPlain(decoded, [8, 4], [227, 177, 152], 3, name);
      }
      const grey = image.clone().toColourspace("b-w").png();
      const decoded = yield* decodeBytes(yield* encoded(grey));
      assertPlain(decoded, [8, 4], [192, 192, 192], 4, "grey with alpha");
      const clear = plainImage(4, 4, { r: 9, g: 9, b: 9, alpha: 0 }, 4).gif();
      const white = yield* decodeBytes(yield* encoded(clear));
      assertPlain(white, [4, 4], [255, 255, 255], 0, "clear GIF");
    }),
);

effectTest(
  "decode() applies the EXIF orientation unless told otherwise",
  () =>
    Effect.gen(function* () {
      // Red on the left of blue; orientation 6 turns it clockwise: red on top.
      const pixels = Uint8Array.of(255, 0, 0, 0, 0, 255);
      const two = sharp(pixels, { raw: { width: 2, height: 1, channels: 3 } });
      const bytes = yield* encoded(two.withMetadata({ orientation: 6 }).png());
      const image = yield* decodeBytes(bytes);
      assert.deepEqual([image.width, image.height], [1, 2]);
      assert.deepEqual([...image.data], [...pixels]);
      const payload = { kind: "encoded", bytes } as const;
      const stored = yield* decode("stored", payload, { autoOrient: false });
      assert.deepEqual([stored.width, stored.height], [2, 1]);
    }),
);

effectTest(
  "decode() takes the first frame and the first page",
  () =>
    Effect.gen(function* () {
      const frames = [plainImage(6, 6, "#c86432"), plainImage(6, 6, "#0000ff")];
      const pages = yield* Effect.forEach(frames, (f) => encoded(f.png()));
      const joined = sharp(pages, { join: { animated: true } });
      for (const kind of [joined.clone().gif(), joined.clone().tiff()]) {
        const image = yield* decodeBytes(yield* encoded(kind));
        assertPlain(image, [6, 6], [200, 100, 50], 3, "first");
      }
    }),
);

effectTest(
  "decode() reduces the short side to the limit, never enlarges",
  () =>
    Effect.gen(function* () {
      const jpeg = yield* encoded(plainImage(500, 375).jpeg());
      const sizeOf = (image: Image) => [image.width, image.height];
      const [width, height] = sizeOf(yield* decodeBytes(jpeg, 64));
      assert.equal(height, 64);
      assert.ok(Math.abs(width! - 500 / 375 * 64) <= 1, `${width}`);
      assert.deepEqual(sizeOf(yield* decodeBytes(jpeg, 375)), [500, 375]);
      assert.deepEqual(sizeOf(yield* decodeBytes(jpeg, 1000)), [500, 375]);
      const turned = plainImage(300, 100).withMetadata({ orientation: 8 })
        .jpeg();
      assert.deepEqual(
        sizeOf(yield* decodeBytes(yield* encoded(turned), 50)),
        [50, 150],
      );
      const thin = yield* encoded(plainImage(900, 1).png());
      assert.deepEqual(sizeOf(yield* decodeBytes(thin, 4)), [900, 1]);
    }),
);

effectTest(
  "decode() reads one pixel, and a hundred million",
  () =>
    Effect.gen(function* () {
      const dot = yield* encoded(plainImage(1, 1, "#123456").png());
      assert.deepEqual([...(yield* decodeBytes(dot)).data], [0x12, 0x34, 0x56]);
      const vast = yield* encoded(plainImage(10_000, 10_000).jpeg());
      const image = yield* decodeBytes(vast, 64);
      assertPlain(image, [64, 64], [200, 100, 50], 3, "10 000 squared");
    }),
);

effectTest(
  "decode() refuses an image above the limit of pixels",
  () =>
    Effect.gen(function* () {
      const side = Math.ceil(Math.sqrt(maxPixels)) + 1;
      const error = yield* Effect.flip(decodeText(
        `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"/>`,
      ));
      assert.equal(
        error.message,
        "Cannot decode image as it has more than 500000000 pixels: " +
          "current value is image=it",
      );
    }),
);

effectTest(
  "decode() reads truncated files as far as they go",
  () =>
    Effect.gen(function* () {
      const { integer } = draws(1, "noise");
      const noise = new Uint8Array(200 * 200 * 3).map(() => integer(256));
      const image = sharp(noise, {
        raw: { width: 200, height: 200, channels: 3 },
      });
      const kinds = {
        jpeg: image.clone().jpeg(),
        progressive: image.clone().jpeg({ progressive: true }),
        png: image.clone().png(),
        gif: image.clone().gif(),
      };
      for (const [name, kind] of Object.entries(kinds)) {
        const bytes = yield* encoded(kind);
        const whole = yield* decodeBytes(bytes);
        const half = yield* decodeBytes(bytes.subarray(0, bytes.length * 0.6));
        assert.deepEqual([half.width, half.height], [200, 200], name);
        if (name !== "progressive") {
          const rows = 200 * 3 * 40;
          const differs = half.data.subarray(0, rows)
            .findIndex((value, i) => value !== whole.data[i]);
          assert.equal(differs, -1, name);
        }
        assert.ok(half.data.some((value, i) => value !== whole.data[i]), name);
      }
    }),
);

effectTest(
  "decode() says why an image cannot be decoded",
  () =>
    Effect.gen(function* () {
      const webp = yield* encoded(plainImage(40, 40).webp());
      const folder = yield* testFolder({
        "empty.jpg": "",
        "text.jpg": "this is no image at all",
        "half.webp": webp.subarray(0, webp.length / 2),
      });
      yield* Effect.promise(async () => {
        await mkdir(join(folder, "folder.jpg"));
        await symlink("loop.jpg", join(folder, "loop.jpg"));
      });
      const reason = (name: string) =>
        Effect.map(
          Effect.flip(decode(name, { kind: "file", path: join(folder, name) })),
          (error) => error.reason,
        );
      assert.equal(yield* reason("empty.jpg"), "the file is empty");
      assert.equal(yield* reason("none.jpg"), "the file does not exist");
      // What a name in Latin-1 looks like when a folder is listed.
      assert.equal(
        yield* reason("caf\uFFFD.jpg"),
        "the name of the file is not in UTF-8",
      );
      assert.equal(yield* reason("folder.jpg"), "it is a folder");
      assert.equal(yield* reason("loop.jpg"), "the file is a link to itself");
      assert.match(
        yield* reason("text.jpg"),
        /^it is no image of a known format: JPEG, .* are read$/,
      );
      assert.match(yield* reason("half.webp"), /^it is damaged \(.*webp/);
      const nothing = yield* Effect.flip(decodeBytes(new Uint8Array(0)));
      assert.equal(nothing.reason, "it holds no bytes");
    }),
);

effectTest(
  "decode() opens files with any character in their names",
  () =>
    Effect.gen(function* () {
      const png = yield* encoded(plainImage(3, 2).png());
      const folder = yield* testFolder();
      for (
        const name of [
          "a b.png",
          "new\nline.png",
          "🎉é.png",
          "x[1].png",
          "y.png[page=1]",
          "%s%n.png",
          "q'\".png",
        ]
      ) {
        const path = join(folder, name);
        yield* Effect.promise(() => writeFile(path, png));
        const image = yield* decode(name, { kind: "file", path });
        assertPlain(image, [3, 2], [200, 100, 50], 0, name);
      }
    }),
);

effectTest(
  "decode() expands grey pixels and reduces large ones",
  () =>
    Effect.gen(function* () {
      const pixels = (
        channels: 1 | 3,
        data: Uint8Array,
        maxShortSide?: number,
      ) =>
        decode(
          "p",
          { kind: "pixels", width: 4, height: 2, channels, data },
          maxShortSide === undefined ? {} : { maxShortSide },
        );
      const grey = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
      const image = yield* pixels(1, grey, 2);
      assert.deepEqual([image.width, image.height], [4, 2]);
      assert.deepEqual([...image.data.subarray(0, 6)], [1, 1, 1, 2, 2, 2]);
      const colour = new Uint8Array(24).fill(77);
      assert.deepEqual((yield* pixels(3, colour)).data, colour);
      for (const channels of [1, 3] as const) {
        const data = new Uint8Array(8 * channels).fill(77);
        const reduced = yield* pixels(channels, data, 1);
        assertPlain(reduced, [2, 1], [77, 77, 77], 0, "reduced");
      }
    }),
);

effectTest(
  "decode() refuses a truncated image when it is strict",
  () =>
    Effect.gen(function* () {
      const intact = yield* Effect.promise(() =>
        sharp(Buffer.alloc(64 * 64 * 3, 90), {
          raw: { width: 64, height: 64, channels: 3 },
        }).jpeg().toBuffer()
      );
      const bytes = intact.subarray(0, intact.length - 4);
      const payload = { kind: "encoded", bytes } as const;
      yield* decode("cut", payload);
      const error = yield* Effect.flip(
        decode("cut", payload, { strict: true }),
      );
      assert.match(error.reason, /^it is damaged/);
      yield* decode("intact", { kind: "encoded", bytes: intact }, {
        strict: true,
      });
    }),
);

effectTest(
  "decode() refuses more pixels than maxPixels, and names it",
  () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode(
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"/>',
      );
      const payload = { kind: "encoded", bytes } as const;
      const error = yield* Effect.flip(
        decode("svg", payload, { maxPixels: 399 }),
      );
      assert.equal(error.reason, "it has more than 399 pixels");
      yield* decode("svg", payload, { maxPixels: 400 });
    }),
);
