/**
 * Stops a run in the middle of an epoch, goes on with it, and compares what
 * it has learned with a run that nothing disturbed: the bytes are the same.
 *
 * Here the run is interrupted within its process, and so can save itself. One
 * that is killed goes on from its last regular save, to the same bytes.
 * `deno task resume DIR` does what `goOn` does here.
 *
 * Not the paper's settings: a small net, 128 images, 4 clusters and 3 epochs,
 * where the paper trains AlexNet on ImageNet for 500.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { Progress, type ProgressEvent } from "@deepcluster/core";
import { openSource } from "@deepcluster/datasets";
import { layerBackend } from "@deepcluster/gpu-backend";
import {
  createRun,
  layerRunFolder,
  openRun,
  parseConfiguration,
} from "@deepcluster/runs";
import { digestOf, folderStore } from "@deepcluster/storage";
import { deepCluster, openImages } from "@deepcluster/training";
import { Deferred, Effect, Layer } from "effect";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeImages } from "./made_images.ts";

/** Makes a folder a run: its settings are written there, once. */
const begin = Effect.fn("begin")(function* (run: string, images: string) {
  const configuration = yield* parseConfiguration({
    images,
    model: "small",
    size: 32,
    clusters: 4,
    pca: 8,
    epochs: 3,
    batch: 4,
  }, "resume_run.ts");
  yield* createRun(run, configuration);
}, Effect.scoped);

/** Carries a run from wherever it stands to its end. */
const goOn = Effect.fn("goOn")(function* (
  run: string,
  observe: (event: ProgressEvent) => Effect.Effect<void> = () => Effect.void,
) {
  const settings = yield* openRun(run); // nobody else can meanwhile
  const configuration = yield* parseConfiguration(settings, run);
  const { engine, provider, threads } = configuration;
  yield* Effect.gen(function* () {
    const { source } = yield* openSource(configuration.images);
    const images = yield* openImages(configuration, source, {
      cacheBytes: 2 ** 26,
    });
    yield* deepCluster(configuration, images);
  }).pipe(Effect.provide(
    Layer.mergeAll(
      layerRunFolder(run),
      Assigner.layerBackend,
      Layer.succeed(Progress, { report: observe }),
    ).pipe(Layer.provideMerge(layerBackend({ engine, provider, threads }))),
  ));
}, Effect.scoped);

/** SHA-256 of everything that a run has learned so far, by path. */
const learned = Effect.fn("learned")(function* (run: string) {
  const store = folderStore(run);
  const hashes: Record<string, string> = {};
  for (const folder of ["assignments/", "clusters/", "checkpoints/"]) {
    for (const path of yield* store.list(folder)) {
      const file = store.pathOf(path);
      hashes[path] = (yield* digestOf(file)).sha256;
    }
  }
  return hashes;
});

/** Makes both runs in `folder`. */
export const program = Effect.fn("program")(function* (folder: string) {
  const images = join(folder, "images");
  yield* makeImages(images, 32);
  const never = join(folder, "never-stopped");
  yield* begin(never, images);
  yield* goOn(never);

  // The loser of a race is interrupted, and a run that is interrupted saves
  // itself: here when half of the second epoch's training is over. Eight steps
  // of so small a net are one run of the engine, so it stops after 16 or 24.
  const run = join(folder, "stopped");
  yield* begin(run, images);
  const half = yield* Deferred.make<void>();
  const stopAtHalf = ({ phase, epoch, done, total }: ProgressEvent) =>
    phase === "train" && epoch === 2 && done >= total / 2
      ? Effect.asVoid(Deferred.succeed(half, undefined))
      : Effect.void;
  yield* Effect.raceFirst(goOn(run, stopAtHalf), Deferred.await(half));
  const stopped = yield* learned(run);

  yield* goOn(run);
  return {
    never: yield* learned(never),
    stopped,
    resumed: yield* learned(run),
  };
});

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), "resume-run-"));
  const { never, stopped, resumed } = await Effect.runPromise(program(folder));
  console.log(`Stopped with ${Object.keys(stopped).at(-1)}`);
  for (const path of Object.keys(never).filter((path) => /0003/.test(path))) {
    const [one, other] = [never[path], resumed[path]];
    console.log(path, one === other ? "has the same bytes" : "differs");
  }
}
