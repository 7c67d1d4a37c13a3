/**
 * Floors: shares of the yardstick that works must not fall below.
 *
 * @module
 */
import { type } from "arktype";
import { showShare, table } from "../measure/table.ts";

/** What is known of a work's share. */
const Floor = type({
  /** Median of the shares of several runs of the guard. */
  share: "number > 0",
  /** Lowest and highest of them, which justify the margin. */
  lowest: "number > 0",
  highest: "number > 0",
  /** The guard fails below. */
  floor: "number > 0",
});

/** See {@link floorsFrom}. */
export type Floor = typeof Floor.infer;

/** Floors by name of the work. */
export type Floors = Readonly<Record<string, Floor>>;

const FloorsFile = type({ floors: type({ "[string]": Floor }) });

/**
 * Five runs of the guard beside other programs on a shared machine had their
 * lowest share 3 to 10 % below the median: twice that.
 */
const leastMargin = 0.2;

/**
 * Sets a floor by what several runs of the guard found.
 *
 * The margin is 20 %, or twice the distance of the lowest share from the
 * median where that is more: a share that low was seen without any regression.
 *
 * @param shares One a run, at least one.
 * @returns The floor.
 */
export const floorOf = (shares: readonly number[]): Floor => {
  const sorted = [...shares].sort((a, b) => a - b);
  const share = sorted[Math.floor(sorted.length / 2)]!;
  const margin = Math.max(leastMargin, 2 * (1 - sorted[0]! / share));
  return {
    share,
    lowest: sorted[0]!,
    highest: sorted.at(-1)!,
    floor: share * (1 - Math.min(margin, 0.5)),
  };
};

/**
 * Reads a file of floors.
 *
 * @param text JSON with the field `floors`.
 * @returns The floors; it throws what is wrong with the file.
 */
export const floorsFrom = (text: string): Floors => {
  const { floors } = FloorsFile.assert(JSON.parse(text));
  return floors;
};

/** What the guard found of one work. */
export interface Finding {
  /** Name of the work. */
  readonly name: string;
  /** Its share of the yardstick. */
  readonly share: number;
}

/**
 * Those whose share is below the floor, or that have none.
 *
 * @param findings What was measured.
 * @param floors What is asked for.
 * @returns The findings that fail, in order.
 */
export const fallen = (
  findings: readonly Finding[],
  floors: Floors,
): readonly Finding[] =>
  findings.filter(({ name, share }) =>
    !(share >= (floors[name]?.floor ?? Infinity))
  );

/**
 * Tells shares, floors, and by how much a share fell.
 *
 * @param findings What was measured.
 * @param floors What is asked for.
 * @returns A table.
 */
export const floorsTable = (
  findings: readonly Finding[],
  floors: Floors,
): string =>
  table(
    ["work", "share of the yardstick", "floor", "was", "verdict"],
    findings.map(({ name, share }) => {
      const floor = floors[name];
      if (floor === undefined) {
        return [name, showShare(share), "none", "", "NO FLOOR"];
      }
      const change = share / floor.share - 1;
      const verdict = share >= floor.floor
        ? "ok"
        : `FELL by ${showShare(-change)}`;
      return [
        name,
        showShare(share),
        showShare(floor.floor),
        showShare(floor.share),
        verdict,
      ];
    }),
  );
