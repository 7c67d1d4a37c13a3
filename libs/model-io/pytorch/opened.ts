/**
 * What the three formats of `torch.save` come down to: a pickle whose tensors
 * lie in ranges of the file.
 *
 * @module
 */
import type { ByteRange } from "@deepcluster/storage";
import { elementTypeOf } from "./allowlist.ts";
import {
  described,
  elementBytes,
  type ElementType,
  isCount,
  isKind,
  opaque,
  type Pickled,
  type PickleError,
  pickleError,
  tupleItems,
} from "./pickled.ts";

/** A file of `torch.save`, its tensors not yet read. */
export interface Opened {
  /** Which format, for a person to read. */
  readonly format: string;
  /** What was saved. */
  readonly root: Pickled;
  /** Where the memory of storages lies in the file, by their keys. */
  readonly memory: ReadonlyMap<string, ByteRange>;
  /** Functions that its pickle would call and that mean nothing here. */
  readonly notCalled: ReadonlySet<string>;
}

/** Pickles are read up to this many bytes; that of VGG-16 has about 20 kB. */
export const maxPickleBytes = 16 << 20;

/**
 * Reads the identifier of a storage, of the zip format or the older one with
 * views: `("storage", type, key, location, elements[, view])`. The older one
 * also names the classes of modules so: `("module", class, file, source)`.
 *
 * @param id As pickled.
 * @returns The storage, an opaque value when its type means nothing here, the
 * name of the class, or an error.
 */
export const storageOf = (id: Pickled): Pickled | PickleError => {
  const [word, named, key, , elements, view] = tupleItems(id);
  if (word === "module" && isKind(named, "named")) return named;
  if (
    word !== "storage" || !isKind(named, "named") || typeof key !== "string" ||
    !isCount(elements)
  ) {
    const found = [word, named].map(described).join(", ");
    return pickleError("values outside of a pickle must be storages", found);
  }
  const type = elementTypeOf(named.name);
  if (type === undefined) return opaque(named.name);
  const all = { kind: "storage", key, type, start: 0, elements } as const;
  if (view === undefined || view === null) return all;
  const [, start, viewed] = tupleItems(view);
  return isCount(start) && isCount(viewed) && start + viewed <= elements
    ? { ...all, start, elements: viewed }
    : pickleError("a view must lie within its storage", `key ${key}`);
};

/**
 * Size of a storage in the file.
 *
 * @param type Of its elements.
 * @param elements How many.
 * @returns Bytes.
 */
export const storageBytes = (type: ElementType, elements: number): number =>
  elementBytes[type] * elements;
