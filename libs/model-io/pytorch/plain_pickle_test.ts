import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import pickles from "../fixtures/plain_pickles.json" with { type: "json" };
import { readPickle } from "./plain_pickle.ts";

const read = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const folder = yield* testFolder({ "a.pkl": bytes });
  return yield* readPickle(join(folder, "a.pkl"));
});

const written = (name: keyof typeof pickles) =>
  Uint8Array.from(Buffer.from(pickles[name], "base64"));

effectTest(
  "readPickle() reads lists, numbers and NumPy's arrays of every protocol",
  () =>
    Effect.gen(function* () {
      for (const protocol of ["2", "3", "4", "5"] as const) {
        assert.deepEqual(yield* read(written(protocol)), {
          imlist: ["a_1", "b_2"],
          gnd: [{
            bbx: [1.5, 2, 300.25, 0.1],
            easy: [0, 1, 128, 159, 255, 70000],
            hard: [3, 200],
            junk: [],
            "big endian": [258],
            one: 130,
          }],
        }, `protocol ${protocol}`);
      }
    }),
);

effectTest(
  "readPickle() reads the byte strings of Python 2 to the byte",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* read(written("python 2")), { easy: [128, 159] });
    }),
);

effectTest(
  "readPickle() refuses what is no plain data, and what is cut off",
  () =>
    Effect.gen(function* () {
      const named = new TextEncoder().encode("\x80\x02cos\nsystem\n.")
        .map((byte, i) => i === 0 ? 0x80 : byte);
      const call = Uint8Array.of(0x80, ...named.slice(2));
      const error = yield* Effect.flip(read(call));
      assert.match(error.message, /must hold no other: os\.system$/);
      const cut = yield* Effect.flip(read(written("4").slice(0, 99)));
      assert.match(
        cut.message,
        /^Cannot read the pickle .* must not be cut off/,
      );
    }),
);
