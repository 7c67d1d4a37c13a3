import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describeForeign } from "./foreign_file.ts";

/** How files begin, one character a byte, and a part of their description. */
const files = [
  ["", "it is empty"],
  ["\xef\xbb\xbf\r\n<!DOCTYPE HTML>\n<title>Sign in</title>", "an HTML page"],
  ["<html lang=en>", "an HTML page"],
  ['<?xml version="1.0"?><Error><Code>AccessDenied</Code>', "an XML document"],
  ['{"error": "not found"}', "JSON text"],
  ['[{"a": 1}]', "JSON text"],
  ["version https://git-lfs.example/spec/v1\noid sha256:0\n", "git lfs pull"],
  ["/annex/objects/SHA256E-s1--0.pth\n", "git annex get"],
  ["../.git/annex/objects/a/b/SHA256E-s1--0", "git annex get"],
  ["PK\x05\x06" + "\0".repeat(18), "a zip archive without any file"],
  ["\x08\x07\x12\x07pytorch\x1a\x051.13.", "an ONNX model"],
  ["\x89HDF\r\n\x1a\n\0", "an HDF5 file"],
  ["GGUF\x03\0\0\0", "a GGUF model"],
  ["\x1c\0\0\0TFL3", "a TensorFlow Lite model"],
  ["\x93NUMPY\x01\0", "a NumPy array"],
  ["\x1f\x8b\x08\0", "gzip: unpack it first"],
  ["\xfd7zXZ\0\0", "xz: unpack it first"],
  ["\x89PNG\r\n", "a PNG image"],
  ["\0".repeat(64), "zeros only"],
  ["epoch,loss\r\n1,2\n", 'text, which begins with "epoch,loss"'],
  ["Datei \xc3\xa4 fehlt", 'text, which begins with "Datei ä fehlt"'],
  ["\x01\x02\xff", "it begins with 01 02 ff"],
] as const;

for (const [content, expected] of files) {
  Deno.test(
    `describeForeign() finds ${expected} in ${
      JSON.stringify(content.slice(0, 12))
    }`,
    () => {
      const found = describeForeign(Buffer.from(content, "latin1"));
      assert.ok(found.includes(expected), found);
    },
  );
}
