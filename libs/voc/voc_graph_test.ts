import { floatTensor, type Tensors } from "@deepcluster/core";
import { Backend, layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { describe, momentumName } from "@deepcluster/graph";
import { alexnet, initialise, small } from "@deepcluster/models";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { readFileSync } from "node:fs";
import type { VocSettings } from "./paper_settings.ts";
import { fineTuned, vocScoreGraph, vocTrainingGraph } from "./voc_graph.ts";
import assert from "node:assert/strict";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** What PyTorch computed, by `fixtures/make_voc_steps.py`. */
const fixture = JSON.parse(
  readFileSync(new URL("fixtures/voc_steps.json", import.meta.url), "utf8"),
) as {
  readonly size: number;
  readonly batch: number;
  readonly classes: number;
  readonly rates: readonly number[];
  readonly clipNorm: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly initial: Readonly<Record<string, Stored>>;
  readonly inputs: readonly Readonly<
    Record<"images" | "targets" | "mask", Stored>
  >[];
  readonly cases: readonly {
    readonly name: string;
    readonly layers: VocSettings["layers"];
    readonly frozen: boolean;
    readonly trained: readonly string[];
    readonly steps: readonly { readonly loss: number; readonly norm: number }[];
    readonly final: Readonly<Record<string, Stored>>;
  }[];
};

const tensor = ({ shape, data }: Stored) =>
  floatTensor(shape, Float32Array.from(data));

/** The reference rounds only at the end of a step, ONNX after each operator. */
const engines = [
  ["reference", layerReference, 1e-6],
  ["onnx", layerOnnx({ provider: "cpu", threads: 1 }), 1e-5],
] as const;

for (const [engine, layer, tolerance] of engines) {
  for (const wanted of fixture.cases) {
    effectTest(
      `three steps of ${wanted.name} end where PyTorch ends (${engine})`,
      () =>
        Effect.gen(function* () {
          const { size, classes, inputs, initial, rates } = fixture;
          const network = yield* small({
            sobel: true,
            size,
            channels: [3, 4],
            units: [5],
            dropout: 0.5,
          });
          const settings = {
            ...fixture,
            layers: wanted.layers,
            freezeBatchNormScales: wanted.frozen,
          };
          const names = fineTuned(network, settings);
          assert.deepEqual(names.toSorted(), wanted.trained.toSorted());
          const state: Tensors = {
            ...initialise(network, 0),
            ...Object.fromEntries(
              Object.entries(initial).map(([name, t]) => [name, tensor(t)]),
            ),
          };
          const momenta = names.map((name) =>
            [momentumName(name), floatTensor(state[name]!.shape)] as const
          );
          const backend = yield* Backend;
          const program = yield* backend.compile(
            yield* vocTrainingGraph(network, classes, settings),
            { ...state, ...Object.fromEntries(momenta) },
          );
          for (const [step, { loss, norm }] of wanted.steps.entries()) {
            const { images, targets, mask } = inputs[step]!;
            const found = yield* program.run({
              images: tensor(images),
              targets: tensor(targets),
              // The mask of a map that PyTorch flattens before its dropout.
              "classifier.0.mask": tensor(mask),
              learning_rate: floatTensor([], Float32Array.of(rates[step]!)),
            });
            assertClose(found["loss"]!.data, [loss], tolerance, "loss");
            assertClose(found["gradientNorm"]!.data, [norm], tolerance, "norm");
          }
          const after: Tensors = { ...state, ...yield* program.read };
          for (const [name, { data }] of Object.entries(wanted.final)) {
            assertClose(after[name]!.data, data, tolerance, name);
          }
        }).pipe(Effect.provide(layer)),
    );
  }
}

effectTest(
  "the fixture's steps clip some gradients and leave others",
  () =>
    Effect.sync(() => {
      const norms = fixture.cases.flatMap(({ steps }) =>
        steps.map(({ norm }) => norm > fixture.clipNorm)
      );
      assert.deepEqual(new Set(norms), new Set([true, false]));
    }),
);

const paper = {
  batch: 2,
  clipNorm: 10,
  momentum: 0.9,
  weightDecay: 1e-6,
} as const;

effectTest(
  "vocTrainingGraph() differentiates no further than to what is trained",
  () =>
    Effect.gen(function* () {
      const network = yield* alexnet({ sobel: true, size: 63, width: 1 / 32 });
      const gradientsOf = Effect.fnUntraced(function* (
        layers: VocSettings["layers"],
        freezeBatchNormScales: boolean,
      ) {
        const settings = { ...paper, layers, freezeBatchNormScales };
        const listing = describe(
          yield* vocTrainingGraph(network, 20, settings),
        );
        const count = (name: string) =>
          listing.match(new RegExp(`${name}\\b`, "g"))?.length ?? 0;
        return [
          count("convolutionFilterGradient"),
          count("convolutionInputGradient"),
          count("batchNormalizationScaleGradient"),
        ];
      });
      assert.deepEqual(yield* gradientsOf("fc6-8", true), [0, 0, 0]);
      assert.deepEqual(yield* gradientsOf("fc6-8", false), [0, 4, 5]);
      assert.deepEqual((yield* gradientsOf("all", true)).slice(0, 2), [5, 4]);
    }),
);

effectTest(
  "vocTrainingGraph() keeps running statistics and Sobel filters constant",
  () =>
    Effect.gen(function* () {
      const network = yield* small({ sobel: true, size: 16 });
      const graph = yield* vocTrainingGraph(network, 20, {
        ...paper,
        layers: "all",
        freezeBatchNormScales: false,
      });
      const constant = Object.entries(graph.state)
        .filter(([, { next }]) => next === undefined)
        .map(([name]) => name);
      assert.equal(constant.length, 2 * 4 + 4);
      assert.ok(constant.every((name) => /running_|^sobel/.test(name)));
    }),
);

effectTest(
  "vocScoreGraph() adds up the logits of ten crops, and changes nothing",
  () =>
    Effect.gen(function* () {
      const network = yield* small({ sobel: false, size: 16 });
      const graph = yield* vocScoreGraph(network, 20);
      assert.deepEqual(graph.outputs["scores"]!.shape, [20]);
      assert.deepEqual(graph.inputs["images"]!.shape, [10, 3, 16, 16]);
      assert.ok(
        Object.values(graph.state).every(({ next }) => next === undefined),
      );
    }),
);
