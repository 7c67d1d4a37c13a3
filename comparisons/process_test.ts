import { startProcess } from "./process.ts";
import { ourCommand } from "./process_commands.ts";
import assert from "node:assert/strict";

Deno.test({
  name: "Our process uses no AVX-512 if that is a condition",
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
  fn: async () => {
    const conditions = { threads: 1, isa: "avx2" } as const;
    const command = await ourCommand(conditions);
    const process = await startProcess(command, conditions);
    assert.ok(!("missing" in process), JSON.stringify(process));
    await process.close();
    assert.deepEqual(process.kernels, { "ONNX Runtime": "AVX2" });
  },
});
