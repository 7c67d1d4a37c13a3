/**
 * The weights that a run starts from, where these are not random: a model
 * file, or an epoch of another run.
 *
 * What decides the run's results is the content of the file, so its digest is
 * part of the settings; where it lies is not. Once the first checkpoint is
 * written, the file is needed no more.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import { type ModelFileError, openModelFile } from "@deepcluster/model-io";
import { type Network, parameterShapes } from "@deepcluster/models";
import {
  networkOf,
  openRunCheckpoint,
  type RunCheckpointError,
  type RunConfiguration,
} from "@deepcluster/runs";
import {
  type CorruptArtifactError,
  digestOf,
  kindOf,
  type SafetensorsError,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { StartingModelError } from "./errors.ts";

/** The settings that follow from a starting model. */
export type StartingSettings =
  & Pick<RunConfiguration, "model" | "sobel" | "size">
  & { readonly from: NonNullable<RunConfiguration["from"]> };

/** What {@link loadStartingModel} can fail with. */
export type StartingModelFileError =
  | CorruptArtifactError
  | ModelFileError
  | SafetensorsError
  | StartingModelError
  | StorageError;

/** What {@link startingSettings} can fail with. */
export type StartingSettingsError = RunCheckpointError | StartingModelFileError;

/**
 * Finds the model that a run shall start from, and what it asks of the run.
 *
 * @param path Model file, or run folder.
 * @param epoch Epoch of a run folder. Default: its newest intact one.
 * @returns Network, input and digest of the file, or `StartingModelError`, or
 * the errors of run folder and file.
 */
export const startingSettings: (
  path: string,
  epoch?: number,
) => Effect.Effect<StartingSettings, StartingSettingsError> = Effect.fn(
  "startingSettings",
)(function* (path, epoch) {
  const { file, size } = yield* fileOf(path, epoch);
  const { network } = yield* openModelFile(
    file,
    size === undefined ? {} : { size },
  );
  return {
    model: network.name as RunConfiguration["model"],
    sobel: network.sobel,
    size: network.input.size,
    from: { path: file, sha256: (yield* digestOf(file)).sha256 },
  };
});

/**
 * Loads the weights that a run starts from: parameters and running statistics,
 * without momenta and without the last layer.
 *
 * @param from Which model, of the run's settings.
 * @param configuration The run's settings.
 * @returns Tensors by the names of the run's network; or `StartingModelError`
 * when the file is not the one that the settings name, when its network is not
 * the run's; or the errors of the file.
 */
export const loadStartingModel: (
  from: NonNullable<RunConfiguration["from"]>,
  configuration: RunConfiguration,
) => Effect.Effect<Tensors, StartingModelFileError> = Effect.fn(
  "loadStartingModel",
)(function* ({ path, sha256 }, configuration) {
  const found = (yield* digestOf(path)).sha256;
  if (found !== sha256) {
    return yield* new StartingModelError({
      path,
      rule: "it must be the file that the run's settings name",
      found: `sha256 ${found} instead of ${sha256}`,
    });
  }
  const { network, tensors, sizes } = yield* openModelFile(path);
  const problem = mismatch(configuration, network, sizes) ??
    // what fits the file can be built
    otherShape(yield* Effect.orDie(networkOf(configuration)), network);
  if (problem === undefined) return tensors;
  return yield* new StartingModelError({ path, ...problem });
});

type Problem = Pick<StartingModelError, "rule" | "found">;

/** What the settings ask for and the file does not hold. */
const mismatch = (
  { model, sobel, size }: RunConfiguration,
  file: Network,
  [least, most]: readonly [number, number],
): Problem | undefined => {
  const sees = (sobel: boolean) => sobel ? "Sobel gradients" : "RGB";
  const rule = "its network must be that of the run";
  if (model !== file.name) {
    const found = `it holds ${file.name}, the run has --network ${model}`;
    return { rule, found };
  }
  if (sobel !== file.sobel) {
    const flag = sobel ? "--sobel" : "--no-sobel";
    const found = `it sees ${sees(file.sobel)}, the run has ${flag}`;
    return { rule, found };
  }
  if (size >= least && size <= most) return undefined;
  return {
    rule: "its parameters must fit the run's input",
    found: `they fit ${least} to ${most} pixels, the run has --size ${size}`,
  };
};

/** A network of the same kind with other numbers of channels or units. */
const otherShape = (run: Network, file: Network): Problem | undefined => {
  const expected = parameterShapes(run);
  for (const [name, { shape }] of Object.entries(parameterShapes(file))) {
    const other = expected[name]?.shape;
    if (`${other}` === `${shape}`) continue;
    return {
      rule: "its network must be that of the run",
      found: `${name} has shape [${shape}], in the run's ${run.name} ` +
        (other ? `[${other}]` : "there is none"),
    };
  }
  return undefined;
};

/** A file as it is, or the checkpoint of a run. */
const fileOf = Effect.fnUntraced(function* (
  path: string,
  epoch: number | undefined,
) {
  if ((yield* kindOf(path)) === "folder") {
    return yield* checkpointOf(path, epoch);
  }
  if (epoch === undefined) return { file: path, size: undefined };
  return yield* new StartingModelError({
    path,
    rule: "--from-epoch needs a run folder",
    found: `--from-epoch ${epoch} of a file`,
  });
});

const checkpointOf = Effect.fnUntraced(function* (
  run: string,
  epoch: number | undefined,
) {
  const { configuration, path, skipped } = yield* openRunCheckpoint(run, {
    epoch,
    trained: true,
  }).pipe(
    Effect.catchTag(
      "NoCheckpointError",
      ({ present }) =>
        new StartingModelError({
          path: run,
          rule: "the run must hold an intact checkpoint of " +
            (epoch === undefined
              ? "a trained epoch"
              : `the epoch of --from-epoch ${epoch}`),
          found: present.length === 0
            ? "it holds none"
            : `it holds epochs ${present.toReversed().join(", ")}`,
        }),
    ),
  );
  for (const { path, reason } of skipped) {
    yield* Effect.logWarning(`Skipped ${path}: ${reason}`);
  }
  return { file: path, size: configuration.size };
});
