/**
 * Conformance of every executor: batch normalisation.
 *
 * @module
 */
import {
  batchMean,
  batchNormalization,
  batchNormalizationInputGradient,
  batchNormalizationScaleGradient,
  batchNormTraining,
  batchVariance,
  type Value,
} from "@deepcluster/graph";
import { type Maker, type OperatorCase, operatorCase } from "../testing.ts";

/** Images `[n, c]` to `[n, c, d, h, w]`, off centre. */
const randomImages = ({ between, floats }: Maker, offset: number) => {
  const shape = [
    between(2, 4),
    between(1, 5),
    ...Array.from({ length: between(0, 3) }, () => between(1, 4)),
  ];
  return floats("x", shape, (x) => x + offset);
};

/** Normalises a batch by its own statistics, and makes its gradients. */
export const normalizedForTraining = (
  x: Value,
  maker: Maker,
): Readonly<Record<string, Value>> => {
  const c = x.shape[1]!;
  const scale = maker.floats("scale", [c]);
  const { output, batch } = batchNormTraining(
    x,
    scale,
    maker.floats("bias", [c]),
  );
  const dy = maker.floats("dy", x.shape);
  const scaleGradient = batchNormalizationScaleGradient(x, dy, batch);
  return {
    output,
    ...batch,
    scaleGradient,
    dx: batchNormalizationInputGradient(x, dy, batch, scale, {
      scaleGradient,
      biasGradient: maker.floats("biasGradient", [c]),
    }),
  };
};

/** Cases of batch normalisation. */
export const normalizationCases: readonly OperatorCase[] = [
  operatorCase(
    "batch normalisation by its own statistics, these and its gradients equal " +
      "the reference's",
    15,
    (maker) => normalizedForTraining(randomImages(maker, 2), maker),
  ),

  operatorCase(
    "batch normalisation by given statistics and its gradients equal the " +
      "reference's",
    10,
    (maker) => {
      const x = randomImages(maker, 0.5);
      const c = x.shape[1]!;
      const given = {
        mean: maker.floats("mean", [c]),
        variance: maker.floats("variance", [c], (x) => x * x + 0.1),
      };
      const scale = maker.floats("scale", [c]);
      const dy = maker.floats("dy", x.shape);
      const vectors = {
        scaleGradient: maker.floats("scaleGradient", [c]),
        biasGradient: maker.floats("biasGradient", [c]),
      };
      return {
        output: batchNormalization(
          x,
          given,
          scale,
          maker.floats("bias", [c]),
          1e-3,
        ),
        gradient: batchNormalizationScaleGradient(x, dy, given, 1e-3),
        dx: batchNormalizationInputGradient(
          x,
          dy,
          given,
          scale,
          vectors,
          1e-3,
        ),
      };
    },
  ),

  operatorCase(
    "the variance of channels 1000 deviations off 0 loses no precision",
    3,
    (maker) => {
      const x = maker.floats("x", [4, 3, 6, 5], (x) => 1000 + x);
      return {
        mean: batchMean(x),
        variance: batchVariance(x),
      };
    },
  ),
];
