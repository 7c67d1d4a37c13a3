import { floatTensor, Progress, type Tensors } from "@deepcluster/core";
import { imageSet } from "@deepcluster/data";
import {
  evaluatedLayers,
  layerFeatures,
  layersGraph,
} from "@deepcluster/features";
import { Backend, layerReference } from "@deepcluster/gpu-backend";
import { interpret } from "@deepcluster/graph";
import { initialise, small } from "@deepcluster/models";
import { type EvaluatedModel, pixelsModel } from "@deepcluster/runs";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EvaluationImages } from "./evaluation_images.ts";
import assert from "node:assert/strict";

const network = Effect.runSync(
  small({ sobel: true, size: 16, channels: [4, 6], units: [5] }),
);

/** Statistics that are not those of any batch, as after training. */
const parameters: Tensors = Object.fromEntries(
  Object.entries(initialise(network, 2)).map(([name, tensor]) => [
    name,
    name.includes("running_")
      ? floatTensor(tensor.shape, tensor.data.map((_, i) => 0.5 + i / 7))
      : tensor,
  ]),
);
const model: EvaluatedModel = {
  name: "made",
  identity: "made",
  size: 16,
  network,
  parameters,
  layers: evaluatedLayers(network),
};

const imagesOf = (count: number): EvaluationImages => ({
  ...imageSet({
    name: "noise",
    ids: Array.from({ length: count }, (_, i) => `${i}`),
    payload: (index) => ({
      kind: "pixels",
      width: 20,
      height: 18,
      channels: 1,
      data: Uint8Array.from({ length: 360 }, (_, p) => (p * (index + 3)) & 255),
    }),
  }),
  identity: `noise ${count}`,
  digests: new Uint8Array(32 * count),
  sourceIndices: Int32Array.from({ length: count }, (_, i) => i),
  labels: new Int32Array(count),
  classNames: ["noise"],
  unreadable: [],
});

const silent = Layer.merge(layerReference, Progress.layerSilent);
const fresh = () => mkdtempSync(join(tmpdir(), "layers-"));

effectTest(
  "layersGraph() pools maps by windows with zeros around, worked by hand",
  () =>
    Effect.gen(function* () {
      const pool = { kernel: 3, stride: 3, padding: 1 };
      const layer = { name: "pixels", pool, columns: 12 };
      const graph = yield* layersGraph(undefined, 4, 1, [layer]);
      const images = floatTensor(
        [1, 3, 4, 4],
        Float32Array.from({ length: 48 }, (_, i) => i),
      );
      const { outputs } = yield* interpret(graph, { images }, {});
      // Windows of channel 0: rows and columns 0 to 1, or 2 to 3.
      const sums = [0 + 1 + 4 + 5, 2 + 3 + 6 + 7, 8 + 9 + 12 + 13, 50]
        .map((sum) => sum / 9);
      assertClose(outputs["pixels"]!.data.slice(0, 4), sums, 1e-6);
      assert.deepEqual(outputs["pixels"]!.shape, [1, 12]);
    }),
);

effectTest(
  "layersGraph() changes no parameter and no running statistic",
  () =>
    Effect.gen(function* () {
      const graph = yield* layersGraph(network, 16, 2, model.layers);
      assert.ok(Object.values(graph.state).every(({ next }) => !next));
      const before = structuredClone(parameters);
      const backend = yield* Backend;
      const program = yield* backend.compile(graph, parameters);
      yield* program.run({ images: floatTensor([2, 3, 16, 16]) });
      assert.deepEqual(yield* program.read, {});
      assert.deepEqual(parameters, before);
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "layerFeatures() of an image do not depend on the images beside it",
  () =>
    Effect.gen(function* () {
      const options = { folder: fresh(), batch: 4 };
      const few = yield* layerFeatures(
        model,
        imagesOf(2),
        model.layers,
        options,
      );
      const many = yield* layerFeatures(
        model,
        imagesOf(9),
        model.layers,
        options,
      );
      for (const { name, columns } of model.layers) {
        const one = yield* few[name]!.read(0, 2);
        assert.equal(one.columns, columns);
        assert.deepEqual(one.data, (yield* many[name]!.read(0, 2)).data);
        assert.ok(one.data.some((value) => value !== 0), name);
      }
      const after = yield* many["fc3"]!.read(0, 9);
      const before = yield* many["features"]!.read(0, 9);
      assert.deepEqual(after.data, before.data.map((v) => Math.max(0, v)));
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "layerFeatures() finds what an earlier pass left, and adds a layer",
  () =>
    Effect.gen(function* () {
      const folder = fresh();
      let decoded = 0;
      const images = imagesOf(6);
      const counting: EvaluationImages = {
        ...images,
        decoded: (index) =>
          Effect.suspend(() => {
            decoded++;
            return images.decoded(index);
          }),
      };
      const ask = (count: number) =>
        Effect.scoped(
          layerFeatures(model, counting, model.layers.slice(0, count), {
            folder,
            batch: 4,
          }),
        );
      yield* ask(1);
      assert.equal(decoded, 6);
      yield* ask(1);
      assert.equal(decoded, 6, "nothing is decoded again");
      yield* ask(2);
      assert.equal(decoded, 12, "for the second layer only");
      assert.equal(readdirSync(folder).length, 2, "features and a lock");
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "layerFeatures() of ten crops give ten rows an image, the fifth the centre",
  () =>
    Effect.gen(function* () {
      const pixels = pixelsModel(16);
      const folder = fresh();
      const ask = (crops: "centre" | "ten") =>
        layerFeatures(pixels, imagesOf(3), pixels.layers, {
          folder,
          batch: 4,
          crops,
        });
      const ten = (yield* ask("ten"))["pixels"]!;
      const centre = (yield* ask("centre"))["pixels"]!;
      assert.deepEqual([ten.rows, centre.rows], [30, 3]);
      assert.deepEqual(
        (yield* ten.read(14, 1)).data,
        (yield* centre.read(1, 1)).data,
      );
    }).pipe(Effect.provide(silent)),
);

effectTest(
  "layerFeatures() waits for another that extracts the same, whose file it leaves alone",
  () =>
    Effect.gen(function* () {
      const extractIn = (folder: string) =>
        layerFeatures(model, imagesOf(9), model.layers, { folder, batch: 4 });
      const expected = yield* extractIn(fresh());
      const folder = fresh();
      // Stopped before its first image, as by Ctrl-C.
      const second = extractIn(folder).pipe(
        Effect.scoped,
        Effect.provideService(Progress, { report: () => Effect.never }),
        Effect.timeoutOption("100 millis"),
        Effect.provide(layerReference),
      );
      let hasBegun = false;
      const found = yield* extractIn(folder).pipe(
        Effect.provideService(Progress, {
          report: ({ done }) => {
            if (done !== 4 || hasBegun) return Effect.void;
            hasBegun = true;
            return Effect.asVoid(Effect.orDie(second));
          },
        }),
      );
      assert.ok(hasBegun);
      for (const { name } of model.layers) {
        const rows = yield* found[name]!.read(0, 9);
        assert.deepEqual(rows.data, (yield* expected[name]!.read(0, 9)).data);
      }
    }).pipe(Effect.provide(silent)),
);
