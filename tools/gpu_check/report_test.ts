import assert from "node:assert/strict";
import { join } from "node:path";
import {
  hasFailed,
  type Item,
  lineOf,
  ratiosOf,
  type Report,
  writeReport,
} from "./report.ts";

Deno.test("writeReport() replaces a report, and leaves nothing beside it", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "gpu.json");
  const report = {
    format: 1,
    state: "running",
    items: [],
  } as unknown as Report;
  await writeReport(path, report);
  report.state = "done";
  await writeReport(path, report);
  assert.equal(JSON.parse(await Deno.readTextFile(path)).state, "done");
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), [
    "gpu.json",
  ]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("lineOf() says why an item was not done, and what cases failed", () => {
  const base = { name: "conformance (onnx webgpu)", seconds: 1 };
  assert.equal(
    lineOf({ ...base, state: "skipped", reason: "no time was left" }),
    "conformance (onnx webgpu): skipped: no time was left",
  );
  const conformance = {
    ...{ passed: 46, failed: 1, failures: [] },
    ...{ complete: false, ended: "stopped after 150 s" },
  };
  assert.equal(
    lineOf({ ...base, state: "done", conformance }),
    "conformance (onnx webgpu): 46 passed, 1 failed (stopped after 150 s)",
  );
});

Deno.test("ratiosOf() divides our time by that of PyTorch, and of the processor by rates", () => {
  const result = (side: string, value: number, ratio?: number) => ({
    ...{ side, medianSeconds: 1, spread: 0, minSeconds: 1, maxSeconds: 1 },
    ...{ runs: 1, openSeconds: 1, perSecond: { value, unit: "images/s" } },
    ...ratio !== undefined && { oursTakes: { ratio, low: 1, high: 2 } },
  });
  const item = (
    name: string,
    kind: string,
    ...results: ReturnType<typeof result>[]
  ): Item => ({
    ...{ name, state: "done", seconds: 1 },
    measurement: {
      ...{
        spec: { kind, network: "alexnet" },
        agreement: [],
        results,
        failures: [],
      },
    },
  });
  const items = [
    item("step", "step", result("webgpu", 100), result("PyTorch", 120, 1.2)),
    item("forward", "forward", result("webgpu", 100)),
    item("step (cpu)", "step", result("onnx cpu", 4)),
  ];
  assert.deepEqual(ratiosOf(items), {
    step: { "PyTorch": 1.2, "onnx cpu": 0.04 },
  });
});

Deno.test("hasFailed() is true of failed cases and of values that differ", () => {
  const base = { name: "x", state: "done", seconds: 1 } as const;
  const conformance = (failed: number, complete: boolean) => ({
    ...base,
    conformance: { passed: 1, failed, failures: [], complete },
  });
  const measured = (agrees: boolean): Item => ({
    ...base,
    measurement: {
      ...{ spec: {}, results: [], failures: [] },
      agreement: [{
        ...{ side: "PyTorch", difference: 0, agrees },
        ...{ values: [], ourValues: [] },
      }],
    },
  });
  assert.equal(hasFailed(conformance(0, true)), false);
  assert.equal(hasFailed(conformance(1, true)), true);
  assert.equal(hasFailed(conformance(0, false)), true);
  assert.equal(hasFailed(measured(true)), false);
  assert.equal(hasFailed(measured(false)), true);
  assert.equal(hasFailed({ ...base, state: "skipped", reason: "" }), false);
});
