import { floatTensor, type Tensors } from "@deepcluster/core";
import { Backend, layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { featuresGraph, initialise, small } from "@deepcluster/models";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { onnxFeatures } from "./onnx_features.ts";
import assert from "node:assert/strict";
import onnxProto from "onnx-proto";

const network = Effect.runSync(
  small({ sobel: true, size: 16, channels: [3, 4], units: [6] }),
);
const weights = initialise(network, 1);
const images = floatTensor([2, 3, 16, 16]);
images.data.forEach((_, i) => images.data[i] = Math.sin(i));

/** What ONNX Runtime makes of a model. */
const runOnnx = (bytes: Uint8Array, feeds: Tensors) =>
  Effect.gen(function* () {
    const backend = yield* Backend;
    const model = yield* backend.openOnnx(bytes);
    return yield* model.run(feeds);
  }).pipe(
    Effect.scoped,
    Effect.provide(layerOnnx({ provider: "cpu", threads: 1 })),
  );

for (const layer of ["features.1", "features.7", "classifier.1"]) {
  effectTest(
    `onnxFeatures() of ${layer} gives the outputs of the reference`,
    () =>
      Effect.gen(function* () {
        const bytes = yield* onnxFeatures(network, weights, {
          layer,
          batch: 2,
        });
        const outputs = yield* runOnnx(bytes, { images });
        assert.deepEqual(Object.keys(outputs), ["features"]);
        const { features } = outputs;
        const backend = yield* Backend;
        const graph = yield* featuresGraph(network, 2, [layer]);
        const program = yield* backend.compile(graph, weights);
        const expected = (yield* program.run({ images }))[layer]!;
        assert.deepEqual(features!.shape, expected.shape);
        assertClose(features!.data, expected.data, 1e-5);
      }).pipe(Effect.provide(layerReference)),
  );
}

effectTest(
  "onnxFeatures() keeps words in metadata_props and leaves out what is unused",
  () =>
    Effect.gen(function* () {
      const metadata = { layer: "features.1", mean: "0.5,0.5,0.5" };
      const bytes = yield* onnxFeatures(network, weights, {
        layer: "features.1",
        metadata,
      });
      const { metadataProps, graph } = onnxProto.onnx.ModelProto.decode(bytes);
      assert.deepEqual(
        Object.fromEntries(
          metadataProps!.map(({ key, value }) => [key, value]),
        ),
        metadata,
      );
      const names = graph!.initializer!.map(({ name }) => name);
      assert.ok(!names.includes("classifier.1.weight"), `${names}`);
    }),
);

effectTest(
  "onnxFeatures() takes both names of an output, and no other output for it",
  () =>
    Effect.gen(function* () {
      const bytesOf = (layer: string) =>
        onnxFeatures(network, weights, { layer });
      assert.deepEqual(yield* bytesOf("conv1"), yield* bytesOf("features.2"));
      assert.notDeepEqual(
        yield* bytesOf("conv1"),
        yield* bytesOf("features.0"),
      );
    }),
);

effectTest(
  "onnxFeatures() fails with UnknownLayerError, naming the layers there are",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        onnxFeatures(network, weights, { layer: "conv5" }),
      );
      assert.match(
        error.message,
        /one of sobel.0, .*: current value is layer=conv5/,
      );
    }),
);
