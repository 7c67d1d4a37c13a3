/**
 * Packages that hold a backend only: the library itself is another package,
 * which they find.
 *
 * @module
 */
import { Effect } from "effect";
import { createRequire } from "node:module";
import { messageOf } from "../failures.ts";
import { pathOfInstalled } from "../installed.ts";
import type { Tf } from "./tfjs_types.ts";

/** The package of the library itself, which every backend registers in. */
const core = "@tensorflow/tfjs-core";

/** A package with the core that it registers its backend in. */
export interface BesideCore {
  /** What the core exports. */
  readonly tf: Tf;
  /** What the package exports. */
  readonly library: unknown;
}

/**
 * Loads a backend, and the core that the backend itself finds: two copies in
 * one process disturb each other.
 *
 * @param name Name of the package.
 * @returns Both; or what is wrong with one of them.
 */
export const loadBesideCore = (
  name: string,
): Effect.Effect<BesideCore, string> =>
  Effect.flatMap(pathOfInstalled(name), (path) =>
    Effect.try({
      try: () => {
        const require = createRequire(path);
        const library: unknown = require(path);
        return { library, tf: require(core) as Tf };
      },
      catch: (cause) => `does not load: ${messageOf(cause)}`,
    }));
