import { matrix, row, type RowReader, rowsOf } from "@deepcluster/core";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import {
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openNpy, writeNpy } from "./npy.ts";
import { formatNpyHeader } from "./npy_header.ts";
import assert from "node:assert/strict";
import fixture from "./fixtures/npy.json" with { type: "json" };

const [rows, columns] = fixture.shape as [number, number];

/** A file in a folder that the test removes. */
const fileOf = (bytes: Uint8Array | string) =>
  Effect.map(temporaryFolder, (folder) => {
    const path = join(folder, "f.npy");
    writeFileSync(path, bytes);
    return path;
  });

const bytesOf = (base64: string) =>
  Uint8Array.from(Buffer.from(base64, "base64"));

const messageOf = (bytes: Uint8Array | string) =>
  Effect.gen(function* () {
    const path = yield* fileOf(bytes);
    const { _tag, message } = yield* Effect.flip(openNpy(path));
    assert.equal(_tag, "NpyError");
    assert.ok(message.startsWith(`Cannot use ${path} as `), message);
    return message.slice(`Cannot use ${path} as `.length);
  }).pipe(Effect.scoped);

/** A file whose header is written here, with so many bytes of values. */
const withHeader = (text: string, values = 0) => {
  const bytes = new Uint8Array(10 + text.length + values);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  bytes.set([text.length & 255, text.length >> 8], 8);
  bytes.set(new TextEncoder().encode(text), 10);
  return bytes;
};

effectTest(
  "openNpy() reads what NumPy saved in every width, byte order, axis order " +
    "and version, in blocks",
  () =>
    Effect.gen(function* () {
      for (const [name, { bytes, values }] of Object.entries(fixture.good)) {
        const file = yield* openNpy(yield* fileOf(bytesOf(bytes)));
        assert.deepEqual([file.rows, file.columns], [rows, columns], name);
        const into = new Float32Array(2 * columns + 5);
        for (const [start, count] of [[0, rows], [1, 2], [3, 1], [2, 0]]) {
          for (const block of [undefined, into]) {
            const read = yield* file.read(start!, count!, block);
            const part = values.slice(
              start! * columns,
              (start! + count!) * columns,
            );
            if (block && part.length > block.length) continue;
            assert.deepEqual([...read.data], part, name);
          }
        }
      }
      assert.equal(Object.keys(fixture.good).length, 15);
    }).pipe(Effect.scoped),
);

effectTest(
  "openNpy() names the rule that a file breaks",
  () =>
    Effect.gen(function* () {
      const matrixRule =
        "the array must be a matrix: one row an image, at least one column: ";
      const typeRule = "its numbers must be float16, float32 or float64: ";
      const expected: Record<keyof typeof fixture.bad, string> = {
        "int64": typeRule + "<i8",
        "uint8": typeRule + "|u1",
        "complex64": typeRule + "<c8",
        "bool": typeRule + "|b1",
        "str": typeRule + "<U1",
        "fields": "an element must be one number, without fields: {'descr': " +
          "[('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': " +
          "(2, 2), }",
        "object": typeRule + "|O",
        "one axis": matrixRule + "shape (3)",
        "no axis": matrixRule + "shape ()",
        "four axes": matrixRule + "shape (2, 3, 4, 4)",
        "no rows": matrixRule + "shape (0, 3)",
        "no columns": matrixRule + "shape (3, 0)",
        "npz": "a .npy file must begin with the bytes \\x93NUMPY: a .npz " +
          "archive; save one of its arrays with numpy.save",
      };
      for (const [name, message] of Object.entries(expected)) {
        const bytes = bytesOf(fixture.bad[name as keyof typeof fixture.bad]);
        assert.equal(yield* messageOf(bytes), message, name);
      }
    }),
);

effectTest(
  "openNpy() refuses a file that is cut off anywhere, or goes on behind its " +
    "array",
  () =>
    Effect.gen(function* () {
      const bytes = bytesOf(fixture.written.matrix);
      for (let size = 0; size < bytes.length; size++) {
        const message = yield* messageOf(bytes.subarray(0, size));
        if (size < 128) continue;
        assert.equal(
          message,
          `the file must have the 176 bytes that its header announces: ${size} bytes`,
        );
      }
      assert.equal(
        yield* messageOf(Buffer.concat([bytes, bytes])),
        "the file must end with its array: 176 bytes behind it",
      );
    }),
);

effectTest(
  "openNpy() takes a header as other programs write it, and evaluates none",
  () =>
    Effect.gen(function* () {
      const accepted = [
        `{"shape":(2,1),"descr":"<f4","fortran_order":False}`,
        "{ 'descr' : '<f4' , 'fortran_order':False,'shape':(2L, 1L),}  \n",
      ];
      for (const text of accepted) {
        const file = yield* openNpy(yield* fileOf(withHeader(text, 8)));
        assert.equal(file.rows, 2, text);
      }
      const refused = [
        "",
        "{}",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [2, 1]}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), 'a': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), 'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1+1, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1)} + x",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (2, 1)}",
      ];
      for (const text of refused) {
        assert.equal(
          yield* messageOf(withHeader(text, 8)),
          "the header must be a dictionary of descr, fortran_order and " +
            `shape, as numpy.save writes it: ${text}`,
        );
      }
      const huge =
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 9)}";
      assert.equal(
        yield* messageOf(withHeader(huge)),
        "the file must have the 7200000000005 bytes that its header " +
          "announces: 77 bytes",
      );
    }).pipe(Effect.scoped),
);

effectTest(
  "openNpy() names the row of a value that no feature can have",
  () =>
    Effect.gen(function* () {
      for (const value of [NaN, -Infinity, 1e300]) {
        const values = new Float64Array(8);
        values[5] = value;
        const header = { descr: "<f8", fortranOrder: false, shape: [4, 2] };
        const path = yield* fileOf(
          Buffer.concat([formatNpyHeader(header), Buffer.from(values.buffer)]),
        );
        const file = yield* openNpy(path);
        yield* file.read(0, 2);
        const error = yield* Effect.flip(file.read(1, 3));
        assert.equal(
          error.message,
          `Cannot use ${path} as features must be finite: current values are ` +
            `row=2, column=1, value=${Math.fround(value)}`,
        );
      }
    }).pipe(Effect.scoped),
);

effectTest(
  "writeNpy() writes the bytes of numpy.save",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const path = join(folder, "new", "f.npy");
      const { values } = fixture.good["version 1.0"];
      const m = matrix(rows, columns, Float32Array.from(values));
      yield* writeNpy(path, rowsOf(m));
      assert.deepEqual(
        readFileSync(path),
        Buffer.from(fixture.written.matrix, "base64"),
      );
      yield* writeNpy(path, Int32Array.of(3, -1, 2 ** 31 - 1));
      assert.deepEqual(
        readFileSync(path),
        Buffer.from(fixture.written.vector, "base64"),
      );
    }).pipe(Effect.scoped),
);

effectTest(
  "writeNpy() writes blocks that openNpy() reads back, row by row",
  () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "f.npy");
      const m = matrix(3001, 1021);
      m.data.forEach((_, i) => m.data[i] = Math.sin(i));
      yield* writeNpy(path, rowsOf(m));
      const file = yield* openNpy(path);
      for (const i of [0, 1026, 1027, 2053, 2054, 3000]) {
        assert.deepEqual((yield* file.read(i, 1)).data, row(m, i));
      }
    }).pipe(Effect.scoped),
);

effectTest(
  "writeNpy() leaves nothing when its rows cannot be read",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const broken: RowReader<string> = {
        rows: 4,
        columns: 2 ** 20,
        read: (start, count) =>
          start < 2
            ? Effect.succeed(matrix(count, 2 ** 20))
            : Effect.fail("unreadable"),
      };
      const path = join(folder, "f.npy");
      assert.equal(yield* Effect.flip(writeNpy(path, broken)), "unreadable");
      assert.deepEqual(readdirSync(folder), []);
    }).pipe(Effect.scoped),
);

effectTest(
  "openNpy() reads a file that is cut off while it is open as such",
  () =>
    Effect.gen(function* () {
      const path = yield* fileOf(bytesOf(fixture.written.matrix));
      const file = yield* openNpy(path);
      truncateSync(path, 150);
      const error = yield* Effect.flip(file.read(0, rows));
      assert.match(error.message, /it ends at byte 150$/);
      assert.ok(existsSync(path));
    }).pipe(Effect.scoped),
);
