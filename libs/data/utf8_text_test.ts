import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { isUtf16, shownText, utf8Decoder, wasUtf8 } from "./utf8_text.ts";
import assert from "node:assert/strict";

effectTest(
  "utf8Decoder() decodes the same however the bytes are cut",
  () =>
    Effect.sync(() => {
      const text = "\uFEFFé\uFEFF€🎉\uFFFD\u0000z";
      const bytes = new TextEncoder().encode(text);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const { decode } = utf8Decoder();
        const decoded = decode(bytes.subarray(0, cut), false) +
          decode(bytes.subarray(cut), false) + decode(new Uint8Array(0), true);
        assert.equal(decoded, text.slice(1));
      }
    }),
);

effectTest(
  "utf8Decoder() keeps every byte that is no UTF-8, so that it can be shown",
  () =>
    Effect.sync(() => {
      for (
        const [bytes, shown] of [
          [[0x61, 0xE1, 0x62], "a\\xe1b"],
          [[0xC3, 0xA9, 0xE9], "é\\xe9"],
          [[0x72, 0x00], "r\\x00"],
          [[0xC0, 0x80], "\\xc0\\x80"],
          [[0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"],
          [[0xF0, 0x9F, 0x8E], "\\xf0\\x9f\\x8e"],
          [[0xF0, 0x9F, 0x8E, 0x89, 0xFF], "🎉\\xff"],
        ] as const
      ) {
        for (let cut = 0; cut <= bytes.length; cut++) {
          const { decode } = utf8Decoder();
          const text = decode(Uint8Array.from(bytes.slice(0, cut)), false) +
            decode(Uint8Array.from(bytes.slice(cut)), true);
          assert.equal(shownText(text), shown);
          assert.equal(wasUtf8(text), false);
        }
      }
      assert.ok(wasUtf8("🎉 é"));
    }),
);

effectTest(
  "isUtf16() tells UTF-16 from UTF-8 with a mark, and from short files",
  () =>
    Effect.sync(() => {
      assert.ok(isUtf16(Uint8Array.of(0xFF, 0xFE)));
      assert.ok(isUtf16(Uint8Array.of(0xFE, 0xFF, 0, 0x61)));
      assert.ok(isUtf16(Uint8Array.of(0x61, 0)));
      assert.ok(!isUtf16(Uint8Array.of(0xEF, 0xBB, 0xBF, 0x61)));
      assert.ok(!isUtf16(Uint8Array.of(0x61)));
      assert.ok(!isUtf16(new Uint8Array(0)));
    }),
);
