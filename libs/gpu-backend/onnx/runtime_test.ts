import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { checkProvider, loadRuntime, type OnnxRuntime } from "./runtime.ts";
import assert from "node:assert/strict";

/** The library, with sessions on the CPU, counted while they are open. */
const counted = (runtime: OnnxRuntime, open: { sessions: number }) => {
  const create = async (model: Uint8Array) => {
    const session = await runtime.InferenceSession.create(model);
    const release = session.release.bind(session);
    open.sessions++;
    session.release = () => {
      open.sessions--;
      return release();
    };
    return session;
  };
  return { ...runtime, InferenceSession: { create: create as never } };
};

for (
  const [provider, left, what] of [
    ["webgpu", 1, "keeps its session open while the scope lasts"],
    ["cpu", 0, "closes its session"],
  ] as const
) {
  effectTest(
    `on ${provider} checkProvider() ${what}`,
    () =>
      Effect.gen(function* () {
        const open = { sessions: 0 };
        const runtime = counted(yield* loadRuntime, open);
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* checkProvider(runtime, { provider, threads: 1 });
            assert.equal(open.sessions, left);
          }),
        );
        assert.equal(open.sessions, 0);
      }),
  );
}
