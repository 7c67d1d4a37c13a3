/**
 * A network forward, and a step of its training, on made images.
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
import { requireRight, type Work } from "../measure/work.ts";
import { forwardOperations, stepOperations } from "./network_cost.ts";

/** The networks, as the paper trains them and as the demo does. */
export const networks: Readonly<
  Record<"alexnet" | "vgg16" | "small", Network>
> = {
  alexnet: Effect.runSync(alexnet({ sobel: true })),
  vgg16: Effect.runSync(vgg16({ sobel: true })),
  small: Effect.runSync(small({ sobel: true })),
};

/** Names every draw of this folder. */
export const seed = 1;

/**
 * Images as noise of the standard normal distribution, as normalised ones are.
 *
 * @param network Gives their size.
 * @param batch How many.
 * @returns `[batch, 3, size, size]`.
 */
export const madeImages = ({ input }: Network, batch: number): FloatTensor => {
  const { normal } = draws(seed, "images", batch);
  const images = floatTensor([batch, 3, input.size, input.size]);
  for (let i = 0; i < images.data.length; i++) images.data[i] = normal();
  return images;
};

/**
 * A pass of a network over a batch, in evaluation mode.
 *
 * Checked: the features of the first image are those of a batch of one.
 *
 * @param network The network.
 * @param batch Images.
 * @returns The work; its number is the mean absolute feature.
 */
export const forward = (network: Network, batch: number): Work => ({
  name: `forward ${network.name} batch=${batch}`,
  operations: forwardOperations(network, batch),
  open: Effect.gen(function* () {
    const parameters = initialise(network, seed);
    const images = madeImages(network, batch);
    const { run } = yield* featuresOf(network, parameters, batch);
    const found = (yield* run({ images })).slice(0, network.featureSize);
    yield* Effect.scoped(Effect.gen(function* () {
      const alone = yield* featuresOf(network, parameters, 1);
      const data = images.data.subarray(0, images.data.length / batch);
      const one = floatTensor([1, ...images.shape.slice(1)], data);
      const expected = yield* alone.run({ images: one });
      const off = farthest(found, expected);
      yield* requireRight(off < 1e-3, () => `features are off by ${off}`);
    }));
    return { run: Effect.map(run({ images }), meanSize) };
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
 * A step of training as an epoch does it, drawing the masks of dropout
 * included, on one batch again and again.
 *
 * Checked: the first loss is about that of guessing, `ln(clusters)`.
 *
 * @param network The network.
 * @param batch Images of a step.
 * @param clusters Outputs of the last layer.
 * @returns The work; its number is the loss.
 */
export const trainingStep = (
  network: Network,
  batch: number,
  clusters: number,
): Work => ({
  name: `training step ${network.name} batch=${batch} clusters=${clusters}`,
  operations: stepOperations(network, batch, clusters),
  open: Effect.gen(function* () {
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
      images: madeImages(network, batch),
      labels: madeLabels(batch, clusters),
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
    yield* requireRight(
      Math.abs(loss / guessing - 1) < 0.1,
      () => `loss ${loss}, of guessing ${guessing}`,
    );
    return { run };
  }),
});

/**
 * Labels of a batch.
 *
 * @param batch How many.
 * @param clusters From 0 to below this.
 * @returns `[batch]`.
 */
export const madeLabels = (batch: number, clusters: number) => {
  const { integer } = draws(seed, "labels", batch);
  return intTensor(
    [batch],
    new Int32Array(batch).map(() => integer(clusters)),
  );
};

/** The largest difference, as a share of the largest value. */
const farthest = (found: Float32Array, expected: Float32Array): number => {
  let [most, size] = [0, 1e-30];
  expected.forEach((value, i) => {
    most = Math.max(most, Math.abs(value - found[i]!));
    size = Math.max(size, Math.abs(value));
  });
  return most / size;
};

const meanSize = (values: Float32Array): number => {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum / values.length;
};
