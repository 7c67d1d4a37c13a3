import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import type { ImageSource } from "@deepcluster/data";
import { openModelFile } from "@deepcluster/model-io";
import { Backend, layerReference } from "@deepcluster/gpu-backend";
import {
  checkpointPath,
  layerRunFolder,
  listCheckpoints,
  openJournal,
  parseConfiguration,
  readAssignments,
  RunFolder,
} from "@deepcluster/runs";
import { CheckpointStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { WorkflowEngine } from "effect/workflow";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deepCluster } from "./deepcluster.ts";
import { openImages } from "./images.ts";
import assert from "node:assert/strict";

const source: ImageSource = {
  name: "made up",
  ids: Array.from({ length: 12 }, (_, i) => `picture ${i}`),
  payload: (index) => ({
    kind: "pixels",
    width: 16,
    height: 16,
    channels: 1,
    data: new Uint8Array(256).map((_, i) => (i * (index + 3)) & 255),
  }),
};

const settings = (epochs: number) =>
  parseConfiguration({
    images: "/made-up",
    model: "small",
    sobel: false,
    size: 16,
    clusters: 3,
    pca: 4,
    epochs,
    batch: 4,
    extractBatch: 4,
    kmeansIterations: 2,
  }, "test");

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "deepcluster-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true })),
);

/** A run of some epochs; what it required is left open. */
const run = Effect.fnUntraced(function* (epochs: number) {
  const configuration = yield* settings(epochs);
  const images = yield* openImages(configuration, source);
  const events: string[] = [];
  yield* deepCluster(configuration, images, {
    onEvent: ({ type, epoch }) =>
      Effect.sync(() => void events.push(`${type} ${epoch}`)),
  });
  return events;
}, Effect.scoped);

/** Puts point i into cluster i mod k, wherever the centroids are. */
const layerModulo = Layer.sync(Assigner, () => {
  const assignment = (n: number, k: number) => ({
    assignments: new Int32Array(n).map((_, i) => i % k),
    distances: new Float64Array(n).fill(1),
  });
  return {
    prepare: ({ rows }) =>
      Effect.succeed((centroids) =>
        Effect.succeed(assignment(rows, centroids.rows))
      ),
    assign: (points, centroids) =>
      Effect.succeed(assignment(points.rows, centroids.rows)),
  };
});

effectTest(
  "deepCluster() alternates on fakes of every service that it requires, and touches nothing else",
  () =>
    Effect.gen(function* () {
      const path = yield* temporaryFolder;
      const journal = yield* openJournal(":memory:");
      let compiled = 0;
      const phases = new Set<string>();
      const counting = Layer.effect(
        Backend,
        Effect.map(Backend, (backend) => ({
          ...backend,
          compile: (...args: Parameters<typeof backend.compile>) => {
            compiled++;
            return backend.compile(...args);
          },
        })),
      ).pipe(Layer.provide(layerReference));
      let shownLoss = NaN;
      const recording = Layer.succeed(Progress, {
        report: ({ phase, figures }) =>
          Effect.sync(() => {
            phases.add(phase);
            if (phase === "cluster") shownLoss = Number(figures?.["loss"]);
          }),
      });
      const { events, checkpoints, clusters, report } = yield* Effect.gen(
        function* () {
          const events = yield* run(2);
          const store = yield* CheckpointStore;
          return {
            events,
            checkpoints: (yield* listCheckpoints(store)).map(({ path }) =>
              path
            ),
            ...yield* readAssignments(store, 2),
            report: new TextDecoder().decode(
              yield* store.read("clusters/epoch-0002.json"),
            ),
          };
        },
      ).pipe(Effect.provide([
        CheckpointStore.layerMemory,
        Layer.succeed(RunFolder, { path, journal }),
        WorkflowEngine.layerMemory,
        layerModulo,
        counting,
        recording,
      ]));
      assert.deepEqual(events, [
        "clustered 1",
        "trained 1",
        "clustered 2",
        "trained 2",
      ]);
      assert.deepEqual(checkpoints, [
        "checkpoints/epoch-0002.safetensors",
        "checkpoints/epoch-0001.safetensors",
        "checkpoints/epoch-0000.safetensors",
      ]);
      assert.deepEqual([...clusters], [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
      assert.deepEqual([JSON.parse(report).loss, shownLoss], [12, 1]);
      assert.ok(compiled >= 4, `${compiled} graphs`);
      assert.deepEqual([...phases], [
        "survey",
        "extract",
        "reduce",
        "cluster",
        "train",
      ]);
      // Raw features are spilled to this machine and removed; all else is in
      // the store, and no activity was journaled.
      const left = yield* Effect.promise(() =>
        readdir(path, { recursive: true })
      );
      assert.deepEqual(left, ["features"]);
      const names = (yield* journal.entries).map(({ name }) => name);
      assert.deepEqual(names, [
        "survey",
        "decoded",
        "fingerprint",
        "configuration",
      ]);
    }),
);

effectTest(
  "deepCluster() goes on in a run folder that is opened again, with more epochs, in one process, and each checkpoint is a model by itself",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const services = () =>
        Layer.mergeAll(
          layerRunFolder(folder),
          layerModulo,
          layerReference,
          Progress.layerSilent,
        );
      const first = yield* Effect.provide(run(1), services());
      const longer = yield* Effect.provide(run(2), services());
      for (const epoch of [0, 1, 2]) {
        // The file alone, without the run: 16 is not the network's usual size.
        const { network } = yield* openModelFile(
          join(folder, checkpointPath(epoch)),
        );
        const { name, input, sobel } = network;
        assert.deepEqual([name, input.size, sobel], ["small", 16, false]);
      }
      assert.deepEqual(first, ["clustered 1", "trained 1"]);
      assert.deepEqual(longer.slice(2), ["clustered 2", "trained 2"]);
    }),
);

effectTest(
  "deepCluster() keeps two runs of one process apart, also under one Backend",
  () =>
    Effect.gen(function* () {
      const folders = [yield* temporaryFolder, yield* temporaryFolder];
      yield* Effect.forEach(
        folders,
        (folder, i) => Effect.provide(run(i + 1), layerRunFolder(folder)),
        { concurrency: 2 },
      ).pipe(
        Effect.provide([layerModulo, layerReference, Progress.layerSilent]),
      );
      const epochs = yield* Effect.forEach(
        folders,
        (folder) => Effect.promise(() => readdir(join(folder, "assignments"))),
      );
      assert.deepEqual(epochs.map(({ length }) => length), [1, 2]);
    }),
);
