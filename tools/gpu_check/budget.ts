/**
 * Time: all items share one limit, and each has a limit of its own, so that a
 * slow one does not take the time of those after it.
 *
 * @module
 */

/** What is left of the time. */
export interface Budget {
  /** Milliseconds since the start. */
  readonly elapsedMs: () => number;
  /**
   * Milliseconds that an item may take: its own limit, which is stated for a
   * check of {@link plannedMinutes} and grows with longer ones, or what is
   * left.
   */
  readonly limitMs: (itemMs: number) => number;
}

/** Length of a check that the items' limits are made for. */
export const plannedMinutes = 8;

/** Kept at the end for processes to end in. */
const endingMs = 10_000;

/** Less than this is no time for any item. */
export const minItemMs = 3000;

/**
 * Starts the clock.
 *
 * @param minutes Limit of all items together, and of ending the last.
 * @param now Reads a clock, in milliseconds.
 * @returns See {@link Budget}.
 */
export const startBudget = (
  minutes: number,
  now: () => number = () => performance.now(),
): Budget => {
  const start = now();
  const end = start + minutes * 60_000 - endingMs;
  return {
    elapsedMs: () => now() - start,
    limitMs: (itemMs) =>
      Math.max(0, Math.min(itemMs * minutes / plannedMinutes, end - now())),
  };
};
