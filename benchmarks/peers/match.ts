/**
 * A match: all sides of a row, one after the other in turn.
 *
 * @module
 */
import { summarise, type Summary } from "../measure/statistics.ts";
import { sharedIn } from "./data.ts";
import { disagreement, type Row } from "./row.ts";
import { type Absent, type Conditions, type Side, startSide } from "./side.ts";
import { ourStart, startOf } from "./starts.ts";

/** What one side did. */
export interface Result {
  /** Name in the tables. */
  readonly name: string;
  /** Its libraries. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of each run. */
  readonly seconds: readonly number[];
  /** Of the seconds. */
  readonly summary: Summary;
  /** Largest resident size, in bytes. */
  readonly peakBytes: number;
  /** Values of the check and of the last run. */
  readonly values: readonly number[];
  /** See `disagreement`; 0 for ourselves. */
  readonly disagreement: number;
}

/** How a row ended. */
export interface Match {
  /** Name of the row. */
  readonly row: string;
  /** Ours first. */
  readonly results: readonly Result[];
  /** Peers that are not there. */
  readonly absent: readonly Absent[];
}

/** Lets the threads of the other side fall asleep. */
const restMs = 200;

/**
 * Plays a row.
 *
 * @param row What to do.
 * @param conditions Of every side.
 * @param repeats Runs that count; as the row says when absent.
 * @returns See {@link Match}. Throws when a side fails.
 */
export const play = async (
  row: Row,
  conditions: Conditions,
  repeats: number = row.repeats,
): Promise<Match> => {
  const folder = await Deno.makeTempDir({ prefix: "peers-" });
  try {
    const spec = await row.prepare(sharedIn(folder));
    const starts = [ourStart];
    for (const peer of row.peers) starts.push(await startOf(peer));
    const started = [];
    for (const start of starts) {
      started.push(await startSide(start, conditions));
    }
    const sides = started.filter((side): side is Side => "run" in side);
    const results = await rounds(row, sides, spec, repeats);
    const absent = started.filter((side) => "absent" in side) as Absent[];
    return { row: row.name, results, absent };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
};

const rounds = async (
  { tolerances, warm }: Row,
  sides: readonly Side[],
  spec: object,
  repeats: number,
): Promise<Result[]> => {
  const players = [];
  for (const side of sides) {
    players.push({
      side,
      checked: await side.open(spec),
      seconds: [] as number[],
      values: [] as readonly number[],
    });
    if (warm) await side.run();
  }
  for (let round = 0; round < repeats; round++) {
    const order = round % 2 === 0 ? players : players.toReversed();
    for (const player of order) {
      await new Promise((resolve) => setTimeout(resolve, restMs));
      const { seconds, values } = await player.side.run();
      player.seconds.push(seconds);
      player.values = [...player.checked, ...values];
    }
  }
  const results: Result[] = [];
  for (const { side, seconds, values } of players) {
    results.push({
      name: side.name,
      versions: side.versions,
      seconds,
      summary: summarise(seconds),
      peakBytes: await side.peak(),
      values,
      disagreement: disagreement(players[0]!.values, values, tolerances),
    });
    await side.close();
  }
  return results;
};
