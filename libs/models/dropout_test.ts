import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { alexnet } from "./alexnet.ts";
import { dropoutMasks, maskShapes } from "./dropout.ts";
import { vgg16 } from "./vgg16.ts";
import assert from "node:assert/strict";

const draw = { seed: 31, epoch: 2, step: 7 };

effectTest(
  "dropoutMasks() has one mask a dropout layer, none at rate 0",
  () =>
    Effect.gen(function* () {
      const shapes = (masks: Readonly<Record<string, { shape: unknown }>>) =>
        Object.entries(masks).map(([name, { shape }]) => [name, shape]);
      const wide = yield* alexnet({ sobel: true });
      assert.deepEqual(shapes(maskShapes(wide, 3)), [
        ["classifier.0.mask", [3, 9216]],
        ["classifier.3.mask", [3, 4096]],
      ]);
      const deep = yield* vgg16({ sobel: true, size: 32, dropout: 0.2 });
      const expected = [["classifier.2.mask", [3, 4096]]];
      assert.deepEqual(shapes(maskShapes(deep, 3)), expected);
      assert.deepEqual(shapes(dropoutMasks(deep, 3, draw)), expected);
      const kept = yield* vgg16({ sobel: true, size: 32, dropout: 0 });
      assert.deepEqual(dropoutMasks(kept, 3, draw), {});
    }),
);

effectTest(
  "dropoutMasks() drops at the rate and keeps the mean",
  () =>
    Effect.gen(function* () {
      for (const dropout of [0.1, 0.5, 0.9]) {
        const network = yield* vgg16({ sobel: true, size: 32, dropout });
        const { data } = dropoutMasks(network, 16, draw)["classifier.2.mask"]!;
        const kept = Math.fround(1 / (1 - dropout));
        assert.deepEqual(new Set(data), new Set([0, kept]));
        const fraction = data.filter((value) => value === 0).length /
          data.length;
        const deviation = Math.sqrt(dropout * (1 - dropout) / data.length);
        assert.ok(Math.abs(fraction - dropout) < 5 * deviation, `${fraction}`);
      }
    }),
);

effectTest(
  "dropoutMasks() repeats for one name, differs in seed, epoch, step, layer",
  () =>
    Effect.gen(function* () {
      const network = yield* alexnet({ sobel: true, size: 63, width: 1 / 16 });
      const bits = (change: Partial<typeof draw>) =>
        dropoutMasks(network, 4, { ...draw, ...change })["classifier.3.mask"]!
          .data.join("");
      assert.equal(bits({}), bits({}));
      const others = [
        bits({ seed: 32 }),
        bits({ epoch: 3 }),
        bits({ step: 8 }),
      ];
      assert.equal(new Set([bits({}), ...others]).size, 4);
      const masks = dropoutMasks(network, 4, draw);
      const [first, second] = Object.values(masks).map(({ data }) =>
        data.subarray(0, 64).join("")
      );
      assert.notEqual(first, second);
    }),
);

effectTest(
  "dropoutMasks() overwrites the masks it is given and returns them",
  () =>
    Effect.gen(function* () {
      const network = yield* alexnet({ sobel: true, size: 63, width: 1 / 16 });
      const into = dropoutMasks(network, 4, draw);
      const again = dropoutMasks(network, 4, { ...draw, step: 8 }, into);
      for (const name of Object.keys(into)) {
        assert.equal(again[name]!.data, into[name]!.data);
      }
      assert.deepEqual(again, dropoutMasks(network, 4, { ...draw, step: 8 }));
    }),
);
