/**
 * Models as safetensors files under PyTorch's names.
 *
 * @module
 */
import type { Network } from "@deepcluster/models";
import {
  type ArtifactRef,
  folderStore,
  type SafetensorsError,
  saveTensors,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { basename, dirname } from "node:path";
import type { ModelFile } from "./model_file.ts";

/** What {@link writeModel} fails with. */
export type WriteModelError = SafetensorsError | StorageError;

/**
 * Writes a model as safetensors, atomically, in place of what was
 * there. PyTorch's `load_state_dict` takes the tensors as they are, and
 * `openModelFile` reads the input's size from the metadata.
 *
 * @param path The file.
 * @param model The model; its last layer is written when it was opened with
 * it.
 * @returns Digest and size, or `SafetensorsError`, or `StorageError`.
 */
export const writeModel: (
  path: string,
  model: ModelFile,
) => Effect.Effect<ArtifactRef, WriteModelError> = Effect.fn("writeModel")(
  function* (
    path,
    { network, tensors, origin },
  ) {
    return yield* saveTensors(
      folderStore(dirname(path)),
      basename(path),
      tensors,
      { format: "pt", ...networkMetadata(network), origin },
    );
  },
);

/**
 * Names a network in the metadata of a file of its parameters, which is then a
 * model by itself: `openModelFile` reads the input's size, which parameters
 * leave open; the rest is for other readers.
 *
 * @param network The network.
 * @returns Metadata of safetensors.
 */
export const networkMetadata = (
  { name, input, sobel }: Network,
): Readonly<Record<"network" | "size" | "sobel", string>> => ({
  network: name,
  size: String(input.size),
  sobel: String(sobel),
});
