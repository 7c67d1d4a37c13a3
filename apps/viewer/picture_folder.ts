/**
 * The folder that a command of `visualise` writes: it appears under its name
 * when all of it is on disk. Until then `.NAME.partial` beside it holds what a
 * command that is stopped goes on from.
 *
 * @module
 */
import { type FloatTensor, floatTensor } from "@deepcluster/core";
import {
  canonicalJson,
  encoded,
  folderStore,
  kindOf,
  loadTensors,
  removeFile,
  renameDurably,
  requireWritable,
  saveTensors,
  type StorageError,
  workLock,
} from "@deepcluster/storage";
import { fromHere, shown } from "@deepcluster/terminal";
import { type AscentStates, encodePng } from "@deepcluster/visualisation";
import { Effect } from "effect";
import { basename, dirname, join } from "node:path";
import { picturePage } from "./picture_page.ts";
import type { PictureSet } from "./picture_set.ts";
import { VisualiseError } from "./visualise_errors.ts";

/**
 * Opens the folder in its making. Another command that writes the same folder
 * is waited for.
 *
 * @param out As given on the command line: a folder that does not exist yet.
 * @returns What publishes pictures, and keeps states on the way there, while
 * the scope lasts; or `VisualiseError` when something is there, or
 * `StorageError`.
 */
export const pictureFolder = Effect.fnUntraced(function* (out: string) {
  const folder = fromHere(out);
  const partial = join(dirname(folder), `.${basename(folder)}.partial`);
  const lock = "work.lock";
  yield* workLock(join(partial, lock), `writes ${shown(folder)}`);
  yield* requireNew(out);
  const store = folderStore(partial);

  /** States of one ascent, told apart by all that they depend on. */
  const statesOf = (key: string) => {
    const path = `state-${key}.safetensors`;
    return {
      load: Effect.gen(function* () {
        const found = yield* Effect.option(loadTensors(store, path));
        if (found._tag === "None") return undefined;
        const { tensors, metadata } = found.value;
        const step = Number(metadata["step"]);
        if (step > 0) {
          yield* Effect.logInfo(`Resumed after ${step} steps`);
        }
        return { step, images: tensors["images"] as FloatTensor };
      }),
      save: ({ step, images }) =>
        saveTensors(store, path, {
          images: floatTensor(images.shape, images.data),
        }, { step: String(step) }).pipe(
          Effect.asVoid,
          // A tensor of floats keeps the format's rules.
          Effect.catchTag("SafetensorsError", Effect.die),
        ),
    } satisfies AscentStates<StorageError>;
  };

  /** Writes everything, and gives the folder its name. */
  const publish = Effect.fnUntraced(function* (
    set: PictureSet,
    record: unknown,
  ) {
    const files = yield* Effect.forEach(
      set.figures,
      Effect.fnUntraced(function* (figure) {
        const { name, picture } = figure;
        const png = picture instanceof Uint8Array
          ? picture
          : yield* encodePng(picture);
        yield* store.put(`${name}.png`, png);
        return { ...figure, png };
      }),
    );
    yield* store.put("index.html", encoded(yield* picturePage(set, files)));
    yield* store.put("pictures.json", encoded(canonicalJson(record) + "\n"));
    const states = yield* store.list("state-");
    yield* Effect.forEach(states, store.remove);
    yield* removeFile(join(partial, lock));
    yield* renameDurably(partial, folder);
    return folder;
  });
  return { statesOf, publish };
});

/**
 * Requires the folder not to exist, and that it can be made.
 *
 * @param out As given on the command line.
 * @returns Nothing, or `VisualiseError`, or `StorageError`.
 */
export const requireNew = Effect.fnUntraced(function* (out: string) {
  const folder = fromHere(out);
  const kind = yield* kindOf(folder);
  if (kind === "nothing") return yield* requireWritable(folder, "folder");
  return yield* new VisualiseError({
    action: `write ${shown(folder)}`,
    rule: "--out must be a new folder",
    found: `a ${kind} is there`,
  });
});
