/**
 * Files of `torch.save`, in all its formats: every tensor in them, however
 * deep, under the keys that lead to it.
 *
 * No code in them is run: whatever is neither a tensor nor a plain container
 * has no value here. Tensors are read when asked for.
 *
 * @module
 */
import type { FloatTensor, Shape } from "@deepcluster/core";
import type { StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import type { Effect as Effected } from "effect/Effect";
import type { ModelFileError } from "../errors.ts";
import { failWith, orFail } from "./or_fail.ts";
import { openLegacy } from "./legacy_file.ts";
import type { Opened } from "./opened.ts";
import { type Dictionary, isKind } from "./pickled.ts";
import {
  type OtherValue,
  type SavedValues,
  savedValues,
} from "./saved_tensors.ts";
import { isTarHeader, openTar } from "./tar_file.ts";
import { tensorValues } from "./tensor_values.ts";
import { openZip } from "./zip_file.ts";

/** A file's tensors, not yet read, and what is beside them. */
export interface SavedState {
  /** Format, and what the checkpoint says of itself, for a person to read. */
  readonly origin: string;
  /**
   * Shapes of the tensors, in the file's order, by name: the keys that lead to
   * them, joined by dots.
   */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** Whatever is no tensor of plain numbers, by name. */
  readonly others: ReadonlyMap<string, OtherValue>;
  /** Functions that the file would call and that are not called. */
  readonly notCalled: readonly string[];
  /**
   * Reads a tensor by its name. Floating-point numbers of 16 and 64 bits
   * become such of 32.
   */
  readonly load: (
    name: string,
  ) => Effected<FloatTensor, ModelFileError | StorageError>;
}

/**
 * Whether a file was written by `torch.save`, judging by its first bytes.
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

/** What {@link openPyTorch} fails with. */
export type OpenPyTorchError = ModelFileError | StorageError;

/**
 * Opens a file of `torch.save`.
 *
 * @param path The file.
 * @param format As {@link formatOf} tells.
 * @param fileBytes Its size.
 * @returns What is in it, or `ModelFileError` when it is damaged or holds no
 * tensors by name, or `StorageError`.
 */
export const openPyTorch: (
  path: string,
  format: "zip" | "pickles" | "tar",
  fileBytes: number,
) => Effect.Effect<SavedState, OpenPyTorchError> = Effect.fnUntraced(function* (
  path,
  format,
  fileBytes,
) {
  const opened = format === "zip"
    ? yield* openZip(path)
    : format === "tar"
    ? yield* openTar(path, fileBytes)
    : yield* openLegacy(path, fileBytes);
  const { tensors, others } = yield* orFail(path, savedValues(opened.root));
  if (tensors.size === 0 || tensors.has("")) {
    const rule =
      "it must hold a state_dict, as torch.save(model.state_dict()) " +
      "writes it";
    const found = tensors.has("") ? "it is a tensor" : contentOf(others);
    return yield* failWith(path, rule, found);
  }
  return {
    origin: [opened.format, ...originOf(opened)].join(", "),
    shapes: Object.fromEntries(
      [...tensors].map(([name, { shape }]) => [name, shape]),
    ),
    others,
    notCalled: [...opened.notCalled],
    load: (name) => tensorValues(path, name, tensors.get(name)!, opened.memory),
  };
});

/** What there is in place of tensors; a pickled module by its class. */
const contentOf = (others: SavedValues["others"]): string =>
  [...others].slice(0, 3).map(([name, { description }]) =>
    name === "" ? `it is ${description}` : `${name} is ${description}`
  ).join(", ") || "it is empty";

/** Architecture and epoch, as the paper's authors save them. */
const originOf = ({ root }: Opened): readonly string[] =>
  isKind(root, "dict")
    ? ["arch", "epoch"].flatMap((key) => wordsOf(root, key))
    : [];

const wordsOf = ({ entries }: Dictionary, key: string): readonly string[] => {
  const value = entries.get(key);
  return typeof value === "number" ||
      (typeof value === "string" && /^\w{1,40}$/.test(value))
    ? [`${key} ${value}`]
    : [];
};
