import { draws, floatTensor, Progress } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { initialise, parameterShapes, small } from "@deepcluster/models";
import { openRowFile } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer, Stream } from "effect";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "./extract.ts";
import type { ImagePass } from "./image_pass.ts";
import assert from "node:assert/strict";

const size = 16;
const network = Effect.runSync(
  small({ sobel: true, size, channels: [4, 5, 6], units: [8, 7] }),
);

/** One image of noise. */
const images: ImagePass = {
  count: 1,
  batch: 1,
  from: () => {
    const { normal } = draws(3, "noise");
    const data = Float32Array.from({ length: 3 * size ** 2 }, normal);
    return Stream.make({
      images: floatTensor([1, 3, size, size], data),
      indices: Int32Array.of(0),
    });
  },
};

// Not left to the features: a maximum of the engine may lose a NaN on the way.
effectTest(
  "extract() names the parameter of which one value is NaN or infinite",
  () =>
    Effect.gen(function* () {
      const { integer } = draws(3, "weight");
      const folder = mkdtempSync(join(tmpdir(), "diverged-"));
      const parameters = initialise(network, 5);
      for (
        const [name, { shape }] of Object.entries(parameterShapes(network))
      ) {
        const data = Float32Array.from(parameters[name]!.data);
        const index = integer(data.length);
        const value = [NaN, Infinity, -Infinity][integer(3)]!;
        data[index] = value;
        const weights = { ...parameters, [name]: floatTensor(shape, data) };
        const error = yield* openRowFile(join(folder, name), 7).pipe(
          Effect.flatMap((file) => extract(network, weights, images, file)),
          Effect.scoped,
          Effect.flip,
        );
        assert.equal(
          error.message,
          "Cannot extract features as every weight of the network must be " +
            `finite: current values are ${name}[${index}]=${value}`,
        );
      }
    }).pipe(
      Effect.provide(
        Layer.merge(
          layerOnnx({ provider: "cpu", threads: 1 }),
          Progress.layerSilent,
        ),
      ),
    ),
);
