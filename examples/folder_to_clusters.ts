/**
 * From a folder of images to clusters, in as few lines as it takes: what
 * `README.md` shows. Prints the cluster and the path of each image.
 *
 * Not the paper's settings, and the network has random weights.
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
import { clusteringTransform, imageSet } from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import { extract, imagePass } from "@deepcluster/features";
import { layerBackend } from "@deepcluster/gpu-backend";
import { initialise, small } from "@deepcluster/models";
import { openRowFile } from "@deepcluster/storage";
import { Effect, Layer } from "effect";

const program = Effect.gen(function* () {
  const { source } = yield* openSource("photos");
  const crop = clusteringTransform({ crop: 32 });
  const network = yield* small({ sobel: true, size: 32 });
  const file = yield* openRowFile("features.f32", network.featureSize);
  const pass = imagePass(imageSet(source), crop, 32);
  yield* extract(network, initialise(network, 1), pass, file);
  const features = yield* file.rows;
  const whitening = yield* fitWhitening(features, { components: 8, seed: 1 });
  const points = yield* whitenRows(features, whitening);
  const { assignments } = yield* kmeans(points, { k: 3, seed: 1 });
  source.ids.forEach((path, index) => console.log(assignments[index], path));
});
const layers = Layer.merge(Assigner.layerBackend, Progress.layerSilent).pipe(
  Layer.provideMerge(layerBackend()),
);
await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(layers)));
