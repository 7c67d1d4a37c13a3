/**
 * The model that a command line means.
 *
 * @module
 */
import { fromHere, presentOnly } from "@deepcluster/terminal";
import { type ModelValues, presets } from "./model_flags.ts";
import { openModel, type OpenModelOptions } from "./open_model.ts";

/** A model as it was typed: the arguments of `openModel`. */
export interface TypedModel {
  /** `random`, `pixels`, or an absolute path. */
  readonly path: string;
  /** Plain data, with absolute paths. */
  readonly options: OpenModelOptions;
}

/**
 * Reads what was typed, without opening the model.
 *
 * @param model `random`, `pixels`, or a path from where the command was called.
 * @param values Values of {@link modelFlags}.
 * @param seed Names the weights of `random`.
 * @returns What `openModel` is to be given.
 */
export const typedModel = (
  model: string,
  values: ModelValues,
  seed: number,
): TypedModel => {
  const { epoch, network, sobel, size, width, ...told } = values;
  const { network: architecture, ...weights } = presentOnly({
    epoch,
    network,
    sobel,
    size,
    width,
  });
  const { preprocessing, range, ...encoder } = presentOnly(told);
  return {
    path: model === "random" || model === "pixels" ? model : fromHere(model),
    options: {
      ...weights,
      ...architecture !== undefined && { model: architecture },
      seed,
      encoder: {
        ...encoder,
        ...range !== undefined && { range: range === "1" ? 1 : 255 },
        ...preprocessing !== undefined && {
          preprocessing: presets.includes(preprocessing)
            ? preprocessing
            : fromHere(preprocessing),
        },
      },
    },
  };
};

/**
 * Opens the model that was typed.
 *
 * @param model `random`, `pixels`, or a path from where the command was called.
 * @param values Values of {@link modelFlags}.
 * @param seed Names the weights of `random`.
 * @returns The model, or the errors of `openModel`.
 */
export const openTypedModel = (
  model: string,
  values: ModelValues,
  seed: number,
): ReturnType<typeof openModel> => {
  const { path, options } = typedModel(model, values, seed);
  return openModel(path, options);
};
