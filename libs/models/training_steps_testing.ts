/**
 * What PyTorch computed for three training steps of narrow networks, read
 * from the files that `fixtures/make_training_steps.py` wrote.
 *
 * @module
 */
import {
  type FloatTensor,
  floatTensor,
  intTensor,
  type Shape,
  type Tensors,
} from "@deepcluster/core";
import { type } from "arktype";
import { readFileSync } from "node:fs";

const Entry = type({
  dtype: "'I8' | 'F32'",
  shape: "number[]",
  data_offsets: ["number", "number"],
});

const Steps = type("string.json.parse").to({
  sobel: "boolean",
  size: "number",
  clusters: "number",
  batch: "number",
  learningRates: "number[]",
  momentum: "number",
  weightDecay: "number",
  labels: "number[][]",
  losses: "number[]",
  correct: "number[]",
});

/** One network's three steps. */
export interface TrainingSteps {
  /** Settings, labels, and the losses that PyTorch computed. */
  readonly steps: typeof Steps.infer;
  /** Parameters before the first step, without Sobel filters. */
  readonly initial: Readonly<Record<string, FloatTensor>>;
  /** The same after the last, running statistics included. */
  readonly final: Readonly<Record<string, FloatTensor>>;
  /** Features of the first step's images, by the final parameters. */
  readonly features: FloatTensor;
  /** What a training graph is fed at a step. */
  readonly inputs: (step: number) => Tensors;
}

/**
 * Reads the steps of a network.
 *
 * @param network `alexnet` or `vgg16`.
 * @returns See {@link TrainingSteps}.
 */
export const readTrainingSteps = (network: string): TrainingSteps => {
  const name = `fixtures/training_steps_${network}.safetensors`;
  const file = readFileSync(new URL(name, import.meta.url));
  const headerBytes = Number(file.readBigUInt64LE());
  const { __metadata__, ...entries } = JSON.parse(
    file.subarray(8, 8 + headerBytes).toString(),
  );
  const steps = Steps.assert(__metadata__.steps);
  const tensors = new Map<string, FloatTensor>();
  for (const [key, described] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: [start, end] } = Entry.assert(
      described,
    );
    const bytes = file.subarray(8 + headerBytes + start, 8 + headerBytes + end);
    tensors.set(key, floatTensor(shape, valuesOf(bytes, dtype)));
  }
  return {
    steps,
    initial: under("initial.", tensors, (value) => value / 64),
    final: under("final.", tensors, (value) => value),
    features: tensors.get("features")!,
    inputs: (step) => ({
      images: images(steps.batch, steps.size, step),
      labels: intTensor([steps.batch], Int32Array.from(steps.labels[step]!)),
      learning_rate: floatTensor(
        [],
        Float32Array.of(steps.learningRates[step]!),
      ),
      ...masks(tensors, step),
    }),
  };
};

const valuesOf = (bytes: Uint8Array, dtype: "I8" | "F32"): Float32Array => {
  const { buffer } = Uint8Array.from(bytes);
  return dtype === "I8"
    ? Float32Array.from(new Int8Array(buffer))
    : new Float32Array(buffer);
};

const under = (
  prefix: string,
  tensors: ReadonlyMap<string, FloatTensor>,
  change: (value: number) => number,
) =>
  Object.fromEntries(
    [...tensors].filter(([key]) => key.startsWith(prefix)).map((
      [key, { shape, data }],
    ) => [key.slice(prefix.length), floatTensor(shape, data.map(change))]),
  );

/** Kept activations are doubled: the rate is one half. */
const masks = (tensors: ReadonlyMap<string, FloatTensor>, step: number) =>
  Object.fromEntries(
    [...tensors].filter(([key]) => key.endsWith(`.mask.${step}`)).map((
      [key, { shape, data }],
    ) => [
      key.slice(0, key.lastIndexOf(".")),
      floatTensor(shape, data.map((mask) => 2 * mask)),
    ]),
  );

/** The formula of the script, whose values are exact in single precision. */
const images = (batch: number, size: number, step: number): FloatTensor => {
  const shape: Shape = [batch, 3, size, size];
  const tensor = floatTensor(shape);
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const product = (n + 1) * (c + 2) * (y + step) * (x + 3);
          tensor.data[at++] = ((product >> 2) % 256) / 64 - 2;
        }
      }
    }
  }
  return tensor;
};
