import { floatTensor, intTensor, type Tensors } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { readFileSync } from "node:fs";
import type { SafetensorsError } from "./errors.ts";
import { decodeTensors, encodeTensors } from "./safetensors.ts";
import assert from "node:assert/strict";

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

const joined = (chunks: ReadonlyArray<Uint8Array>) =>
  new Uint8Array(chunks.flatMap((chunk) => [...chunk]));

const ours: Tensors = {
  "features.0.weight": floatTensor(
    [2, 3],
    Float32Array.of(1.5, -2, 0.25, 3, 1e-30, -0),
  ),
  "labels": intTensor([3], Int32Array.of(7, -1, 2147483647)),
  "scalar": floatTensor([], Float32Array.of(0.5)),
  "empty": floatTensor([0, 4]),
};

/** A file by hand: any header text, any data. */
const file = (header: unknown, data = 0): Uint8Array => {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.byteLength + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  bytes.set(text, 8);
  return bytes;
};

const f32 = (start: number, end: number, ...shape: ReadonlyArray<number>) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

const messageOf = (
  effect: Effect.Effect<unknown, SafetensorsError>,
): Effect.Effect<string, unknown> =>
  Effect.map(Effect.flip(effect), (error) => error.message);

effectTest(
  "encodeTensors() writes the bytes that torch read as the same values",
  () =>
    Effect.gen(function* () {
      const metadata = { epoch: "3", note: "ütf" };
      const chunks = yield* encodeTensors("a", ours, metadata);
      assert.deepEqual(joined(chunks), fixture("from_typescript.safetensors"));
    }),
);

effectTest(
  "decodeTensors() reads a PyTorch state as torch wrote it",
  () =>
    Effect.gen(function* () {
      const bytes = fixture("from_python.safetensors");
      const { tensors, metadata } = yield* decodeTensors("a", bytes);
      const expected: Record<string, { shape: number[]; values: number[] }> =
        JSON
          .parse(new TextDecoder().decode(fixture("from_python.json")));
      assert.deepEqual(metadata, { format: "pt" });
      assert.deepEqual(
        Object.keys(tensors).sort(),
        Object.keys(expected).sort(),
      );
      for (const [name, { shape, values }] of Object.entries(expected)) {
        assert.deepEqual(tensors[name]!.shape, shape);
        assert.deepEqual([...tensors[name]!.data], values);
      }
      assert.equal(tensors["1.num_batches_tracked"]!.dtype, "int32");
    }),
);

effectTest(
  "decodeTensors() reads F16, BF16 and F64 into 32-bit floats",
  () =>
    Effect.gen(function* () {
      const entry = (dtype: string, start: number, end: number) => ({
        ...f32(start, end, 1),
        dtype,
      });
      const bytes = file({
        a: entry("F16", 0, 2),
        b: entry("BF16", 2, 4),
        c: entry("F64", 4, 12),
      }, 12);
      const data = bytes.subarray(bytes.byteLength - 12);
      data.set(new Uint8Array(Uint16Array.of(0x3800, 0xbfc0).buffer));
      data.set(new Uint8Array(Float64Array.of(0.1).buffer), 4);
      const { tensors } = yield* decodeTensors("a", bytes);
      assert.deepEqual(tensors, {
        a: floatTensor([1], Float32Array.of(0.5)),
        b: floatTensor([1], Float32Array.of(-1.5)),
        c: floatTensor([1], Float32Array.of(0.1)),
      });
    }),
);

effectTest(
  "decodeTensors() undoes encodeTensors(), order of names included",
  () =>
    Effect.gen(function* () {
      const bytes = joined(yield* encodeTensors("a", ours, { a: "1" }));
      const back = yield* decodeTensors("a", bytes);
      assert.deepEqual(back, { tensors: ours, metadata: { a: "1" } });
      assert.deepEqual(Object.keys(back.tensors), Object.keys(ours));
    }),
);

effectTest(
  "encodeTensors() and decodeTensors() share memory instead of copying",
  () =>
    Effect.gen(function* () {
      const part = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
      const [header, view] = yield* encodeTensors("a", {
        part: floatTensor([2], part),
      });
      assert.equal(view!.buffer, part.buffer);
      assert.equal(header!.byteLength % 8, 0);
      const bytes = joined([header!, view!]);
      const { tensors } = yield* decodeTensors("a", bytes);
      assert.equal(tensors["part"]!.data.buffer, bytes.buffer);
    }),
);

effectTest(
  "decodeTensors() reads tensors at any alignment",
  () =>
    Effect.gen(function* () {
      const bytes = joined(yield* encodeTensors("a", ours));
      for (const shift of [1, 2, 3, 4]) {
        const moved = new Uint8Array(bytes.byteLength + shift);
        moved.set(bytes, shift);
        const back = yield* decodeTensors("a", moved.subarray(shift));
        assert.deepEqual(back.tensors, ours);
      }
    }),
);

const rules: ReadonlyArray<[string, Uint8Array, RegExp]> = [
  ["an empty file", new Uint8Array(0), /header length .* the file has 0 bytes/],
  ["a header longer than the file", file("{}").subarray(0, 9), /cut off/],
  [
    "an oversized header",
    Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255),
    /at most 100000000 bytes/,
  ],
  ["a header that is no JSON", file("{nope"), /must be a JSON object/],
  ["a header that is a list", file("[]"), /must be a JSON object/],
  [
    "a header that is no UTF-8",
    new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 255]),
    /must be UTF-8/,
  ],
  [
    "a name that stands twice",
    file(
      `{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},` +
        `"\\u0061":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`,
      4,
    ),
    /name must stand once in the header: a$/,
  ],
  [
    "metadata that is no text",
    file({ __metadata__: { epoch: 3 } }),
    /metadata must be words: epoch must be a string/,
  ],
  [
    "a type that it does not read",
    file({ a: { ...f32(0, 1, 1), dtype: "F8_E4M3" } }, 1),
    /F32, I32, I64.*: a has F8_E4M3/,
  ],
  [
    "a type that there is not",
    file({ a: { ...f32(0, 2, 1), dtype: "F7" } }, 2),
    /a type of safetensors.*: a: dtype must be/,
  ],
  ["a negative size", file({ a: f32(0, 4, -1) }, 4), /a: shape/],
  [
    "overlapping tensors",
    file({ a: f32(0, 8, 2), b: f32(4, 12, 2) }, 12),
    /without gap or overlap: b has F32 \[2\] at bytes 4 to 12/,
  ],
  [
    "a gap between tensors",
    file({ a: f32(0, 4, 1), b: f32(8, 12, 1) }, 12),
    /without gap or overlap: b /,
  ],
  [
    "offsets that disagree with the shape",
    file({ a: f32(0, 8, 3) }, 8),
    /agree with type and shape: a /,
  ],
  [
    "offsets in the wrong order",
    file({ a: f32(0, 4, 1), b: f32(4, 0, 1) }, 4),
    /offsets must agree|without gap/,
  ],
  ["a truncated file", file({ a: f32(0, 8, 2) }, 5), /cut off: 5 bytes/],
  ["bytes after the end", file({ a: f32(0, 4, 1) }, 5), /1 bytes after/],
];

for (const [what, bytes, expected] of rules) {
  effectTest(
    `decodeTensors() refuses ${what} and names file and rule`,
    () =>
      Effect.gen(function* () {
        const message = yield* messageOf(decodeTensors("x.safetensors", bytes));
        assert.match(message, /^Cannot read x\.safetensors as /);
        assert.match(message, expected);
      }),
  );
}

effectTest(
  "decodeTensors() refuses 64-bit integers beyond 32 bits",
  () =>
    Effect.gen(function* () {
      const bytes = file({ n: { ...f32(0, 8), dtype: "I64" } }, 8);
      bytes[bytes.length - 1] = 1;
      assert.match(
        yield* messageOf(decodeTensors("x", bytes)),
        /must fit 32 bits: n holds 72057594037927936/,
      );
    }),
);

effectTest(
  "encodeTensors() refuses a shape that disagrees with the values",
  () =>
    Effect.gen(function* () {
      const tensors = { w: floatTensor([3], new Float32Array(2)) };
      assert.equal(
        yield* messageOf(encodeTensors("x", tensors)),
        "Cannot write x as a tensor must hold as many values as its shape " +
          "says: w has shape [3] and 2 values",
      );
      const reserved = { __metadata__: floatTensor([1]) };
      assert.match(yield* messageOf(encodeTensors("x", reserved)), /metadata/);
    }),
);
