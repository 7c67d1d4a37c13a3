import assert from "node:assert/strict";
import { readTap } from "./conformance.ts";

Deno.test("readTap() counts cases and keeps what failed ones said", () => {
  const lines = [
    "TAP version 14",
    "# ./cases.ts",
    "ok 1 - a",
    "not ok 2 - b - c",
    "  ---",
    '  {"message":"Error: \\u001b[31mx[0]\\u001b[0m differs","severity":"fail"}',
    "  ...",
    "ok 3 - d",
  ];
  const broken = readTap(lines);
  assert.deepEqual(broken, {
    passed: 2,
    failed: 1,
    failures: [{ name: "b - c", says: "Error: x[0] differs" }],
    complete: false,
  });
  assert.equal(readTap([...lines, "1..3"]).complete, true);
  assert.equal(readTap(lines.slice(0, 5)).failures[0]!.name, "b - c");
});
