/**
 * The network that a command of `visualise` draws.
 *
 * @module
 */
import { isOnnxFile } from "@deepcluster/model-io";
import { openModel } from "@deepcluster/runs";
import type { weightsFlags } from "@deepcluster/runs/flags";
import { kindOf } from "@deepcluster/storage";
import { fromHere, presentOnly, shown } from "@deepcluster/terminal";
import { NoNetworkError } from "@deepcluster/visualisation";
import { Effect } from "effect";
import type { Flag } from "effect/cli";

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
