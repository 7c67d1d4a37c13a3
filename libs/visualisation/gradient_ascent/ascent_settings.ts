/**
 * Settings of gradient ascent: an entry of its own
 * (`@deepcluster/visualisation/ascent-settings`), so that help loads no engine.
 *
 * @module
 */
import type { AscentStep } from "./ascent_graph.ts";

/** Settings of gradient ascent; the defaults are the authors'. */
export interface AscentSettings extends AscentStep {
  /** Steps; the authors' figures take 1 000 to 30 000. Default: 1 000. */
  readonly steps: number;
  /** Standard deviation of the blur in pixels. Default: 0.3. */
  readonly blurSigma: number;
  /** Steps from one blur to the next; the first step blurs. Default: 5. */
  readonly blurEvery: number;
  /** Names the noise at the beginning. */
  readonly seed: number;
}

/** The authors' settings. */
export const ascentDefaults: Omit<AscentSettings, "seed"> = {
  objective: "cross-entropy",
  steps: 1000,
  learningRate: 3,
  weightDecay: 1e-5,
  blurSigma: 0.3,
  blurEvery: 5,
};
