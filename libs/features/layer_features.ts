/**
 * The outputs of several layers for all images, in one pass, each spilled to a
 * file that a later command finds again.
 *
 * Paper: section 4.3: features are frozen, batch normalisation by its running
 * statistics.
 *
 * @module
 */
import type { Progress, RowReader } from "@deepcluster/core";
import {
  clusteringTransform,
  type ImageError,
  type ImageSet,
  tenCropTransform,
  type Transform,
} from "@deepcluster/data";
import { Backend } from "@deepcluster/gpu-backend";
import {
  type FolderInUseError,
  makeFolder,
  openRowFile,
  sharedLock,
  type StorageError,
  workLock,
} from "@deepcluster/storage";
import { Clock, Effect, Scope } from "effect";
import { join } from "node:path";
import { compileLayers } from "./compile_layers.ts";
import { type Crops, cropsOf } from "./crops.ts";
import { defaultBatch } from "./defaults.ts";
import type { DivergedFeaturesError } from "./errors.ts";
import { extractOutputs } from "./extract_outputs.ts";
import { featuresKey, layerFile } from "./features_key.ts";
import { noteFeatures } from "./features_note.ts";
import { imagePass } from "./image_pass.ts";
import type { EvaluatedLayer } from "./layer_pools.ts";
import { type LayeredModel, transformOptionsOf } from "./layers_graph.ts";
import type { CompileLayersError } from "./outputs_program.ts";

/** Name of the lock of those who extract, in a folder of features. */
const extractLockName = "extract.lock";

/** Images that are told from all others by their content. */
export interface IdentifiedImages extends ImageSet {
  /** 64 hexadecimal digits. */
  readonly identity: string;
}

/** What {@link layerFeatures} needs besides model and images. */
export interface LayerFeaturesOptions {
  /** Folder for the files; made when it does not exist. */
  readonly folder: string;
  /** Images of a run of the network; 32 when absent. */
  readonly batch?: number;
  /** `centre` when absent. */
  readonly crops?: Crops;
  /** What the images are called in the note beside the features. */
  readonly data?: { readonly name: string };
}

/** What {@link layerFeatures} fails with. */
export type LayerFeaturesError =
  | CompileLayersError
  | DivergedFeaturesError
  | FolderInUseError
  | ImageError
  | StorageError;

/** Features `[n * crops, d]` by the name of their layer. */
export type LayerFeatures = Readonly<Record<string, RowReader<StorageError>>>;

/**
 * Computes the outputs of layers, or finds them where an earlier pass with the
 * same model, images, crops and engine left them.
 *
 * A pass that was killed goes on where it was. Another process that extracts
 * features of the same key is waited for: a file has one writer at a time.
 * While the scope lasts, nobody removes anything from the folder. Memory: one batch of every
 * layer; disk: `4 n crops d` bytes for each layer. No parameter and no running
 * statistic changes.
 *
 * @param model The model.
 * @param images The images.
 * @param layers Some of `model.layers`.
 * @param options See {@link LayerFeaturesOptions}.
 * @returns The features while the scope lasts, or the errors of the engine,
 * the images and the files, or `DivergedFeaturesError`, or
 * `NonFiniteWeightError`.
 */
export const layerFeatures: (
  model: LayeredModel,
  images: IdentifiedImages,
  layers: readonly EvaluatedLayer[],
  options: LayerFeaturesOptions,
) => Effect.Effect<
  LayerFeatures,
  LayerFeaturesError,
  Backend | Progress | Scope.Scope
> = Effect.fn("layerFeatures")(function* (model, images, layers, options) {
  const { batch = defaultBatch, crops = "centre" } = options;
  const { info } = yield* Backend;
  yield* sharedLock(options.folder);
  const key = featuresKey({
    model: model.identity,
    images: images.identity,
    crops,
    batch,
    engine: info.identity,
  });
  const folder = join(options.folder, key);
  yield* makeFolder(folder);
  const pass = imagePass(
    images,
    transformFor(model, crops),
    batch,
    cropsOf(crops),
  );
  const outer = yield* Effect.scope;
  const opened = yield* Effect.scoped(Effect.gen(function* () {
    yield* workLock(join(folder, extractLockName), "extracts these features");
    const opened = yield* Effect.forEach(
      layers,
      (layer) =>
        Effect.map(
          openRowFile(join(folder, layerFile(layer)), layer.columns).pipe(
            Scope.provide(outer),
          ),
          (file) => ({ layer, file }),
        ),
    );
    const counted = yield* Effect.forEach(
      opened,
      ({ layer, file }) =>
        Effect.map(file.count, (rows) => ({ layer, file, rows })),
    );
    const missing = counted.filter(({ rows }) => rows !== pass.count);
    const note = {
      model: model.name,
      images: options.data?.name ?? "images",
      crops,
    };
    yield* noteFeatures(folder, { ...note, seconds: 0 });
    if (missing.length > 0) {
      const compile = compileLayers(
        model,
        missing.map(({ layer }) => layer),
        batch,
      );
      const files = Object.fromEntries(
        missing.map(({ layer, file }) => [layer.name, file]),
      );
      const startMs = yield* Clock.currentTimeMillis;
      yield* extractOutputs(compile, pass, files);
      const seconds = ((yield* Clock.currentTimeMillis) - startMs) / 1000;
      yield* noteFeatures(folder, { ...note, seconds });
    }
    return opened;
  }));
  const found: Record<string, RowReader<StorageError>> = {};
  for (const { layer, file } of opened) found[layer.name] = yield* file.rows;
  return found satisfies LayerFeatures;
});

const transformFor = (model: LayeredModel, crops: Crops): Transform =>
  crops === "ten"
    ? tenCropTransform(transformOptionsOf(model))
    : clusteringTransform(transformOptionsOf(model));
