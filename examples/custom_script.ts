/**
 * The alternation by hand, without workflow and run folder: features,
 * whitening, k-means, an epoch of training on the clusters, and again, until a
 * rule of one's own says stop; watched by an observer of one's own.
 *
 * Nothing is saved; `resume_run.ts` is about runs that can be stopped.
 *
 * Not the paper's settings: a net of three convolutions that sees colours, 160
 * images, 8 clusters. And the paper trains for 500 epochs, whatever the
 * clusters do.
 *
 * @module
 */
import {
  Assigner,
  type ClusterReport,
  fitWhitening,
  kmeans,
  reportClustering,
  whitenRows,
} from "@deepcluster/clustering";
import { Progress, type Tensors } from "@deepcluster/core";
import {
  clusteringTransform,
  type ImageSet,
  imageSet,
} from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import { extract, imagePass } from "@deepcluster/features";
import { layerBackend } from "@deepcluster/gpu-backend";
import { initialise, type Network, small } from "@deepcluster/models";
import { parseConfiguration } from "@deepcluster/runs";
import { openRowFile, removeRowFile } from "@deepcluster/storage";
import { startOfEpoch, trainEpoch } from "@deepcluster/training";
import { Console, Effect, Layer } from "effect";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeImages } from "./made_images.ts";

const [size, k, seed] = [32, 8, 1];

/** Stops when two clusterings in a row agree so well, or after `most`. */
export const [enough, most] = [0.75, 8];

/** What computes. One thread: others round otherwise. */
const layers = Assigner.layerBackend.pipe(
  Layer.provideMerge(layerBackend({ threads: 1 })),
);

/** What k-means groups: whitened features of length 1, `[n, 8]`. */
const pointsOf = Effect.fn("pointsOf")(function* (
  network: Network,
  weights: Tensors,
  images: ImageSet,
  path: string,
) {
  const crop = clusteringTransform({ crop: size });
  const pass = imagePass(images, crop, 32);
  yield* removeRowFile(path); // of the epoch before
  const file = yield* openRowFile(path, network.featureSize);
  yield* extract(network, weights, pass, file);
  const rows = yield* file.rows;
  const whitening = yield* fitWhitening(rows, { components: 8, seed });
  return yield* whitenRows(rows, whitening);
}, Effect.scoped);

/** Learns from images made in `folder`; what observes it is left open. */
export const program = Effect.fn("program")(function* (folder: string) {
  yield* makeImages(join(folder, "images"), 40);
  const { source, labels } = yield* openSource(join(folder, "images"));
  const images = imageSet(source);
  const [channels, units] = [[16, 32, 64], [64]];
  const network = yield* small({ sobel: false, size, channels, units });
  const configuration = yield* parseConfiguration({
    images: source.name,
    clusters: k,
    batch: 16,
    reassign: 2, // every image is seen twice between two clusterings
    cropScale: [0.3, 1],
    seed,
  }, "custom_script.ts");
  const progress = yield* Progress;
  const once = { done: 1, total: 1, unit: "clusterings" };

  let weights: Tensors = initialise(network, seed);
  let previous: Int32Array | undefined;
  const reports: ClusterReport[] = [];
  for (let epoch = 1; epoch <= most; epoch++) {
    const path = join(folder, "features.f32");
    const points = yield* pointsOf(network, weights, images, path);
    const clustering = yield* kmeans(points, { k, seed: seed + epoch });
    const report = yield* reportClustering(clustering, {
      ...previous && { previous },
      ...labels && { labels: labels.classes }, // to evaluate, never to train
    });
    reports.push(report);
    const { nmiToPrevious = NaN, nmiToLabels = NaN } = report;
    const figures = { nmiToPrevious, nmiToLabels };
    yield* progress.report({ phase: "cluster", epoch, ...once, figures });
    if (nmiToPrevious >= enough) break;

    previous = clustering.assignments;
    const trained = yield* trainEpoch({
      network,
      configuration,
      epoch,
      images,
      pseudoLabels: previous,
      save: () => Effect.void,
      saveEveryMs: Infinity,
    }, startOfEpoch(network, configuration, epoch, weights));
    weights = trained.tensors;
  }
  return reports;
}, Effect.provide(layers));

/** Prints the figures of each phase at its end. */
const observer = Layer.succeed(Progress, {
  report: ({ phase, epoch, done, total, figures }) =>
    done === total && figures !== undefined
      ? Console.log(`epoch ${epoch} ${phase}`, figures)
      : Effect.void,
});

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), "custom-script-"));
  await Effect.runPromise(Effect.provide(program(folder), observer));
}
