/**
 * Files of results: JSON with where, with what and when it was measured.
 *
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Origin, root } from "./machine.ts";

/**
 * Where a command leaves its results unless told otherwise.
 *
 * @param command Name of the command, such as `bench`.
 * @param origin Gives the day.
 * @param filter What was measured of all; none when empty.
 * @returns A path below `benchmarks/results`.
 */
export const resultsPath = (
  command: string,
  { date }: Origin,
  filter = "",
): string => {
  const words = [
    command,
    filter.replaceAll(/[^\w.]+/g, "-"),
    date.slice(0, 10),
  ];
  const name = words.filter((word) => word !== "").join("-");
  return join(root, "benchmarks", "results", `${name}.json`);
};

/**
 * Writes a file of results.
 *
 * @param path Where to; folders are made.
 * @param origin See {@link Origin}.
 * @param results What was measured, as plain data.
 */
export const writeResults = async (
  path: string,
  origin: Origin,
  results: object,
): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const text = JSON.stringify({ ...origin, ...results }, rounded, 2);
  await writeFile(path, `${text}\n`);
};

/** Six digits of a number are more than any clock gives. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(6))
    : value;
