import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import {
  createRun,
  layerRunFolder,
  listCheckpoints,
  parseConfiguration,
} from "@deepcluster/runs";
import { reportName } from "@deepcluster/report";
import { CheckpointStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Clock, Effect, Logger } from "effect";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { learn } from "./learn.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

const options = { keep: 2, saveEvery: 300, imageMemory: 16 };

/** A run on eight pictures that has not begun. */
const newRun = Effect.fnUntraced(function* (settings: object) {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "learn-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true })),
  );
  const [images, run] = [join(folder, "images"), join(folder, "run")];
  yield* Effect.promise(async () => {
    await mkdir(images);
    for (let i = 0; i < 8; i++) {
      const background = { r: 30 * i, g: 90, b: 130 };
      await sharp({
        create: { width: 16, height: 16, channels: 3, background },
      }).png().toFile(join(images, `${i}.png`));
    }
  });
  const configuration = yield* parseConfiguration({
    images,
    model: "small",
    sobel: false,
    size: 16,
    clusters: 2,
    pca: 4,
    epochs: 1,
    batch: 4,
    extractBatch: 4,
    kmeansIterations: 2,
    ...settings,
  }, "test");
  yield* createRun(run, configuration);
  return { configuration, run };
});

effectTest(
  "learn() puts checkpoints, metrics and picture into another CheckpointStore, where it is provided with one",
  () =>
    Effect.gen(function* () {
      const { configuration, run } = yield* newRun({});
      const stored = yield* Effect.gen(function* () {
        const { metrics, checkpoint } = yield* learn(configuration, options);
        assert.deepEqual(metrics.map(({ event }) => event), [
          "clustered",
          "trained",
        ]);
        const store = yield* CheckpointStore;
        const [newest] = yield* listCheckpoints(store);
        assert.equal(newest!.path, checkpoint.path);
        return yield* store.list("");
      }).pipe(
        Effect.provide(CheckpointStore.layerMemory),
        Effect.provide([
          layerRunFolder(run),
          Assigner.layerReference,
          layerReference,
          Progress.layerSilent,
        ]),
      );
      for (
        const name of [
          "assignments/epoch-0001.tsv",
          "clusters.png",
          "images.tsv",
          "metrics.jsonl",
        ]
      ) assert.ok(stored.includes(name), name);
      const onDisk = yield* Effect.promise(() => readdir(run));
      assert.deepEqual(onDisk.sort(), [
        "config.json",
        "features",
        "journal.db",
        "progress.json",
        "run.lock",
        "timings.jsonl",
      ]);
    }),
);

effectTest(
  "learn() says what doctor warns of before the first pass over the images",
  () =>
    Effect.gen(function* () {
      const { configuration, run } = yield* newRun({ batch: 9 });
      const told: string[] = [];
      yield* learn(configuration, options).pipe(
        Effect.provideService(Progress, {
          report: ({ phase }) => Effect.sync(() => void told.push(phase)),
        }),
        Effect.provide([
          CheckpointStore.layerMemory,
          layerRunFolder(run),
          Assigner.layerReference,
          layerReference,
          Logger.layer([
            Logger.make(({ message }) => void told.push(String(message))),
          ]),
        ]),
      );
      const first = told.slice(0, told.indexOf("survey")).join("\n");
      assert.match(first, /A training step of 9 images takes some of the 8/);
      assert.match(first, /PCA keeps 4 dimensions of 8 images/);
    }),
);

effectTest(
  "learn() with a report looks at each image once",
  () =>
    Effect.gen(function* () {
      const { configuration, run } = yield* newRun({});
      const phases: string[] = [];
      yield* learn(configuration, { ...options, report: true }).pipe(
        Effect.provideService(Progress, {
          report: ({ phase, done }) =>
            Effect.sync(() => void (done === 8 && phases.push(phase))),
        }),
        Effect.provide([
          layerRunFolder(run),
          Assigner.layerReference,
          layerReference,
        ]),
        later,
      );
      const surveys = phases.filter((phase) => phase.endsWith("survey"));
      assert.deepEqual(surveys, ["survey"]);
      const written = yield* Effect.promise(() => readdir(run));
      assert.ok(written.includes(reportName));
    }),
);

/** Runs ten seconds later: no file has just changed. */
const later = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.updateService(
    work,
    Clock.Clock,
    (clock) =>
      Object.assign(Object.create(clock) as Clock.Clock, {
        currentTimeMillis: Effect.map(
          clock.currentTimeMillis,
          (ms) => ms + 10_000,
        ),
      }),
  );
