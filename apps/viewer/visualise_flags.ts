/**
 * Flags that the commands of `visualise` share.
 *
 * @module
 */
import { isOnnxFile } from "@deepcluster/model-io";
import { openModel, type weightsFlags } from "@deepcluster/runs";
import { kindOf } from "@deepcluster/storage";
import {
  atLeast,
  flagWithDefault,
  fromHere,
  optionalFlag,
  presentOnly,
  shown,
  switchFlag,
} from "@deepcluster/terminal";
import { NoNetworkError } from "@deepcluster/visualisation";
import { Effect } from "effect";
import { Argument, Flag } from "effect/cli";

/** MODEL. */
export const networkArgument = Argument.String("model").pipe(
  Argument.withDescription(
    "Run folder, model file (safetensors or PyTorch) or `random` (untrained " +
      "weights).",
  ),
);

/** Where pictures go. */
export const outFlag = Flag.String("out").pipe(
  Flag.withMetavar("DIR"),
  Flag.withDescription(
    "New folder for the PNGs, their numbers (pictures.json) and a page with " +
      "all of them (index.html)",
  ),
);

/** Pixels of a pixel. */
export const scaleFlag = (pixel: string, byDefault: string) =>
  optionalFlag(
    atLeast("scale", 1),
    `Pixels across and down of each ${pixel}, which is repeated exactly`,
    byDefault,
  );

/** The seed, and how results are printed. */
export const commonFlags = {
  seed: flagWithDefault(
    atLeast("seed", 0),
    1,
    "Seed of every random draw, weights of `random` among them",
  ),
  json: flagWithDefault(
    switchFlag("json"),
    false,
    "Print the results as JSON, as in pictures.json",
  ),
};

type WeightsValues = {
  readonly [K in keyof typeof weightsFlags]: (typeof weightsFlags)[K] extends
    Flag.Flag<infer A> ? A : never;
};

/**
 * Opens a model that has a network.
 *
 * @param model `random`, or a path from where the command was called.
 * @param weights Values of `weightsFlags`.
 * @param seed Names the weights of `random`.
 * @param action What is to be done, for the message.
 * @returns The model with its network, or `NoNetworkError`, or the errors of
 * `openModel`.
 */
export const openNetwork = Effect.fnUntraced(function* (
  model: string,
  weights: WeightsValues,
  seed: number,
  action: string,
) {
  if (model === "pixels") return yield* new NoNetworkError({ action, model });
  const path = model === "random" ? model : fromHere(model);
  if ((yield* kindOf(path)) === "file" && (yield* isOnnxFile(path))) {
    return yield* new NoNetworkError({ action, model: shown(path) });
  }
  const { network: architecture, ...options } = presentOnly(weights);
  const opened = yield* openModel(path, {
    ...options,
    ...architecture !== undefined && { model: architecture },
    seed,
  });
  const { network } = opened;
  return network === undefined
    ? yield* new NoNetworkError({ action, model: opened.name })
    : { ...opened, network };
});
