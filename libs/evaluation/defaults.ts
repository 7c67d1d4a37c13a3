/**
 * What protocols use where nothing else is asked for: an entry of its own
 * (`@deepcluster/evaluation/defaults`), so that help loads no protocol.
 *
 * @module
 */

/** The paper's values, and those of what the paper leaves open. */
export const probeDefaults = {
  learningRate: 0.01,
  momentum: 0.9,
  weightDecay: 1e-4,
  batch: 256,
  epochs: 90,
  standardise: false,
  crops: 1,
  memoryBytes: 2 ** 29,
  saveEveryMs: 300_000,
};

/** Of the paper by Wu et al., and where nothing is asked for. */
export const defaultTemperature = 0.07;
