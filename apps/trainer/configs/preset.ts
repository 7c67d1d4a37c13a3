/**
 * What a preset is: settings that differ from the paper's, and for which
 * images they are meant.
 *
 * @module
 */
import type { RunConfiguration } from "@deepcluster/runs";

/** Settings for one network and kind of images. */
export interface Preset {
  /** Those that differ from the defaults, which are the paper's. */
  readonly settings: Partial<RunConfiguration>;
  /** The images that they are meant for. */
  readonly images: string;
}
