/**
 * VOC classification from its beginning to its figures.
 *
 * Paper: section 4.4; table 2 there compares the mean average precisions.
 *
 * @module
 */
import type { Backend } from "@deepcluster/gpu-backend";
import type { Progress, Tensors } from "@deepcluster/core";
import { makeCache } from "@deepcluster/data";
import type {
  ReadableVocSet,
  ReadableVocSplit,
  VocStateError,
} from "@deepcluster/datasets";
import type { Network } from "@deepcluster/models";
import { earlierModelIdentity } from "@deepcluster/runs";
import type {
  CorruptArtifactError,
  SafetensorsError,
  StorageError,
  Store,
} from "@deepcluster/storage";
import { Effect } from "effect";
import type { VocSettings } from "./paper_settings.ts";
import { vocImages } from "./voc_images.ts";
import { vocDataIdentity } from "./voc_keys.ts";
import {
  evaluateVoc,
  type EvaluateVocError,
  scoreVoc,
  type ScoreVocError,
  type VocScore,
} from "./voc_score.ts";
import { loadVocState, saveVocState, type VocOwner } from "./voc_state.ts";
import { startOfVoc, trainVoc, type TrainVocError } from "./voc_training.ts";

/** A network whose convolutions are to be transferred. */
export interface VocModel {
  /** The network, without its last layer. */
  readonly network: Network;
  /** A tensor for each of its parameters. */
  readonly parameters: Tensors;
  /** Tells these weights from all others. */
  readonly identity: string;
}

/** What {@link vocClassification} can be told besides. */
export interface VocOptions {
  /** Where the state of training is kept, and gone on from; nowhere if absent. */
  readonly store?: Store;
  /** Time between two saves. Default: five minutes. */
  readonly saveEveryMs?: number;
  /** Memory for decoded images of one set. Default: 1 GiB. */
  readonly cacheBytes?: number;
}

/** What comes out. */
export interface VocResult extends VocScore {
  /** Tells images and classes of both sets from all others, by content. */
  readonly dataIdentity: string;
  /** Images learned from. */
  readonly trainingImages: number;
  /** Images evaluated on. */
  readonly testImages: number;
  /** Classes that no training image shows. */
  readonly untrainedClasses: number;
  /** Mean loss of about the last hundred steps. */
  readonly loss: number;
}

/** What {@link vocClassification} fails with. */
export type VocClassificationError =
  | EvaluateVocError
  | CorruptArtifactError
  | SafetensorsError
  | ScoreVocError
  | StorageError
  | TrainVocError
  | VocStateError;

/**
 * Fine-tunes a network on one image set and evaluates it on the other.
 *
 * With a store, a training that was stopped goes on where it was saved last,
 * to the same bytes; one that is finished is only evaluated.
 *
 * @param model See {@link VocModel}.
 * @param split The two sets.
 * @param settings All settings.
 * @param options See {@link VocOptions}.
 * @returns Average precisions, or `VocStateError` when the store holds the
 * state of another training, or the errors of `trainVoc` and `scoreVoc`.
 */
export const vocClassification: (
  model: VocModel,
  split: ReadableVocSplit,
  settings: VocSettings,
  options?: VocOptions,
) => Effect.Effect<
  VocResult,
  VocClassificationError,
  Backend | Progress
> = Effect.fn("vocClassification")(
  function* (model, { training, test, untrained }, settings, options = {}) {
    const end = yield* fineTune(model, training, settings, options);
    const classes = test.classes.length;
    const images = vocImages(test, model.network.input.size, settings);
    const scores = yield* scoreVoc(
      model.network,
      end,
      images,
      classes,
      settings,
    );
    return {
      ...yield* evaluateVoc(scores, test),
      dataIdentity: vocDataIdentity(training, test),
      trainingImages: training.source.ids.length,
      testImages: test.source.ids.length,
      untrainedClasses: untrained.length,
      loss: end.loss,
    } satisfies VocResult;
  },
);

/** The state at the end of training, which the store then holds as well. */
const fineTune = Effect.fnUntraced(
  function* (
    { network, parameters, identity }: VocModel,
    set: ReadableVocSet,
    settings: VocSettings,
    { store, saveEveryMs, cacheBytes = 2 ** 30 }: VocOptions,
  ) {
    const owner: VocOwner = {
      model: identity,
      earlierModel: earlierModelIdentity({ network, parameters }),
      set,
      settings,
    };
    const saved = store && (yield* loadVocState(store, owner));
    const { length } = set.source.ids;
    // Evaluation reads each image once: only training's are worth keeping.
    const cache = yield* makeCache(length, { memoryBytes: cacheBytes });
    const end = yield* trainVoc(
      {
        network,
        settings,
        set,
        images: vocImages(set, network.input.size, settings, cache),
        ...store && { save: (state) => saveVocState(store, owner, state) },
        ...saveEveryMs !== undefined && { saveEveryMs },
      },
      saved ?? startOfVoc(network, parameters, set.classes.length, settings),
    );
    if (store) yield* Effect.uninterruptible(saveVocState(store, owner, end));
    return end;
  },
  Effect.scoped,
);
