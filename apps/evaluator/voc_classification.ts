/**
 * `voc-classification MODEL VOCDIR`: what a model's convolutions are worth on
 * PASCAL VOC.
 *
 * Paper: section 4.4.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { openVocSplit, readableVocSplit } from "@deepcluster/datasets";
import { combineSeeds } from "@deepcluster/evaluation";
import { layerTypedEngine, openModel, runLock } from "@deepcluster/runs";
import { folderStore, makeFolder } from "@deepcluster/storage";
import { fromHere, presentOnly, shown } from "@deepcluster/terminal";
import {
  parseVocSettings,
  vocClassification as classify,
  vocResults,
} from "@deepcluster/voc";
import { Clock, Console, Effect, Option, Stdio } from "effect";
import { formatOf, printResults, warnOfSkipped } from "./results.ts";
import { typedFlags } from "./typed_flags.ts";
import type { Values } from "./voc_classification_flags.ts";

/** Does what `voc-classification` was asked for. */
export const run = (values: Values) =>
  evaluateVoc(values).pipe(
    Effect.scoped,
    Effect.provide(layerTypedEngine(values.engine)),
  );

const evaluateVoc = Effect.fnUntraced(function* (values: Values) {
  const settings = yield* parseVocSettings(presentOnly(values.settings));
  // What cannot be written must not cost the time of training.
  yield* formatOf(values.out);
  const listed = yield* openVocSplit(fromHere(values.folder), settings.split);
  const model = yield* openTransferable(values, settings.seed);
  const split = yield* readableVocSplit(listed);
  yield* warnOfSkipped(split.skipped);
  if (split.untrained.length > 0) {
    yield* Effect.logWarning(
      `No training image shows ${split.untrained.join(", ")}; ` +
        "such classes are in the test, and found only by chance",
    );
  }
  const store = Option.isSome(values.state)
    ? yield* openState(fromHere(values.state.value))
    : undefined;
  const startMs = yield* Clock.currentTimeMillis;
  const result = yield* classify(model, split, settings, {
    ...store && { store },
    saveEveryMs: values.saveEvery * 1000,
    cacheBytes: values.imageMemory * 2 ** 20,
  }).pipe(Effect.onInterrupt(() => sayHowToGoOn(values.state)));
  const seconds = ((yield* Clock.currentTimeMillis) - startMs) / 1000;
  const command = "voc-classification";
  const words = yield* Stdio.Stdio.use(({ args }) => args);
  const { model: typed, folder: data } = values;
  yield* printResults({
    command,
    data,
    flags: typedFlags(words, { command, model: typed, data }),
    figures: combineSeeds(vocResults(model.name, settings, result, seconds)),
    diverged: [],
    skipped: split.skipped,
    run: model.run,
  }, values);
});

/** A model with convolutions to transfer: the pixels have none. */
const openTransferable = Effect.fnUntraced(function* (
  { model: path, choice }: Values,
  seed: number,
) {
  const { network: kind, ...weights } = presentOnly(choice);
  const { network, ...model } = yield* openModel(
    path === "random" || path === "pixels" ? path : fromHere(path),
    { ...weights, ...kind !== undefined && { model: kind }, seed },
  );
  for (const path of model.run?.skipped ?? []) {
    yield* Effect.logWarning(`Skipped ${path}: it is damaged`);
  }
  if (network !== undefined) return { ...model, network };
  return yield* new OptionError({
    action: "fine-tune on VOC",
    option: "model",
    rule: "one with convolutions, and of ours (no ONNX file)",
    value: path,
  });
});

/** A folder that no other process trains in while the scope lasts. */
const openState = Effect.fnUntraced(function* (folder: string) {
  yield* makeFolder(folder);
  yield* runLock(folder);
  return folderStore(folder);
});

const sayHowToGoOn = (state: Option.Option<string>) =>
  Option.match(state, {
    onNone: () => Effect.void,
    onSome: (folder) =>
      Console.error(
        "Stopped. The same command continues, from what " +
          `${shown(fromHere(folder))} has`,
      ),
  });
