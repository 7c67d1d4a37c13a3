import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import process from "node:process";
import { cudaDevice } from "./device.ts";
import assert from "node:assert/strict";

effectTest(
  "CUDA's libraries are told not to round factors to 10 bits",
  () =>
    Effect.gen(function* () {
      const before = process.env["NVIDIA_TF32_OVERRIDE"];
      process.env["NVIDIA_TF32_OVERRIDE"] = "1";
      yield* cudaDevice;
      assert.equal(process.env["NVIDIA_TF32_OVERRIDE"], "0");
      if (before === undefined) delete process.env["NVIDIA_TF32_OVERRIDE"];
    }),
);
