/**
 * The names that a pickle may mention, and what each does to plain data.
 * Everything else is refused by its name.
 *
 * Reference: PyTorch's `torch/_utils.py` and `torch/serialization.py`.
 *
 * @module
 */
import {
  aside,
  described,
  elementBytes,
  type ElementType,
  isCount,
  isKind,
  type Pickled,
  type Refusal,
  refusal,
  tupleItems,
} from "./pickled.ts";

type Call = (args: readonly Pickled[]) => Pickled | Refusal;

/**
 * Admits a name, or refuses it.
 *
 * @param name Module and name, joined by a dot.
 * @returns The name as a value, or the refusal.
 */
export const admit = (name: string): Pickled | Refusal =>
  calls.has(name) || elementTypeOf(name) !== undefined
    ? { kind: "named", name }
    : refusal(
      "a pickle may name only tensors and plain containers",
      printable(name),
    );

/**
 * Applies an admitted function to plain data.
 *
 * @param named What is called.
 * @param argument A tuple of arguments.
 * @returns What it makes, or a refusal.
 */
export const call = (named: Pickled, argument: Pickled): Pickled | Refusal => {
  const make = isKind(named, "named") ? calls.get(named.name) : undefined;
  if (make !== undefined && isKind(argument, "tuple")) {
    return make(argument.items);
  }
  return refusal(
    "a pickle may call only what makes tensors and containers",
    described(named),
  );
};

/**
 * The elements of a storage by the name of its type.
 *
 * @param name Such as `torch.FloatStorage`, or `torch.cuda.FloatTensor` in the
 * oldest files.
 * @returns The type, or `undefined` when it is none.
 */
export const elementTypeOf = (name: string): ElementType | undefined => {
  const [, type = ""] =
    /^torch\.(?:cuda\.)?([A-Z][A-Za-z0-9]*)(?:Storage|Tensor)$/.exec(name) ??
      [];
  return Object.hasOwn(elementBytes, type) ? type as ElementType : undefined;
};

/** Python 2 hands over pairs, Python 3 none and fills the dict afterwards. */
const orderedDict: Call = ([pairs]) => {
  const entries = new Map<Pickled, Pickled>();
  for (const pair of isKind(pairs, "list") ? pairs.items : []) {
    const [key, value] = isKind(pair, "list") ? pair.items : tupleItems(pair);
    if (key === undefined || value === undefined) {
      return refusal("an OrderedDict must be made of pairs", described(pair));
    }
    entries.set(key, value);
  }
  return { kind: "dict", entries };
};

const set: Call = ([items]) => ({
  kind: "set",
  items: isKind(items, "list") ? [...items.items] : [],
});

/** `_rebuild_tensor(storage, offset, size, stride)`, and v2 with more. */
const tensor: Call = ([storage, offset, size, stride]) => {
  const shape = tupleItems(size);
  const strides = tupleItems(stride);
  return isKind(storage, "storage") && isCount(offset) &&
      shape.every(isCount) && strides.every(isCount) &&
      shape.length === strides.length
    ? { kind: "tensor", storage, offset, shape, strides }
    : refusal(
      "a tensor must have a storage, an offset, sizes and strides",
      [storage, offset].map(described).join(", "),
    );
};

const parameter: Call = ([data]) =>
  isKind(data, "tensor")
    ? data
    : refusal("a parameter must be made of a tensor", described(data));

/** NumPy scalars, such as a best score, which stay out of the way. */
const leftAside: Call = () => aside;

const calls: ReadonlyMap<string, Call> = new Map([
  ["collections.OrderedDict", orderedDict],
  ["torch.Size", ([sizes]) => sizes ?? null],
  ["builtins.set", set],
  ["builtins.frozenset", set],
  ["__builtin__.set", set],
  ["__builtin__.frozenset", set],
  ["torch._utils._rebuild_tensor", tensor],
  ["torch._utils._rebuild_tensor_v2", tensor],
  ["torch._utils._rebuild_parameter", parameter],
  ["numpy.core.multiarray.scalar", leftAside],
  ["numpy._core.multiarray.scalar", leftAside],
  ["numpy.dtype", leftAside],
  ["_codecs.encode", leftAside],
]);

const printable = (name: string): string =>
  name.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 120);
