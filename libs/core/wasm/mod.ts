/**
 * Inner loops in vectors of 128 bits: WebAssembly written as typed expressions,
 * made into a module when first needed, which runs alike in Deno, Node and Bun.
 * Nothing here imports anything but this folder, so that threads load it fast.
 *
 * @module
 */
export {
  type Double,
  doubleWord,
  type Expression,
  expression,
  f32,
  f32x4,
  f64,
  f64x2,
  i16x8,
  i32,
  i32x4,
  i8x16,
  type Int,
  intCode,
  type Local,
  loopWhile,
  type Operand,
  shuffle,
  signed,
  type Statement,
  unsigned,
  v128,
  type ValueType,
  type Vector,
  when,
  whenElse,
  word,
} from "./expressions.ts";
export { type Arrays, type Layout, layOut } from "./layout.ts";
export {
  type Declare,
  encodeModule,
  type Types,
  type Variables,
  type WasmFunction,
  wasmFunction,
} from "./module.ts";
