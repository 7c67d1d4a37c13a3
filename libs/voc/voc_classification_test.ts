import { Progress } from "@deepcluster/core";
import {
  openVocSplit,
  type ReadableVocSet,
  readableVocSplit,
} from "@deepcluster/datasets";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { initialise, small } from "@deepcluster/models";
import {
  CheckpointStore,
  loadTensors,
  saveTensors,
} from "@deepcluster/storage";
import { effectTest, vocFolder } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import type { VocSettings } from "./paper_settings.ts";
import { parseVocSettings } from "./settings.ts";
import { vocClassification } from "./voc_classification.ts";
import { earlierVocImages } from "./voc_keys.ts";
import { loadVocState, saveVocState } from "./voc_state.ts";
import { vocStatePath } from "./voc_state_path.ts";
import assert from "node:assert/strict";

const layers = Layer.mergeAll(
  layerOnnx({ provider: "cpu", threads: 1 }),
  Progress.layerSilent,
  CheckpointStore.layerMemory,
);

const prepare = Effect.fnUntraced(function* (given: object = {}) {
  const folder = yield* vocFolder({ train: 12, val: 16 });
  const split = yield* readableVocSplit(
    yield* openVocSplit(folder, "train"),
  );
  const network = yield* small({
    sobel: true,
    size: 16,
    channels: [4, 8],
    units: [8],
    dropout: 0.5,
  });
  const parameters = initialise(network, 1);
  const model = { network, parameters, identity: "a" };
  const settings = yield* parseVocSettings({
    split: "train",
    iterations: 12,
    batch: 5,
    ...given,
  });
  return { model, split, settings, store: yield* CheckpointStore };
});

effectTest(
  "vocClassification() stopped and gone on with equals an uninterrupted one, " +
    "and a finished one is evaluated again alike",
  () =>
    Effect.gen(function* () {
      const { model, split, settings, store } = yield* prepare();
      const whole = yield* vocClassification(model, split, settings);
      const first = { ...settings, iterations: 7 };
      yield* vocClassification(model, split, first, { store });
      const owner = ownerOf(split.training, settings);
      assert.equal((yield* loadVocState(store, owner))?.iteration, 7);
      const resumed = yield* vocClassification(model, split, settings, {
        store,
      });
      assert.deepEqual(resumed, whole);
      const again = yield* vocClassification(model, split, settings, {
        store,
        saveEveryMs: 1,
      });
      assert.deepEqual(again, whole);
      assert.equal(whole.trainingImages, 12);
      assert.equal(whole.testImages, 16);
      assert.deepEqual(
        whole.classes.map((c) => c.class),
        ["disc", "frame", "stripe"],
      );
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "vocClassification() by fixed crops needs no new training",
  () =>
    Effect.gen(function* () {
      const { model, split, settings, store } = yield* prepare();
      const random = yield* vocClassification(model, split, settings, {
        store,
      });
      const before = yield* store.read(vocStatePath);
      const fixed = yield* vocClassification(
        model,
        split,
        { ...settings, crops: "fixed" },
        { store },
      );
      assert.equal(fixed.loss, random.loss);
      assert.notDeepEqual(fixed.mean, random.mean);
      assert.deepEqual(yield* store.read(vocStatePath), before);
    }).pipe(Effect.provide(layers)),
);

const ownerOf = (set: ReadableVocSet, settings: VocSettings) => ({
  model: "a",
  earlierModel: "e",
  set,
  settings,
});

effectTest(
  "loadVocState() goes on with the state of a version that noted no content",
  () =>
    Effect.gen(function* () {
      const { model, split, settings, store } = yield* prepare();
      const owner = ownerOf(split.training, settings);
      const { parameters: tensors } = model;
      yield* saveVocState(store, owner, { iteration: 9, loss: 0.25, tensors });
      const { metadata } = yield* loadTensors(store, vocStatePath);
      const { model: __, settings: noted } = JSON.parse(metadata["owner"]!);
      const images = earlierVocImages(split.training);
      const earlier = (model: string) =>
        saveTensors(store, vocStatePath, tensors, {
          ...metadata,
          owner: JSON.stringify({ model, images, settings: noted }),
        });
      yield* earlier("e");
      assert.equal((yield* loadVocState(store, owner))?.iteration, 9);
      yield* earlier("other");
      const refused = yield* Effect.flip(loadVocState(store, owner));
      assert.match(refused.message, /\n {2}model: "other", now "e"$/);
    }).pipe(Effect.provide(layers)),
);

effectTest(
  "loadVocState() refuses the state of another training and names what differs",
  () =>
    Effect.gen(function* () {
      const { model, split, settings, store } = yield* prepare();
      const owner = ownerOf(split.training, settings);
      assert.equal(yield* loadVocState(store, owner), undefined);
      const { parameters: tensors } = model;
      const state = { iteration: 9, loss: 0.25, tensors };
      yield* saveVocState(store, owner, state);
      const found = yield* loadVocState(store, owner);
      assert.deepEqual([found?.iteration, found?.loss], [9, 0.25]);
      const refused = Effect.fnUntraced(function* (changes: object) {
        const error = yield* Effect.flip(
          loadVocState(store, { ...owner, ...changes }),
        );
        return error.message.split("\n").slice(1);
      });
      assert.deepEqual(
        yield* refused({
          model: "b",
          settings: { ...settings, learningRate: 1, layers: "all" },
        }),
        [
          '  model: "a", now "b"',
          '  settings.layers: "fc6-8", now "all"',
          "  settings.learningRate: 0.003, now 1",
        ],
      );
      const { training } = split;
      const changed = Float32Array.from(training.targets.data, Math.abs);
      changed[0] = 1 - changed[0]!;
      for (
        const [change, line] of [
          [{ contentHash: split.test.contentHash }, /^ {2}images: "/],
          [
            { targets: { ...training.targets, data: changed } },
            /^ {2}labels: "/,
          ],
          [{ classes: ["a", "b", "c"] }, /^ {2}classes/],
        ] as const
      ) {
        const found = yield* refused({ set: { ...training, ...change } });
        assert.match(found.join("\n"), line);
      }
      assert.deepEqual(
        yield* refused({ settings: { ...settings, iterations: 8 } }),
        ["  iterations: 9 are done, now 8"],
      );
    }).pipe(Effect.provide(layers)),
);
