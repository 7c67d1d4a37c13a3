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
 * skipped, which the name of the one test that is left says; with the
 * environment variable `CI_ENGINES=1` that one fails.
 *
 * @param provider Which one.
 * @param declare Declares the tests, given the executor.
 */
export const tfjsTests = (
  provider: TfjsProvider,
  declare: (layer: Layer.Layer<Backend, unknown>) => void,
): void => {
  const { library, installs } = tfjsProviders[provider];
  const installed = Effect.runSync(Effect.isSuccess(pathOfInstalled(library)));
  if (installed) return declare(layerTfjs({ provider, threads: 1 }));
  const missing = `tfjs ${provider} is as the reference (needs ${library}: ` +
    `deno task engine:install ${installs})`;
  Deno.test({
    name: missing,
    ignore: process.env["CI_ENGINES"] !== "1",
    fn: () => {
      throw new Error(`Cannot test as CI_ENGINES=1 needs ${library}`);
    },
  });
};
