/**
 * MODEL and its flags.
 *
 * @module
 */
import { architectureNames } from "@deepcluster/models";
import type { OpenModelOptions } from "@deepcluster/runs";
import {
  atLeast,
  fromHere,
  optionalFlag,
  positive,
  switchFlag,
} from "@deepcluster/terminal";
import { Option } from "effect";
import { Argument, Flag } from "effect/cli";

/** MODEL. */
export const modelArgument = Argument.String("model").pipe(
  Argument.withDescription(
    "Run folder, model file, `random` (untrained weights) or `pixels`.",
  ),
);

/** Which weights of a model, and which network `random` is. */
export const modelFlags = {
  epoch: optionalFlag(
    atLeast("epoch", 1),
    "Epoch of the run",
    "the newest that is intact",
  ),
  network: optionalFlag(
    Flag.Literals("network", architectureNames),
    "Network of `random`",
    "alexnet",
  ),
  sobel: optionalFlag(
    switchFlag("sobel"),
    "`random` sees Sobel gradients of the grey image (--no-sobel: RGB)",
    "yes",
  ),
  size: optionalFlag(
    atLeast("size", 1),
    "Side of the square input of `random`, `pixels` or a model file, in pixels",
    "224, or 32 for `small`",
  ),
  width: optionalFlag(
    positive("width"),
    "Multiplies the channels of `random`",
    "1",
  ),
};

/** What {@link modelFlags} parse to. */
export type ModelValues = {
  readonly [K in keyof typeof modelFlags]: (typeof modelFlags)[K] extends
    Flag.Flag<infer A> ? A : never;
};

/** The path and options that were typed. */
export const typedModel = (
  model: string,
  { network, ...values }: ModelValues,
  seed: number,
): { readonly path: string; readonly options: OpenModelOptions } => ({
  path: model === "random" || model === "pixels" ? model : fromHere(model),
  options: {
    ...Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) =>
        Option.isSome(value as Option.Option<unknown>)
          ? [[name, (value as Option.Some<unknown>).value]]
          : []
      ),
    ),
    ...Option.isSome(network) && { model: network.value },
    seed,
  },
});
