/**
 * A model before labelled images, as every judge is given it: features of
 * both sides of a seed's split.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import type { Split } from "@deepcluster/datasets";
import {
  type Crops,
  type JudgedLayer,
  type Labelled,
  layerFeatures,
  rowsAt,
  usualBatch,
} from "@deepcluster/features";
import { bothNames, layerNames } from "@deepcluster/models";
import type { JudgedModel } from "@deepcluster/runs";
import { sha256Of, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import type { PartInputs, ResultInputs } from "./cache_keys.ts";
import { untrainedClasses } from "./class_counts.ts";
import type { JudgedData } from "./judged_data.ts";
import type { JudgedImages } from "./judged_images.ts";

/** A model before labelled images. */
export interface Bench {
  /** The model. */
  readonly model: JudgedModel;
  /** Labels and splits. */
  readonly data: JudgedData;
  /** The images that can be decoded. */
  readonly images: JudgedImages;
  /** Folder for features, and for what is finished. */
  readonly folder: string;
  /** Views of an image that is judged on; `centre` when absent. */
  readonly crops?: Crops;
  /** Images of a run of the network; 32 when absent. */
  readonly batch?: number;
}

/** Both sides of a split. */
export interface Sides {
  /** To learn from: the centre crops. */
  readonly train: Labelled<StorageError>;
  /** To be judged on; several rows an image with ten crops. */
  readonly test: Labelled<StorageError>;
}

/**
 * The layers of a model by their names.
 *
 * @param model The model.
 * @param names Names of layers, ours or PyTorch's (`conv5`, `features.16`);
 * all but `features` when absent, and the only
 * one of the pixels whatever the names.
 * @returns The layers in the order of computation, or `OptionError`
 * naming those that there are.
 */
export const layersNamed = Effect.fnUntraced(function* (
  { layers, network }: JudgedModel,
  names: readonly string[],
): Effect.fn.Return<readonly JudgedLayer[], OptionError> {
  if (network === undefined) return layers;
  const is = (name: string, layer: JudgedLayer) =>
    name === layer.name || name === layer.layerOutput;
  const value = names.find((name) => !layers.some((layer) => is(name, layer)));
  if (value === undefined && names.length > 0) {
    return layers.filter((layer) => names.some((name) => is(name, layer)));
  }
  const both = layerNames(network);
  const known = layers.map(({ name, layerOutput }) =>
    layerOutput ? bothNames(both, layerOutput) : name
  );
  return yield* new OptionError({
    action: "judge a layer",
    option: "layers",
    rule: `some of ${known.join(", ")}`,
    value: value ?? "",
  });
});

/**
 * The split of a seed, by place among the images that can be decoded.
 *
 * @param bench The bench.
 * @param seed Names the draws.
 * @returns The split, or `OptionError`.
 */
export const splitFor = Effect.fnUntraced(function* (
  { data, images }: Pick<Bench, "data" | "images">,
  seed: number,
): Effect.fn.Return<Split, OptionError> {
  const places = new Map(
    Array.from(images.positions, (position, place) => [position, place]),
  );
  const placed = (positions: Int32Array) =>
    Int32Array.from(
      Array.from(positions).flatMap((position) => places.get(position) ?? []),
    );
  const { train, validation } = yield* data.splitOf(seed);
  return { train: placed(train), validation: placed(validation) };
});

/**
 * Classes of the images to learn from, which are known before any feature.
 *
 * @param bench The bench.
 * @param split By place among the images.
 * @returns Class of each training image, and the names of the classes.
 */
export const trainingClasses = (
  { images }: Pick<Bench, "images">,
  { train }: Pick<Split, "train">,
): Pick<Labelled, "labels"> & Required<Pick<Labelled, "classNames">> => ({
  labels: train.map((place) => images.labels[place]!),
  classNames: images.classNames,
});

/**
 * Classes that are judged but cannot be learned, known before any feature.
 *
 * @param bench The bench.
 * @param seed Names the split.
 * @returns Their names, or `OptionError`.
 */
export const untrainedNames = Effect.fnUntraced(function* (
  bench: Pick<Bench, "data" | "images">,
  seed: number,
): Effect.fn.Return<readonly string[], OptionError> {
  const { labels, classNames } = bench.images;
  const { train, validation } = yield* splitFor(bench, seed);
  const classesAt = (places: Int32Array) =>
    places.map((place) => labels[place]!);
  return untrainedClasses(classesAt(train), classesAt(validation))
    .map((label) => classNames[label]!);
});

/**
 * Features of both sides of a split, extracted or found.
 *
 * @param bench The bench.
 * @param layers Some of the model's.
 * @param split By place among the images.
 * @returns The sides by the name of the layer, while the scope lasts; or the
 * errors of `layerFeatures`.
 */
export const sidesOf = Effect.fnUntraced(function* (
  bench: Bench,
  layers: readonly JudgedLayer[],
  { train, validation }: Split,
) {
  const { model, images, crops = "centre" } = bench;
  const all = yield* layerFeatures(model, images, layers, {
    ...bench,
    crops: "centre",
  });
  const held = crops === "centre" ? undefined : yield* layerFeatures(
    model,
    imagesAt(images, validation),
    layers,
    { ...bench, crops },
  );
  const { classNames } = images;
  const labelled = (positions: Int32Array, layer: string, own = false) => ({
    features: own ? held![layer]! : rowsAt(all[layer]!, positions),
    labels: positions.map((place) => images.labels[place]!),
    classes: classNames.length,
    classNames,
  });
  const sides: Record<string, Sides> = {};
  for (const { name } of layers) {
    sides[name] = {
      train: labelled(train, name),
      test: labelled(validation, name, held !== undefined),
    };
  }
  return sides as Readonly<Record<string, Sides>>;
});

/** What results depend on besides what the protocol itself is told. */
export type TaskInputs = Omit<
  ResultInputs,
  "protocol" | "seed" | "options" | "engine"
>;

/**
 * What results on a layer depend on, whatever the protocol.
 *
 * @param bench The bench.
 * @param layer One of the model's.
 * @param split By place among the images.
 * @returns All inputs that the bench knows of.
 */
export const inputsOf = (
  { model, images, crops = "centre", batch = usualBatch }: Bench,
  layer: JudgedLayer,
  { train, validation }: Split,
): TaskInputs => {
  const part = (places: Int32Array): PartInputs => ({
    images: places,
    labels: places.map((place) => images.labels[place]!),
  });
  return {
    model: model.identity,
    images: images.identity,
    crops,
    batch,
    layer,
    train: part(train),
    test: part(validation),
    classNames: images.classNames,
  };
};

/**
 * Some of the images.
 *
 * @param images The images.
 * @param places Which, ascending.
 * @returns A set of its own.
 */
export const imagesAt = (
  images: JudgedImages,
  places: Int32Array,
): JudgedImages => ({
  ...images,
  size: places.length,
  id: (index) => images.id(places[index]!),
  decoded: (index) => images.decoded(places[index]!),
  identity: sha256Of(
    new TextEncoder().encode(`${images.identity} ${places.join()}`),
  ),
  positions: places.map((place) => images.positions[place]!),
  labels: places.map((place) => images.labels[place]!),
});
