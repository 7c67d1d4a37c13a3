/**
 * TensorFlow.js on the runtime's own WebGPU, which Deno has, and Node and Bun
 * do not.
 *
 * The package's own start fails in Deno: it asks for features by names that
 * Deno refuses, and uses the adapter after its device was made. So its backend
 * is made here, on a device of ours.
 *
 * @module
 */
import { Effect } from "effect";
import process from "node:process";
import { ProviderMissingError } from "../errors.ts";
import { messageOf } from "../failures.ts";
import { loadBesideCore } from "./beside_core.ts";
import { tfjsProviders } from "./providers.ts";
import type { Tf } from "./tfjs_types.ts";

/** What the package exports. */
interface WebGpuPackage {
  readonly WebGPUBackend: new (
    device: GPUDevice,
    info: GPUAdapterInfo,
  ) => unknown;
}

/** The library, and what it computes on. */
export interface WebGpuLibrary {
  /** The library, with the backend registered, not yet set. */
  readonly tf: Tf;
  /** What the driver calls the adapter. */
  readonly adapter: string;
}

/**
 * Loads the library with its backend on WebGPU, on a device that stays open
 * until the process ends.
 *
 * @param settings `software`: whether the adapter may be software.
 * @returns The library; or `ProviderMissingError` when the runtime has no
 * WebGPU, or no adapter that may be used; or what is wrong with the package.
 */
export const loadWebGpu: (
  settings: { readonly software: boolean },
) => Effect.Effect<WebGpuLibrary, string | ProviderMissingError> = Effect.fn(
  "loadWebGpu",
)(function* ({ software }) {
  const { tf, library } = yield* loadBesideCore(tfjsProviders.webgpu.library);
  const adapter = yield* findAdapter;
  const { description, device, isFallbackAdapter } = adapter.info;
  const name = description || device || "an adapter without a name";
  if (isFallbackAdapter && !software) {
    return yield* missing(
      "its adapter must be a GPU",
      `it is ${name}, software that is slower than --provider wasm`,
      "choose --provider wasm, or add --software to use it nevertheless",
    );
  }
  // One device serves all layers: its tensors would be lost with the backend.
  if (!registered.has(tf)) {
    yield* Effect.tryPromise({
      try: () => register(tf, library as WebGpuPackage, adapter),
      catch: (cause) => `does not start: ${messageOf(cause)}`,
    });
  }
  return { tf, adapter: name };
});

const registered = new WeakSet<Tf>();

const register = async (
  tf: Tf,
  { WebGPUBackend }: WebGpuPackage,
  adapter: GPUAdapter,
): Promise<void> => {
  const { limits, info } = adapter;
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(
      raisedLimits.map((name) => [name, Number(limits[name])]),
    ),
  });
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, info));
  registered.add(tf);
};

/** Those that the package asks for; a device has the lowest by default. */
const raisedLimits = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

const findAdapter: Effect.Effect<GPUAdapter, ProviderMissingError> = Effect.gen(
  function* () {
    const gpu = globalThis.navigator?.gpu;
    if (gpu === undefined) {
      return yield* missing(
        "the runtime must have WebGPU, as Deno has",
        `${runtime()} has none`,
        "run it with Deno, or choose --engine onnx --provider webgpu",
      );
    }
    const adapter = yield* Effect.promise(() =>
      gpu.requestAdapter({ powerPreference: "high-performance" })
    );
    return adapter ?? (yield* missing(
      "it must find a GPU with a driver that it can use",
      `${runtime()} finds none`,
      "install a driver for Vulkan, Metal or Direct3D 12, or choose " +
        "--provider wasm",
    ));
  },
);

const missing = (rule: string, reason: string, remedy: string) =>
  new ProviderMissingError({ provider: "webgpu", rule, reason, remedy });

const runtime = (): string => {
  const { deno, bun, node } = process.versions;
  return deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`;
};
