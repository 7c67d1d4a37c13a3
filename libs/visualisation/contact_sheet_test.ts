import type { Image } from "@deepcluster/data";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { clusterSheet } from "./cluster_sheet.ts";
import { contactSheet } from "./contact_sheet.ts";
import { layOutSheet } from "./sheet_layout.ts";
import type { SheetImage } from "./tiles.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

/** One colour everywhere. */
const plain = (rgb: readonly number[], width = 2, height = 2): Image => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => rgb[i % 3]!),
});

/** Colours of a sheet's first block at the middle of each image. */
const middlesOf = (png: Uint8Array, counts: number[], tile: number) =>
  Effect.promise(async () => {
    const { data, info } = await sharp(png).raw()
      .toBuffer({ resolveWithObject: true });
    const layout = layOutSheet(counts, { tile });
    assert.deepEqual([info.width, info.height, info.channels], [
      layout.width,
      layout.height,
      3,
    ]);
    return layout.blocks.flatMap((block) => block.tiles).map(({ x, y }) => {
      const at = 3 * ((y + tile / 2) * info.width + x + tile / 2);
      return [...data.subarray(at, at + 3)];
    });
  });

effectTest(
  "contactSheet() shows images of every kind, each in its place",
  () =>
    Effect.gen(function* () {
      const svg =
        `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="3" fill="#00f"/></svg>`;
      const images: SheetImage[] = [
        plain([250, 20, 30]),
        { kind: "encoded", bytes: new TextEncoder().encode(svg) },
        {
          kind: "pixels",
          width: 1,
          height: 1,
          channels: 1,
          data: Uint8Array.of(77),
        },
      ];
      const png = yield* contactSheet([
        { title: "A", images },
        { title: "B", images: [plain([1, 200, 3])] },
      ], { tile: 16 });
      assert.deepEqual(yield* middlesOf(png, [3, 1], 16), [
        [250, 20, 30],
        [255, 255, 255],
        [77, 77, 77],
        [1, 200, 3],
      ]);
    }),
);

effectTest(
  "contactSheet() shows the centre of an image that is not square",
  () =>
    Effect.gen(function* () {
      // Thirds of red, green and blue, three pixels high each.
      const stripes = plain([0, 0, 0], 3, 9);
      for (let i = 0; i < 27; i++) {
        stripes.data[3 * i + Math.floor(i / 9)] = 255;
      }
      const png = yield* contactSheet([{ title: "A", images: [stripes] }], {
        tile: 12,
      });
      assert.deepEqual(yield* middlesOf(png, [1], 12), [[0, 255, 0]]);
    }),
);

effectTest(
  "contactSheet() writes a label that tells blocks apart",
  () =>
    Effect.gen(function* () {
      const sheet = (title: string, detail: string) =>
        contactSheet([{ title, detail, images: [plain([9, 9, 9])] }]);
      const first = yield* sheet("Cluster 1", "1 image");
      assert.deepEqual(yield* sheet("Cluster 1", "1 image"), first);
      assert.notDeepEqual(yield* sheet("Cluster 2", "1 image"), first);
      assert.notDeepEqual(yield* sheet("Cluster 1", "2 images"), first);
    }),
);

effectTest(
  "contactSheet() fails with UnreadableImageError that names block and image",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(contactSheet([{
        title: "Cluster 3",
        images: [
          plain([0, 0, 0]),
          { kind: "encoded", bytes: new Uint8Array(9) },
        ],
      }]));
      assert.equal(error._tag, "UnreadableImageError");
      assert.match(error.message, /image=Cluster 3, image 1$/);
    }),
);

effectTest(
  "contactSheet() fails with SheetSizeError when empty or too large",
  () =>
    Effect.gen(function* () {
      const empty = yield* Effect.flip(contactSheet([]));
      assert.match(
        empty.message,
        /^Cannot draw contact sheet as it must have at least one block: /,
      );
      const huge = yield* Effect.flip(
        contactSheet([{ title: "A", images: [] }], { tilesPerRow: 1000 }),
      );
      assert.equal(
        huge.message,
        "Cannot draw contact sheet as width and height must be <= 32767, and their product <= 268402689: current values are blocks=1, width=68080, height=178",
      );
    }),
);

effectTest(
  "clusterSheet() loads no image of a sheet with too many pixels",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(clusterSheet({
        assignments: new Int32Array(100),
        load: () => Effect.die("loaded"),
      }, {
        clusters: { by: "size", count: 1 },
        images: { by: "chance", count: 100, seed: 1 },
        tile: 2000,
      }));
      assert.match(
        error.message,
        / and their product <= 268402689: .* width=20120, height=20150$/,
      );
    }),
);

effectTest(
  "clusterSheet() labels the chosen clusters with size and commonest label",
  () =>
    Effect.gen(function* () {
      const assignments = Int32Array.of(0, 1, 1, 1, 2, 2, 1);
      const loaded: number[] = [];
      const load = (position: number) => {
        loaded.push(position);
        return Effect.succeed(plain([position, 0, 0]));
      };
      const sheet = yield* clusterSheet({
        assignments,
        load,
        labels: {
          names: ["cats", "dogs"],
          classes: Int32Array.of(0, 0, 1, 1, -1, -1, 1),
        },
      }, {
        clusters: { by: "size", count: 2 },
        images: {
          by: "distance",
          count: 3,
          distances: Float32Array.of(0, 4, 3, 2, 0, 1, 1),
        },
        tile: 8,
        title: "Epoch 3",
      });
      assert.deepEqual(loaded, [6, 3, 2, 4, 5]);
      const images = loaded.map((position) => plain([position, 0, 0]));
      const expected = yield* contactSheet([
        {
          title: "Cluster 1",
          detail: "4 images · 75 % dogs",
          images: images.slice(0, 3),
        },
        { title: "Cluster 2", detail: "2 images", images: images.slice(3) },
      ], { tile: 8, title: "Epoch 3" });
      assert.deepEqual(sheet, expected);
    }),
);
