import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { alexnet } from "./alexnet.ts";
import { initialise, initialiseHead } from "./initialise.ts";
import { parameterShapes } from "./parameters.ts";
import { small } from "./small.ts";
import assert from "node:assert/strict";

const moments = (values: Float32Array) => {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(squares / values.length - mean ** 2) };
};

effectTest(
  "initialise() gives every parameter its shape and the authors' distribution",
  () =>
    Effect.gen(function* () {
      const network = yield* alexnet({ sobel: true, size: 63, width: 1 / 4 });
      const parameters = initialise(network, 31);
      const shapes = parameterShapes(network);
      assert.deepEqual(Object.keys(parameters), Object.keys(shapes));
      for (const [name, { shape, role }] of Object.entries(shapes)) {
        const { data, shape: given } = parameters[name]!;
        assert.deepEqual(given, shape);
        if (role === "weight") {
          const [filters, , height, width] = shape;
          const expected = shape.length === 2
            ? 0.01
            : Math.sqrt(2 / (height! * width! * filters!));
          const { mean, deviation } = moments(data);
          const uncertainty = 5 * expected / Math.sqrt(data.length);
          assert.ok(Math.abs(mean) < uncertainty, `${name}: mean ${mean}`);
          assert.ok(
            Math.abs(deviation - expected) < uncertainty,
            `${name}: deviation ${deviation}, expected ${expected}`,
          );
        } else if (role !== "fixed") {
          const one = role === "scale" || role === "runningVariance";
          assert.ok(data.every((value) => value === (one ? 1 : 0)), name);
        }
      }
    }),
);

effectTest(
  "initialise() sets the paper's grey and Sobel filters",
  () =>
    Effect.gen(function* () {
      const { data } = initialise(yield* small({ sobel: true }), 1)[
        "sobel.1.weight"
      ]!;
      const grey = initialise(yield* small({ sobel: true }), 1)[
        "sobel.0.weight"
      ]!;
      assertClose(grey.data, [1 / 3, 1 / 3, 1 / 3], 1e-7);
      assert.deepEqual(
        [...data],
        [1, 0, -1, 2, 0, -2, 1, 0, -1, 1, 2, 1, 0, 0, 0, -1, -2, -1],
      );
    }),
);

effectTest(
  "initialise() repeats for one seed, and draws each parameter by its name",
  () =>
    Effect.gen(function* () {
      const two = yield* small({ sobel: false, channels: [4, 4], units: [6] });
      const three = yield* small({
        sobel: false,
        channels: [4, 4, 4],
        units: [6],
      });
      assert.deepEqual(initialise(two, 5), initialise(two, 5));
      const first = initialise(two, 5)["features.4.weight"];
      assert.deepEqual(initialise(three, 5)["features.4.weight"], first);
      assert.notDeepEqual(initialise(two, 6)["features.4.weight"], first);
      assert.notDeepEqual(
        initialise(three, 5)["features.8.weight"],
        first,
      );
    }),
);

effectTest(
  "initialiseHead() draws N(0, 0.01) anew for each epoch and seed",
  () =>
    Effect.sync(() => {
      const weight = (seed: number, epoch: number) =>
        initialiseHead(64, 100, seed, epoch)["top_layer.weight"]!.data;
      const { mean, deviation } = moments(weight(1, 0));
      assert.ok(Math.abs(mean) < 5e-4);
      assert.ok(Math.abs(deviation - 0.01) < 5e-4);
      assert.deepEqual(weight(1, 0), weight(1, 0));
      assert.notDeepEqual(weight(1, 0), weight(1, 1));
      assert.notDeepEqual(weight(1, 0), weight(2, 0));
      const { data } = initialiseHead(64, 100, 1, 0)["top_layer.bias"]!;
      assert.ok(data.length === 100 && data.every((value) => value === 0));
    }),
);
