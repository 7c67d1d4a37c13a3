/**
 * Files of `torch.save`, in all its formats: a state, or a checkpoint that
 * holds one as `state_dict` beside its optimiser.
 *
 * No code in them is run, and nothing but tensors and plain containers is
 * admitted. Tensors are read when asked for.
 *
 * @module
 */
import type { FloatTensor, Shape } from "@deepcluster/core";
import type { Effect as Effected } from "effect/Effect";
import { Effect } from "effect";
import type { ModelFileError, StorageError } from "../errors.ts";
import { refused } from "./accepted.ts";
import { openLegacy } from "./legacy_file.ts";
import type { Opened } from "./opened.ts";
import {
  described,
  type Dictionary,
  isKind,
  type TensorView,
} from "./pickled.ts";
import { isTarHeader, openTar } from "./tar_file.ts";
import { tensorValues } from "./tensor_values.ts";
import { openZip } from "./zip_file.ts";

/** A state that was saved, its tensors not yet read. */
export interface SavedState {
  /** Format, and what the checkpoint says of itself, for a person to read. */
  readonly origin: string;
  /** Shapes of the tensors by name, in the file's order. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /**
   * Reads a tensor by its name. Floating-point numbers of 16 and 64 bits
   * become such of 32.
   */
  readonly load: (
    name: string,
  ) => Effected<FloatTensor, ModelFileError | StorageError>;
}

/**
 * Whether a file is one of `torch.save`, told from its first bytes.
 *
 * @param block The first 512 bytes.
 * @returns `zip`, `pickles`, `tar`, or `undefined`.
 */
export const formatOf = (
  block: Uint8Array,
): "zip" | "pickles" | "tar" | undefined => {
  const [a, b, c, d] = block;
  if (a === 0x50 && b === 0x4b && c === 3 && d === 4) return "zip";
  if (isTarHeader(block)) return "tar";
  return a === 0x80 && b !== undefined && b <= 5 ? "pickles" : undefined;
};

/**
 * Opens a file of `torch.save`.
 *
 * @param path The file.
 * @param format As {@link formatOf} tells.
 * @param fileBytes Its size.
 * @returns The state in it, or `ModelFileError` when it is damaged, holds
 * anything but tensors and plain containers, or no state, or `StorageError`.
 */
export const openPyTorch = Effect.fnUntraced(function* (
  path: string,
  format: "zip" | "pickles" | "tar",
  fileBytes: number,
): Effect.fn.Return<SavedState, ModelFileError | StorageError> {
  const opened = format === "zip"
    ? yield* openZip(path)
    : format === "tar"
    ? yield* openTar(path, fileBytes)
    : yield* openLegacy(path, fileBytes);
  const tensors = yield* stateOf(path, opened);
  return {
    origin: [opened.format, ...told(opened)].join(", "),
    shapes: Object.fromEntries(
      [...tensors].map(([name, { shape }]) => [name, shape]),
    ),
    load: (name) => tensorValues(path, name, tensors.get(name)!, opened.memory),
  };
});

/** The tensors of a state, by name. */
const stateOf = Effect.fnUntraced(function* (
  path: string,
  { root }: Opened,
): Effect.fn.Return<ReadonlyMap<string, TensorView>, ModelFileError> {
  const state = isKind(root, "dict")
    ? root.entries.get("state_dict") ?? root
    : root;
  if (!isKind(state, "dict")) {
    const rule = "a model must be a state_dict";
    return yield* refused(path, rule, described(state));
  }
  const tensors = new Map<string, TensorView>();
  for (const [name, value] of state.entries) {
    if (typeof name !== "string" || !isKind(value, "tensor")) {
      const rule = "a state_dict must hold tensors by name";
      const found = `${described(name)} is ${described(value)}`;
      return yield* refused(path, rule, found);
    }
    tensors.set(name, value);
  }
  return tensors;
});

/** What the authors' checkpoints say of themselves. */
const told = ({ root }: Opened): readonly string[] =>
  isKind(root, "dict")
    ? ["arch", "epoch"].flatMap((key) => toldOf(root, key))
    : [];

const toldOf = ({ entries }: Dictionary, key: string): readonly string[] => {
  const value = entries.get(key);
  return typeof value === "number" ||
      (typeof value === "string" && /^\w{1,40}$/.test(value))
    ? [`${key} ${value}`]
    : [];
};
