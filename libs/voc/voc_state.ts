/**
 * The state of a VOC training on disk, and whether it may be gone on with.
 *
 * @module
 */
import { decoderVersion } from "@deepcluster/data";
import { type ReadableVocSet, VocStateError } from "@deepcluster/datasets";
import {
  canonicalJson,
  differences,
  loadTensors,
  saveTensors,
  type Store,
} from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";
import type { VocSettings } from "./paper_settings.ts";
import { earlierVocImages, vocStateOwner } from "./voc_keys.ts";
import { vocStatePath } from "./voc_state_path.ts";
import type { VocState } from "./voc_training.ts";

/** What a state belongs to: another training must not go on with it. */
export interface VocOwner {
  /** Tells the model's weights from all others. */
  readonly model: string;
  /** As earlier versions told them, which noted no content of images. */
  readonly earlierModel: string;
  /** The images learned from, with what is on them. */
  readonly set: ReadableVocSet;
  /** All settings. */
  readonly settings: VocSettings;
}

const Noted = type({
  iteration: "string.integer.parse",
  loss: "string.numeric.parse",
  owner: "string.json.parse",
});

/**
 * Saves a state in place of the one before.
 *
 * @param store Where to.
 * @param owner What it belongs to.
 * @param state The state.
 * @returns The file's reference, or the errors of the store.
 */
export const saveVocState = (
  store: Store,
  owner: VocOwner,
  { iteration, loss, tensors }: VocState,
): ReturnType<typeof saveTensors> =>
  saveTensors(store, vocStatePath, tensors, {
    iteration: String(iteration),
    loss: String(loss),
    owner: canonicalJson(described(owner)),
  });

/**
 * Loads the state that was saved last.
 *
 * @param store Where from.
 * @param owner What it must belong to. `crops` may have changed, and so may
 * `iterations`, to any number that has not been passed. The state of an
 * earlier version does not tell the content of the images.
 * @returns The state, or nothing when none was saved; or `VocStateError` when
 * it belongs to something else, or the errors of the store, of a damaged file
 * among them.
 */
export const loadVocState = Effect.fn("loadVocState")(function* (
  store: Store,
  owner: VocOwner,
) {
  const files = yield* store.list(vocStatePath);
  if (!files.includes(vocStatePath)) return undefined;
  const { metadata, tensors } = yield* loadTensors(store, vocStatePath);
  const path = store.pathOf(vocStatePath);
  const { iteration, loss, owner: noted } = metadata;
  const found = Noted({ iteration, loss, owner: noted });
  if (found instanceof type.errors) {
    return yield* new VocStateError({ path, differences: [found.summary] });
  }
  const now = described(owner);
  const isEarlier = EarlierOwner.allows(found.owner);
  const changed = isEarlier
    ? differences(found.owner, {
      model: owner.earlierModel,
      images: earlierVocImages(owner.set),
      settings: now.settings,
    })
    : differences(found.owner, now);
  if (isEarlier) {
    yield* Effect.logInfo(
      `${path} is of an earlier version, which did not note the content of ` +
        "the images: that they are the same is taken for granted",
    );
  }
  const { iterations } = owner.settings;
  if (changed.length === 0 && found.iteration <= iterations) {
    return { iteration: found.iteration, loss: found.loss, tensors };
  }
  return yield* new VocStateError({
    path,
    differences: changed.length > 0
      ? changed.map(shortened)
      : [`iterations: ${found.iteration} are done, now ${iterations}`],
  });
});

/** What earlier versions noted. */
const EarlierOwner = type({ "labels?": "undefined" });

/** Twelve digits of a hash say as much to a reader as 64. */
const shortened = (difference: string): string =>
  difference.replace(/"([0-9a-f]{12})[0-9a-f]{52}"/g, '"$1…"');

/** Everything that decides what the next step does. */
const described = ({ model, set, settings: all }: VocOwner) => {
  const { crops: _, iterations: __, ...settings } = all;
  const { classes, contentHash, targets: { data: targets } } = set;
  const images = { images: contentHash, decoder: decoderVersion };
  return vocStateOwner({ model, classes, ...images, targets, settings });
};
