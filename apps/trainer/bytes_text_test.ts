import assert from "node:assert/strict";
import { bytesText } from "./bytes_text.ts";

const mebibyte = 2 ** 20;

Deno.test("bytesText() rounds to what matters", () => {
  assert.equal(bytesText(0), "0 bytes");
  assert.equal(bytesText(1023), "1023 bytes");
  assert.equal(bytesText(1024), "1.0 KiB");
  assert.equal(bytesText(9.96 * mebibyte), "10 MiB");
  assert.equal(bytesText(1.44 * 1024 * mebibyte), "1.4 GiB");
  assert.equal(bytesText(2 ** 60), "1048576 TiB");
});
