/**
 * The GPU that ONNX Runtime's provider for WebGPU computes on.
 *
 * The library tells nothing of it, so a child process opens the provider: on
 * Linux, Vulkan's loader writes there which device was opened. A driver that
 * ends the process ends only the child, and what the library prints to standard
 * error when it finds no GPU stays with it.
 *
 * @module
 */
import { Effect } from "effect";
import process from "node:process";
import { ProviderMissingError } from "../../errors.ts";
import { answerOf, lastWords, runChild } from "../../probe/child_process.ts";
import { onnxProviders } from "../providers.ts";
import type { SessionSettings } from "../runtime.ts";
import type { Answer } from "./adapter_child.ts";

/** A GPU, or what imitates one. */
export interface Adapter {
  /** What its driver calls it; unknown where nothing tells. */
  readonly name?: string;
  /** Whether the processor imitates it. */
  readonly software: boolean;
}

/**
 * Finds the GPU that the provider `webgpu` will use, and refuses one that the
 * processor imitates unless the settings take it.
 *
 * Takes 0.2 to 0.6 seconds. Outside of Linux only Deno tells what it is: under
 * Node and Bun it has no name there, and is taken for a GPU.
 *
 * @param settings How the engine is opened.
 * @returns The adapter, or `ProviderMissingError` when there is none that may
 * be used.
 */
export const usableAdapter: (
  settings: SessionSettings,
) => Effect.Effect<Adapter, ProviderMissingError> = Effect.fn("usableAdapter")(
  function* ({ provider, software = false }) {
    const { answer, log } = yield* askChild;
    const { requirement, remedy } = onnxProviders[provider];
    if ("reason" in answer) {
      return yield* new ProviderMissingError({
        provider,
        rule: requirement,
        reason: answer.reason,
        remedy: lacksLoader(answer.reason, log)
          ? "install Vulkan's loader (libvulkan1 on Debian and Ubuntu) and " +
            "the driver of the GPU, or choose --provider cpu"
          : remedy,
      });
    }
    const adapter = adapterOf(log, answer);
    if (adapter.software && !software) {
      return yield* new ProviderMissingError({
        provider,
        rule: "its adapter must be a GPU",
        reason: `it is ${adapter.name}, software that is slower than ` +
          "--provider cpu",
        remedy: "add --software to use it nevertheless, or choose " +
          "--provider cpu",
      });
    }
    return adapter;
  },
);

/** Opens the provider in a child, and gives what that said. */
const askChild = Effect.map(
  runChild(
    new URL("./adapter_child.ts", import.meta.url),
    {},
    { VK_LOADER_DEBUG: "driver" },
  ),
  (ended) => ({
    answer: answerOf(ended) as Answer | undefined ??
      { reason: `the process that tries it ends with ${lastWords(ended)}` },
    log: ended.log,
  }),
);

/** Vulkan's loader says at least which drivers it looks for. */
const lacksLoader = (reason: string, log: string): boolean =>
  process.platform === "linux" && reason.includes("No supported adapters") &&
  !log.includes("DRIVER:");

/**
 * Reads what is known of an adapter that was opened.
 *
 * @param log What Vulkan's loader wrote, among other things.
 * @param webgpu What the runtime's own WebGPU says, where it has one; it counts
 * where the loader wrote nothing.
 * @returns The adapter.
 */
export const adapterOf = (
  log: string,
  { name, fallback = false }: Extract<Answer, { readonly fallback?: boolean }>,
): Adapter => {
  const opened = [...log.matchAll(/Using "(.+)" with driver: "(.+)"/g)].at(-1);
  if (opened === undefined) {
    return { ...name !== undefined && { name }, software: fallback };
  }
  const [, device, driver] = opened as unknown as [string, string, string];
  return { name: device, software: imitations.test(`${device} ${driver}`) };
};

/** Names of devices and of files of drivers that compute on the processor. */
const imitations = /swiftshader|llvmpipe|lavapipe|_lvp/i;
