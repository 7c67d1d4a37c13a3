/**
 * Models from files: the network is recognised from names and shapes, and its
 * parameters come under the names of `parameterShapes`.
 *
 * Opens safetensors, our own checkpoints among them, and every format of
 * `torch.save`: the authors' published checkpoints, or any state of their
 * networks. Optimisers, momenta and PyTorch's counters of batches are left
 * aside, `module.` is taken out of names, floating-point numbers of 16 and 64
 * bits become such of 32. Sobel filters that are left out are added.
 *
 * @module
 */
import {
  type FloatTensor,
  sizeOf,
  type Tensor,
  type Tensors,
} from "@deepcluster/core";
import {
  type NamedShapes,
  type Network,
  parameterName,
  type ParameterShape,
  parameterShapes,
  recognise,
  sobelFilters,
} from "@deepcluster/models";
import { Effect } from "effect";
import {
  type CorruptArtifactError,
  ModelFileError,
  type SafetensorsError,
  type StorageError,
} from "./errors.ts";
import {
  formatOf,
  openPyTorch,
  type SavedState,
} from "./pytorch/pytorch_file.ts";
import { readBytes, sizeOfFile } from "./reading.ts";
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
  const source = yield* sourceOf(path);
  const names = yield* renamed(path, source.shapes);
  const stored = mapValues(names, (original) => source.shapes[original]!);
  const constants = yield* missingSobel(path, stored);
  const shapes = { ...mapValues(constants, ({ shape }) => shape), ...stored };
  const size = options.size ?? source.size;
  const { network, sizes, clusters } = yield* recognise(shapes, size).pipe(
    Effect.mapError(({ rule, found }) =>
      new ModelFileError({ path, rule, found })
    ),
  );
  const wanted = parameterShapes(network, options.head ? clusters : undefined);
  yield* requireBacked(path, wanted, source.bytes);
  const tensors: Record<string, FloatTensor> = {};
  for (const name of Object.keys(wanted)) {
    tensors[name] = constants[name] ?? (yield* source.load(names[name]!));
  }
  return {
    network,
    tensors,
    sizes,
    origin: `${source.origin}, ${path}`,
    ...clusters !== undefined && { head: { clusters } },
  };
});

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

/** Tensors of a file by the names that stand in it. */
interface Source extends SavedState {
  /** Size of the file. */
  readonly bytes: number;
  /** Side of the network's input, when the file tells it. */
  readonly size?: number;
}

const sourceOf = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<
  Source,
  ModelFileError | SafetensorsError | CorruptArtifactError | StorageError
> {
  const block = yield* readBytes(path, { start: 0, bytes: 512 });
  const bytes = yield* sizeOfFile(path);
  const format = formatOf(block);
  if (block[8] === brace) return { ...yield* safetensorsSource(path), bytes };
  if (format === undefined) {
    const rule = "a model must be a file of safetensors or of torch.save";
    const found = `it begins with ${hexadecimal(block.subarray(0, 8))}`;
    return yield* new ModelFileError({ path, rule, found });
  }
  return { ...yield* openPyTorch(path, format, bytes), bytes };
});

/** Opens the header of safetensors, after eight bytes of its length. */
const brace = 0x7b;

const hexadecimal = (bytes: Uint8Array): string =>
  bytes.byteLength === 0
    ? "nothing"
    : Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(" ");

const safetensorsSource = Effect.fnUntraced(function* (path: string) {
  const { tensors, metadata } = yield* readTensors(path);
  const size = Number(metadata["size"]);
  const told = Number.isSafeInteger(size) && size > 0 ? { size } : {};
  return {
    ...told,
    origin: "safetensors",
    shapes: mapValues(tensors, ({ shape }) => shape),
    load: (name: string) => floatsIn(path, name, tensors[name]!),
  };
});

const floatsIn = (
  path: string,
  name: string,
  tensor: Tensor,
): Effect.Effect<FloatTensor, ModelFileError> => {
  if (tensor.dtype === "float32") return Effect.succeed(tensor);
  const rule = "parameters must be floating-point numbers";
  const found = `${name} is ${tensor.dtype}`;
  return Effect.fail(new ModelFileError({ path, rule, found }));
};

/** Names in the file by those of a network; two of one are refused. */
const renamed = Effect.fnUntraced(function* (
  path: string,
  tensors: Readonly<Record<string, unknown>>,
): Effect.fn.Return<Readonly<Record<string, string>>, ModelFileError> {
  const named = new Map<string, string>();
  for (const original of Object.keys(tensors)) {
    const name = parameterName(original);
    if (name === undefined) continue;
    if (named.has(name)) {
      const rule = "names must differ by more than module.";
      return yield* new ModelFileError({ path, rule, found: name });
    }
    named.set(name, original);
  }
  return Object.fromEntries(named);
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

const mapValues = <A, B>(
  values: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Readonly<Record<string, B>> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, change(value, name)]),
  );
