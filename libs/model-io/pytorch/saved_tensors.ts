/**
 * The tensors of whatever was saved, under flat names: the keys that lead to
 * them, joined by dots, as in `state_dict.features.0.weight`.
 *
 * @module
 */
import { canBeParameter } from "../parameter_tensors.ts";
import {
  described,
  type ElementType,
  isKind,
  type Pickled,
  type PickleError,
  pickleError,
  type TensorView,
} from "./pickled.ts";

/** Values by flat name, in the file's order. */
export interface SavedValues {
  /** Distinguishes it from an error. */
  readonly kind: "saved";
  /** Tensors whose values can be read. */
  readonly tensors: ReadonlyMap<string, TensorView>;
  /** Whatever is no such tensor. */
  readonly others: ReadonlyMap<string, OtherValue>;
}

/** A value that is no tensor of plain numbers. */
export interface OtherValue {
  /** Its kind in a few words, for messages. */
  readonly description: string;
  /** Whether it is a tensor all the same: sparse, quantised, nested. */
  readonly isTensor: boolean;
}

/**
 * Walks through dicts with names as keys, lists, tuples, and lists of pairs.
 * Each is visited once, so what refers to itself or is shared costs nothing.
 *
 * @param root What was saved.
 * @returns Its values, or an error when two tensors have one name.
 */
export const savedValues = (root: Pickled): SavedValues | PickleError => {
  const tensors = new Map<string, TensorView>();
  const others = new Map<string, OtherValue>();
  const visited = new Set<Pickled>();
  let twice: string | undefined;
  const visit = (name: string, value: Pickled, depth: number): void => {
    if (name.length > maxNameCharacters || depth > mostDepth) return;
    if (visited.has(value)) return;
    if (isKind(value, "tensor")) {
      const { shape, storage: { type } } = value;
      if (tensors.has(name)) twice ??= name;
      if (canBeParameter(name, shape, isFloat(type))) tensors.set(name, value);
      else others.set(name, { description: `${type}`, isTensor: false });
      return;
    }
    const entries = entriesOf(value);
    if (entries === undefined || entries.length === 0) {
      others.set(name, otherValue(value));
      return;
    }
    visited.add(value);
    for (const [key, entry] of entries) {
      visit(name === "" ? key : `${name}.${key}`, entry, depth + 1);
    }
  };
  visit("", root, 0);
  return twice === undefined
    ? { kind: "saved", tensors, others }
    : pickleError("names of tensors must differ", twice);
};

const isFloat = (type: ElementType): boolean =>
  /^(Double|Float|Half|BFloat16)$/.test(type);

/** No parameter of a network has a longer name. */
const maxNameCharacters = 512;

/** No checkpoint nests its states as deep. */
const mostDepth = 64;

const entriesOf = (
  value: Pickled,
): ReadonlyArray<readonly [string, Pickled]> | undefined => {
  if (isKind(value, "dict")) {
    return [...value.entries].flatMap(([key, entry]) =>
      typeof key === "string" ? [[key, entry] as const] : []
    );
  }
  if (!isKind(value, "list") && !isKind(value, "tuple")) return undefined;
  const pairs = value.items.flatMap(pairOf);
  return pairs.length > 0 && pairs.length === value.items.length
    ? pairs
    : value.items.flatMap((item, i) =>
      typeof item === "object" && item !== null
        ? [[String(i), item] as const]
        : []
    );
};

/** `list(state_dict.items())` is a state all the same. */
const pairOf = (item: Pickled): ReadonlyArray<readonly [string, Pickled]> => {
  if (!isKind(item, "tuple") || item.items.length !== 2) return [];
  const [key, value] = item.items;
  return typeof key === "string" ? [[key, value!]] : [];
};

const otherValue = (value: Pickled): OtherValue => ({
  description: described(value),
  isTensor: isKind(value, "opaque") &&
    /^torch\._(utils|tensor)\._rebuild_|^a tensor of /.test(value.name),
});
