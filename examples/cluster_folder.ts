/**
 * Clusters a folder of images without any training: features of a network,
 * PCA-whitening, k-means; a table of path and cluster, and a contact sheet.
 *
 * The network has random weights: enough to tell simple shapes apart, not
 * photographs. To use what a run has learned, put the tensors of its newest
 * checkpoint in place of `initialise`, and its network in place of `small`.
 *
 * Not the paper's settings: there AlexNet sees 224 pixels, PCA keeps 256
 * dimensions, and ImageNet falls into 10 000 clusters.
 *
 * @module
 */
import {
  Assigner,
  fitWhitening,
  kmeans,
  whitenRows,
} from "@deepcluster/clustering";
import { Progress } from "@deepcluster/core";
import {
  clusteringTransform,
  decodedShortSideFor,
  imageSet,
  labelsAt,
  survey,
} from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import { extract, imagePass } from "@deepcluster/features";
import { layerBackend } from "@deepcluster/gpu-backend";
import { nmi } from "@deepcluster/metrics";
import { initialise, small } from "@deepcluster/models";
import {
  folderStore,
  makeFolder,
  openRowFile,
  removeRowFile,
  writeTable,
} from "@deepcluster/storage";
import { clusterSheet } from "@deepcluster/visualisation";
import { Effect, Layer } from "effect";
import { join } from "node:path";
import { makeImages } from "./made_images.ts";
import process from "node:process";

const [size, k, seed] = [32, 8, 1];
const [channels, units] = [[16, 32, 64], [64]];

/** What computes, and who hears of progress: nobody. */
const layers = Layer.merge(Assigner.layerBackend, Progress.layerSilent).pipe(
  Layer.provideMerge(layerBackend()),
);

/** Clusters the images of `folder` and writes what it found to `out`. */
export const program = Effect.fn("program")(
  function* (
    folder: string,
    out: string,
  ) {
    // All images but those that cannot be decoded. A folder for each class gives
    // labels: nothing sees them until the clusters are evaluated.
    const opened = yield* openSource(folder);
    const decoding = { maxShortSide: decodedShortSideFor(size) };
    const { usable, unreadable } = yield* survey(opened.source, decoding);
    const images = imageSet(opened.source, { ...decoding, usable });
    const labels = opened.labels && labelsAt(opened.labels, usable);

    // Features go to a file, for there may be more than fit in memory.
    const network = yield* small({ sobel: true, size, channels, units });
    const crop = clusteringTransform({ crop: size });
    yield* makeFolder(out);
    const path = join(out, "features.f32");
    yield* removeRowFile(path); // or it would go on with that one
    const file = yield* openRowFile(path, network.featureSize);
    const pass = imagePass(images, crop, 32);
    yield* extract(network, initialise(network, seed), pass, file);

    // Whitened, brought to length 1, grouped.
    const rows = yield* file.rows;
    const whitening = yield* fitWhitening(rows, { components: 8, seed });
    const points = yield* whitenRows(rows, whitening);
    const { assignments } = yield* kmeans(points, { k, seed });

    // What a person can open.
    const store = folderStore(out);
    const cells = Array.from(assignments, (c, i) => [images.id(i), String(c)]);
    yield* writeTable(store, "clusters.tsv", ["path", "cluster"], cells);
    const sheet = yield* clusterSheet({
      assignments,
      load: images.decoded,
      ...labels && { labels },
    }, {
      clusters: { by: "size", count: 20 },
      images: { by: "chance", count: 20, seed },
    });
    yield* store.put("clusters.png", sheet);

    return {
      images: images.size,
      unreadable: unreadable.length,
      nmiToFolders: labels && (yield* nmi(assignments, labels.classes)),
      files: ["clusters.tsv", "clusters.png"].map(store.pathOf),
    };
  },
  Effect.scoped,
  Effect.provide(layers),
);

if (import.meta.main) {
  const folder = process.argv[2] ?? "runs/examples/images";
  if (!process.argv[2]) await Effect.runPromise(makeImages(folder, 40));
  const found = program(folder, "runs/examples/cluster_folder");
  console.log(await Effect.runPromise(found));
}
