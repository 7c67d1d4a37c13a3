/**
 * Modules that are loaded when they are first needed.
 *
 * @module
 */
import { Effect } from "effect";

/**
 * Loads a module of this workspace by its address.
 *
 * A program that imports `import("./x.ts")` by name has Deno read the graph of
 * that module before it begins, and look at the installed packages again for
 * each of its files; by its address it is read when it is loaded.
 *
 * @typeParam Module `typeof import("./x.ts")`.
 * @param address `new URL("./x.ts", import.meta.url)`.
 * @returns The module; one that cannot be loaded is a defect.
 */
export const loadModule = <Module>(address: URL): Effect.Effect<Module> =>
  // deno-lint-ignore deepcluster/no-computed-import -- checks know such a URL
  Effect.promise(() => import(address.href));
