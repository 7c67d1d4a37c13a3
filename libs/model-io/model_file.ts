/**
 * Models from files: the network is recognised from names and shapes, and its
 * parameters come under the names of `parameterShapes`.
 *
 * Opens safetensors, our own checkpoints among them, and every format of
 * `torch.save`: the authors' published checkpoints, or any file that holds a
 * state of their networks under whatever keys. What is beside the state is
 * ignored and named; momenta and PyTorch's counters of batches are ignored,
 * `module.` and the like are taken out of names, floating-point numbers of 16
 * and 64 bits become such of 32. Sobel filters that are left out are added.
 *
 * An entry of its own (`@deepcluster/model-io/model-file`), as it needs no
 * engine.
 *
 * @module
 */
import {
  type FloatTensor,
  mapRecord,
  sizeOf,
  type Tensors,
} from "@deepcluster/core";
import {
  type Network,
  type ParameterShape,
  parameterShapes,
  sobelFilters,
} from "@deepcluster/models/networks";
import type {
  CorruptArtifactError,
  SafetensorsError,
  StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { ModelFileError } from "./errors.ts";
import { openSource } from "./model_source.ts";
import { chooseState } from "./model_state.ts";
import { type NamedShapes, recognise } from "./recognise.ts";
import { unsound } from "./sound_parameters.ts";

/** A network with its parameters, and where they come from. */
export interface ModelFile {
  /** The network, with its default dropout: files do not state it. */
  readonly network: Network;
  /**
   * Parameters under the names of `parameterShapes(network)`; with the last
   * layer's when {@link OpenModelOptions.head} asks for it.
   */
  readonly tensors: Tensors;
  /** The last layer; absent when the file has none. */
  readonly head?: {
    /** Its outputs. */
    readonly clusters: number;
  };
  /** Format and file, for a person to read. */
  readonly origin: string;
  /** Input sizes, in pixels, to which the parameters fit. */
  readonly sizes: readonly [min: number, max: number];
  /** What is beside the parameters in the file, by its keys. */
  readonly ignored: readonly string[];
  /** Functions that the file would have called, by name: none was. */
  readonly notCalled: readonly string[];
  /**
   * What makes the parameters useless, a sentence each; empty unless
   * {@link OpenModelOptions.unsound} lets them pass.
   */
  readonly problems: readonly string[];
}

/** Options of {@link openModelFile}. */
export interface OpenModelOptions {
  /** Side of the network's input, in pixels, when several fit. */
  readonly size?: number;
  /** Whether to read the last layer too. Default: false. */
  readonly head?: boolean;
  /**
   * Keys that lead to the state, joined by dots, where a file holds several:
   * `teacher`, `state_dict.encoder_q`. The first keys suffice when they name
   * one state; `.` for the top. Default: the only one.
   */
  readonly state?: string;
  /**
   * Whether to open parameters that are not finite, or variances below 0, so
   * that they can be reported. Default: false.
   */
  readonly unsound?: boolean;
  /**
   * Whether the file must be a checkpoint of ours, which carries its digest.
   * Default: false.
   */
  readonly checkpoint?: boolean;
}

/** What {@link openModelFile} fails with. */
export type OpenModelFileError =
  | ModelFileError
  | SafetensorsError
  | CorruptArtifactError
  | StorageError;

/**
 * Opens a file of parameters as a model.
 *
 * @param path The file.
 * @param options See {@link OpenModelOptions}. Without a size, the one in the
 * file's metadata counts, else the default, as {@link recognise} chooses it.
 * @returns The model; or `ModelFileError` when it is none of ours or its
 * parameters are not finite, `SafetensorsError` or `CorruptArtifactError` when it is damaged, or
 * `StorageError` when it cannot be read.
 *
 * @example A network's first weights, saved and opened
 * ```ts
 * import { openModelFile } from "@deepcluster/model-io";
 * import { folderStore, saveTensors } from "@deepcluster/storage";
 * import { initialise, small } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 * import { mkdtempSync, rmSync } from "node:fs";
 *
 * const folder = mkdtempSync("model-");
 * const model = await Effect.runPromise(Effect.gen(function* () {
 *   const network = yield* small({ sobel: true });
 *   const store = folderStore(folder);
 *   yield* saveTensors(store, "a.safetensors", initialise(network, 31));
 *   return yield* openModelFile(store.pathOf("a.safetensors"));
 * }));
 * rmSync(folder, { recursive: true });
 * assert.equal(model.network.name, "small");
 * assert.equal(model.network.input.size, 32);
 * assert.equal(model.head, undefined);
 * ```
 */
export const openModelFile: (
  path: string,
  options?: OpenModelOptions,
) => Effect.Effect<ModelFile, OpenModelFileError> = Effect.fn("openModelFile")(
  function* (
    path,
    options = {},
  ) {
    const source = yield* openSource(path, options.checkpoint);
    const { names, ignored } = yield* chooseState(path, source, options.state);
    const stored = mapRecord(names, (original) => source.shapes[original]!);
    const constants = yield* missingSobel(path, stored);
    const shapes = { ...mapRecord(constants, ({ shape }) => shape), ...stored };
    const size = options.size ?? source.size;
    const { network, sizes, clusters } = yield* recognise(shapes, size).pipe(
      Effect.mapError(({ option, rule, found }) =>
        new ModelFileError({
          path,
          ...option !== undefined && { option },
          rule,
          found,
        })
      ),
    );
    const wanted = parameterShapes(
      network,
      options.head ? clusters : undefined,
    );
    yield* requireBacked(path, wanted, source.bytes);
    const tensors: Record<string, FloatTensor> = {};
    const problems: string[] = [];
    for (const [name, { role }] of Object.entries(wanted)) {
      const tensor = constants[name] ?? (yield* source.load(names[name]!));
      const broken = unsound(names[name] ?? name, role, tensor);
      if (broken !== undefined && !options.unsound) {
        return yield* new ModelFileError({ path, ...broken });
      }
      if (broken !== undefined) {
        problems.push(`${broken.rule}: ${broken.found}`);
      }
      tensors[name] = tensor;
    }
    return {
      network,
      tensors,
      sizes,
      origin: `${source.origin}, ${path}`,
      ignored,
      notCalled: source.notCalled,
      problems,
      ...clusters !== undefined && { head: { clusters } },
    };
  },
);

/**
 * The Sobel filters for a file that sees two channels and leaves them out:
 * nothing else makes two channels of an image, and their values are fixed.
 */
const missingSobel = Effect.fnUntraced(function* (
  path: string,
  shapes: NamedShapes,
): Effect.fn.Return<Readonly<Record<string, FloatTensor>>> {
  const filters = sobelFilters();
  const present = Object.keys(filters).some((name) => name in shapes);
  if (present || shapes["features.0.weight"]?.[1] !== 2) return {};
  yield* Effect.logInfo(
    `Added the Sobel filters, which ${path} leaves out: they are constants, ` +
      "and nothing else has two channels",
  );
  return filters;
});

/** Tensors may share memory, but not make a large model of a small file. */
const requireBacked = (
  path: string,
  wanted: Readonly<Record<string, ParameterShape>>,
  bytes: number,
): Effect.Effect<void, ModelFileError> => {
  const values = Object.values(wanted)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (values <= bytes) return Effect.void;
  const rule = "parameters must not have more values than the file has bytes";
  const found = `${values} values in ${bytes} bytes`;
  return Effect.fail(new ModelFileError({ path, rule, found }));
};
