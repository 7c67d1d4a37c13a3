/**
 * Gradient ascent on the input: images that a filter answers to, more than the
 * others of its layer do.
 *
 * Paper: section 4.2; the authors' published code, `visu/gradient_ascent.py`.
 * Reference: J. Yosinski et al., "Understanding Neural Networks Through Deep
 * Visualization", 2015.
 *
 * @module
 */
import {
  type FloatTensor,
  floatTensor,
  intTensor,
  matrix,
  type NonFiniteFeatureError,
  type OptionError,
  Progress,
  requireCount,
  requireFinite,
  requireOption,
  resumableLoop,
} from "@deepcluster/core";
import type { Image } from "@deepcluster/data";
import { compileFinite, type CompileLayersError } from "@deepcluster/features";
import type { LayeredModel } from "@deepcluster/features";
import type { Backend } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { NoNetworkError } from "../errors.ts";
import { ascentGraph } from "./ascent_graph.ts";
import { ascentDefaults, type AscentSettings } from "./ascent_settings.ts";
import { ascentNoise, ascentPicture } from "./ascent_picture.ts";
import { gaussianBlur } from "./gaussian_blur.ts";
import { findMapLayer, type MapLayer, requireFilters } from "./map_layer.ts";

/** Images in the middle of their ascent. */
export interface AscentState {
  /** Steps that were taken. */
  readonly step: number;
  /** Normalised RGB, shape `[count, 3, size, size]`. */
  readonly images: FloatTensor;
}

/** Keeps states, so that an ascent that is stopped goes on. */
export interface AscentStates<E = never> {
  /** Returns the newest state, or nothing. */
  readonly load: Effect.Effect<AscentState | undefined, E>;
  /** Saves a state in place of the one before. */
  readonly save: (state: AscentState) => Effect.Effect<void, E>;
}

/** Which filters climb, and how. */
export interface AscentOptions<E = never> extends Partial<AscentSettings> {
  /** `conv5`, or any path of the convolutional part. */
  readonly layer: string;
  /** Filters of it, counted from 0, at least one: one image each. */
  readonly filters: readonly number[];
  /** See {@link AscentSettings}. */
  readonly seed: number;
  /** Keeps the state. Default: nothing is kept. */
  readonly states?: AscentStates<E>;
  /** Time between two saves. Default: half a minute. */
  readonly saveEveryMs?: number;
}

/** A filter and the image that it answers to. */
export interface AscendedFilter {
  /** Of the layer, counted from 0. */
  readonly filter: number;
  /** The image, as `ascentPicture` shows it. */
  readonly picture: Image;
  /** Mean activation over the map of the filter: on the noise. */
  readonly before: number;
  /** The same on the image before it was made a picture. */
  readonly after: number;
}

/** What {@link gradientAscent} fails with. */
export type GradientAscentError =
  | CompileLayersError
  | NoNetworkError
  | NonFiniteFeatureError
  | OptionError;

const action = "run gradient ascent";

/**
 * Grows an image for each of some filters of a layer, all in one batch.
 *
 * The network is in evaluation mode. A step costs a pass forward to the layer
 * and one back for each image. The same options give the same images on one
 * engine; a filter's image does not depend on which others are in its batch,
 * up to the engine's rounding. Stopped and resumed, by `states`, it ends in
 * the same bytes.
 *
 * @param model A model with a network.
 * @param options See {@link AscentOptions}.
 * @returns A result for each filter, in their order; or `NoNetworkError` for
 * pixels and ONNX encoders, `OptionError` for a layer or a filter that does
 * not exist and for settings out of range, `NonFiniteWeightError`, errors of
 * the engine, or those of `states`.
 */
export const gradientAscent: <E = never>(
  model: Pick<LayeredModel, "name" | "network" | "parameters">,
  options: AscentOptions<E>,
) => Effect.Effect<
  readonly AscendedFilter[],
  GradientAscentError | E,
  Backend | Progress
> = Effect.fn("gradientAscent")(
  function* <E = never>(
    { name, network, parameters }: Pick<
      LayeredModel,
      "name" | "network" | "parameters"
    >,
    { layer: layerName, filters, states, saveEveryMs, ...given }: AscentOptions<
      E
    >,
  ) {
    if (network === undefined) {
      return yield* new NoNetworkError({ action, model: name });
    }
    const settings = { ...ascentDefaults, ...given };
    const layer = yield* findMapLayer(network, layerName, action);
    yield* requireSettings(settings);
    yield* requireFilters(layer, filters, action);
    const { size } = network.input;
    const start = noiseOf(settings.seed, layer.path, filters, size);
    const graph = yield* ascentGraph(
      network,
      layer.path,
      filters.length,
      settings,
    );
    const program = yield* compileFinite(
      graph,
      { ...parameters, images: start },
      action,
    );
    const inputs = Object.fromEntries(
      Object.entries(inputsOf(layer, filters))
        .filter(([name]) => name in graph.inputs),
    );
    const advance = Effect.fnUntraced(function* (step: number) {
      yield* program.run(inputs);
      if (step % settings.blurEvery !== 0) return step + 1;
      const { images } = yield* program.read;
      const { data } = images as FloatTensor;
      gaussianBlur(data, size, size, settings.blurSigma);
      yield* program.write({ images: images! });
      return step + 1;
    });
    const now = (step: number) =>
      Effect.map(program.read, ({ images }) => ({
        step,
        images: images as FloatTensor,
      }));
    /** Measures images; the step that comes with it is taken back. */
    const measure = Effect.fnUntraced(function* (images: FloatTensor) {
      yield* program.write({ images });
      const { activations } = yield* program.run(inputs);
      const measured = (activations as FloatTensor).data.slice();
      yield* program.write({ images });
      return measured;
    });
    const before = yield* measure(start);
    const saved = yield* states?.load ?? Effect.succeed(undefined);
    if (saved !== undefined) yield* program.write({ images: saved.images });
    const { report } = yield* Progress;
    const { steps } = settings;
    const last = yield* resumableLoop(saved?.step ?? 0, {
      done: (step) => step === steps,
      step: advance,
      save: states && ((step) => Effect.flatMap(now(step), states.save)),
      saveEveryMs: saveEveryMs ?? 30_000,
      mustSave: (step) => step === steps,
      onProgress: (step) =>
        report({
          phase: `${layer.name}, filters ${filters[0]} to ${filters.at(-1)}`,
          done: step * filters.length,
          total: steps * filters.length,
          unit: "image steps",
        }),
    });
    const { images } = yield* now(last);
    yield* requireFinite(
      action,
      matrix(filters.length, 3 * size ** 2, images.data),
    );
    const after = yield* measure(images);
    return filters.map((filter, i) => ({
      filter,
      picture: ascentPicture(
        images.data.subarray(3 * i * size ** 2, 3 * (i + 1) * size ** 2),
        size,
        network.sobel,
      ),
      before: before[i]!,
      after: after[i]!,
    }));
  },
  Effect.scoped,
);

/** The noise of every filter, `[count, 3, size, size]`. */
const noiseOf = (
  seed: number,
  layer: string,
  filters: readonly number[],
  size: number,
): FloatTensor => {
  const images = floatTensor([filters.length, 3, size, size]);
  filters.forEach((filter, i) =>
    images.data.set(ascentNoise(seed, layer, filter, size), 3 * i * size ** 2)
  );
  return images;
};

const inputsOf = (layer: MapLayer, filters: readonly number[]) => {
  const wanted = floatTensor([filters.length, layer.filters]);
  filters.forEach((filter, i) => {
    wanted.data[i * layer.filters + filter] = 1;
  });
  return {
    filters: intTensor([filters.length], Int32Array.from(filters)),
    wanted,
  };
};

const requireSettings = Effect.fnUntraced(function* (
  settings: AscentSettings,
) {
  yield* requireCount(action, "steps", settings.steps, 0);
  yield* requireCount(action, "blurEvery", settings.blurEvery, 1);
  for (const option of ["learningRate", "weightDecay", "blurSigma"] as const) {
    const value = settings[option];
    const holds = Number.isFinite(value) && value >= 0;
    yield* requireOption(action, option, "a number >= 0", value, holds);
  }
});
