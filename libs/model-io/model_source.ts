/**
 * The tensors of a file, whatever its format, under the names in the file.
 *
 * @module
 */
import { type FloatTensor, loadModule, type Tensor } from "@deepcluster/core";
import {
  type CorruptArtifactError,
  openTensors,
  readBytes,
  type SafetensorsError,
  sizeOfFile,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { ModelFileError } from "./errors.ts";
import { describeForeign } from "./foreign_file.ts";
import { canBeParameter } from "./parameter_tensors.ts";
import type { SavedState } from "./pytorch/pytorch_file.ts";

/** What a file holds. */
export interface ModelSource extends Omit<SavedState, "load"> {
  /** Size of the file. */
  readonly bytes: number;
  /** Side of the network's input, in pixels, when the file tells it. */
  readonly size?: number;
  /** Reads a tensor by its name in the file, as 32-bit floats. */
  readonly load: (
    name: string,
  ) => Effect.Effect<
    FloatTensor,
    ModelFileError | SafetensorsError | StorageError
  >;
}

/** What {@link openSource} fails with. */
export type OpenSourceError =
  | ModelFileError
  | SafetensorsError
  | CorruptArtifactError
  | StorageError;

/**
 * Opens a file of safetensors or of `torch.save`.
 *
 * @param path The file.
 * @param checkpoint Whether it must be a checkpoint of ours, as
 * `saveTensors` writes them. Default: false.
 * @returns What it holds, or `ModelFileError` when it is neither, saying what
 * it looks like, or the errors of its format.
 */
export const openSource: (
  path: string,
  checkpoint?: boolean,
) => Effect.Effect<ModelSource, OpenSourceError> = Effect.fnUntraced(function* (
  path,
  checkpoint = false,
) {
  const block = yield* readBytes(path, { start: 0, bytes: 512 });
  const bytes = yield* sizeOfFile(path);
  if (checkpoint || isSafetensors(block)) {
    return { ...yield* safetensors(path, checkpoint), bytes };
  }
  const { formatOf, openPyTorch } = yield* loadPyTorch;
  const format = formatOf(block);
  if (format === undefined) {
    const rule = "a model must be a file of safetensors or of torch.save";
    const found = describeForeign(block);
    return yield* new ModelFileError({ path, rule, found });
  }
  return { ...yield* openPyTorch(path, format, bytes), bytes };
});

/** Safetensors, which runs consist of, do without. */
const loadPyTorch = loadModule<typeof import("./pytorch/pytorch_file.ts")>(
  new URL("./pytorch/pytorch_file.ts", import.meta.url),
);

/**
 * Eight bytes of a header's length, of which the upper three are 0, as they
 * are in no text, and then the header in JSON.
 */
const isSafetensors = (block: Uint8Array): boolean =>
  block[8] === 0x7b && block.subarray(5, 8).every((byte) => byte === 0);

const safetensors = Effect.fnUntraced(function* (
  path: string,
  checksummed: boolean,
) {
  const { entries, metadata, load } = yield* openTensors(path, { checksummed });
  const [parameters, others] = partition(
    [...entries],
    ([name, { dtype, shape }]) =>
      canBeParameter(name, shape, /^B?F\d/.test(dtype)),
  );
  const size = Number(metadata["size"]);
  return {
    ...Number.isSafeInteger(size) && size > 0 ? { size } : {},
    origin: "safetensors",
    shapes: Object.fromEntries(
      parameters.map(([name, { shape }]) => [name, shape]),
    ),
    others: new Map(
      others.map(([name, { dtype }]) => [name, {
        description: dtype,
        isTensor: false,
      }]),
    ),
    notCalled: [],
    load: (name: string) =>
      Effect.flatMap(load(name), (tensor) => floatsIn(path, name, tensor)),
  };
});

const partition = <A>(
  values: readonly A[],
  holds: (value: A) => boolean,
): readonly [readonly A[], readonly A[]] => [
  values.filter(holds),
  values.filter((value) => !holds(value)),
];

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
