/**
 * Memory of one thread that kernels compute in: arrays that the engine reads and
 * writes as well, so that nothing is copied between the two.
 *
 * The memory is not shared, as ONNX Runtime takes no shared memory.
 *
 * @module
 */
import { type Kernels, kernelsIn } from "./kernels.ts";
import type { Arrays, Layout } from "./layout.ts";

/** Memory with kernels. */
export interface Workspace {
  /**
   * Lays out arrays, in place of those before, which must not be used any more.
   * Their contents are undefined.
   */
  readonly allocate: <const L extends Layout>(layout: L) => Arrays<L>;
  /** Functions on arrays of this memory, and on no others. */
  readonly kernels: Kernels;
}

/** Arrays begin at multiples of it, as lines of caches do. */
const alignment = 64;
const pageBytes = 2 ** 16;

/**
 * Opens a workspace; its memory grows to the largest layout.
 *
 * @returns The workspace, for one thread.
 */
export const openWorkspace = (): Workspace => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return {
    kernels: kernelsIn(memory),
    allocate: (layout) => {
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
      ) as unknown as Arrays<typeof layout>;
    },
  };
};
