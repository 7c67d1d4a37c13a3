import { Assigner } from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import type { ImagePayload, ImageSource } from "@deepcluster/data";
import { type Capabilities, layerBackend } from "@deepcluster/gpu-backend";
import { layerRunFolder, parseConfiguration } from "@deepcluster/runs";
import { effectTest } from "@deepcluster/test";
import { withCapabilities } from "@deepcluster/test/engines";
import { Effect, Layer } from "effect";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PhaseCost, phases } from "./phase_timer.ts";
import { profile } from "./profile_run.ts";
import assert from "node:assert/strict";

/** Every tenth of them is no image. */
const sourceOf = (
  count: number,
  payload: (index: number) => ImagePayload,
): ImageSource => ({
  name: "made up",
  ids: Array.from({ length: count }, (_, i) => `picture ${i}`),
  payload: (index) =>
    index % 10 === 9
      ? { kind: "encoded", bytes: Uint8Array.of(1) }
      : payload(index),
});

const pixels = (index: number): ImagePayload => ({
  kind: "pixels",
  width: 20,
  height: 20,
  channels: 1,
  data: new Uint8Array(400).map((_, i) => (i * (index + 3)) & 255),
});

const drawing = (index: number): ImagePayload => ({
  kind: "encoded",
  bytes: new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="30">' +
      `<circle cx="9" cy="${index}" r="8"/></svg>`,
  ),
});

const services = (folder: string, changed: Partial<Capabilities>) =>
  Layer.mergeAll(
    layerRunFolder(folder),
    Assigner.layerReference,
    withCapabilities(layerBackend({ threads: 1 }), changed),
    Progress.layerSilent,
  );

const tried = Effect.fnUntraced(
  function* (
    source: ImageSource,
    epochs: number,
    clusters = 3,
    changed: Partial<Capabilities> = { stepsPerScan: 1 },
  ) {
    const folder = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "profile-"))),
      (path) => Effect.promise(() => rm(path, { recursive: true })),
    );
    const configuration = yield* parseConfiguration({
      images: "/made-up",
      model: "small",
      sobel: false,
      size: 16,
      epochs,
      clusters,
      pca: 8,
    }, "test");
    const options = {
      sizes: { batch: 6, extractBatch: 4 },
      cacheBytes: 2 ** 20,
    };
    const measured = yield* profile(configuration, source, options)
      .pipe(Effect.provide(services(folder, changed)));
    const left = yield* Effect.promise(() =>
      readdir(join(folder, "checkpoints"))
    );
    return { ...measured, left };
  },
);

effectTest(
  "profile() takes two epochs of three batches, and tells time and memory of every phase",
  () =>
    Effect.gen(function* () {
      const { laps, left, rows, sampled, unreadable, ...measured } =
        yield* tried(
          sourceOf(200, pixels),
          7,
        );
      assert.deepEqual([rows, sampled, unreadable], [200, 128, 12]);
      for (const phase of phases) {
        const { ms, peakBytes }: PhaseCost = laps[phase];
        assert.ok(ms >= 0 && peakBytes > 2 ** 20, phase);
      }
      assert.equal(laps.survey.units, 128);
      assert.equal(laps.extract.units, 3 * 4);
      assert.equal(laps.cluster.units, 2);
      assert.equal(laps.train.units, 3 * 6);
      assert.deepEqual(left.sort(), [
        "epoch-0000.safetensors",
        "epoch-0001.safetensors",
        "epoch-0002.safetensors",
      ]);
      assert.ok(measured.checkpointBytes > 1.9 * measured.initialBytes);
      // Centroids, labels and the whitening; labels alone take 4 bytes each.
      assert.ok(measured.clusteringBytes > 4 * (rows + 8 * 512));
      assert.equal(measured.imageBytes, 0);
    }),
);

effectTest(
  "profile() takes one epoch of a run of one, and the size of images that are to be kept",
  () =>
    Effect.gen(function* () {
      const { imageBytes, left, rows, sampled } = yield* tried(
        sourceOf(30, drawing),
        1,
      );
      assert.deepEqual([rows, sampled, imageBytes], [30, 30, 20 * 30 * 3]);
      assert.equal(left.length, 2);
    }),
);

effectTest(
  "profile() takes more clusters than images of its sample",
  () =>
    Effect.gen(function* () {
      const { rows, sampled } = yield* tried(sourceOf(200, pixels), 1, 150);
      assert.deepEqual([rows, sampled], [200, 128]);
    }),
);

effectTest(
  "profile() trains three times the steps that the engine makes at once",
  () =>
    Effect.gen(function* () {
      const { laps } = yield* tried(sourceOf(30, pixels), 1, 3, {
        stepsPerScan: 2,
      });
      assert.equal(laps.train.units, 3 * 2 * 6);
    }),
);

effectTest(
  "profile() of small batches makes as many steps at once as the run of large ones",
  () =>
    Effect.gen(function* () {
      const ofTwoSteps = 2 * 256 * 3 * 16 ** 2 * 4;
      for (
        const [scanBytes, atOnce] of [[ofTwoSteps - 1, 1], [ofTwoSteps, 2]]
      ) {
        const { laps } = yield* tried(sourceOf(30, pixels), 1, 3, {
          stepsPerScan: 2,
          scanBytes: scanBytes!,
        });
        assert.equal(laps.train.units, 3 * atOnce! * 6);
      }
    }),
);
