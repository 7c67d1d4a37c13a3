/**
 * What a pickle of PyTorch may hold: tensors and plain containers, as data.
 *
 * @module
 */

/** A value out of a pickle. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Container
  | Dictionary
  | Named
  | Storage
  | TensorView
  | Opaque;

/** A list, a tuple or a set. */
export interface Container {
  /** Tells values apart. */
  readonly kind: "list" | "tuple" | "set";
  /** In order; a list grows while it is read. */
  readonly items: Pickled[];
}

/** A dict, or an `OrderedDict`. */
export interface Dictionary {
  /** Tells values apart. */
  readonly kind: "dict";
  /** In order; grows while it is read. */
  readonly entries: Map<Pickled, Pickled>;
}

/** A function or a type by its name: never code, only the name. */
export interface Named {
  /** Tells values apart. */
  readonly kind: "named";
  /** Module and name, such as `torch._utils._rebuild_tensor_v2`. */
  readonly name: string;
}

/** Memory that tensors lie in. */
export interface Storage {
  /** Tells values apart. */
  readonly kind: "storage";
  /** Names the memory within the file. */
  readonly key: string;
  /** What its bytes mean. */
  readonly type: ElementType;
  /** First element within that memory. */
  readonly start: number;
  /** Number of elements. */
  readonly elements: number;
}

/** A tensor as a view of a storage. */
export interface TensorView {
  /** Tells values apart. */
  readonly kind: "tensor";
  /** The memory. */
  readonly storage: Storage;
  /** First element within the storage. */
  readonly offset: number;
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** Elements from one index to the next, for each dimension. */
  readonly strides: readonly number[];
}

/**
 * A value that is not built: bytes, or what a function would make that means
 * nothing here. Only its name is kept; of bytes and NumPy's values also what
 * {@link plainOf} needs.
 */
export interface Opaque {
  /** Tells values apart. */
  readonly kind: "opaque";
  /** What would be called to build it, such as `argparse.Namespace`. */
  readonly name: string;
  /** What it would be made of, where it is of NumPy's. */
  readonly numpy?: {
    /** Arguments of the call. */
    readonly args: readonly Pickled[];
    /** What it is built of afterwards. */
    state: Pickled;
  };
  /** The bytes, where it is bytes: a view of the pickle. */
  readonly bytes?: Uint8Array;
}

/** A rule that a file breaks; becomes a `ModelFileError`. */
export interface PickleError {
  /** Distinguishes it from every value. */
  readonly kind: "pickleError";
  /** What must hold. */
  readonly rule: string;
  /** The present value. */
  readonly found: string;
}

/** Types of elements, under the names of PyTorch's storages. */
export type ElementType = keyof typeof elementBytes;

/** Bytes of one element. */
export const elementBytes = {
  Double: 8,
  Float: 4,
  Half: 2,
  BFloat16: 2,
  Long: 8,
  Int: 4,
  Short: 2,
  Char: 1,
  Byte: 1,
  Bool: 1,
  ComplexFloat: 8,
  ComplexDouble: 16,
  QInt8: 1,
  QUInt8: 1,
  QInt32: 4,
  QUInt4x2: 1,
  QUInt2x4: 1,
  Untyped: 1,
} as const;

/**
 * Makes the value that is in place of one that is not built.
 *
 * @param name What would be called to build it.
 * @returns The value.
 */
export const opaque = (name: string): Opaque => ({ kind: "opaque", name });

/**
 * Makes an error: a rule, and what breaks it.
 *
 * @param rule What must hold.
 * @param found The present value.
 * @returns The error.
 */
export const pickleError = (rule: string, found: string): PickleError => ({
  kind: "pickleError",
  rule,
  found,
});

/**
 * Whether a value is of a kind.
 *
 * @param value Any value or error.
 * @param kind The kind.
 * @returns `true` when it is.
 */
export const isKind = <K extends Kinded["kind"]>(
  value: Pickled | PickleError | undefined,
  kind: K,
): value is K extends Container["kind"] ? Container
  : Extract<Kinded, { readonly kind: K }> =>
  typeof value === "object" && value !== null && value.kind === kind;

type Kinded =
  | Container
  | Dictionary
  | Named
  | Storage
  | TensorView
  | Opaque
  | PickleError;

/**
 * Whether something is an error.
 *
 * @param value Anything.
 * @returns `true` when it is.
 */
export const isPickleError = (value: unknown): value is PickleError =>
  typeof value === "object" && value !== null && "kind" in value &&
  value.kind === "pickleError";

/**
 * Items of a tuple.
 *
 * @param value Any value.
 * @returns Its items; none when it is no tuple.
 */
export const tupleItems = (value: Pickled | undefined): readonly Pickled[] =>
  isKind(value, "tuple") ? value.items : [];

/**
 * Whether a value is a count: an integer from 0 that a double holds exactly.
 *
 * @param value Any value.
 * @returns `true` when it is.
 */
export const isCount = (value: Pickled | undefined): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/**
 * A value in a few words, for messages.
 *
 * @param value Any value.
 * @returns Its text, or its kind.
 */
export const described = (value: Pickled | undefined): string =>
  value === undefined || value === null
    ? "None"
    : typeof value !== "object"
    ? JSON.stringify(String(value).slice(0, 60))
    : value.kind === "named" || value.kind === "opaque"
    ? value.name
    : `a ${value.kind}`;
