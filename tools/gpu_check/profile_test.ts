import assert from "node:assert/strict";
import { summariseProfile } from "./profile.ts";

Deno.test("summariseProfile() counts nodes of the last run, by operator and provider", () => {
  const node = (
    ts: number,
    op_name: string,
    provider: string,
    dur: number,
  ) => ({
    cat: "Node",
    name: `${op_name}_kernel_time`,
    ts,
    dur,
    args: { op_name, provider },
  });
  const run = (ts: number, first: number) => [
    node(ts + 1, "Conv", "WebGpuExecutionProvider", first),
    node(ts + 2, "Conv", "WebGpuExecutionProvider", 3000),
    node(ts + 3, "Cast", "CPUExecutionProvider", 500),
    { cat: "Api", name: `%${ts} matmul/Gemm`, ts: 9000 + ts, dur: first / 4 },
    { cat: "Session", name: "model_run", ts, dur: 6000 },
  ];
  assert.deepEqual(
    summariseProfile(
      [...run(0, 90_000), ...run(100, 1000)],
      "WebGpuExecutionProvider",
    ),
    {
      nodes: 3,
      elsewhere: { Cast: 1 },
      milliseconds: 6,
      operators: [
        {
          operator: "Conv",
          provider: "WebGpuExecutionProvider",
          nodes: 2,
          milliseconds: 4,
        },
        {
          operator: "Cast",
          provider: "CPUExecutionProvider",
          nodes: 1,
          milliseconds: 0.5,
        },
      ],
      kernelMilliseconds: 0.25,
      kernels: { "%# matmul/Gemm": 0.25 },
    },
  );
  assert.equal(summariseProfile([], "CPUExecutionProvider"), undefined);
});
