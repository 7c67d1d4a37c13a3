/**
 * How many channels ONNX Runtime's convolutions hold together on this machine:
 * it has such kernels for some processors, of a width that it does not tell.
 *
 * @module
 */
import { encode, modelWriter } from "@deepcluster/onnx-format";
import { Effect } from "effect";
import { messageOf } from "../failures.ts";
import { domain } from "@deepcluster/onnx-lowering";
import {
  type OnnxRuntime,
  openSession,
  type SessionSettings,
} from "./runtime.ts";

/**
 * Finds the size of a block by letting the library lay out numbered elements.
 *
 * @param runtime The library.
 * @param settings Where to compute.
 * @returns Channels of a block; undefined where the processor or the provider
 * has no kernels for blocks, so that convolutions keep the layout of ONNX.
 */
export const channelBlock: (
  runtime: OnnxRuntime,
  settings: SessionSettings,
) => Effect.Effect<number | undefined> = Effect.fn("channelBlock")(function* (
  runtime,
  settings,
) {
  if (settings.provider !== "cpu") return undefined;
  const writer = modelWriter();
  const port = { shape, dtype: "float32" } as const;
  const x = writer.input({ ...port, name: "x" });
  const laidOut = writer.node("laid out", `${domain}.ReorderInput`, [x])[0];
  const y = writer.output({ ...port, name: "y" }, laidOut);
  const model = yield* Effect.orDie(
    encode(writer.finish(), { external: false }),
  );
  const { profile: _, ...unprofiled } = settings;
  return yield* openSession(runtime, model, unprofiled).pipe(
    Effect.flatMap((session) =>
      Effect.tryPromise({
        try: () => session.run({ [x]: numbered(runtime) }),
        catch: messageOf,
      })
    ),
    Effect.map((results) => blockIn(results[y]!.data as Float32Array)),
    Effect.scoped,
    // No kernel for the operator: the processor has none.
    Effect.orElseSucceed(() => undefined),
  );
});

/** Two pixels of more channels than any block holds. */
const shape = [1, 64, 1, 2];

/** Channel `c` of pixel `p` is `2 c + p`. */
const numbered = (runtime: OnnxRuntime) =>
  new runtime.Tensor(
    "float32",
    Float32Array.from({ length: 128 }, (_, i) => i),
    shape,
  );

/** The second pixel begins where the first block of the first one ends. */
const blockIn = (laidOut: Float32Array): number | undefined => {
  const block = laidOut.indexOf(1);
  return block > 1 ? block : undefined;
};
