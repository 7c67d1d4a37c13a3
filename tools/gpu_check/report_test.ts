import assert from "node:assert/strict";
import { join } from "node:path";
import { lineOf, type Report, writeReport } from "./report.ts";

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
