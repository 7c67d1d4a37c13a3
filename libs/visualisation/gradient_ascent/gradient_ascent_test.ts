import { floatTensor, Progress } from "@deepcluster/core";
import { layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { authorsAscent, authorsModel, tensorOf } from "./authors_testing.ts";
import {
  type AscendedFilter,
  type AscentOptions,
  type AscentState,
  gradientAscent,
} from "./gradient_ascent.ts";
import assert from "node:assert/strict";

const engines = {
  reference: layerReference,
  ONNX: layerOnnx({ provider: "cpu", threads: 1 }),
};

const onnx = Layer.merge(
  layerOnnx({ provider: "cpu", threads: 1 }),
  Progress.layerSilent,
);

/** Keeps states in memory, beginning with one. */
const memory = (first?: AscentState) => {
  const saved: AscentState[] = [];
  return {
    saved,
    load: Effect.succeed(first),
    save: (state: AscentState) => Effect.sync(() => void saved.push(state)),
  };
};

for (const [engine, layer] of Object.entries(engines)) {
  effectTest(
    "gradientAscent() takes the steps of the authors' code, also for a silent " +
      `filter, on ${engine}`,
    () =>
      Effect.gen(function* () {
        const states = memory({
          step: 0,
          images: tensorOf(authorsAscent.images),
        });
        const results = yield* gradientAscent(yield* authorsModel, {
          ...authorsAscent.settings,
          layer: "conv2",
          filters: authorsAscent.filters,
          seed: 1,
          states,
        });
        const { images } = states.saved.at(-1)!;
        for (const [i, { image, after }] of authorsAscent.results.entries()) {
          const name = `filter ${authorsAscent.filters[i]}`;
          const own = images.data.subarray(192 * i, 192 * (i + 1));
          assertClose(own, image.data, 1e-4, name);
          assert.ok(Math.abs(results[i]!.after - after) < 1e-4, name);
        }
        assert.equal(authorsAscent.results[1]!.activation, 0);
      }).pipe(
        Effect.provide(Layer.merge(layer, Progress.layerSilent)),
      ),
  );
}

const ascend = Effect.fnUntraced(function* (
  options: Partial<AscentOptions>,
) {
  return yield* gradientAscent(yield* authorsModel, {
    layer: "conv2",
    filters: [0, 1, 3],
    seed: 4,
    steps: 40,
    ...options,
  });
});

effectTest(
  "gradientAscent() raises the mean activation of every filter, and ends in " +
    "the same picture for the same seed alone",
  () =>
    Effect.gen(function* () {
      const results = yield* ascend({});
      assert.deepEqual(results.map(({ filter }) => filter), [0, 1, 3]);
      for (const { filter, before, after } of results) {
        assert.ok(after > 2 * before, `filter ${filter}: ${before}, ${after}`);
      }
      assert.deepEqual(yield* ascend({}), results);
      const other = yield* ascend({ seed: 5 });
      assert.notDeepEqual(other[0]!.picture, results[0]!.picture);
      // The path of the ReLU is the same layer, before it another one.
      assert.deepEqual(yield* ascend({ layer: "features.6" }), results);
      const before = yield* ascend({ layer: "features.5" });
      assert.notDeepEqual(before[0]!.after, results[0]!.after);
    }).pipe(Effect.provide(onnx)),
);

effectTest(
  "gradientAscent() of the activation alone ends higher than against the other " +
    "filters",
  () =>
    Effect.gen(function* () {
      const against = yield* ascend({ steps: 200 });
      const alone = yield* ascend({ steps: 200, objective: "activation" });
      for (const [i, { filter, after }] of alone.entries()) {
        assert.ok(
          after >= against[i]!.after,
          `filter ${filter}: ${after}, ${against[i]!.after}`,
        );
      }
      assert.ok(alone.some(({ after }, i) => after > against[i]!.after));
    }).pipe(Effect.provide(onnx)),
);

effectTest(
  "gradientAscent() gives a filter the same image in any batch",
  () =>
    Effect.gen(function* () {
      const together = yield* ascend({ steps: 11 });
      const alone = yield* Effect.forEach(
        [0, 1, 3],
        (filter) => ascend({ steps: 11, filters: [filter] }),
      );
      alone.flat().forEach(({ picture, after }, i) => {
        assertClose([together[i]!.after], [after], 1e-4);
        picture.data.forEach((value, pixel) =>
          assert.ok(
            Math.abs(value - together[i]!.picture.data[pixel]!) <= 1,
          )
        );
      });
    }).pipe(Effect.provide(onnx)),
);

effectTest(
  "gradientAscent() resumed from any state equals one that was never stopped",
  () =>
    Effect.gen(function* () {
      const states = memory();
      const results = yield* ascend({ steps: 9, states, saveEveryMs: 0 });
      const saved = states.saved;
      assert.deepEqual(saved.map(({ step }) => step), [
        ...Array.from({ length: 9 }, (_, i) => i + 1),
      ]);
      for (const state of saved) {
        const resumed: readonly AscendedFilter[] = yield* ascend({
          steps: 9,
          states: memory(state),
        });
        assert.deepEqual(resumed, results);
      }
    }).pipe(Effect.provide(onnx)),
);

effectTest(
  "gradientAscent() refuses layers and filters that are not there, and names " +
    "those that are; pixels; and a network that overflows",
  () =>
    Effect.gen(function* () {
      const refused = (options: Partial<AscentOptions>) =>
        Effect.map(Effect.flip(ascend(options)), ({ message }) => message);
      assert.equal(
        yield* refused({ layer: "conv9" }),
        "Cannot run gradient ascent as layers must be among features.0, " +
          "features.1, conv1 (features.2), features.3, features.4, " +
          "features.5, conv2 (features.6), features.7: current value is " +
          "layers=conv9",
      );
      assert.match(yield* refused({ layer: "fc3" }), /layers=fc3$/);
      const filters = "Cannot run gradient ascent as filters must be numbers " +
        "from 0 to 3, the filters of conv2: current value is filters=";
      assert.equal(yield* refused({ filters: [1, 4] }), `${filters}4`);
      assert.equal(yield* refused({ filters: [0.5] }), `${filters}0.5`);
      assert.equal(yield* refused({ filters: [] }), `${filters}none`);
      assert.match(yield* refused({ steps: -1 }), /steps must be an integer/);
      assert.match(
        yield* refused({ learningRate: NaN }),
        /learningRate must be a number >= 0/,
      );
      const pixels = yield* Effect.flip(
        gradientAscent({ name: "pixels", parameters: {} }, {
          layer: "conv1",
          filters: [0],
          seed: 1,
        }),
      );
      assert.match(pixels.message, /^Cannot run gradient ascent as the model/);
      const { parameters, ...rest } = yield* authorsModel;
      const { shape, data } = parameters["features.4.weight"]!;
      const large = floatTensor(shape, data.map((weight) => 1e38 * weight));
      const overflown = yield* Effect.flip(
        gradientAscent(
          {
            ...rest,
            parameters: { ...parameters, "features.4.weight": large },
          },
          { layer: "conv2", filters: [0], seed: 1, steps: 3 },
        ),
      );
      assert.match(overflown.message, /^Cannot run gradient ascent .*=NaN$/);
    }).pipe(Effect.provide(onnx)),
);
