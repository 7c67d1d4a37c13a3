import assert from "node:assert/strict";
import { agreementOf, measure, type Task } from "./measurement.ts";
import type { Reply, Side } from "./side.ts";

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

/** A side whose every run takes as long as it says. */
const sideOf = (name: string, seconds: number, fails = false): Side => ({
  ...{ name, versions: {}, onGpu: false },
  request: (message): Promise<Reply> => {
    if (fails) return Promise.reject(new Error("out of memory"));
    if ("open" in message) return Promise.resolve({ values: [1] });
    if (!("run" in message)) return Promise.resolve({ memoryBytes: 7 });
    const count = message.run as number;
    return Promise.resolve({ seconds: new Array(count).fill(seconds) });
  },
  close: () => Promise.resolve(),
});

const task: Task = {
  spec: { kind: "gemm", size: 2, products: 1 },
  ...{ unit: "GFLOP", unitsPerRun: 8, rounds: 3, tolerance: 1e-3 },
};

const contest = (...sides: readonly Side[]) =>
  sides.map((side) => ({ name: side.name, side, how: {} }));

Deno.test("measure() divides our time by that of the others, and counts units a second", async () => {
  const sides = contest(sideOf("ours", 4), sideOf("PyTorch", 3));
  const { results, failures } = await measure(task, sides, () => 60_000);
  const [ours, theirs] = results;
  assert.deepEqual(ours!.perSecond, { value: 2, unit: "GFLOP/s" });
  assert.equal(ours!.runs, 3);
  assert.equal(ours!.oursTakes, undefined);
  assert.ok(Math.abs(theirs!.oursTakes!.ratio - 4 / 3) < 1e-9);
  assert.deepEqual(failures, []);
});

Deno.test("measure() keeps ours when another side fails, and fails when ours does", async () => {
  const [good, bad] = [sideOf("ours", 1), sideOf("PyTorch", 1, true)];
  const kept = await measure(task, contest(good, bad), () => 60_000);
  assert.deepEqual(kept.results.map(({ side }) => side), ["ours"]);
  assert.deepEqual(kept.failures, [
    { side: "PyTorch", reason: "out of memory" },
  ]);
  await assert.rejects(
    measure(task, contest(bad, good), () => 60_000),
    /out of memory/,
  );
});

Deno.test("measure() ends after a round when there is no time for another", async () => {
  let calls = 0;
  const side = sideOf("ours", 3);
  const slow: Side = {
    ...side,
    request: async (message, limitMs) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      calls++;
      return await side.request(message, limitMs);
    },
  };
  const end = performance.now() + 70;
  const left = () => end - performance.now();
  const { results } = await measure(task, contest(slow), left);
  assert.equal(results[0]!.runs, 1, `${calls} calls`);
});
