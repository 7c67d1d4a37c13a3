/**
 * Whatever can be evaluated, opened: a run, a file of parameters, an ONNX image
 * encoder, untrained weights, or the pixels themselves.
 *
 * @module
 */
import type { ReadRunError } from "./run_folder.ts";
import { OptionError, type Tensors } from "@deepcluster/core";
import {
  encoderLayer,
  type EvaluatedLayer,
  evaluatedLayers,
  pixelsLayer,
} from "@deepcluster/features";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  type EncoderOptions,
  isOnnxFile,
  openEncoder,
  type OpenEncoderError,
  openModelFile,
  type OpenModelFileError,
} from "@deepcluster/model-io";
import {
  type alexnet,
  type Architecture,
  architectures,
  type ImageEncoder,
  initialise,
  type Network,
  type NetworkError,
  parameterShapes,
} from "@deepcluster/models";
import { kindOf } from "@deepcluster/storage";
import { Effect } from "effect";
import { basename } from "node:path";
import type { RunConfiguration } from "./configuration.ts";
import {
  type ConfigurationError,
  type NoCheckpointError,
  NoModelError,
} from "./errors.ts";
import {
  encoderIdentity,
  modelIdentity,
  pixelsIdentity,
} from "./model_identity.ts";
import { networkOf } from "./network.ts";
import { openRunCheckpoint } from "./run_checkpoint.ts";

/** A model with what can be evaluated of it. */
export interface EvaluatedModel {
  /** For tables: `runs/demo, epoch 10`, `random`, `pixels`. */
  readonly name: string;
  /** Tells these weights from all others; 64 hexadecimal digits. */
  readonly identity: string;
  /** Side of the square image that it sees, in pixels. */
  readonly size: number;
  /** The network; absent for the pixels, and for encoders of others. */
  readonly network?: Network;
  /** The encoder, where the model is an ONNX file. */
  readonly encoder?: ImageEncoder;
  /** The network's parameters by name; none of other models. */
  readonly parameters: Tensors;
  /** What can be evaluated of it, in the order of computation. */
  readonly layers: readonly EvaluatedLayer[];
  /** The run that it comes from. */
  readonly run?: EvaluatedRun;
}

/** The run that a model comes from. */
export interface EvaluatedRun {
  /** Its folder. */
  readonly folder: string;
  /** Epoch at whose end the parameters were saved. */
  readonly epoch: number;
  /** Its settings. */
  readonly configuration: RunConfiguration;
  /** Newer checkpoints that are damaged. */
  readonly skipped: readonly string[];
}

/** Which network `random` is, and what `pixels` sees. */
export interface NetworkChoice {
  /** `alexnet` when absent. */
  readonly model?: Architecture;
  /** Whether the network sees Sobel gradients. Default: true. */
  readonly sobel?: boolean;
  /** Side of the square image; the network's usual one when absent. */
  readonly size?: number;
  /** Multiplies every number of channels. Default: 1. */
  readonly width?: number;
}

/** How {@link openModel} opens a model. */
export interface OpenModelOptions extends NetworkChoice {
  /** Epoch of a run. Default: the newest whose checkpoint is intact. */
  readonly epoch?: number;
  /** Names the weights of `random`. */
  readonly seed: number;
  /** What is told of an ONNX encoder besides its size. Default: nothing. */
  readonly encoder?: Omit<EncoderOptions, "size">;
}

/** What {@link openModel} fails with. */
export type OpenModelError =
  | ConfigurationError
  | NetworkError
  | NoCheckpointError
  | NoModelError
  | OpenEncoderError
  | OpenModelFileError
  | OptionError
  | ReadRunError;

/**
 * Opens a model to evaluate.
 *
 * @param model `random`, `pixels`, or the path of a run folder or model file.
 * @param options See {@link OpenModelOptions}.
 * @returns The model, or `NoModelError` when the path is neither,
 * `NoCheckpointError`, or the errors of run folder, settings, file or network,
 * or `OptionError` when a model that is no encoder is told how images become
 * its input.
 */
export const openModel: (
  model: string,
  options: OpenModelOptions,
) => Effect.Effect<EvaluatedModel, OpenModelError, Backend> = Effect.fn(
  "openModel",
)(
  function* (model, options) {
    const word = model === "random" || model === "pixels";
    const kind = word ? "word" : yield* kindOf(model);
    if (kind === "file" && (yield* isOnnxFile(model))) {
      return yield* openEncoderModel(model, options);
    }
    yield* refuseEncoderOptions(model, options.encoder);
    if (model === "random") {
      return randomWeights(yield* chosenNetwork(options), options.seed);
    }
    if (model === "pixels") {
      const { size = 0 } = options;
      if (size >= 1) return pixelsModel(size);
      return pixelsModel((yield* chosenNetwork(options)).input.size);
    }
    if (kind === "nothing") {
      return yield* new NoModelError({ model, found: "nothing is there" });
    }
    if (kind === "folder") return yield* openRunModel(model, options.epoch);
    const { size } = options;
    const file = yield* openModelFile(
      model,
      size === undefined ? {} : { size },
    );
    return modelOf(basename(model), file.network, file.tensors);
  },
);

const openEncoderModel = Effect.fnUntraced(function* (
  path: string,
  { size, encoder: told }: OpenModelOptions,
) {
  const { encoder, content } = yield* openEncoder(path, {
    ...told,
    ...size !== undefined && { size },
  });
  return {
    name: basename(path),
    identity: encoderIdentity({ encoder, content }),
    size: encoder.preprocessing.crop,
    encoder,
    parameters: {},
    layers: [encoderLayer(encoder.output)],
  } satisfies EvaluatedModel;
});

const refuseEncoderOptions = (
  model: string,
  options: OpenModelOptions["encoder"] = {},
): Effect.Effect<void, OptionError> => {
  const [option] = Object.entries(options);
  return option === undefined ? Effect.void : Effect.fail(
    new OptionError({
      action: `open ${model}`,
      option: option[0],
      rule: "told of ONNX files only; other models know their input",
      value: String(option[1]),
    }),
  );
};

/**
 * Untrained weights of a network, as a run's first epoch starts with.
 *
 * @param network The network.
 * @param seed Names the draws.
 * @returns The model `random`.
 */
export const randomWeights = (network: Network, seed: number): EvaluatedModel =>
  modelOf("random", network, initialise(network, seed));

/**
 * The pixels of the centre crop, as every network sees them.
 *
 * @param size Side of the square image, in pixels.
 * @returns The model `pixels`.
 */
export const pixelsModel = (size: number): EvaluatedModel => ({
  name: "pixels",
  identity: pixelsIdentity(size),
  size,
  parameters: {},
  layers: [pixelsLayer(size)],
});

const chosenNetwork = (
  { model = "alexnet", sobel = true, size, width }: NetworkChoice,
): ReturnType<typeof alexnet> =>
  architectures[model]({
    sobel,
    ...size !== undefined && { size },
    ...width !== undefined && { width },
  });

const openRunModel = Effect.fnUntraced(function* (
  folder: string,
  epoch: number | undefined,
) {
  const opened = yield* openRunCheckpoint(folder, { epoch }).pipe(
    Effect.catchTags({
      NotARunError: ({ found }) =>
        Effect.fail(
          new NoModelError({ model: folder, found: `a folder with ${found}` }),
        ),
    }),
  );
  const { configuration, skipped } = opened;
  const name = `${basename(folder)}, epoch ${opened.epoch}`;
  return {
    ...modelOf(name, yield* networkOf(configuration), opened.tensors),
    run: {
      folder,
      epoch: opened.epoch,
      configuration,
      skipped: skipped.map(({ path }) => path),
    },
  } satisfies EvaluatedModel;
});

/** Parameters only: momenta and the head are not evaluated. */
const modelOf = (
  name: string,
  network: Network,
  tensors: Tensors,
): EvaluatedModel => {
  const parameters = Object.fromEntries(
    Object.keys(parameterShapes(network)).flatMap((parameter) => {
      const tensor = tensors[parameter];
      return tensor === undefined ? [] : [[parameter, tensor]];
    }),
  );
  return {
    name,
    identity: modelIdentity({ network, parameters }),
    size: network.input.size,
    network,
    parameters,
    layers: evaluatedLayers(network),
  };
};
