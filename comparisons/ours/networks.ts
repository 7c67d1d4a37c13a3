/**
 * Our networks: a forward pass, and a training step.
 *
 * @module
 */
import { networks, seed } from "@deepcluster/benchmarks/workloads";
import {
  floatTensor,
  intTensor,
  sizeOf,
  type Tensors,
} from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import {
  dropoutMasks,
  featuresGraph,
  maskShapes,
  type Network,
  trainingGraph,
  zeroMomenta,
} from "@deepcluster/models";
import { Effect } from "effect";
import { readFloats, readIntegers, readTensors } from "../shared_files.ts";
import type { ForwardSpec, StepSpec } from "../specs.ts";
import type { OurWorkload } from "./workload.ts";

/**
 * A forward pass over a batch.
 *
 * @param spec See {@link ForwardSpec}.
 * @returns The workload; its value is the mean absolute feature.
 */
export const forwardWorkload = (spec: ForwardSpec): OurWorkload =>
  Effect.gen(function* () {
    const network = networks[spec.network];
    const graph = yield* featuresGraph(network, spec.shape[0]!);
    const state = yield* readTensors(spec.tensors);
    const program = yield* (yield* Backend).compile(graph, state);
    const images = floatTensor(spec.shape, yield* readFloats(spec.images));
    const mean = Effect.map(
      program.run({ images }),
      ({ features }) => [meanAbsolute(features!.data)],
    );
    const run = Effect.map(mean, (values) => () => values);
    return { checked: yield* mean, run };
  });

const meanAbsolute = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]!);
  return sum / values.length;
};

/**
 * A training step, including the draw of the dropout masks.
 *
 * Check: the first two losses without dropout; the second depends on the
 * gradients. Training continues from there.
 *
 * @param spec See {@link StepSpec}.
 * @returns The workload, without values: dropout masks differ between processes.
 */
export const stepWorkload = (spec: StepSpec): OurWorkload =>
  Effect.gen(function* () {
    const network = networks[spec.network];
    const { clusters } = spec;
    const batch = spec.shape[0]!;
    const graph = yield* trainingGraph(network, {
      batch,
      clusters,
      momentum: 0.9,
      weightDecay: 1e-5,
    });
    const state = {
      ...yield* readTensors(spec.tensors),
      ...zeroMomenta(network),
    };
    // As in an epoch: the initial state is not needed afterwards.
    const program = yield* (yield* Backend).compile(graph, state, {
      donateState: true,
    });
    const inputs = {
      images: floatTensor(spec.shape, yield* readFloats(spec.images)),
      labels: intTensor([batch], yield* readIntegers(spec.pseudoLabels)),
    };
    const step = (rate: number, masks: Tensors) =>
      Effect.map(
        program.run({
          ...inputs,
          ...masks,
          learning_rate: floatTensor([], Float32Array.of(rate)),
        }),
        ({ loss }) => loss!.data[0]!,
      );
    const ones = masksOfOnes(network, batch);
    const checked = [yield* step(0.01, ones), yield* step(0.01, ones)];
    let masks: ReturnType<typeof dropoutMasks> | undefined;
    let number = 0;
    const run = Effect.suspend(() => {
      const draw = { seed, epoch: 1, step: number++ };
      masks = dropoutMasks(network, batch, draw, masks);
      return Effect.as(step(0.001, masks), () => []);
    });
    return { checked, run };
  });

/** Dropout masks that drop nothing. */
const masksOfOnes = (network: Network, batch: number): Tensors =>
  Object.fromEntries(
    Object.entries(maskShapes(network, batch)).map(([name, { shape }]) => [
      name,
      floatTensor(shape, new Float32Array(sizeOf(shape)).fill(1)),
    ]),
  );
