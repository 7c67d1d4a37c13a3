/**
 * Arrays that lie side by side in one memory, by name.
 *
 * @module
 */

/** Classes of arrays in a memory. */
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

/** Arrays begin at multiples of it, as lines of caches do. */
const alignment = 64;
const pageBytes = 2 ** 16;

/**
 * Lays out arrays in a memory, which grows where it is too small for them.
 *
 * @param memory Arrays that lie in it must not be used any more.
 * @param layout What is laid out.
 * @returns The arrays; their contents are undefined. Address 0 is in none.
 */
export const layOut = <const L extends Layout>(
  memory: WebAssembly.Memory,
  layout: L,
): Arrays<L> => {
  const offsets: number[] = [];
  let end = alignment;
  for (const [type, length] of Object.values(layout)) {
    offsets.push(end);
    const bytes = length * type.BYTES_PER_ELEMENT;
    end += alignment * Math.ceil(bytes / alignment);
  }
  const missing = Math.ceil((end - memory.buffer.byteLength) / pageBytes);
  if (missing > 0) memory.grow(missing);
  return Object.fromEntries(
    Object.entries(layout).map(([name, [type, length]], i) => [
      name,
      new type(memory.buffer as ArrayBuffer, offsets[i]!, length),
    ]),
  ) as unknown as Arrays<L>;
};
