import {
  draws,
  type FloatTensor,
  floatTensor,
  intTensor,
} from "@deepcluster/core";
import { Backend, layerOnnx } from "@deepcluster/gpu-backend";
import { buildGraph, evaluate, gradients } from "@deepcluster/graph";
import { initialise, type Network, small } from "@deepcluster/models";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { ascentLoss, type AscentObjective } from "./ascent_graph.ts";
import { authorsAscent, authorsModel, tensorOf } from "./authors_testing.ts";
import assert from "node:assert/strict";

const count = 2;
const layers = ["features.2", "features.4", "features.5", "features.7"];

/** A small network with statistics that are not those of the beginning. */
const made = Effect.fnUntraced(function* (sobel: boolean) {
  const network = yield* small({
    sobel,
    channels: [3, 4],
    units: [5],
    size: 8,
  });
  const parameters = Object.fromEntries(
    Object.entries(initialise(network, 3)).map(([name, { shape, data }]) => {
      const { uniform } = draws(3, name);
      return [
        name,
        floatTensor(shape, data.map((x) => x + 0.3 * uniform())),
      ];
    }),
  );
  return { network, parameters };
});

/** Loss and gradient with all that they are computed from. */
const problem = (
  network: Network,
  parameters: Readonly<Record<string, FloatTensor>>,
  layer: string,
  objective: AscentObjective,
) => {
  const { parameters: used, ...values } = ascentLoss(
    network,
    layer,
    count,
    { objective, weightDecay: 1e-3 },
  );
  const outputs = layer < "features.4" ? 3 : 4;
  const { normal } = draws(1, "images");
  const inputs = {
    images: floatTensor(
      values.images.shape,
      Float32Array.from({ length: count * 3 * 64 }, normal),
    ),
    filters: intTensor([count], Int32Array.of(2, 0)),
    wanted: floatTensor([count, outputs], new Float32Array(count * outputs)),
  };
  inputs.wanted.data[2] = 1;
  inputs.wanted.data[outputs] = 1;
  const state = Object.fromEntries(
    Object.keys(used).map((name) => [name, parameters[name]!]),
  );
  return { ...values, used, inputs, state };
};

for (const sobel of [true, false]) {
  effectTest(
    "the gradient with respect to the input agrees with central differences, " +
      `${
        sobel ? "through Sobel filters" : "from RGB"
      }, and ONNX Runtime's with it`,
    () =>
      Effect.gen(function* () {
        const { network, parameters } = yield* made(sobel);
        const backend = yield* Backend;
        const objectives = ["cross-entropy", "activation"] as const;
        for (const [i, layer] of [...layers, ...layers].entries()) {
          const objective = objectives[Math.floor(i / layers.length)]!;
          const given = problem(network, parameters, layer, objective);
          const { images, loss, activations, used, state } = given;
          const { filters, ...others } = given.inputs;
          const inputs = objective === "activation" ? others : given.inputs;
          assert.equal(filters.shape[0], count);
          const numbers = Object.fromEntries(
            Object.entries({ ...inputs, ...state }).map((
              [name, { shape, data }],
            ) => [name, { shape, data: Float64Array.from(data) }]),
          );
          const [exact] = yield* evaluate(gradients(loss, [images]), numbers);
          const moved = (index: number, by: number) => {
            const data = Float64Array.from(numbers["images"]!.data);
            data[index]! += by;
            const images = { shape: numbers["images"]!.shape, data };
            return Effect.map(
              evaluate([loss], { ...numbers, images }),
              ([value]) => value!.data[0]!,
            );
          };
          const slopes: number[] = [];
          const indices = draws(2, "indices").sample(40, exact!.data.length);
          for (const index of indices) {
            const up = yield* moved(index, 1e-5);
            const down = yield* moved(index, -1e-5);
            slopes.push((up - down) / 2e-5);
          }
          const picked = [...indices].map((index) => exact!.data[index]!);
          assertClose(picked, slopes, 1e-5, `${layer}, differences`);
          assert.ok(slopes.some((slope) => Math.abs(slope) > 1e-3));

          const graph = yield* buildGraph(() => ({
            outputs: { gradient: gradients(loss, [images])[0]!, activations },
            state: used,
          }));
          const program = yield* backend.compile(graph, state);
          const { gradient } = yield* program.run(inputs);
          assertClose(gradient!.data, exact!.data, 1e-5, `${layer}, ONNX`);
        }
      }).pipe(Effect.provide(layerOnnx({ provider: "cpu", threads: 1 }))),
  );
}

effectTest(
  "the gradient with respect to the input is that of PyTorch's autograd, also " +
    "where a filter is silent",
  () =>
    Effect.gen(function* () {
      const { network, parameters } = yield* authorsModel;
      const { filters, images, results, settings } = authorsAscent;
      const pixels = tensorOf(images).data;
      for (const [i, expected] of results.entries()) {
        const { weightDecay = 0 } = settings;
        const one = ascentLoss(network, "features.6", 1, {
          objective: "cross-entropy",
          weightDecay,
        });
        const wanted = floatTensor([1, 4]);
        wanted.data[filters[i]!] = 1;
        const [loss, activation, gradient] = yield* evaluate([
          one.loss,
          one.activations,
          gradients(one.loss, [one.images])[0]!,
        ], {
          ...parameters,
          images: {
            shape: [1, 3, 8, 8],
            data: Float64Array.from(pixels.subarray(192 * i, 192 * (i + 1))),
          },
          filters: { shape: [1], data: Float64Array.of(filters[i]!) },
          wanted: { shape: [1, 4], data: Float64Array.from(wanted.data) },
        });
        assertClose(loss!.data, [expected.loss], 1e-6);
        assertClose(activation!.data, [expected.activation], 1e-6);
        assertClose(gradient!.data, expected.gradient.data, 1e-6);
      }
    }),
);
