import { codeOf, messageOf } from "@deepcluster/core";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const thrownBy = (run: () => void): unknown => {
  try {
    run();
  } catch (cause) {
    return cause;
  }
  throw new Error("nothing was thrown");
};

Deno.test("messageOf() gives an error's message without its name, and other causes as text", () => {
  assert.equal(messageOf(new TypeError("no number")), "no number");
  assert.equal(messageOf("no error"), "no error");
  assert.equal(messageOf(undefined), "undefined");
});

Deno.test("codeOf() gives the code of a failed system call, and nothing for other causes", () => {
  const missing = thrownBy(() => readFileSync("/no/such/file"));
  assert.equal(codeOf(missing), "ENOENT");
  assert.equal(codeOf(new Error("ENOENT")), "");
  assert.equal(codeOf("ENOENT"), "");
  assert.equal(codeOf({ code: "ENOENT" }), "");
});
