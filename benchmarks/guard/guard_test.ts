import { small } from "@deepcluster/models";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { openBench, type Work } from "../measure/work.ts";
import { forward } from "../works/networks.ts";
import { fallen, floorOf, floorsFrom, floorsTable } from "./floors.ts";
import { guard, guarded } from "./guard.ts";
import { shareOf } from "./shares.ts";

/** Does the work several times as if it were once: a planted slow-down. */
const slowed = (work: Work, times: number): Work => ({
  ...work,
  open: Effect.map(work.open, ({ run }) => ({
    run: Effect.map(
      Effect.forEach(Array.from({ length: times }), () => run),
      (found) => found[0]!,
    ),
  })),
});

const network = Effect.runSync(
  small({ sobel: true, channels: [16, 32], units: [64] }),
);
const work = forward(network, 32);
const floor = (share: number) => floorOf([share]);

Deno.test("guard() fails when a slow-down is planted, and only then", async () => {
  const bench = openBench(1);
  const measure = async (measured: Work) =>
    (await shareOf(measured, bench.open, 5, work)).median;
  const floors = { [work.name]: { ...floor(1), floor: 0.6 } };
  const honest = await guard([work], floors, measure);
  assert.deepEqual(honest.failed, []);
  const { failed } = await guard([slowed(work, 3)], floors, measure);
  assert.equal(failed.length, 1);
  assert.ok(failed[0]!.share < 0.6, `${failed[0]!.share}`);
  await bench.close();
});

Deno.test("guard() measures a failing work once more and takes the better", async () => {
  const shares = [0.2, 0.9];
  const { findings, failed } = await guard(
    [work],
    { [work.name]: floor(1) },
    () => Promise.resolve(shares.shift()!),
  );
  assert.deepEqual(findings, [{ name: work.name, share: 0.9 }]);
  assert.deepEqual(failed, []);
});

Deno.test("guard() fails when both measurements do, with the better one", async () => {
  const shares = [0.3, 0.2];
  const { failed } = await guard(
    [work],
    { [work.name]: floor(1) },
    () => Promise.resolve(shares.shift()!),
  );
  assert.deepEqual(failed, [{ name: work.name, share: 0.3 }]);
});

Deno.test("floorOf() leaves 20 %, and more where the shares scattered more", () => {
  assert.equal(floorOf([0.8]).floor.toFixed(4), "0.6400");
  assert.equal(floorOf([0.8, 0.82, 0.6]).floor.toFixed(4), "0.4000");
  assert.equal(floorOf([0.8, 0.79, 0.82]).floor.toFixed(4), "0.6400");
});

Deno.test("fallen() names works without a floor, too", () =>
  assert.deepEqual(
    fallen([{ name: "new", share: 0.9 }, { name: "old", share: 0.9 }], {
      old: floor(0.9),
    }),
    [{ name: "new", share: 0.9 }],
  ));

Deno.test("floorsTable() says which fell and by how much", () => {
  const lines = floorsTable([{ name: "step", share: 0.4 }], {
    step: floor(0.8),
  });
  assert.match(
    lines,
    /\| step \| +40\.0 % \| 64\.0 % \| 80\.0 % \| FELL by 50\.0 % \|/,
  );
});

Deno.test("floorsFrom() refuses what is no file of floors", () =>
  assert.throws(() => floorsFrom('{"floors": {"step": {"share": 1}}}')));

Deno.test("Every guarded work has a floor, and no other has", async () => {
  const text = await Deno.readTextFile(
    new URL("floors.json", import.meta.url),
  );
  assert.deepEqual(
    Object.keys(floorsFrom(text)).sort(),
    guarded.map(({ name }) => name).sort(),
  );
});
