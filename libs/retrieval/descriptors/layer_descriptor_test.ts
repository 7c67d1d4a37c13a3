import { evaluatedLayers, pixelsLayer } from "@deepcluster/features";
import { layerReference } from "@deepcluster/gpu-backend";
import { initialise, small } from "@deepcluster/models";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { cropImage } from "./crop_image.ts";
import { layerDescriptor } from "./layer_descriptor.ts";
import { normaliseRows } from "./normalise_rows.ts";
import { matrix } from "@deepcluster/core";

const image = (seed: number, width = 8, height = 6) => ({
  width,
  height,
  data: Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => (i * 37 + seed * 101) % 256,
  ),
});

effectTest(
  "layerDescriptor() gives an image the same vector of length 1 whatever is described with it",
  () =>
    Effect.gen(function* () {
      const network = yield* small({ sobel: true, size: 16, width: 0.125 });
      const layer = evaluatedLayers(network)[0]!;
      const descriptor = yield* layerDescriptor(
        {
          name: "random",
          identity: "0",
          size: 16,
          network,
          parameters: initialise(network, 1),
        },
        layer,
        { batch: 2 },
      );
      const images = [image(1), image(2), image(3)];
      const { vectors } = yield* descriptor.describe(images);
      const alone = yield* descriptor.describe([images[2]!]);
      assert.deepEqual(
        vectors.data.slice(2 * layer.columns),
        alone.vectors.data,
      );
      const norm = Math.hypot(...alone.vectors.data);
      assert.ok(Math.abs(norm - 1) < 1e-6);
    }).pipe(Effect.scoped, Effect.provide(layerReference)),
);

effectTest("layerDescriptor() describes pixels", () =>
  Effect.gen(function* () {
    const descriptor = yield* layerDescriptor(
      { name: "pixels", identity: "1", size: 4, parameters: {} },
      pixelsLayer(4),
    );
    const { vectors } = yield* descriptor.describe([image(1), image(1)]);
    assert.equal(vectors.columns, 48);
    assert.deepEqual(vectors.data.slice(0, 48), vectors.data.slice(48));
  }).pipe(Effect.scoped, Effect.provide(layerReference)));

Deno.test("normaliseRows() leaves a row of zeros", () => {
  const rows = normaliseRows(matrix(2, 2, Float32Array.of(3, 4, 0, 0)));
  assert.deepEqual([...rows.data].map((value) => Number(value.toFixed(6))), [
    0.6,
    0.8,
    0,
    0,
  ]);
});

effectTest(
  "cropImage() cuts what lies inside and refuses what lies outside",
  () =>
    Effect.gen(function* () {
      const whole = image(1);
      const part = yield* cropImage(whole, { x: 6, y: 4, width: 9, height: 9 });
      assert.deepEqual([part.width, part.height], [2, 2]);
      assert.deepEqual(
        [...part.data.slice(0, 3)],
        [...whole.data.slice((4 * 8 + 6) * 3, (4 * 8 + 6) * 3 + 3)],
      );
      const outside = { x: 8, y: 0, width: 1, height: 1 };
      const error = yield* Effect.flip(cropImage(whole, outside));
      assert.equal(
        error.message,
        "Cannot crop an image as box must be four whole numbers " +
          "x,y,width,height of a rectangle within the 8 x 6 pixels: " +
          "current value is box=8,0,1,1",
      );
    }),
);
