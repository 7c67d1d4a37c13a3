/**
 * The memory of TensorFlow.js on WebAssembly, which is 4 GiB at most.
 *
 * @module
 */
import type { Tf } from "./tfjs_types.ts";

/** What the backend allocates with. */
interface WasmModule {
  readonly _malloc: (bytes: number) => number;
}

/**
 * Makes allocations that memory does not hold fail. The backend looks at no
 * result: it would take the size modulo 4 GiB, or write to address 0, and go on
 * with other tensors overwritten.
 *
 * @param tf The library, its backend `wasm` active.
 */
export const guardMemory = (tf: Tf): void => {
  const { wasm } = tf.backend() as { readonly wasm: WasmModule };
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
  let allocate = wasm._malloc;
  const guard = (bytes: number): number => {
    const address = bytes < 2 ** 32 ? allocate(bytes) : 0;
    if (address === 0 && bytes > 0) {
      // Its caller is the library, which lets it through to the executor.
      // deno-lint-ignore deepcluster/no-throw
      throw new Error(`out of memory: ${bytes} bytes on WebAssembly`);
    }
    return address;
  };
  Object.defineProperty(wasm, "_malloc", {
    get: () => guard,
    // The first call replaces it by the function of the instance.
    set: (replaced: WasmModule["_malloc"]) => {
      allocate = replaced;
    },
  });
};

const guarded = new WeakSet<WasmModule>();
