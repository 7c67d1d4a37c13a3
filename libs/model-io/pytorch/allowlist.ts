/**
 * The allowlist: functions that a pickle may name, each with what it makes of
 * plain data. A call of any other function yields an opaque value with the
 * function's name. No code of a pickle is ever run.
 *
 * Reference: PyTorch's `torch/_utils.py`, `torch/serialization.py` and, for
 * what its safe loader takes, `torch/_weights_only_unpickler.py`.
 *
 * @module
 */
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
import { Buffer } from "node:buffer";

type Call = (args: readonly Pickled[]) => Pickled | PickleError;

/**
 * Whether a function is on the allowlist.
 *
 * @param name Module and name, joined by a dot.
 * @returns `true` when {@link call} makes more than an opaque value of it.
 */
export const isKnown = (name: string): boolean => calls.has(name);

/**
 * Applies a function to plain data.
 *
 * @param callee What is called: a name, or an opaque value.
 * @param argument A tuple of arguments.
 * @returns What it makes, an opaque value when the function is not on the
 * allowlist, or an error.
 */
export const call = (
  callee: Pickled,
  argument: Pickled,
): Pickled | PickleError => {
  if (!isKind(callee, "named") && !isKind(callee, "opaque")) {
    return pickleError("a pickle must call functions only", described(callee));
  }
  if (!isKind(argument, "tuple")) {
    const rule = "a function of a pickle must have a tuple of arguments";
    return pickleError(rule, `${callee.name} has ${described(argument)}`);
  }
  const make = isKind(callee, "named") ? calls.get(callee.name) : undefined;
  return make === undefined ? opaque(callee.name) : make(argument.items);
};

/**
 * Counts the pairs that a call copies, which costs more than one value.
 *
 * @param callee What is called.
 * @param argument A tuple of arguments.
 * @returns How many.
 */
export const pairsCopied = (callee: Pickled, argument: Pickled): number => {
  const [pairs] = tupleItems(argument);
  return isKind(callee, "named") && calls.get(callee.name) === orderedDict &&
      isKind(pairs, "list")
    ? pairs.items.length
    : 0;
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
    /^torch\.(?:cuda\.|storage\._?)?([A-Z][A-Za-z0-9]*)(?:Storage|Tensor)$/
      .exec(name) ?? [];
  return Object.hasOwn(elementBytes, type) ? type as ElementType : undefined;
};

/** Python 2 hands over pairs, Python 3 none and fills the dict afterwards. */
const orderedDict: Call = ([pairs]) => {
  const entries = new Map<Pickled, Pickled>();
  for (const pair of isKind(pairs, "list") ? pairs.items : []) {
    const [key, value] = isKind(pair, "list") ? pair.items : tupleItems(pair);
    if (key === undefined || value === undefined) {
      return pickleError(
        "an OrderedDict must be made of pairs",
        described(pair),
      );
    }
    entries.set(key, value);
  }
  return { kind: "dict", entries };
};

/** A dict of counts; it shares the entries of its argument. */
const counter: Call = ([counts]) => ({
  kind: "dict",
  entries: isKind(counts, "dict") ? counts.entries : new Map(),
});

/** Its argument makes values that are missing; entries follow. */
const defaultDict: Call = () => ({ kind: "dict", entries: new Map() });

/** A set shares the items of the list that it is made of. */
const set: Call = ([items]) => ({
  kind: "set",
  items: isKind(items, "list") ? items.items : [],
});

/** `_rebuild_tensor(storage, offset, size, stride)`, and v2 with more. */
const tensor: Call = ([storage, offset, size, stride]) => {
  if (isKind(storage, "opaque")) return opaque(storage.name);
  const shape = tupleItems(size);
  const strides = tupleItems(stride);
  return isKind(storage, "storage") && isCount(offset) &&
      shape.length === strides.length && shape.length <= mostDimensions &&
      shape.every(isCount) && strides.every(isCount)
    ? { kind: "tensor", storage, offset, shape, strides }
    : pickleError(
      "a tensor must have a storage, an offset, sizes and strides",
      [storage, offset].map(described).join(", "),
    );
};

/** PyTorch's own limit. */
const mostDimensions = 64;

/**
 * `_rebuild_tensor_v3(storage, offset, size, stride, gradient, hooks, dtype)`:
 * types without a storage of their own, such as 8-bit floats.
 */
const tensorV3: Call = ([, , , , , , dtype]) =>
  opaque(`a tensor of ${described(dtype)}`);

/** `_rebuild_parameter(data, …)` and the like give back their tensor. */
const first: Call = ([data]) =>
  isKind(data, "tensor") || isKind(data, "opaque")
    ? data
    : pickleError("a parameter must be made of a tensor", described(data));

const rebuilders: ReadonlyMap<string, Call> = new Map([
  ["torch._utils._rebuild_tensor", tensor],
  ["torch._utils._rebuild_tensor_v2", tensor],
  ["torch._utils._rebuild_tensor_v3", tensorV3],
  ["torch._utils._rebuild_parameter", first],
  ["torch._utils._rebuild_parameter_with_state", first],
  ["torch._utils._rebuild_device_tensor_from_cpu_tensor", first],
]);

/** `_rebuild_from_type_v2(function, type, arguments, state)`: a subclass. */
const subclass: Call = ([callee, , args]) => {
  const make = isKind(callee, "named")
    ? rebuilders.get(callee.name)
    : undefined;
  return make === undefined
    ? opaque(`a tensor of ${described(callee)}`)
    : make(tupleItems(args));
};

/** `copyreg._reconstructor(class, base, state)` of older protocols. */
const reconstructor: Call = ([named]) => opaque(described(named));

/** Arrays, their types and scalars are no tensors; their parts are kept. */
const ofNumpy = (name: string): Call => (args) => ({
  ...opaque(name),
  numpy: { args, state: null },
});

/** Bytes as protocol 2 of Python 3 writes them: `encode(text, "latin1")`. */
const latin1Bytes: Call = ([text]) =>
  typeof text === "string"
    ? {
      ...opaque("bytes"),
      bytes: Uint8Array.from(Buffer.from(text, "latin1")),
    }
    : opaque("bytes");

const calls: ReadonlyMap<string, Call> = new Map([
  ...rebuilders,
  ["torch._tensor._rebuild_from_type_v2", subclass],
  ["collections.OrderedDict", orderedDict],
  ["collections.defaultdict", defaultDict],
  ["collections.Counter", counter],
  ["torch.Size", ([sizes]) => sizes ?? null],
  ["builtins.set", set],
  ["builtins.frozenset", set],
  ["__builtin__.set", set],
  ["__builtin__.frozenset", set],
  ["copyreg._reconstructor", reconstructor],
  ["copy_reg._reconstructor", reconstructor],
  ["numpy.core.multiarray.scalar", ofNumpy("a NumPy scalar")],
  ["numpy._core.multiarray.scalar", ofNumpy("a NumPy scalar")],
  ["numpy.core.multiarray._reconstruct", ofNumpy("a NumPy array")],
  ["numpy._core.multiarray._reconstruct", ofNumpy("a NumPy array")],
  ["numpy.core.numeric._frombuffer", ofNumpy("a NumPy buffer")],
  ["numpy._core.numeric._frombuffer", ofNumpy("a NumPy buffer")],
  ["numpy.dtype", ofNumpy("numpy.dtype")],
  ["_codecs.encode", latin1Bytes],
]);
