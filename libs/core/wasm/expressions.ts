/**
 * WebAssembly instructions as typed expressions, so that a kernel reads like
 * the formula that it computes: `f64x2.mul(difference, difference)`.
 *
 * Names are those of WebAssembly's text format; a number stands for an `i32`
 * constant. Only what the kernels need is here.
 *
 * Reference: WebAssembly Core Specification 2.0, sections 5.4 (instructions)
 * and 5.4.9 (vectors of 128 bits).
 *
 * @module
 */

/** Types of values. */
export type ValueType = "i32" | "f32" | "f64" | "v128";

/** Code that leaves a value of a type, or nothing (`none`), on the stack. */
export interface Expression<T extends ValueType | "none"> {
  readonly type: T;
  readonly code: readonly number[];
}

/** An address, a count, a truth value. */
export type Int = Expression<"i32"> | number;
/** A 64-bit float. */
export type Double = Expression<"f64">;
/** Several numbers in 128 bits. */
export type Vector = Expression<"v128">;
/** An instruction that leaves nothing. */
export type Statement = Expression<"none">;

/** What an instruction takes as a value of a type. */
export type Operand<T extends ValueType> = T extends "i32" ? Int
  : Expression<T>;

/** A variable of a function. */
export interface Local<T extends ValueType> extends Expression<T> {
  /** Assigns a value. */
  readonly set: (value: Operand<T>) => Statement;
}

/**
 * Encodes an integer as signed LEB128.
 *
 * @param value From -2^31 to 2^31 - 1.
 * @returns Its bytes.
 */
export const signed = (value: number): number[] => {
  const low = value & 127;
  const rest = value >> 7;
  const done = rest === (low & 64 ? -1 : 0);
  return done ? [low] : [low | 128, ...signed(rest)];
};

/**
 * Encodes a count as unsigned LEB128.
 *
 * @param value From 0 to 2^32 - 1.
 * @returns Its bytes.
 */
export const unsigned = (value: number): number[] =>
  value < 128
    ? [value]
    : [value % 128 + 128, ...unsigned(Math.floor(value / 128))];

const bytesOfDouble = (value: number): readonly number[] => [
  ...new Uint8Array(Float64Array.of(value).buffer),
];

/**
 * Makes an expression of code.
 *
 * @param type What it leaves.
 * @param code Its parts, in order.
 * @returns The expression.
 */
export const expression = <T extends ValueType | "none">(
  type: T,
  ...code: readonly (readonly number[])[]
): Expression<T> => ({ type, code: code.flat() });

/**
 * Returns the code of an expression, or of an `i32` constant.
 *
 * @param value The expression or the constant.
 * @returns Its code.
 */
export const intCode = (value: Int): readonly number[] =>
  typeof value === "number" ? [0x41, ...signed(value)] : value.code;

const vectorOp = (opcode: number): readonly number[] => [
  0xfd,
  ...unsigned(opcode),
];

const codeOf = (value: Expression<ValueType> | number): readonly number[] =>
  intCode(value as Int);

const unary = <A extends ValueType, R extends ValueType>(
  _: A,
  result: R,
  opcode: readonly number[],
) =>
(a: Operand<A>): Expression<R> => expression(result, codeOf(a), opcode);

const binary = <A extends ValueType, R extends ValueType>(
  _: A,
  result: R,
  opcode: readonly number[],
) =>
(a: Operand<A>, b: Operand<A>): Expression<R> =>
  expression(result, codeOf(a), codeOf(b), opcode);

const load =
  <R extends ValueType>(result: R, opcode: readonly number[]) =>
  (address: Int, offset = 0): Expression<R> =>
    expression(result, intCode(address), opcode, [0], unsigned(offset));

const store =
  <T extends ValueType>(_: T, opcode: readonly number[]) =>
  (address: Int, value: Operand<T>, offset = 0): Statement =>
    expression("none", intCode(address), codeOf(value), opcode, [
      0,
      ...unsigned(offset),
    ]);

const ints = (opcode: number) => binary("i32", "i32", [opcode]);
const vectors = (opcode: number) => binary("v128", "v128", vectorOp(opcode));
const vectorOf = (opcode: number) => unary("v128", "v128", vectorOp(opcode));
const doubles = (opcode: number) => binary("f64", "f64", [opcode]);
const comparison = (opcode: number) => binary("f64", "i32", [opcode]);

/** Integers of 32 bits. */
export const i32 = {
  const: (value: number): Expression<"i32"> =>
    expression("i32", intCode(value)),
  load: load("i32", [0x28]),
  store: store("i32", [0x36]),
  eqz: unary("i32", "i32", [0x45]),
  eq: ints(0x46),
  ne: ints(0x47),
  lt: ints(0x48),
  ge: ints(0x4e),
  ctz: unary("i32", "i32", [0x68]),
  add: ints(0x6a),
  sub: ints(0x6b),
  mul: ints(0x6c),
  divU: ints(0x6e),
  and: ints(0x71),
  or: ints(0x72),
  xor: ints(0x73),
  shl: ints(0x74),
  shrU: ints(0x76),
  /** Stores the lowest 8 bits. */
  storeByte: store("i32", [0x3a]),
  /** The bits of a 32-bit float. */
  reinterpret: unary("f32", "i32", [0xbc]),
  /** Whole part, clamped to the range; 0 for NaN. */
  truncateDouble: unary("f64", "i32", [0xfc, 0x02]),
};

/** Floats of 32 bits. */
export const f32 = {
  load: load("f32", [0x2a]),
  store: store("f32", [0x38]),
  const: (value: number): Expression<"f32"> =>
    expression("f32", [0x43], [
      ...new Uint8Array(Float32Array.of(value).buffer),
    ]),
  add: binary("f32", "f32", [0x92]),
  sub: binary("f32", "f32", [0x93]),
  mul: binary("f32", "f32", [0x94]),
  convertInt: unary("i32", "f32", [0xb2]),
  demote: unary("f64", "f32", [0xb6]),
};

/** Floats of 64 bits. */
export const f64 = {
  const: (value: number): Double =>
    expression("f64", [0x44], bytesOfDouble(value)),
  load: load("f64", [0x2b]),
  store: store("f64", [0x39]),
  eq: comparison(0x61),
  lt: comparison(0x63),
  gt: comparison(0x64),
  abs: unary("f64", "f64", [0x99]),
  floor: unary("f64", "f64", [0x9c]),
  /** Rounds to a whole number, ties to even. */
  nearest: unary("f64", "f64", [0x9e]),
  sqrt: unary("f64", "f64", [0x9f]),
  add: doubles(0xa0),
  sub: doubles(0xa1),
  mul: doubles(0xa2),
  div: doubles(0xa3),
  min: doubles(0xa4),
  max: doubles(0xa5),
  convertInt: unary("i32", "f64", [0xb7]),
  promote: unary("f32", "f64", [0xbb]),
};

/** All 128 bits. */
export const v128 = {
  load: load("v128", vectorOp(0x00)),
  /** Reads 64 bits into the lower half; the upper is 0. */
  loadHalf: load("v128", vectorOp(0x5d)),
  /** Reads eight bytes as eight integers of 16 bits. */
  loadBytes: load("v128", vectorOp(0x02)),
  /** Reads 64 bits into both halves. */
  loadSplat: load("v128", vectorOp(0x0a)),
  store: store("v128", vectorOp(0x0b)),
  zero: expression("v128", vectorOp(0x0c), new Array<number>(16).fill(0)),
  and: vectors(0x4e),
  /** Bits of `a` that are not in `b`. */
  andNot: vectors(0x4f),
  or: vectors(0x50),
  /** Whether any bit is set. */
  any: unary("v128", "i32", vectorOp(0x53)),
  /** Bits of `a` where the mask has ones, of `b` elsewhere. */
  select: (a: Vector, b: Vector, mask: Vector): Vector =>
    expression("v128", a.code, b.code, mask.code, vectorOp(0x52)),
};

/** Sixteen bytes. */
export const i8x16 = {
  /** Clamps sixteen integers of 16 bits, those of `a` first, to 0 to 255. */
  narrow: vectors(0x66),
};

/** Eight integers of 16 bits. */
export const i16x8 = {
  /** Clamps eight integers of 32 bits, those of `a` first. */
  narrow: vectors(0x85),
};

/** Four integers of 32 bits. */
export const i32x4 = {
  splat: unary("i32", "v128", vectorOp(0x11)),
  lt: vectors(0x39),
  /** The highest bit of each lane, the first lane's lowest. */
  bitmask: unary("v128", "i32", vectorOp(0xa4)),
  /** Of the four unsigned integers of 16 bits in the lower half. */
  extendLow: vectorOf(0xa9),
  /** Of those in the upper half. */
  extendHigh: vectorOf(0xaa),
  max: vectors(0xb8),
  add: vectors(0xae),
  mul: vectors(0xb5),
  /** Keeps the sign. */
  shr: (a: Vector, bits: Int): Vector =>
    expression("v128", a.code, intCode(bits), vectorOp(0xac)),
  lane: (a: Vector, lane: number): Expression<"i32"> =>
    expression("i32", a.code, vectorOp(0x1b), [lane]),
};

/** Four floats of 32 bits. */
export const f32x4 = {
  splat: unary("f32", "v128", vectorOp(0x13)),
  lt: vectors(0x43),
  nearest: vectorOf(0x6a),
  /** Of two floats of 64 bits, in the lower half. */
  demote: vectorOf(0x5e),
  abs: vectorOf(0xe0),
  add: vectors(0xe4),
  sub: vectors(0xe5),
  mul: vectors(0xe6),
  /** `a < b ? b : a`. */
  max: vectors(0xeb),
  lane: (a: Vector, lane: number): Expression<"f32"> =>
    expression("f32", a.code, vectorOp(0x1f), [lane]),
};

/** Two floats of 64 bits. */
export const f64x2 = {
  splat: unary("f64", "v128", vectorOp(0x14)),
  lt: vectors(0x49),
  /** The highest bit of each lane, the first lane's lowest. */
  bitmask: unary("v128", "i32", vectorOp(0xc4)),
  /** Of the two floats in the lower half. */
  promote: vectorOf(0x5f),
  /** Of the two integers in the lower half. */
  convertInts: vectorOf(0xfe),
  nearest: vectorOf(0x94),
  abs: vectorOf(0xec),
  add: vectors(0xf0),
  sub: vectors(0xf1),
  mul: vectors(0xf2),
  div: vectors(0xf3),
  /** `a < b ? b : a`. */
  max: vectors(0xf7),
  lane: (a: Vector, lane: number): Double =>
    expression("f64", a.code, vectorOp(0x21), [lane]),
};

/**
 * Rearranges lanes of 32 bits of two vectors.
 *
 * @param a Its lanes are 0 to 3.
 * @param b Its lanes are 4 to 7.
 * @param lanes Those of the result, in order.
 * @returns The result.
 */
export const shuffle = (
  a: Vector,
  b: Vector,
  lanes: readonly [number, number, number, number],
): Vector =>
  expression(
    "v128",
    a.code,
    b.code,
    vectorOp(0x0d),
    lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
  );

/**
 * Runs statements while a condition holds.
 *
 * @param condition Tested before each turn.
 * @param body The statements.
 * @returns The loop.
 */
export const loopWhile = (
  condition: Expression<"i32">,
  ...body: readonly Statement[]
): Statement =>
  // Tested at the end of a turn, too, so that a turn has one jump.
  when(
    condition,
    expression(
      "none",
      [0x03, 0x40],
      ...body.map(({ code }) => code),
      condition.code,
      [0x0d, 0, 0x0b],
    ),
  );

/**
 * Runs statements if a condition holds.
 *
 * @param condition Not 0 if it holds.
 * @param then The statements.
 * @returns The branch.
 */
export const when = (
  condition: Expression<"i32">,
  ...then: readonly Statement[]
): Statement => whenElse(condition, then, []);

/**
 * Runs one of two lists of statements.
 *
 * @param condition Not 0 to choose the first.
 * @param then The first.
 * @param otherwise The second.
 * @returns The branch.
 */
export const whenElse = (
  condition: Expression<"i32">,
  then: readonly Statement[],
  otherwise: readonly Statement[],
): Statement =>
  expression(
    "none",
    condition.code,
    [0x04, 0x40],
    ...then.map(({ code }) => code),
    ...otherwise.length > 0 ? [[0x05]] : [],
    ...otherwise.map(({ code }) => code),
    [0x0b],
  );

/**
 * Returns the address of an element of four bytes.
 *
 * @param array Address of the first.
 * @param index Which.
 * @returns The address.
 */
export const word = (array: Int, index: Int): Expression<"i32"> =>
  i32.add(array, i32.shl(index, 2));

/**
 * Returns the address of an element of eight bytes.
 *
 * @param array Address of the first.
 * @param index Which.
 * @returns The address.
 */
export const doubleWord = (array: Int, index: Int): Expression<"i32"> =>
  i32.add(array, i32.shl(index, 3));
