/**
 * The main module of a child process that opens the provider `webgpu`, and says
 * in its last line of output whether that works.
 *
 * @module
 */
import { Effect } from "effect";
import process from "node:process";
import { checkProvider, loadRuntime } from "../runtime.ts";

/** What the child says. */
export type Answer =
  | {
    /** What the runtime's own WebGPU calls the adapter, where it has one. */
    readonly name?: string;
    /** Whether it says that this is no GPU. */
    readonly fallback?: boolean;
  }
  | {
    /** Why the provider cannot be used. */
    readonly reason: string;
  };

const answer: Effect.Effect<Answer> = Effect.gen(function* () {
  const runtime = yield* loadRuntime;
  yield* checkProvider(runtime, { provider: "webgpu", threads: 1 });
  if (process.platform === "linux") return {}; // Vulkan's loader tells it
  const adapter = yield* Effect.promise(async () =>
    await globalThis.navigator?.gpu?.requestAdapter()
  );
  return adapter == null ? {} : {
    name: adapter.info.description || adapter.info.device,
    fallback: adapter.info.isFallbackAdapter,
  };
}).pipe(
  Effect.scoped,
  Effect.catch(({ reason }) => Effect.succeed({ reason })),
);
process.stdout.write(`${JSON.stringify(await Effect.runPromise(answer))}\n`);
