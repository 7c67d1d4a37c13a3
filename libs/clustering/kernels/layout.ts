/**
 * Arrays that lie side by side in one memory, by name.
 *
 * @module
 */

/** Classes of arrays in a workspace. */
type ArrayClass =
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | Int32ArrayConstructor
  | Int8ArrayConstructor
  | Uint8ArrayConstructor;

/** Class and length of arrays, by name. */
export type Layout = Readonly<
  Record<string, readonly [type: ArrayClass, length: number]>
>;

/** The array of a class. */
type ArrayOf<C extends ArrayClass> = C extends Float32ArrayConstructor
  ? Float32Array<ArrayBuffer>
  : C extends Float64ArrayConstructor ? Float64Array<ArrayBuffer>
  : C extends Int32ArrayConstructor ? Int32Array<ArrayBuffer>
  : C extends Int8ArrayConstructor ? Int8Array<ArrayBuffer>
  : Uint8Array<ArrayBuffer>;

/** The arrays of a layout. */
export type Arrays<L extends Layout> = {
  readonly [name in keyof L]: ArrayOf<L[name][0]>;
};
