/**
 * WebAssembly functions and modules: from typed expressions to the bytes of a
 * module that imports its memory.
 *
 * Reference: WebAssembly Core Specification 2.0, section 5.5 (modules).
 *
 * @module
 */
import {
  type Expression,
  expression,
  type Int,
  intCode,
  type Local,
  type Statement,
  unsigned,
  type ValueType,
} from "./expressions.ts";

/** A function of a module: it returns nothing. */
export interface WasmFunction {
  /** Types of the parameters. */
  readonly parameters: readonly ValueType[];
  /** Types of the other variables. */
  readonly locals: readonly ValueType[];
  /** The body. */
  readonly code: readonly number[];
}

/** Types of variables, by name. */
export type Types = Readonly<Record<string, ValueType>>;

/** Variables by name. */
export type Variables<T extends Types> = {
  readonly [name in keyof T]: Local<T[name]>;
};

/** Declares variables of a function, which are 0 at first. */
export type Declare = <const T extends Types>(types: T) => Variables<T>;

/**
 * Defines a function.
 *
 * @param parameters Types of its parameters by name, in order.
 * @param body Makes its statements from the parameters.
 * @returns The function.
 */
export const wasmFunction = <const P extends Types>(
  parameters: P,
  body: (
    parameters: Variables<P>,
    declare: Declare,
  ) => readonly Statement[],
): WasmFunction => {
  const variables: ValueType[] = [];
  const declare: Declare = (types) =>
    Object.fromEntries(
      Object.entries(types).map(([name, type]) => [
        name,
        localAt(type, variables.push(type) - 1),
      ]),
    ) as unknown as Variables<typeof types>;
  const named = declare(parameters);
  const count = variables.length;
  const code = body(named, declare).flatMap((statement) => statement.code);
  return {
    parameters: variables.slice(0, count),
    locals: variables.slice(count),
    code,
  };
};

const localAt = <T extends ValueType>(type: T, index: number): Local<T> => ({
  ...expression(type, [0x20], unsigned(index)),
  set: (value: Expression<T> | Int) =>
    expression("none", intCode(value as Int), [0x21], unsigned(index)),
});

const typeCodes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/**
 * Encodes a module that imports `env.memory` and exports its functions.
 *
 * @param functions By name.
 * @returns The bytes of the module.
 */
export const encodeModule = (
  functions: Readonly<Record<string, WasmFunction>>,
): Uint8Array<ArrayBuffer> => {
  const names = Object.keys(functions);
  const all = Object.values(functions);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      list(all.map(({ parameters }) => [
        0x60,
        ...list(parameters.map((type) => [typeCodes[type]])),
        0,
      ])),
    ),
    ...section(2, list([[...text("env"), ...text("memory"), 2, 0, 0]])),
    ...section(3, list(all.map((_, i) => unsigned(i)))),
    ...section(
      7,
      list(names.map((name, i) => [
        ...text(name),
        0,
        ...unsigned(i),
      ])),
    ),
    ...section(
      10,
      list(all.map(({ locals, code }) =>
        sized([
          ...list(locals.map((type) => [1, typeCodes[type]])),
          ...code,
          0x0b,
        ])
      )),
    ),
  ]);
};

const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...sized(content),
];

const sized = (content: readonly number[]): number[] => [
  ...unsigned(content.length),
  ...content,
];

const list = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];

const text = (value: string): number[] =>
  sized([...new TextEncoder().encode(value)]);
