/**
 * The features that `choose-clusters` clusters: all rows of a `.npy` file, or
 * a sample of them; and labels to judge by.
 *
 * @module
 */
import {
  draws,
  type NonFiniteFeatureError,
  type RowReader,
  sharedMatrix,
} from "@deepcluster/core";
import { lineReader, utf8Text } from "@deepcluster/data";
import { openSource } from "@deepcluster/datasets";
import { gatherFrom } from "@deepcluster/features";
import { readBytes } from "@deepcluster/storage";
import { fromHere, shown } from "@deepcluster/terminal";
import { Effect } from "effect";
import { join } from "node:path";
import { ChooseClustersError } from "./choose_errors.ts";

/** Rows that fit in it are read once. */
const memoryBytes = 256 * 2 ** 20;

/**
 * Draws rows at random, in their order.
 *
 * @param n Number of rows.
 * @param sample How many, at most n.
 * @param seed Names the draws.
 * @returns Their numbers, ascending.
 */
export const sampledRows = (
  n: number,
  sample: number,
  seed: number,
): Int32Array =>
  sample >= n
    ? Int32Array.from({ length: n }, (_, row) => row)
    : draws(seed, "sampled rows").sample(sample, n).sort();

/**
 * Reads some of the rows as if there were no others.
 *
 * @param rows All rows `[n, d]`, which need not fit in memory.
 * @param chosen Numbers of those to read, ascending.
 * @returns Their reader, or the error of reading.
 */
export const chosenRows: <E>(
  rows: RowReader<E>,
  chosen: Int32Array,
) => Effect.Effect<
  RowReader<E | NonFiniteFeatureError>,
  E | NonFiniteFeatureError
> = Effect.fnUntraced(function* <E>(rows: RowReader<E>, chosen: Int32Array) {
  const gather = yield* gatherFrom("cluster", rows, memoryBytes);
  return {
    rows: chosen.length,
    columns: rows.columns,
    read: (start, count) => {
      const block = sharedMatrix(count, rows.columns);
      return Effect.as(
        gather(chosen.subarray(start, start + count), block.data),
        block,
      );
    },
  };
});

/**
 * Reads the labels of rows, by the paths beside their `.npy` file.
 *
 * @param npy Path of the features.
 * @param n Number of their rows.
 * @param data Labelled images, as they were typed.
 * @param column Column of a manifest that holds labels; default: recognised.
 * @returns Class of each row, -1: none; or `ChooseClustersError` when no
 * row has one, or why they cannot be read.
 */
export const labelsOfRows = Effect.fnUntraced(function* (
  npy: string,
  n: number,
  data: string,
  column: string | undefined,
) {
  const paths: string[] = [];
  const file = `${npy.replace(/\.npy$/i, "")}.paths.txt`;
  const reader = lineReader((line) => paths.push(line));
  reader.feed(utf8Text(yield* readBytes(file)));
  reader.end();
  if (paths.length !== n) {
    return yield* new ChooseClustersError({
      rule: `${shown(file)} must have a line for each of the ${n} rows`,
      found: `${paths.length} lines`,
    });
  }
  const root = fromHere(data);
  const { source, labels } = yield* openSource(root, {
    ...column !== undefined && { labelField: column },
  });
  const classes = new Map<string, number>();
  labels?.classes.forEach((label, index) => {
    const payload = source.payload(index);
    classes.set(source.ids[index]!, label);
    classes.set(join(root, source.ids[index]!), label);
    if (payload.kind === "file") classes.set(payload.path, label);
  });
  const found = Int32Array.from(paths, (path) => classes.get(path) ?? -1);
  if (found.some((label) => label >= 0)) return found;
  return yield* new ChooseClustersError({
    rule: "--labels must be labelled images, some of them those of the rows",
    found: `no path of ${shown(file)} has a label in ${data}`,
  });
});
