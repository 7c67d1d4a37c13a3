/**
 * The images of a run that activate filters of a layer most, for its report.
 *
 * Paper: section 4.2, figure 6.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import { decoderVersion, type ImageSource } from "@deepcluster/data";
import type { OpenEvaluationImagesError } from "@deepcluster/evaluation";
import { defaultBatch, featuresVersion } from "@deepcluster/features";
import { Backend } from "@deepcluster/gpu-backend";
import {
  assignmentEpochs,
  openModel,
  type OpenModelError,
  readAssignedClusters,
  type ReadAssignmentsError,
  readRunImages,
  type ReadRunImagesError,
  runFiles,
} from "@deepcluster/runs";
import {
  encoded,
  folderStore,
  keyOf,
  type StorageError,
  type Store,
} from "@deepcluster/storage";
import {
  type TopImages,
  topImages,
  type TopImagesError,
} from "@deepcluster/visualisation";
import { type } from "arktype";
import { Effect, type Scope } from "effect";
import { orAnew } from "../images/or_anew.ts";
import {
  type OpenRunImageSet,
  openRunImageSet,
} from "../images/run_image_set.ts";
import { drawByCluster } from "../map/draw_by_cluster.ts";

/** The images of a run that activate filters of a layer most. */
export interface ReportTopImages extends TopImages {
  /** The weights are those of the end of this epoch. */
  readonly epoch: number;
  /** Images of the run, of which `images` were looked at. */
  readonly ofImages: number;
}

/** Options of {@link reportTopImages}. */
export interface ReportTopImagesOptions {
  /** The run's images, as `openImagesOf` opens them. */
  readonly source: ImageSource;
  /** Folder that keeps activations: the `--cache` of `evaluate`. */
  readonly cache: string;
  /** Images of a run of the network. Default: 32. */
  readonly batch?: number;
  /** Opens the images. Default: {@link openRunImageSet}. */
  readonly open?: OpenRunImageSet;
  /**
   * Layers of the model whose features are kept in the cache as well, in the
   * same pass, where it is over all images. Default: none.
   */
  readonly alongside?: readonly string[];
  /** Name or path of a layer with maps. Default: the last convolution. */
  readonly layer?: string;
  /** Filters, at most: those with the largest activations. Default: 32. */
  readonly mostFilters?: number;
  /** Images that are looked at, at most. Default: 20 000. */
  readonly maxImages?: number;
}

/** What {@link reportTopImages} fails with. */
export type ReportTopImagesError =
  | OpenEvaluationImagesError
  | OpenModelError
  | ReadAssignmentsError
  | ReadRunImagesError
  | StorageError
  | TopImagesError;

/**
 * Finds the images of a run that activate filters of its newest checkpoint
 * most, or finds them in the run folder, where they are kept.
 *
 * Of more than `maxImages` images a sample of every cluster is looked at.
 *
 * @param run The run folder.
 * @param options See {@link ReportTopImagesOptions}.
 * @returns The filters; an image's `index` is its rank among the run's images.
 * Or the errors of the run folder, the images, the engine, or `OptionError`
 * when there is no such layer.
 */
export const reportTopImages: (
  run: string,
  options: ReportTopImagesOptions,
) => Effect.Effect<
  ReportTopImages,
  ReportTopImagesError,
  Backend | Progress | Scope.Scope
> = Effect.fn("reportTopImages")(function* (run, options) {
  const { cache, source, batch = defaultBatch, layer } = options;
  const { mostFilters = 32, maxImages = 20_000 } = options;
  const { open = openRunImageSet, alongside = [] } = options;
  const store = folderStore(run);
  const { info } = yield* Backend;
  const tables = yield* readRunImages(store);
  const model = yield* openModel(run, { seed: 0 });
  const { epoch, configuration } = model.run!;
  const indices = yield* sampled(
    store,
    tables.ids.length,
    maxImages,
    configuration.seed,
  );
  const key = keyOf({
    model: model.identity,
    images: Array.from(indices, (i) => tables.sha256s?.[i] ?? tables.ids[i]),
    batch,
    engine: info.identity,
    layer: layer ?? "",
    mostFilters,
    decoder: decoderVersion,
    versions: [featuresVersion],
  });
  const known = yield* readKept(store, key);
  if (known !== undefined) return known;
  const images = yield* open(model, indices, {
    tables,
    source,
    cache,
    maxUnreadableShare: configuration.maxUnreadableShare,
  });
  const found = yield* topImages(model, images, {
    folder: cache,
    batch,
    mostFilters,
    alongside: indices.length < tables.ids.length
      ? []
      : model.layers.filter(({ name }) => alongside.includes(name)),
    data: { name: source.name },
    ...layer !== undefined && { layer },
  });
  const result = {
    ...found,
    epoch,
    ofImages: tables.ids.length,
    filters: found.filters.map(({ filter, top }) => ({
      filter,
      top: top.map((image) => ({
        ...image,
        index: images.indices[image.index]!,
      })),
    })),
  };
  const json = encoded(JSON.stringify({ key, ...result }));
  yield* orAnew(
    "The images of the filters are",
    store.put(runFiles.topImages, [json]),
  );
  return result;
});

/** All images, or a sample of every cluster of the newest epoch. */
const sampled = Effect.fnUntraced(function* (
  store: Store,
  images: number,
  maxImages: number,
  seed: number,
) {
  if (images <= maxImages) {
    return Int32Array.from({ length: images }, (_, i) => i);
  }
  const newest = (yield* assignmentEpochs(store)).at(-1);
  const clusters = newest === undefined
    ? new Int32Array(images)
    : yield* readAssignedClusters(store, newest);
  return drawByCluster(clusters, maxImages, seed);
});

const KeptJson = type("string.json.parse").to({
  key: "string",
  layer: { name: "string", path: "string", filters: "number.integer" },
  images: "number.integer",
  side: "number.integer",
  fieldSize: "number.integer",
  epoch: "number.integer",
  ofImages: "number.integer",
  filters: type({
    filter: "number.integer",
    top: type({
      index: "number.integer",
      activation: "number",
      region: {
        left: "number.integer",
        top: "number.integer",
        width: "number.integer",
        height: "number.integer",
      },
    }).array(),
  }).array(),
});

const readKept = (
  store: Store,
  key: string,
): Effect.Effect<ReportTopImages | undefined> =>
  store.read(runFiles.topImages).pipe(
    Effect.map((bytes) => {
      const file = KeptJson(new TextDecoder().decode(bytes));
      if (file instanceof type.errors || file.key !== key) return undefined;
      const { key: _, ...kept } = file;
      return kept;
    }),
    Effect.orElseSucceed(() => undefined),
  );
