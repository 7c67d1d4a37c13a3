/**
 * Which products of 8-bit integers this processor computes exactly.
 *
 * ONNX Runtime adds pairs of such products in 16 bits where the processor has
 * nothing better (x86 without VNNI), and cuts off what does not fit:
 * https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html.
 * With 7 bits in the unsigned factor it fits: 2 * 127 * 128 < 2^15.
 *
 * @module
 */
import { floatTensor } from "@deepcluster/core";
import { encode, modelWriter } from "@deepcluster/onnx-format";
import { Effect, type Scope } from "effect";
import type { ByteProducts } from "@deepcluster/onnx-lowering";
import { messageOf } from "../failures.ts";
import {
  type OnnxRuntime,
  openSession,
  type SessionSettings,
} from "./runtime.ts";

/** Sizes at which the fast kernels run. */
const [m, k, n] = [16, 64, 64];

/**
 * Multiplies matrices of the largest bytes and looks at the sums.
 *
 * @param runtime The library.
 * @param settings Where to compute.
 * @returns The most bits that give the exact sums. On other providers, which
 * would hand these products to the CPU, and when the library has no such
 * product, 0.
 */
export const exactByteProducts: (
  runtime: OnnxRuntime,
  settings: SessionSettings,
) => Effect.Effect<ByteProducts> = Effect.fn("exactByteProducts")(
  function* (runtime, settings) {
    if (settings.provider !== "cpu") return 0;
    const { profile: _, ...quiet } = settings;
    for (const bits of [8, 7] as const) {
      const exact = yield* isExact(runtime, quiet, bits).pipe(
        Effect.scoped,
        Effect.orElseSucceed(() => false),
      );
      if (exact) return bits;
    }
    return 0;
  },
);

/** Multiplies the extremes of bytes, those of both signs. */
const isExact = Effect.fnUntraced(function* (
  runtime: OnnxRuntime,
  settings: SessionSettings,
  bits: 7 | 8,
): Effect.fn.Return<boolean, string, Scope.Scope> {
  const model = yield* Effect.orDie(encode(probe(bits), { external: false }));
  const session = yield* openSession(runtime, model, settings);
  const feed = (rows: number, columns: number, value: number) => {
    const { data, shape } = floatTensor([rows, columns]);
    return new runtime.Tensor("float32", data.fill(value), shape);
  };
  const [min, max] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  for (const [a, b] of [[max, 127], [max, -128], [min, 127], [min, -128]]) {
    const { y } = yield* Effect.tryPromise({
      try: () => session.run({ a: feed(m, k, a!), b: feed(k, n, b!) }),
      catch: messageOf,
    });
    const expected = k * a! * b!;
    if (!(y!.data as Float32Array).every((sum) => sum === expected)) {
      return false;
    }
  }
  return true;
});

const probe = (bits: 7 | 8) => {
  const writer = modelWriter();
  const port = (name: string, rows: number, columns: number) => ({
    name,
    shape: [rows, columns],
    dtype: "float32" as const,
  });
  const one = writer.scalar(1);
  const zero = writer.byte(2 ** (bits - 1), "uint8");
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
