/**
 * Models on the emoji benchmark, beside pixels and random weights.
 *
 * @module
 */
import { digestAt } from "@deepcluster/data";
import {
  EmojiFolderError,
  type EmojiRow,
  openSource,
  readEmojiTable,
} from "@deepcluster/datasets";
import {
  openReadableImages,
  type ReadableImages,
  selectLayers,
} from "@deepcluster/evaluation";
import { layerFeatures } from "@deepcluster/features";
import {
  emojiBenchmark,
  type EmojiReduction,
  type EmojiResult,
  type EmojiSplit,
  splitEmoji,
} from "@deepcluster/retrieval";
import {
  type EvaluatedModel,
  openModel,
  type OpenModelOptions,
  pixelsModel,
  randomWeights,
  readRunImages,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { Effect } from "effect";

/** What {@link evaluateEmoji} needs besides the model. */
export interface EmojiOptions {
  /** Folder of rendered emoji. */
  readonly data: string;
  /** Its table. */
  readonly rows: readonly EmojiRow[];
  /** Names of layers. */
  readonly layers: readonly string[];
  /** What to choose from. */
  readonly reductions: readonly EmojiReduction[];
  /** Folder that keeps features. */
  readonly cache: string;
  /** Images of a forward pass. */
  readonly batch: number;
}

/** One layer of a model. */
export interface EmojiLine extends EmojiResult {
  /** Name of the model. */
  readonly model: string;
  /** Name of the layer. */
  readonly layer: string;
}

/** The results of a model and of what it is compared with. */
export interface EmojiResults {
  /** The model's layers, then pixels and random weights. */
  readonly lines: readonly EmojiLine[];
  /** Drawings in all that can be decoded. */
  readonly drawings: number;
  /** Drawings of the test. */
  readonly test: number;
  /** Emoji of the test. */
  readonly emoji: number;
  /** Test drawings that the run was trained on; absent for other models. */
  readonly trainedOn?: number;
}

/**
 * Reads the table of rendered emoji.
 *
 * @param data Their folder.
 * @returns A row a drawing, or `EmojiFolderError`.
 */
export const emojiOf: (
  data: string,
) => Effect.Effect<readonly EmojiRow[], EmojiFolderError> = Effect.fnUntraced(
  function* (data) {
    const rows = yield* readEmojiTable(data);
    if (rows !== undefined) return rows;
    return yield* new EmojiFolderError({
      action: "read",
      path: data,
      reason: "it must hold emoji.csv, as `deno task demo` renders it",
    });
  },
);

/**
 * Evaluates a model, pixels of its input's size, and random weights of its
 * network.
 *
 * @param path The model.
 * @param modelOptions How it is opened.
 * @param options See {@link EmojiOptions}.
 * @returns All figures, or the errors of model, images, features and search.
 */
export const evaluateEmoji = Effect.fnUntraced(function* (
  path: string,
  modelOptions: OpenModelOptions,
  { data, rows, layers, reductions, cache, batch }: EmojiOptions,
) {
  const model = yield* openModel(path, modelOptions);
  yield* selectLayers(model, layers);
  const { source } = yield* openSource(data, { labels: false });
  const images = yield* openReadableImages(source, {
    size: model.size,
    folder: cache,
  });
  const byPath = new Map(rows.map((row) => [row.path, row]));
  const drawings = Array.from(
    { length: images.size },
    (_, i) => byPath.get(images.id(i))!,
  );
  const split = splitEmoji(drawings);
  const { test } = split;
  const trainedOn = yield* countTrainedOn(model, images, split);
  if (trainedOn !== undefined && trainedOn > 0) {
    yield* Effect.logWarning(
      `The run was trained on ${trainedOn} of the ${test.length} test ` +
        "drawings: write their list with --write-exclude FILE and train a " +
        "run with --exclude FILE",
    );
  }
  const lines: EmojiLine[] = [];
  for (const one of [model, ...comparedWith(model, path, modelOptions.seed)]) {
    const chosen = yield* selectLayers(one, layers);
    const features = yield* layerFeatures(one, images, chosen, {
      folder: cache,
      batch,
      data: { name: data },
    });
    for (const { name } of chosen) {
      const result = yield* emojiBenchmark(
        features[name]!,
        drawings,
        reductions,
      );
      lines.push({ model: one.name, layer: name, ...result });
    }
  }
  return {
    lines,
    drawings: drawings.length,
    test: test.length,
    emoji: new Set(Array.from(test, (i) => drawings[i]!.codepoints)).size,
    ...trainedOn !== undefined && { trainedOn },
  } satisfies EmojiResults as EmojiResults;
});

/** Pixels, and untrained weights of the same network. */
const comparedWith = (
  { network, size }: EvaluatedModel,
  path: string,
  seed: number,
): readonly EvaluatedModel[] => [
  ...path === "pixels" ? [] : [pixelsModel(size)],
  ...path === "random" || network === undefined
    ? []
    : [randomWeights(network, seed)],
];

/**
 * Test drawings that a run was trained on. A few have the bytes of a drawing of
 * another emoji, which may be trained on, and are not counted.
 */
const countTrainedOn = Effect.fnUntraced(function* (
  { run }: EvaluatedModel,
  { digests, sourceIndices }: ReadableImages,
  { test, train }: EmojiSplit,
) {
  if (run === undefined) return undefined;
  const { sha256s } = yield* readRunImages(folderStore(run.folder));
  // Runs of early versions did not keep the digests of their images.
  if (sha256s === undefined) return undefined;
  const digestOf = (index: number) => digestAt(digests, sourceIndices[index]!);
  const trained = new Set(sha256s);
  for (const index of train) trained.delete(digestOf(index));
  return test.filter((index) => trained.has(digestOf(index))).length;
});
