/**
 * Packages that the project does not bring: found where the user installed
 * them.
 *
 * @module
 */
import { Effect } from "effect";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { messageOf } from "./failures.ts";

/**
 * Finds an optional package.
 *
 * It is looked for from the working directory upwards, as that of a script
 * that uses the libs; then from this file upwards, which finds a package
 * installed beside the libs; then where `deno task engine:install` puts it.
 *
 * @param name Its name, such as `@tensorflow/tfjs-node`, or a file of it.
 * @returns The path of its main file, or of that file; or what the runtime
 * says when it is not found.
 */
export const pathOfInstalled = (name: string): Effect.Effect<string, string> =>
  Effect.firstSuccessOf(places().map((place) => resolved(name, place)));

/**
 * Loads an optional package, found as by {@link pathOfInstalled}.
 *
 * @param name Its name, or a file of it.
 * @returns What it exports; or what the runtime says when it is not found or
 * does not load.
 */
export const loadInstalled = (name: string): Effect.Effect<unknown, string> =>
  Effect.flatMap(pathOfInstalled(name), (path) =>
    Effect.try({
      try: () => createRequire(path)(path),
      catch: messageOf,
    }));

const places = (): readonly string[] => [
  join(process.cwd(), "package.json"),
  fileURLToPath(import.meta.url),
  join(enginesFolder, "package.json"),
];

const resolved = (name: string, place: string) =>
  Effect.try({
    try: () => createRequire(place).resolve(name),
    catch: messageOf,
  });

/** Where `deno task engine:install` installs, beside `deno.json`. */
export const enginesFolder: string = fileURLToPath(
  new URL("../../engines", import.meta.url),
);
