/**
 * Models from files: the network is recognised from names and shapes, and its
 * parameters come under the names of `parameterShapes`.
 *
 * Opens safetensors, our own checkpoints among them. Momenta and PyTorch's
 * counters of batches are left aside, `module.` is taken out of names.
 *
 * @module
 */
import type { Tensor, Tensors } from "@deepcluster/core";
import {
  type Network,
  parameterName,
  parameterShapes,
  recognise,
} from "@deepcluster/models";
import { Effect } from "effect";
import {
  type CorruptArtifactError,
  ModelFileError,
  type SafetensorsError,
  type StorageError,
} from "./errors.ts";
import type { Metadata } from "./safetensors.ts";
import { readTensors } from "./sealed_tensors.ts";

/** A network with its parameters, and where they come from. */
export interface ModelFile {
  /** The network, with its usual dropout, of which a file says nothing. */
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
  readonly sizes: readonly [least: number, most: number];
}

/** What {@link openModelFile} can be told. */
export interface OpenModelOptions {
  /** Side of the network's input, in pixels, when several fit. */
  readonly size?: number;
  /** Whether to read the last layer too; false when absent. */
  readonly head?: boolean;
}

/**
 * Opens a file of parameters as a model.
 *
 * @param path The file.
 * @param options See {@link OpenModelOptions}. Without a size, the one in the
 * file's metadata counts, else the usual one as {@link recognise} chooses it.
 * @returns The model; or `ModelFileError` when it is none of ours,
 * `SafetensorsError` or `CorruptArtifactError` when it is damaged, or
 * `StorageError` when it cannot be read.
 *
 * @example A network's first weights, saved and opened
 * ```ts
 * import { folderStore, openModelFile, saveTensors } from "@deepcluster/checkpoint";
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
export const openModelFile = Effect.fn("openModelFile")(function* (
  path: string,
  options: OpenModelOptions = {},
): Effect.fn.Return<
  ModelFile,
  ModelFileError | SafetensorsError | CorruptArtifactError | StorageError
> {
  const file = yield* readTensors(path);
  const named = yield* renamed(path, file.tensors);
  const size = options.size ?? sizeIn(file.metadata);
  const shapes = mapValues(named, ({ shape }) => shape);
  const { network, sizes, clusters } = yield* recognise(shapes, size).pipe(
    Effect.mapError(({ rule, found }) =>
      new ModelFileError({ path, rule, found })
    ),
  );
  const wanted = parameterShapes(network, options.head ? clusters : undefined);
  const tensors = mapValues(wanted, (_, name) => named[name]!);
  yield* checkTypes(path, tensors);
  return {
    network,
    tensors,
    sizes,
    origin: `safetensors file ${path}`,
    ...clusters !== undefined && { head: { clusters } },
  };
});

/** Tensors under the names of a network; two of one name are refused. */
const renamed = Effect.fnUntraced(function* (
  path: string,
  tensors: Tensors,
): Effect.fn.Return<Tensors, ModelFileError> {
  const named = new Map<string, Tensor>();
  for (const [original, tensor] of Object.entries(tensors)) {
    const name = parameterName(original);
    if (name === undefined) continue;
    if (named.has(name)) {
      const rule = "names must differ by more than module.";
      return yield* new ModelFileError({ path, rule, found: name });
    }
    named.set(name, tensor);
  }
  return Object.fromEntries(named);
});

const sizeIn = (metadata: Metadata): number | undefined => {
  const size = Number(metadata["size"]);
  return Number.isSafeInteger(size) && size > 0 ? size : undefined;
};

const checkTypes = (
  path: string,
  tensors: Tensors,
): Effect.Effect<void, ModelFileError> => {
  const other = Object.entries(tensors)
    .find(([, { dtype }]) => dtype !== "float32");
  if (other === undefined) return Effect.void;
  const [name, { dtype }] = other;
  const rule = "parameters must be floating-point numbers";
  return Effect.fail(
    new ModelFileError({ path, rule, found: `${name} is ${dtype}` }),
  );
};

const mapValues = <A, B>(
  values: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Readonly<Record<string, B>> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, change(value, name)]),
  );
