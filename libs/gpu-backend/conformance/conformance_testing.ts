/**
 * What every executor promises, as tests: an engine's own test file calls
 * {@link conformanceTests} once.
 *
 * @module
 */
import type { Layer } from "effect";
import type { Backend } from "../backend.ts";
import { type OperatorCase, operatorTest } from "../testing.ts";
import { clippingCases } from "./clipping_testing.ts";
import { convolutionCases } from "./convolution_testing.ts";
import { elementwiseCases } from "./elementwise_testing.ts";
import { linearAlgebraCases } from "./linear_algebra_testing.ts";
import { lossCases } from "./losses_testing.ts";
import { normalizationCases } from "./normalization_testing.ts";
import { poolingCases } from "./pooling_testing.ts";
import { reductionCases } from "./reduction_testing.ts";
import { shapeCases } from "./shape_operators_testing.ts";
import { programTests } from "./program_testing.ts";
import { refusalTests } from "./refusal_testing.ts";
import { trainingTests } from "./training_testing.ts";

/** All cases of operators. */
export const operatorCases: readonly OperatorCase[] = [
  ...clippingCases,
  ...convolutionCases,
  ...elementwiseCases,
  ...linearAlgebraCases,
  ...lossCases,
  ...normalizationCases,
  ...poolingCases,
  ...reductionCases,
  ...shapeCases,
];

/**
 * Tests one executor: state, refusals, every operator, training.
 *
 * @param engine Begins the names of the tests.
 * @param layer The executor.
 * @param tolerance Largest error against the reference, relative to 1 and to
 * the value.
 */
export const conformanceTests = (
  engine: string,
  layer: Layer.Layer<Backend, unknown>,
  tolerance: number,
): void => {
  programTests(engine, layer);
  refusalTests(engine, layer);
  for (const operators of operatorCases) {
    operatorTest(engine, layer, tolerance, operators);
  }
  trainingTests(engine, layer, tolerance);
};
