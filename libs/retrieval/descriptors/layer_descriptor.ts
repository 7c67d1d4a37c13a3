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
  OptionError,
} from "@deepcluster/core";
import { clusteringTransform, decoderVersion } from "@deepcluster/data";
import {
  compileLayers,
  type CompileLayersError,
  decodeOptionsOf,
  defaultBatch,
  DivergedFeaturesError,
  type EvaluatedLayer,
  featuresVersion,
  type LayeredModel,
  layerInKeys,
  transformOptionsOf,
} from "@deepcluster/features";
import { Backend } from "@deepcluster/gpu-backend";
import type { RunClusters } from "@deepcluster/runs";
import { Effect, type Scope } from "effect";
import type { Descriptor } from "./descriptor.ts";
import { normaliseRows } from "./normalise_rows.ts";

/** Options of {@link layerDescriptor}. */
export interface LayerDescriptorOptions {
  /**
   * Images of a run of the network. Default: 32, or as many as the run that
   * the clusters are of.
   */
  readonly batch?: number;
  /**
   * Clusters of the run that the model is of: each image is assigned too, in
   * the same pass of the network.
   */
  readonly clusters?: RunClusters;
}

/**
 * Compiles a layer of a model as a descriptor.
 *
 * With `clusters`, only the weights whose features were clustered will do:
 * `clusters.model`.
 *
 * @param model The model.
 * @param layer One of its layers.
 * @param options See {@link LayerDescriptorOptions}.
 * @returns The descriptor while the scope lasts; or `OptionError` when the
 * clusters are of other weights, or `NonFiniteWeightError`, `ShapeError`, or
 * the errors of the engine.
 */
export const layerDescriptor: (
  model: LayeredModel,
  layer: EvaluatedLayer,
  options?: LayerDescriptorOptions,
) => Effect.Effect<
  Descriptor,
  CompileLayersError | OptionError,
  Backend | Scope.Scope
> = Effect.fn("layerDescriptor")(
  function* (model, layer, { batch, clusters } = {}) {
    if (clusters !== undefined) yield* requireSameWeights(model, clusters);
    const { size } = model;
    const { info } = yield* Backend;
    const clustered = clusters?.model.layers.find(({ name }) =>
      name === "features"
    );
    const height = batch ??
      clusters?.model.run.configuration.extractBatch ?? defaultBatch;
    const layers = clustered === undefined || clustered.name === layer.name
      ? [layer]
      : [layer, clustered];
    const run = yield* compileLayers(model, layers, height);
    const { write } = clusteringTransform(transformOptionsOf(model));
    const decodeOptions = decodeOptionsOf(model);
    const values = 3 * size * size;
    return {
      columns: layer.columns,
      batch: height,
      decodeOptions,
      settings: {
        model: { name: model.name, identity: model.identity },
        layer: layerInKeys(layer),
        size,
        decode: { ...decodeOptions },
        batch: height,
        engine: info.identity,
        versions: { features: featuresVersion, decoder: decoderVersion },
        ...clusters && { clusters: { epoch: clusters.epoch } },
      },
      describe: Effect.fnUntraced(function* (images) {
        const outputs = layers.map(({ columns }) =>
          matrix(images.length, columns)
        );
        for (let start = 0; start < images.length; start += height) {
          const some = images.slice(start, start + height);
          const pixels = floatTensor([some.length, 3, size, size]);
          some.forEach((image, i) => write(image, i, pixels.data, i * values));
          const outputOf = yield* run(pixels);
          for (const [i, { name, columns }] of layers.entries()) {
            const features = yield* finite(outputOf(name), start);
            outputs[i]!.data.set(features.data, start * columns);
          }
        }
        // Assigned first: the vectors are brought to length 1 in place.
        const assigned = clusters && (yield* clusters.assign(outputs.at(-1)!)
          .pipe(Effect.catchTags({
            NonFiniteFeatureError: Effect.die,
            OptionError: Effect.die,
          })));
        return { vectors: normaliseRows(outputs[0]!), ...assigned };
      }),
    } satisfies Descriptor;
  },
);

const requireSameWeights = (
  { name, identity }: LayeredModel,
  { epoch, model }: RunClusters,
): Effect.Effect<void, OptionError> =>
  identity === model.identity ? Effect.void : Effect.fail(
    new OptionError({
      action: `assign images to the clusters of epoch ${epoch}`,
      option: "model",
      rule: `${model.name}, whose features were clustered`,
      value: name,
    }),
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
