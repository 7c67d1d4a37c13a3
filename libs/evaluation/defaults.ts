/**
 * What protocols use where nothing else is asked for: an entry of its own
 * (`@deepcluster/evaluation/defaults`), so that help loads no protocol.
 *
 * @module
 */

/** Options of a linear probe: the paper's, and ours where it states none. */
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

/** Temperature of the votes of neighbours, as in the paper by Wu et al. */
export const defaultTemperature = 0.07;
