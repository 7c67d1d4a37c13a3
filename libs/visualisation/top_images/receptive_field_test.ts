import { draws, floatTensor, Progress } from "@deepcluster/core";
import { compileLayers } from "@deepcluster/features";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { alexnet, outputShapes, small, vgg16 } from "@deepcluster/models";
import { randomWeights } from "@deepcluster/runs";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { receptiveField, seenRegion } from "./receptive_field.ts";

const services = Layer.merge(
  Progress.layerSilent,
  layerOnnx({ provider: "cpu", threads: 1 }),
);

effectTest(
  "seenRegion() is what an activation depends on: no pixel beyond its edges " +
    "changes it, and every edge does",
  () =>
    Effect.gen(function* () {
      for (const sobel of [false, true]) {
        const size = 16;
        const network = yield* small({ sobel, size, channels: [6, 6, 6] });
        const model = randomWeights(network, 3);
        const { normal, integer } = draws(2, "pixels");
        for (const { name: path, type } of network.features) {
          if (type === "relu" || type === "batchNorm") continue;
          const [, channels, side] = outputShapes(network, 1)[path] as [
            number,
            number,
            number,
          ];
          const field = receptiveField(network, path);
          const layer = {
            name: "map",
            layerOutput: path,
            columns: channels * side ** 2,
          };
          const run = yield* compileLayers(model, [layer], 6);
          for (let repeat = 0; repeat < 6; repeat++) {
            const [row, column] = [integer(side), integer(side)];
            const region = seenRegion(field, row, column, size);
            const { left, top, width, height } = region;
            const [right, bottom] = [left + width - 1, top + height - 1];
            /** Whether each of six images is changed at a pixel. */
            const changes: ((y: number, x: number) => boolean)[] = [
              () => false,
              (y, x) => y < top || y > bottom || x < left || x > right,
              (y, x) => y === top && x >= left && x <= right,
              (y, x) => y === bottom && x >= left && x <= right,
              (y, x) => x === left && y >= top && y <= bottom,
              (y, x) => x === right && y >= top && y <= bottom,
            ];
            const base = Float32Array.from({ length: 3 * size ** 2 }, normal);
            const images = floatTensor([6, 3, size, size]);
            changes.forEach((isChanged, image) => {
              for (let i = 0; i < base.length; i++) {
                const [y, x] = [Math.floor(i / size) % size, i % size];
                images.data[image * base.length + i] = base[i]! +
                  (isChanged(y, x) ? 40 * normal() : 0);
              }
            });
            const { data } = (yield* run(images))("map");
            const activations = changes.map((_, image) =>
              Array.from(
                { length: channels },
                (_, channel) =>
                  data[
                    ((image * channels + channel) * side + row) * side + column
                  ],
              )
            );
            const where: string = `${path} at ${row}, ${column}`;
            assert.deepEqual(activations[1], activations[0], where);
            for (const edge of activations.slice(2)) {
              assert.notDeepEqual(edge, activations[0], where);
            }
          }
        }
      }
    }).pipe(Effect.scoped, Effect.provide(services)),
);

effectTest(
  "receptiveField() is that of the literature",
  () =>
    Effect.gen(function* () {
      const { size } = receptiveField(
        yield* vgg16({ sobel: false }),
        (yield* vgg16({ sobel: false })).features.at(-1)!.name,
      );
      assert.equal(size, 212); // Araujo et al., table 1
      const network = yield* alexnet({ sobel: true });
      const first = receptiveField(network, "features.0");
      assert.deepEqual(first, { size: 13, stride: 4, start: -3 });
      assert.deepEqual(
        seenRegion(first, 0, 1, 224),
        { left: 1, top: 0, width: 13, height: 10 },
      );
    }),
);
