/**
 * What passes use where nothing else is asked for: an entry of its own
 * (`@deepcluster/features/defaults`), so that help loads no pass.
 *
 * @module
 */

/** Images of a run of the network where no number is asked for. */
export const defaultBatch = 32;
