import assert from "node:assert/strict";
import { agreementOf } from "./measurement.ts";

Deno.test("agreementOf() relates differences to our largest value", () => {
  const [same, other, short] = agreementOf([
    { side: "ours", values: [1, -4, 0] },
    { side: "a", values: [1.0004, -4, 0] },
    { side: "b", values: [1, -4, 0.008] },
    { side: "c", values: [1, -4] },
  ], 1e-3);
  assert.equal(same!.agrees, true);
  assert.equal(other!.difference, 0.002);
  assert.equal(other!.agrees, false);
  assert.equal(short!.agrees, false);
});
