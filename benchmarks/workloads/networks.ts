/**
 * Workloads of networks: a forward pass and a training step, on random images.
 *
 * @module
 */
import {
  draws,
  type FloatTensor,
  floatTensor,
  intTensor,
  type Tensors,
} from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import {
  alexnet,
  dropoutMasks,
  featuresGraph,
  initialise,
  initialiseHead,
  type Network,
  small,
  trainingGraph,
  vgg16,
  zeroMomenta,
} from "@deepcluster/models";
import { Effect } from "effect";
import { requireCorrect, type Workload } from "../measure/workload.ts";
import { forwardOperations, stepOperations } from "./network_cost.ts";

/** The networks of the paper and of the demo. */
export const networks: Readonly<
  Record<"alexnet" | "vgg16" | "small", Network>
> = {
  alexnet: Effect.runSync(alexnet({ sobel: true })),
  vgg16: Effect.runSync(vgg16({ sobel: true })),
  small: Effect.runSync(small({ sobel: true })),
};

/** Seed of every random draw of this folder. */
export const seed = 1;

/**
 * Returns images of standard normal noise.
 *
 * @param network The images have its input size.
 * @param batch Number of images.
 * @returns `[batch, 3, size, size]`.
 */
export const randomImages = (
  { input }: Network,
  batch: number,
): FloatTensor => {
  const { normal } = draws(seed, "images", batch);
  const images = floatTensor([batch, 3, input.size, input.size]);
  for (let i = 0; i < images.data.length; i++) images.data[i] = normal();
  return images;
};

/**
 * A forward pass over a batch, in evaluation mode.
 *
 * Check: the features of the first image are those of a batch of one.
 *
 * @param network The network.
 * @param batch Number of images.
 * @returns The workload; its number is the mean absolute feature.
 */
export const forward = (network: Network, batch: number): Workload => ({
  name: `forward ${network.name} batch=${batch}`,
  operations: forwardOperations(network, batch),
  prepare: Effect.gen(function* () {
    const parameters = initialise(network, seed);
    const images = randomImages(network, batch);
    const { run } = yield* featuresOf(network, parameters, batch);
    const first = (yield* run({ images })).slice(0, network.featureSize);
    yield* Effect.scoped(Effect.gen(function* () {
      const alone = yield* featuresOf(network, parameters, 1);
      const data = images.data.subarray(0, images.data.length / batch);
      const one = floatTensor([1, ...images.shape.slice(1)], data);
      const expected = yield* alone.run({ images: one });
      const error = maxRelativeError(first, expected);
      yield* requireCorrect(
        error < 1e-3,
        () => `features differ by ${error}`,
      );
    }));
    return { run: Effect.map(run({ images }), meanAbsolute) };
  }),
});

const featuresOf = Effect.fnUntraced(function* (
  network: Network,
  parameters: Tensors,
  batch: number,
) {
  const graph = yield* featuresGraph(network, batch);
  const program = yield* (yield* Backend).compile(graph, parameters);
  return {
    run: (inputs: Tensors) =>
      Effect.map(
        program.run(inputs),
        ({ features }) => features!.data as Float32Array,
      ),
  };
});

/**
 * A training step as in an epoch, including the draw of the dropout masks, on
 * the same batch every time.
 *
 * Check: the first loss is about that of guessing, `ln(clusters)`.
 *
 * @param network The network.
 * @param batch Images per step.
 * @param clusters Outputs of the last layer.
 * @returns The workload; its number is the loss.
 */
export const trainingStep = (
  network: Network,
  batch: number,
  clusters: number,
): Workload => ({
  name: `training step ${network.name} batch=${batch} clusters=${clusters}`,
  operations: stepOperations(network, batch, clusters),
  prepare: Effect.gen(function* () {
    const graph = yield* trainingGraph(network, {
      batch,
      clusters,
      momentum: 0.9,
      weightDecay: 1e-5,
    });
    const program = yield* (yield* Backend).compile(graph, {
      ...initialise(network, seed),
      ...initialiseHead(network.featureSize, clusters, seed, 1),
      ...zeroMomenta(network),
    });
    const inputs = {
      images: randomImages(network, batch),
      labels: randomPseudoLabels(batch, clusters),
      learning_rate: floatTensor([], Float32Array.of(0.001)),
    };
    let masks: ReturnType<typeof dropoutMasks> | undefined;
    let step = 0;
    const run = Effect.suspend(() => {
      masks = dropoutMasks(network, batch, { seed, epoch: 1, step }, masks);
      step++;
      return program.run({ ...inputs, ...masks });
    }).pipe(Effect.map(({ loss }) => loss!.data[0]!));
    const [loss, guessing] = [yield* run, Math.log(clusters)];
    yield* requireCorrect(
      Math.abs(loss / guessing - 1) < 0.1,
      () => `loss ${loss}, of guessing ${guessing}`,
    );
    return { run };
  }),
});

/**
 * Returns random pseudo-labels of a batch.
 *
 * @param batch Number of images.
 * @param clusters Number of clusters.
 * @returns `[batch]`.
 */
export const randomPseudoLabels = (batch: number, clusters: number) => {
  const { integer } = draws(seed, "labels", batch);
  return intTensor(
    [batch],
    new Int32Array(batch).map(() => integer(clusters)),
  );
};

/** The largest difference, as a fraction of the largest value. */
const maxRelativeError = (
  actual: Float32Array,
  expected: Float32Array,
): number => {
  let [maxError, maxValue] = [0, 1e-30];
  expected.forEach((value, i) => {
    maxError = Math.max(maxError, Math.abs(value - actual[i]!));
    maxValue = Math.max(maxValue, Math.abs(value));
  });
  return maxError / maxValue;
};

const meanAbsolute = (values: Float32Array): number => {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum / values.length;
};
