/**
 * What a training program is fed: some steps at once, stacked.
 *
 * @module
 */
import { floatTensor, intTensor, type Tensors } from "@deepcluster/core";
import type { Batch } from "@deepcluster/data";
import { Backend, stepOf } from "@deepcluster/gpu-backend";
import { dropoutMasks, maskShapes, type Network } from "@deepcluster/models";
import type { TrainingSettings } from "@deepcluster/runs";
import { Effect } from "effect";

/** What the inputs of an epoch's steps depend on. */
export interface StepInputsOptions {
  /** The network, without its head. */
  readonly network: Network;
  /** The run's settings. */
  readonly configuration: TrainingSettings;
  /** From 1; part of every draw's name. */
  readonly epoch: number;
  /** Cluster of each image, shape `[n]`. */
  readonly pseudoLabels: Int32Array;
}

/**
 * Returns how many steps the engine should make at once.
 *
 * @param network What is trained; its input says how large an image is.
 * @param configuration Images of a step.
 * @returns The engine's `stepsPerScan`, or 1 where their images are too large.
 */
export const stepsAtOnce = (
  { input: { channels, size } }: Network,
  { batch }: Pick<TrainingSettings, "batch">,
): Effect.Effect<number, never, Backend> =>
  Effect.map(Backend, ({ info: { capabilities } }) => {
    const { stepsPerScan, scanBytes = Infinity } = capabilities;
    const bytes = stepsPerScan * batch * channels * size ** 2 *
      Float32Array.BYTES_PER_ELEMENT;
    return bytes <= scanBytes ? stepsPerScan : 1;
  });

/**
 * Makes what gives the inputs of an epoch's steps.
 *
 * @param options See {@link StepInputsOptions}.
 * @returns From the number of steps done and the images of one or more steps,
 * in their order, the inputs of these steps. They are valid until the next
 * call.
 */
export const stepInputs = (
  { configuration, epoch, network, pseudoLabels }: StepInputsOptions,
): (step: number, images: Batch) => Tensors => {
  const { batch, learningRate, seed } = configuration;
  const shapes = Object.entries(maskShapes(network, batch));
  const allocate = (steps: number) => ({
    labels: intTensor([steps, batch]),
    learning_rate: floatTensor(
      [steps],
      new Float32Array(steps).fill(learningRate),
    ),
    masks: Object.fromEntries(
      shapes.map(([name, { shape }]) => [name, floatTensor([steps, ...shape])]),
    ),
  });
  let buffers: ReturnType<typeof allocate> | undefined;
  return (step, { images, indices }) => {
    const steps = indices.length / batch;
    if (buffers?.labels.shape[0] !== steps) buffers = allocate(steps);
    const { masks, ...others } = buffers;
    indices.forEach((index, i) => {
      others.labels.data[i] = pseudoLabels[index]!;
    });
    for (let i = 0; i < steps; i++) {
      const into = Object.fromEntries(
        Object.entries(masks).map(([name, mask]) => [name, stepOf(mask, i)]),
      );
      dropoutMasks(network, batch, { seed, epoch, step: step + i }, into);
    }
    const shape = [steps, batch, ...images.shape.slice(1)];
    return { ...others, ...masks, images: floatTensor(shape, images.data) };
  };
};
