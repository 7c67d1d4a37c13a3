/**
 * Memory of one thread that kernels compute in: arrays that the engine reads and
 * writes as well, so that nothing is copied between the two.
 *
 * The memory is not shared, as ONNX Runtime takes no shared memory.
 *
 * @module
 */
import { type Arrays, type Layout, layOut } from "@deepcluster/core/wasm";
import { type Kernels, kernelsIn } from "./kernels.ts";

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

/**
 * Opens a workspace; its memory grows to the largest layout.
 *
 * @returns The workspace, for one thread.
 */
export const openWorkspace = (): Workspace => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return {
    kernels: kernelsIn(memory),
    allocate: (layout) => layOut(memory, layout),
  };
};
