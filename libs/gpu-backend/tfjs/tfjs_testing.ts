/**
 * Tests that need a package of TensorFlow.js, which is installed where a user
 * wants it.
 *
 * @module
 */
import { Effect, type Layer } from "effect";
import type { Backend } from "../backend.ts";
import { pathOfInstalled } from "../installed.ts";
import { layerTfjs } from "./executor.ts";
import { type TfjsProvider, tfjsProviders } from "./providers.ts";
import process from "node:process";

/**
 * Declares tests of a provider. Where its package is not installed they are
 * skipped, which the name of the one test that is left says.
 *
 * @param provider Which one.
 * @param declare Declares the tests, given the executor.
 * @param inCi Whether it must be installed where `CI_ENGINES=1`. Default: it
 * must.
 */
export const tfjsTests = (
  provider: TfjsProvider,
  declare: (layer: Layer.Layer<Backend, unknown>) => void,
  inCi = true,
): void => {
  const { library, installs } = tfjsProviders[provider];
  const installed = Effect.runSync(Effect.isSuccess(pathOfInstalled(library)));
  if (installed) declare(layerTfjs({ provider, threads: 1 }));
  else skipTests(`tfjs ${provider} is as the reference`, installs, inCi);
};

/**
 * Declares one skipped test instead of those that need an engine; with the
 * environment variable `CI_ENGINES=1` it fails.
 *
 * @param name What the tests show.
 * @param installs What `deno task engine:install` calls the engine.
 * @param inCi Whether it must be installed where `CI_ENGINES=1`.
 */
export const skipTests = (
  name: string,
  installs: string,
  inCi: boolean,
): void =>
  Deno.test({
    name: `${name} (needs deno task engine:install ${installs})`,
    ignore: !inCi || process.env["CI_ENGINES"] !== "1",
    fn: () => {
      throw new Error(`Cannot test as CI_ENGINES=1 needs ${installs}`);
    },
  });
