/**
 * Results files: JSON that begins with the {@link Origin} of the measurement.
 *
 * @module
 */
import { requireWritable } from "@deepcluster/storage";
import { Effect, Result } from "effect";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Origin, root } from "./machine.ts";
import process from "node:process";

/**
 * Returns the default path of a results file.
 *
 * @param folder Folder of the workspace, such as `benchmarks`.
 * @param origin Its date becomes part of the name.
 * @param filter The command's filter; may be empty.
 * @returns A path in the folder's `results`.
 */
export const resultsPath = (
  folder: string,
  { date }: Origin,
  filter: string,
): string => {
  const words = [filter.replaceAll(/[^\w.]+/g, "-"), date.slice(0, 10)];
  const name = words.filter((word) => word !== "").join("-");
  return join(root, folder, "results", `${name}.json`);
};

/**
 * Ends the command with exit code 1 where a results file cannot be written:
 * asked before what takes long.
 *
 * @param path Value of `--out`; nothing is asked where it was not given.
 */
export const requireResultsPath = async (
  path: string | undefined,
): Promise<void> => {
  if (!path) return;
  const asked = await Effect.runPromise(
    Effect.result(requireWritable(path, "file")),
  );
  if (Result.isSuccess(asked)) return;
  console.error(asked.failure.message);
  process.exit(1);
};

/**
 * Writes a results file.
 *
 * @param path Path of the file; missing folders are made.
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

/** Six digits are more than any clock resolves. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(6))
    : value;
