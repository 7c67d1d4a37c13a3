import assert from "node:assert/strict";
import { summariseProfile } from "./profile.ts";

Deno.test("summariseProfile() counts nodes of one run, by operator and provider", () => {
  const node = (op_name: string, provider: string, dur: number) => ({
    cat: "Node",
    name: `${op_name}_kernel_time`,
    dur,
    args: { op_name, provider },
  });
  const run = [
    node("Conv", "WebGpuExecutionProvider", 1000),
    node("Conv", "WebGpuExecutionProvider", 3000),
    node("Cast", "CPUExecutionProvider", 500),
    { cat: "Session", name: "model_run", dur: 6000 },
  ];
  assert.deepEqual(
    summariseProfile([...run, ...run], "WebGpuExecutionProvider"),
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
      kernels: {},
    },
  );
  assert.equal(summariseProfile([], "CPUExecutionProvider"), undefined);
});
