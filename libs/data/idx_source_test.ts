import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { idxSource } from "./idx_source.ts";
import assert from "node:assert/strict";

/** An IDX file of bytes 0, 1, 2 … */
const idx = (...sizes: number[]): Uint8Array => {
  const count = sizes.reduce((a, b) => a * b, 1);
  const bytes = new Uint8Array(4 + 4 * sizes.length + count);
  bytes.set([0, 0, 8, sizes.length]);
  const header = new DataView(bytes.buffer);
  sizes.forEach((size, i) => header.setUint32(4 + 4 * i, size));
  for (let i = 0; i < count; i++) bytes[bytes.length - count + i] = i;
  return bytes;
};

effectTest(
  "idxSource() cuts images out of a file, compressed or not",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "i": idx(3, 2, 4),
        "i.gz": gzipSync(idx(3, 2, 4)),
        "l": idx(3),
      });
      for (const file of ["i", "i.gz"]) {
        const path = join(folder, file);
        const { source, labels } = yield* idxSource(path, join(folder, "l"));
        assert.deepEqual(source.ids, ["00000", "00001", "00002"]);
        const payload = source.payload(1);
        assert.deepEqual(payload, {
          kind: "pixels",
          width: 4,
          height: 2,
          channels: 1,
          data: Uint8Array.of(8, 9, 10, 11, 12, 13, 14, 15),
        });
        assert.deepEqual(labels?.names, ["0", "1", "2"]);
        assert.deepEqual(labels?.classes, Int32Array.of(0, 1, 2));
      }
      assert.equal((yield* idxSource(join(folder, "i"))).labels, undefined);
    }),
);

effectTest(
  "idxSource() takes only numbers that some image has for classes",
  () =>
    Effect.gen(function* () {
      const labels = idx(4);
      labels.set([7, 1, 7, 12], labels.length - 4);
      const folder = yield* testFolder({ "i": idx(4, 1, 1), "l": labels });
      const found = yield* idxSource(join(folder, "i"), join(folder, "l"));
      assert.deepEqual(found.labels?.names, ["1", "7", "12"]);
      assert.deepEqual(found.labels?.classes, Int32Array.of(1, 0, 1, 2));
    }),
);

effectTest(
  "idxSource() names the field that is not as it must be",
  () =>
    Effect.gen(function* () {
      const good = idx(3, 2, 4);
      const changed = (at: number, value: number) => {
        const bytes = good.slice();
        bytes[at] = value;
        return bytes;
      };
      const cases: Record<string, [Uint8Array, RegExp]> = {
        "magic": [changed(0, 1), /magic must be 0, 0: .*magic=1, 0/],
        "type": [changed(2, 13), /type must be 8 \(unsigned byte\): .*type=13/],
        "dimensions": [idx(24), /dimensions must be 3: .*dimensions=1/],
        "header": [
          good.subarray(0, 9),
          /length must be at least 16 bytes: .*=9 b/,
        ],
        "short": [good.subarray(0, 39), /length must be 40 bytes: .*=39 bytes/],
        "long": [
          Uint8Array.of(...good, 0),
          /length must be 40 bytes: .*=41 bytes/,
        ],
        "rows": [changed(11, 3), /length must be 52 bytes: .*length=40 bytes/],
        "empty": [new Uint8Array(0), /magic must be 0, 0/],
        "zip": [
          gzipSync(good).subarray(0, 30),
          /compression must be whole gzip/,
        ],
      };
      const folder = yield* testFolder(
        Object.fromEntries(
          Object.entries(cases).map(([name, [bytes]]) => [name, bytes]),
        ),
      );
      for (const [name, [, expected]] of Object.entries(cases)) {
        const file = join(folder, name);
        const error = yield* Effect.flip(idxSource(file));
        assert.match(error.message, expected, name);
        assert.ok(error.message.includes(`file=${file}`), name);
      }
    }),
);

effectTest(
  "idxSource() refuses another number of labels than of images",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({ "i": idx(3, 2, 4), "l": idx(4) });
      const error = yield* Effect.flip(
        idxSource(join(folder, "i"), join(folder, "l")),
      );
      assert.match(error.message, /labels must be 3, as there are.*labels=4/);
    }),
);

effectTest(
  "idxSource() fails with SourceError when a file holds no pixel",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "i": idx(0, 28, 28),
        "j": idx(5, 0, 2),
      });
      for (const name of ["i", "j", "missing"]) {
        const error = yield* Effect.flip(idxSource(join(folder, name)));
        assert.equal(
          error._tag === "SourceError" ? error.problem : error._tag,
          name === "missing" ? "missing" : "empty",
        );
      }
    }),
);
