/**
 * The output of a layer for the centre crop of an image, as its descriptor.
 *
 * Paper: section 4.3 reads layers in this way; section 5.3 has R-MAC instead.
 *
 * @module
 */
import {
  firstNonFinite,
  floatTensor,
  type Matrix,
  matrix,
} from "@deepcluster/core";
import { clusteringTransform, decoderVersion } from "@deepcluster/data";
import {
  compileLayers,
  type CompileOutputsError,
  defaultBatch,
  DivergedFeaturesError,
  type EvaluatedLayer,
  featuresVersion,
  type LayeredModel,
  layerInKeys,
} from "@deepcluster/features";
import { Backend } from "@deepcluster/gpu-backend";
import type { BuildError } from "@deepcluster/graph";
import { Effect, type Scope } from "effect";
import type { Descriptor } from "./descriptor.ts";
import { normaliseRows } from "./normalise_rows.ts";

/** Options of {@link layerDescriptor}. */
export interface LayerDescriptorOptions {
  /** Images of a run of the network. Default: 32. */
  readonly batch?: number;
}

/**
 * Compiles a layer of a model as a descriptor.
 *
 * @param model The model.
 * @param layer One of its layers.
 * @param options See {@link LayerDescriptorOptions}.
 * @returns The descriptor while the scope lasts; or `NonFiniteWeightError`,
 * `ShapeError`, or the errors of the engine.
 */
export const layerDescriptor: (
  model: LayeredModel,
  layer: EvaluatedLayer,
  options?: LayerDescriptorOptions,
) => Effect.Effect<
  Descriptor,
  CompileOutputsError | BuildError,
  Backend | Scope.Scope
> = Effect.fn("layerDescriptor")(
  function* (model, layer, { batch = defaultBatch } = {}) {
    const { size } = model;
    const { info } = yield* Backend;
    const run = yield* compileLayers(model, [layer], batch);
    const { write } = clusteringTransform({ crop: size });
    const values = 3 * size * size;
    return {
      columns: layer.columns,
      batch,
      settings: {
        model: { name: model.name, identity: model.identity },
        layer: layerInKeys(layer),
        size,
        batch,
        engine: info.identity,
        versions: { features: featuresVersion, decoder: decoderVersion },
      },
      describe: Effect.fnUntraced(function* (images) {
        const vectors = matrix(images.length, layer.columns);
        for (let start = 0; start < images.length; start += batch) {
          const some = images.slice(start, start + batch);
          const pixels = floatTensor([some.length, 3, size, size]);
          some.forEach((image, i) => write(image, i, pixels.data, i * values));
          const outputOf = yield* run(pixels);
          const features = yield* finite(outputOf(layer.name), start);
          vectors.data.set(features.data, start * layer.columns);
        }
        return { vectors: normaliseRows(vectors) };
      }),
    } satisfies Descriptor;
  },
);

/** Refuses NaN and infinity, naming the image by its rank in the call. */
const finite = (
  features: Matrix,
  start: number,
): Effect.Effect<Matrix, DivergedFeaturesError> => {
  const wrong = firstNonFinite(features.data);
  if (wrong === features.data.length) return Effect.succeed(features);
  return Effect.fail(
    new DivergedFeaturesError({
      index: start + Math.floor(wrong / features.columns),
      column: wrong % features.columns,
      value: String(features.data[wrong]),
    }),
  );
};
