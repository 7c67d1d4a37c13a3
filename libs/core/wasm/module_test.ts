import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import {
  doubleWord,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  loopWhile,
  shuffle,
  v128,
} from "./expressions.ts";
import { layOut } from "./layout.ts";
import { encodeModule, type WasmFunction, wasmFunction } from "./module.ts";
import assert from "node:assert/strict";

/** Runs a function on addresses and numbers in a memory. */
const call = (
  memory: WebAssembly.Memory,
  made: WasmFunction,
  ...values: readonly number[]
): void => {
  const module = new WebAssembly.Module(encodeModule({ made }));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  (exports["made"] as (...values: readonly number[]) => void)(...values);
};

effectTest(
  "encodeModule() makes functions that loop over a memory",
  () =>
    Effect.sync(() => {
      const memory = new WebAssembly.Memory({ initial: 1 });
      const { values } = layOut(memory, { values: [Float64Array, 300] });
      values.fill(0.5);
      const sum = wasmFunction(
        { at: "i32", count: "i32" },
        ({ at, count }, declare) => {
          const { end, total } = declare({ end: "i32", total: "f64" });
          return [
            end.set(doubleWord(at, count)),
            loopWhile(
              i32.lt(at, end),
              total.set(f64.add(total, f64.load(at))),
              at.set(i32.add(at, 8)),
            ),
            f64.store(0, total),
          ];
        },
      );
      call(memory, sum, values.byteOffset, 300);
      assert.equal(new Float64Array(memory.buffer, 0, 1)[0], 150);
    }),
);

effectTest(
  "eight bytes become doubles, two at a time, and floats again",
  () =>
    Effect.sync(() => {
      const memory = new WebAssembly.Memory({ initial: 1 });
      const { bytes, floats } = layOut(memory, {
        bytes: [Uint8Array, 8],
        floats: [Float32Array, 8],
      });
      bytes.set([0, 1, 2, 127, 128, 200, 254, 255]);
      const convert = wasmFunction({ from: "i32", to: "i32" }, ({ from, to }) =>
        [i32x4.extendLow, i32x4.extendHigh].flatMap((extend, half) => {
          const four = extend(v128.loadBytes(from));
          const pairs = [four, shuffle(four, four, [2, 3, 2, 3])];
          return pairs.flatMap((two, pair) => {
            const doubles = f64x2.convertInts(two);
            const halves = f32x4.demote(
              f64x2.add(doubles, f64x2.splat(f64.const(0.25))),
            );
            return [0, 1].map((lane) =>
              f32.store(
                to,
                f32x4.lane(halves, lane),
                16 * half + 8 * pair + 4 * lane,
              )
            );
          });
        }));
      call(memory, convert, bytes.byteOffset, floats.byteOffset);
      assert.deepEqual(
        [...floats],
        [...bytes].map((value) =>
          value + 0.25
        ),
      );
    }),
);
