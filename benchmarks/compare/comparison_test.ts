import assert from "node:assert/strict";
import {
  compare,
  type Comparison,
  comparisonTable,
  regressed,
  type Revision,
} from "./comparison.ts";

/** A machine that is three times slower in the second half. */
const noisy = (slowdown: number) => {
  const order: Revision[] = [];
  const run = (revision: Revision) => {
    order.push(revision);
    const machine = order.length > 8 ? 3 : 1;
    const jitter = 1 + 0.01 * (order.length % 3);
    return Promise.resolve({
      seconds: (revision === "head" ? slowdown : 1) * machine * jitter,
      value: revision === "head" ? 1.5 : 1,
    });
  };
  return { order, run };
};

Deno.test("compare() alternates which revision begins", async () => {
  const { order, run } = noisy(1);
  await compare("work", 3, run);
  assert.deepEqual(order, ["base", "head", "head", "base", "base", "head"]);
});

Deno.test("compare() finds a slow-down of a tenth on a machine that changes", async () => {
  const slow = await compare("work", 8, noisy(1.1).run);
  assert.ok(regressed(slow, 0.03), `${slow.low}`);
  const same = await compare("work", 8, noisy(1).run);
  assert.ok(!regressed(same, 0.03), `${same.low}`);
});

Deno.test("compare() sees that results differ", async () => {
  const { difference } = await compare("work", 1, noisy(1).run);
  assert.equal(difference, 0.5);
});

Deno.test("comparisonTable() says slower only if the entire interval is", () => {
  const comparison = (low: number, high: number): Comparison => ({
    name: "step",
    base: [1],
    head: [1.1],
    ratio: 1.1,
    low,
    high,
    difference: 0,
  });
  assert.match(comparisonTable([comparison(1.05, 1.15)], 0.03), /SLOWER/);
  assert.match(comparisonTable([comparison(0.9, 1.3)], 0.03), /same/);
  assert.match(comparisonTable([comparison(0.8, 0.9)], 0.03), /faster/);
});
