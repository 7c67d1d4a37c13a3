/**
 * What the authors' gradient ascent computes on a small network, read from the
 * file that `fixtures/make_gradient_ascent.py` wrote.
 *
 * @module
 */
import { type FloatTensor, floatTensor } from "@deepcluster/core";
import { initialise, small } from "@deepcluster/models";
import { Effect } from "effect";
import { readFileSync } from "node:fs";
import type { AscentOptions } from "./gradient_ascent.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Settings, and what PyTorch and SciPy computed. */
export const authorsAscent = JSON.parse(
  readFileSync(
    new URL("../fixtures/gradient_ascent.json", import.meta.url),
    "utf8",
  ),
) as {
  readonly settings: Omit<AscentOptions, "layer" | "filters" | "seed">;
  readonly filters: readonly number[];
  readonly images: Stored;
  readonly parameters: Readonly<Record<string, Stored>>;
  readonly results: readonly {
    readonly loss: number;
    readonly gradient: Stored;
    readonly activation: number;
    readonly after: number;
    readonly image: Stored;
  }[];
};

/** Stored numbers as a tensor. */
export const tensorOf = ({ shape, data }: Stored): FloatTensor =>
  floatTensor(shape, Float32Array.from(data));

/** The network of the fixture. */
export const authorsModel = Effect.gen(function* () {
  const network = yield* small({
    sobel: true,
    channels: [3, 4],
    units: [5],
    size: 8,
  });
  const stored = Object.entries(authorsAscent.parameters).map((
    [name, stored],
  ) => [name, tensorOf(stored)] as const);
  const parameters = {
    ...initialise(network, 1),
    ...Object.fromEntries(stored),
  };
  return { name: "made", network, parameters };
});
