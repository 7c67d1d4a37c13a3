/**
 * Whether this processor multiplies 8-bit integers exactly.
 *
 * ONNX Runtime adds pairs of such products in 16 bits where the processor has
 * nothing better (x86 without VNNI), and cuts off what does not fit:
 * https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html.
 *
 * @module
 */
import { floatTensor } from "@deepcluster/core";
import { Effect } from "effect";
import { messageOf } from "../failures.ts";
import { encode } from "./encode.ts";
import { modelWriter } from "./model.ts";
import {
  type OnnxRuntime,
  openSession,
  type SessionSettings,
} from "./runtime.ts";

/** Sizes at which the fast kernels run. */
const [m, k, n] = [16, 64, 64];

/**
 * Multiplies two matrices of the largest bytes and looks at the sums.
 *
 * @param runtime The library.
 * @param settings Where to compute.
 * @returns True on a CPU that gives the exact sums. On other providers, which
 * would hand these products to the CPU, and when the library has no such
 * product, false.
 */
export const multipliesBytesExactly: (
  runtime: OnnxRuntime,
  settings: SessionSettings,
) => Effect.Effect<boolean> = Effect.fn("multipliesBytesExactly")(
  function* (runtime, settings) {
    if (settings.provider !== "cpu") return false;
    const { profile: _, ...quiet } = settings;
    const model = yield* Effect.orDie(
      encode(probe(), { external: false }),
    );
    const feed = (rows: number, columns: number, value: number) => {
      const { data, shape } = floatTensor([rows, columns]);
      return new runtime.Tensor("float32", data.fill(value), shape);
    };
    const sums = yield* openSession(runtime, model, quiet).pipe(
      Effect.flatMap((session) =>
        Effect.tryPromise({
          try: () => session.run({ a: feed(m, k, 127), b: feed(k, n, 127) }),
          catch: messageOf,
        })
      ),
      Effect.scoped,
      Effect.option,
    );
    return sums._tag === "Some" &&
      (sums.value["y"]!.data as Float32Array)
        .every((sum) => sum === k * 127 * 127);
  },
);

const probe = () => {
  const writer = modelWriter();
  const port = (name: string, rows: number, columns: number) => ({
    name,
    shape: [rows, columns],
    dtype: "float32" as const,
  });
  const one = writer.scalar(1);
  const zero = writer.byte(128, "uint8");
  const bytes = (name: string, x: string, zero: string) =>
    writer.node(name, "QuantizeLinear", [x, one, zero])[0];
  const a = bytes("a8", writer.input(port("a", m, k)), zero);
  const b = bytes("b8", writer.input(port("b", k, n)), writer.byte(0, "int8"));
  writer.output(
    port("y", m, n),
    writer.node("sums", "com.microsoft.MatMulIntegerToFloat", [
      a,
      b,
      one,
      one,
      zero,
    ])[0],
  );
  return writer.finish();
};
