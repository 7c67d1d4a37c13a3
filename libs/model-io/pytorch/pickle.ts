/**
 * Pickles, Python's serialised objects, read without running any code: a
 * stack machine for the opcodes that `torch.save` writes, in which a function
 * is a name. Those on the allowlist make tensors and containers; what any
 * other would make is opaque, and only a state that needs it is refused.
 *
 * Ours rather than npm's `pickleparser` 0.2.1, which calls whatever stands
 * where a function should (`func(...args)`), reads integers of more than 8
 * bytes wrongly, as PyTorch's magic number is, pushes `undefined` for what a
 * cut-off pickle lacks, and spreads lists on the JavaScript stack.
 *
 * Time and memory grow with the bytes read and with nothing that they claim:
 * an opcode makes one value at most, and a shared value is a reference.
 *
 * Reference: Python's `Lib/pickletools.py`, protocols 2 to 5.
 *
 * @module
 */
import { call, isKnown, pairsCopied } from "./allowlist.ts";
import {
  double,
  line,
  type PickleReader,
  signed,
  take,
  text,
  unsigned,
} from "./pickle_reader.ts";
import {
  described,
  isKind,
  opaque,
  type Pickled,
  type PickleError,
  pickleError,
} from "./pickled.ts";

/** A pickle that was read. */
export interface Unpickled {
  /** Distinguishes it from an error. */
  readonly kind: "unpickled";
  /** What it holds. */
  readonly value: Pickled;
  /** Functions that it would call and that mean nothing here, by name. */
  readonly notCalled: ReadonlySet<string>;
  /** Offset of the byte after it. */
  readonly end: number;
}

/** Resolves the identifier of a value outside the pickle. */
export type Persistent = (id: Pickled) => Pickled | PickleError;

/**
 * Reads one pickle.
 *
 * @param bytes The pickle, and maybe what follows it.
 * @param start Offset of its first byte.
 * @param persistent Resolves values outside the pickle. Default: an error.
 * @returns Its value, or the first rule that it breaks.
 */
export const unpickle = (
  bytes: Uint8Array,
  start = 0,
  persistent: Persistent = (id) =>
    pickleError("a pickle must hold all its values", described(id)),
): Unpickled | PickleError => {
  const machine: Machine = {
    bytes,
    at: start,
    error: undefined,
    stack: [],
    marks: [],
    memo: new Map(),
    copied: 0,
    notCalled: new Set(),
    persistent,
  };
  for (let done = 0;; done++) {
    const at = machine.at;
    if (done + machine.copied >= maxOpcodes) {
      const rule = `a pickle must have at most ${maxOpcodes} opcodes`;
      return pickleError(rule, `more by byte ${at}`);
    }
    const [code] = take(machine, 1);
    const run = opcodes.get(code ?? stop);
    if (run === undefined) {
      const found = `opcode 0x${code!.toString(16)} at byte ${at}`;
      return pickleError(
        "a pickle may hold only what torch.save writes",
        found,
      );
    }
    run(machine);
    if (machine.error !== undefined) return machine.error;
    if (code === stop) {
      const [value] = machine.stack;
      const { at: end, notCalled } = machine;
      return { kind: "unpickled", value: value!, end, notCalled };
    }
  }
};

interface Machine extends PickleReader {
  readonly stack: Pickled[];
  /** Heights of the stack at open marks; nothing below may be taken. */
  readonly marks: number[];
  readonly memo: Map<number, Pickled>;
  /** Pairs that calls have copied; they count as opcodes. */
  copied: number;
  readonly notCalled: Set<string>;
  readonly persistent: Persistent;
}

type Run = (machine: Machine) => void;

const stop = 0x2e;

/**
 * A checkpoint of VGG-16 has some 7000; an opcode can make an empty dict, so
 * this bounds the memory too.
 */
const maxOpcodes = 1_000_000;

const broken = (machine: Machine, found: string): null => {
  machine.error ??= pickleError(
    "a pickle must be well formed",
    `${found} before byte ${machine.at}`,
  );
  return null;
};

const push = (machine: Machine, value: Pickled | PickleError): void => {
  if (isKind(value, "pickleError")) machine.error ??= value;
  else machine.stack.push(value);
};

const pop = (machine: Machine): Pickled =>
  machine.stack.length > (machine.marks.at(-1) ?? 0)
    ? machine.stack.pop()!
    : broken(machine, "no value");

/** What was pushed since the last mark, which is closed. */
const popMarked = (machine: Machine): Pickled[] => {
  const height = machine.marks.pop();
  if (height !== undefined) return machine.stack.splice(height);
  broken(machine, "no mark");
  return [];
};

/** The value on top, for which more is meant. */
const top = (machine: Machine): Pickled =>
  machine.stack.length > (machine.marks.at(-1) ?? 0)
    ? machine.stack.at(-1)!
    : broken(machine, "no value");

const value =
  (make: (machine: Machine) => Pickled | PickleError): Run => (machine) =>
    push(machine, make(machine));

const tuple = (count: number): Run => (machine) => {
  const items = Array.from({ length: count }, () => pop(machine)).reverse();
  push(machine, { kind: "tuple", items });
};

const append = (machine: Machine, values: readonly Pickled[]): void => {
  const list = top(machine);
  if (isKind(list, "list") || isKind(list, "set")) {
    for (const item of values) list.items.push(item);
  } else if (!isKind(list, "opaque")) {
    broken(machine, `${described(list)} to append to`);
  }
};

const setItems = (machine: Machine, pairs: readonly Pickled[]): void => {
  const dict = top(machine);
  if (isKind(dict, "opaque")) return;
  if (!isKind(dict, "dict") || pairs.length % 2 !== 0) {
    broken(machine, `${described(dict)} to set items of`);
    return;
  }
  for (let i = 0; i < pairs.length; i += 2) {
    dict.entries.set(pairs[i]!, pairs[i + 1]!);
  }
};

const remember = (machine: Machine, place: number): void => {
  machine.memo.set(place, top(machine));
};

const recall = (machine: Machine, place: number): Pickled =>
  machine.memo.has(place)
    ? machine.memo.get(place)!
    : broken(machine, `nothing remembered as ${place}`);

const named = (module: Pickled, name: Pickled): Pickled | PickleError => {
  const parts = [module, name].map((part) =>
    typeof part === "string" ? part : described(part)
  );
  return parts.every(({ length }) => length <= maxNameCharacters)
    ? { kind: "named", name: printable(parts.join(".")) }
    : pickleError(
      `a name in a pickle must have at most ${maxNameCharacters} characters`,
      printable(parts.find(({ length }) => length > maxNameCharacters)!),
    );
};

/** Names of modules and functions are shorter. */
const maxNameCharacters = 256;

const printable = (name: string): string =>
  name.slice(0, 2 * maxNameCharacters + 1).replaceAll(/[^\x20-\x7e]/g, "?");

/** Attributes, such as a state's `_metadata`, are ignored. */
const build: Run = (machine) => {
  const state = pop(machine);
  const built = top(machine);
  if (isKind(built, "opaque")) {
    if (built.numpy !== undefined) built.numpy.state = state;
  } else if (!isKind(built, "dict")) {
    broken(machine, `${described(built)} to build`);
  }
};

const reduce: Run = (machine) => {
  const argument = pop(machine);
  apply(machine, pop(machine), argument);
};

const apply = (machine: Machine, callee: Pickled, argument: Pickled): void => {
  if (machine.error !== undefined) return;
  machine.copied += pairsCopied(callee, argument);
  const value = call(callee, argument);
  if (isKind(callee, "named") && !isKnown(callee.name)) {
    machine.notCalled.add(callee.name);
  }
  push(machine, value);
};

/** The class, then its arguments, since the last mark. */
const applyMarked: Run = (machine) => {
  const [callee = null, ...items] = popMarked(machine);
  apply(machine, callee, { kind: "tuple", items });
};

const bytesOf = (width: number): Run =>
  value((m) => ({ ...opaque("bytes"), bytes: take(m, unsigned(m, width)) }));

const end: Run = (machine) => {
  if (machine.stack.length !== 1 || machine.marks.length !== 0) {
    broken(machine, `${machine.stack.length} values`);
  }
};

const opcodes: ReadonlyMap<number, Run> = new Map<number, Run>([
  [0x80, (m) => { // PROTO
    const protocol = unsigned(m, 1);
    if (protocol < 2 || protocol > 5) broken(m, `protocol ${protocol}`);
  }],
  [0x95, (m) => void take(m, 8)], // FRAME
  [stop, end],
  [0x28, (m) => void m.marks.push(m.stack.length)], // MARK
  [0x30, (m) => void pop(m)], // POP
  [0x31, (m) => void popMarked(m)], // POP_MARK
  [0x71, (m) => remember(m, unsigned(m, 1))], // BINPUT
  [0x72, (m) => remember(m, unsigned(m, 4))], // LONG_BINPUT
  [0x94, (m) => remember(m, m.memo.size)], // MEMOIZE
  [0x68, value((m) => recall(m, unsigned(m, 1)))], // BINGET
  [0x6a, value((m) => recall(m, unsigned(m, 4)))], // LONG_BINGET
  [0x4e, value(() => null)], // NONE
  [0x88, value(() => true)], // NEWTRUE
  [0x89, value(() => false)], // NEWFALSE
  [0x4b, value((m) => unsigned(m, 1))], // BININT1
  [0x4d, value((m) => unsigned(m, 2))], // BININT2
  [0x4a, value((m) => signed(m, 4))], // BININT
  [0x8a, value((m) => signed(m, unsigned(m, 1)))], // LONG1
  [0x47, value(double)], // BINFLOAT
  [0x58, value((m) => text(m, 4, "utf-8"))], // BINUNICODE
  [0x8c, value((m) => text(m, 1, "utf-8"))], // SHORT_BINUNICODE
  [0x54, value((m) => text(m, 4, "latin1"))], // BINSTRING
  [0x55, value((m) => text(m, 1, "latin1"))], // SHORT_BINSTRING
  [0x42, bytesOf(4)], // BINBYTES
  [0x43, bytesOf(1)], // SHORT_BINBYTES
  [0x96, bytesOf(8)], // BYTEARRAY8
  [0x8b, bytesOf(4)], // LONG4, an integer of more than 255 bytes
  [0x29, tuple(0)], // EMPTY_TUPLE
  [0x85, tuple(1)],
  [0x86, tuple(2)],
  [0x87, tuple(3)],
  [0x74, value((m) => ({ kind: "tuple", items: popMarked(m) }))], // TUPLE
  [0x5d, value(() => ({ kind: "list", items: [] }))], // EMPTY_LIST
  [0x61, (m) => append(m, [pop(m)])], // APPEND
  [0x65, (m) => append(m, popMarked(m))], // APPENDS
  [0x7d, value(() => ({ kind: "dict", entries: new Map() }))], // EMPTY_DICT
  [0x73, (m) => setItems(m, [pop(m), pop(m)].reverse())], // SETITEM
  [0x75, (m) => setItems(m, popMarked(m))], // SETITEMS
  [0x8f, value(() => ({ kind: "set", items: [] }))], // EMPTY_SET
  [0x90, (m) => append(m, popMarked(m))], // ADDITEMS
  [0x91, value((m) => ({ kind: "set", items: popMarked(m) }))], // FROZENSET
  [0x63, value((m) => named(line(m), line(m)))], // GLOBAL
  [0x93, (m) => { // STACK_GLOBAL
    const name = pop(m);
    push(m, named(pop(m), name));
  }],
  [0x52, reduce],
  [0x81, reduce], // NEWOBJ
  [0x92, (m) => (pop(m), reduce(m))], // NEWOBJ_EX, whose keywords are ignored
  [0x6f, applyMarked], // OBJ
  [0x62, build],
  [0x51, value((m) => m.persistent(pop(m)))], // BINPERSID
]);
