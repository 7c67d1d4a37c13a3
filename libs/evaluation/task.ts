/**
 * A model before labelled images, as every protocol is given it: features of
 * both sides of a seed's split.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import type { Split } from "@deepcluster/datasets";
import {
  type Crops,
  defaultBatch,
  type EvaluatedLayer,
  type Labelled,
  layerFeatures,
  readRows,
} from "@deepcluster/features";
import { bothNames, layerNames } from "@deepcluster/models";
import type { EvaluatedModel } from "@deepcluster/runs";
import { sha256Of, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import {
  dataIdentity,
  digestsAt,
  type PartInputs,
  type ResultInputs,
} from "./cache_keys.ts";
import { untrainedClasses } from "./class_counts.ts";
import type { EvaluationData } from "./evaluation_data.ts";
import type { EvaluationImages } from "./evaluation_images.ts";

/** A model before labelled images. */
export interface EvaluationTask {
  /** The model. */
  readonly model: EvaluatedModel;
  /** Labels and splits. */
  readonly data: EvaluationData;
  /** The images that can be decoded. */
  readonly images: EvaluationImages;
  /** Folder for features, and for what is finished. */
  readonly folder: string;
  /** Views of an image that is evaluated on. Default: `centre`. */
  readonly crops?: Crops;
  /** Images of a run of the network. Default: 32. */
  readonly batch?: number;
}

/** Both sides of a split. */
export interface TrainTest {
  /** To learn from: the centre crops. */
  readonly train: Labelled<StorageError>;
  /** To be evaluated on; several rows an image with ten crops. */
  readonly test: Labelled<StorageError>;
}

/**
 * The layers of a model by their names.
 *
 * @param model The model.
 * @param names Names of layers, ours or PyTorch's (`conv5`, `features.16`);
 * all but `features` when absent, and the only
 * one of the pixels whatever the names. The output of an encoder is its
 * `features`.
 * @returns The layers in the order of computation, or `OptionError`
 * naming those that there are.
 */
export const selectLayers: (
  model: EvaluatedModel,
  names: readonly string[],
) => Effect.Effect<readonly EvaluatedLayer[], OptionError> = Effect.fnUntraced(
  function* (
    { layers, network, encoder },
    names,
  ) {
    if (encoder !== undefined) {
      const output = layers[0]!.name;
      const value = names.find((name) =>
        name !== output && name !== "features"
      );
      if (value === undefined) return layers;
      return yield* new OptionError({
        action: "evaluate a layer",
        option: "layers",
        rule: `${output}, the output that is read of an ONNX model (--output ` +
          "reads another)",
        value,
      });
    }
    if (network === undefined) return layers;
    const is = (name: string, layer: EvaluatedLayer) =>
      name === layer.name || name === layer.layerOutput;
    const value = names.find((name) =>
      !layers.some((layer) => is(name, layer))
    );
    if (value === undefined && names.length > 0) {
      return layers.filter((layer) => names.some((name) => is(name, layer)));
    }
    const both = layerNames(network);
    const known = layers.map(({ name, layerOutput }) =>
      layerOutput ? bothNames(both, layerOutput) : name
    );
    return yield* new OptionError({
      action: "evaluate a layer",
      option: "layers",
      rule: `some of ${known.join(", ")}`,
      value: value ?? "",
    });
  },
);

/**
 * The split of a seed, by `index` among the readable images.
 *
 * @param task The task.
 * @param seed Names the draws.
 * @returns The split, or `OptionError`.
 */
export const readableSplit: (
  task: Pick<EvaluationTask, "data" | "images">,
  seed: number,
) => Effect.Effect<Split, OptionError> = Effect.fnUntraced(function* (
  { data, images },
  seed,
) {
  const indices = new Map(
    Array.from(
      images.sourceIndices,
      (sourceIndex, index) => [sourceIndex, index],
    ),
  );
  const indicesOf = (sourceIndices: Int32Array) =>
    Int32Array.from(
      Array.from(sourceIndices).flatMap((sourceIndex) =>
        indices.get(sourceIndex) ?? []
      ),
    );
  const { train, test } = yield* data.splitOf(seed);
  return { train: indicesOf(train), test: indicesOf(test) };
});

/**
 * Classes of the images to learn from, which are known before any feature.
 *
 * @param task The task.
 * @param split By `index` of the images.
 * @returns Class of each training image, and the names of the classes.
 */
export const trainingLabels = (
  { images }: Pick<EvaluationTask, "images">,
  { train }: Pick<Split, "train">,
): Pick<Labelled, "labels"> & Required<Pick<Labelled, "classNames">> => ({
  labels: train.map((index) => images.labels[index]!),
  classNames: images.classNames,
});

/**
 * Classes that are evaluated but cannot be learned, known before any feature.
 *
 * @param task The task.
 * @param seed Names the split.
 * @returns Their names, or `OptionError`.
 */
export const untrainedClassNames: (
  task: Pick<EvaluationTask, "data" | "images">,
  seed: number,
) => Effect.Effect<readonly string[], OptionError> = Effect.fnUntraced(
  function* (
    task,
    seed,
  ) {
    const { labels, classNames } = task.images;
    const { train, test } = yield* readableSplit(task, seed);
    const classesAt = (indices: Int32Array) =>
      indices.map((index) => labels[index]!);
    return untrainedClasses(classesAt(train), classesAt(test))
      .map((label) => classNames[label]!);
  },
);

/**
 * Features of both sides of a split, extracted or found.
 *
 * @param task The task.
 * @param layers Some of the model's.
 * @param split By `index` of the images.
 * @returns The sides by the name of the layer, while the scope lasts; or the
 * errors of `layerFeatures`.
 */
export const trainTestOf = Effect.fnUntraced(function* (
  task: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  { train, test }: Split,
) {
  const { model, images, crops = "centre" } = task;
  const all = yield* layerFeatures(model, images, layers, {
    ...task,
    crops: "centre",
  });
  const held = crops === "centre" ? undefined : yield* layerFeatures(
    model,
    imagesAt(images, test),
    layers,
    { ...task, crops },
  );
  const { classNames } = images;
  const labelled = (indices: Int32Array, layer: string, own = false) => ({
    features: own ? held![layer]! : readRows(all[layer]!, indices),
    labels: indices.map((index) => images.labels[index]!),
    classes: classNames.length,
    classNames,
  });
  const sides: Record<string, TrainTest> = {};
  for (const { name } of layers) {
    sides[name] = {
      train: labelled(train, name),
      test: labelled(test, name, held !== undefined),
    };
  }
  return sides as Readonly<Record<string, TrainTest>>;
});

/** What results depend on besides what the protocol itself is told. */
export type TaskInputs = Omit<
  ResultInputs,
  "protocol" | "seed" | "options" | "engine"
>;

/**
 * What results on a layer depend on, whatever the protocol.
 *
 * @param task The task.
 * @param layer One of the model's.
 * @param split By `index` of the images.
 * @returns All inputs that the task knows of.
 */
export const inputsOf = (
  { model, images, crops = "centre", batch = defaultBatch }: EvaluationTask,
  layer: EvaluatedLayer,
  { train, test }: Split,
): TaskInputs => ({
  model: model.identity,
  images: images.identity,
  crops,
  batch,
  layer,
  train: partOf(images, train),
  test: partOf(images, test),
  classNames: images.classNames,
});

const partOf = (
  { labels }: EvaluationImages,
  indices: Int32Array,
): PartInputs => ({
  images: indices,
  labels: indices.map((index) => labels[index]!),
});

/**
 * Says which images a figure is of.
 *
 * @param images The images.
 * @param split By `index` of the images.
 * @returns See {@link dataIdentity}.
 */
export const dataIdentityOf = (
  images: EvaluationImages,
  { train, test }: Split,
): string =>
  dataIdentity({
    digests: digestsAt(images.digests, images.sourceIndices),
    train: partOf(images, train),
    test: partOf(images, test),
  });

/**
 * Some of the images.
 *
 * @param images The images.
 * @param indices Which, ascending.
 * @returns A set of its own.
 */
export const imagesAt = (
  images: EvaluationImages,
  indices: Int32Array,
): EvaluationImages => ({
  ...images,
  size: indices.length,
  id: (index) => images.id(indices[index]!),
  decoded: (index) => images.decoded(indices[index]!),
  identity: sha256Of(
    new TextEncoder().encode(`${images.identity} ${indices.join()}`),
  ),
  sourceIndices: indices.map((index) => images.sourceIndices[index]!),
  labels: indices.map((index) => images.labels[index]!),
});
