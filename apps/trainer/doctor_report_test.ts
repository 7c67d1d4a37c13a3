import { ProbeError } from "@deepcluster/gpu-backend";
import { parseConfiguration } from "@deepcluster/runs";
import { Effect } from "effect";
import { type Report, reportText } from "./doctor_report.ts";
import assert from "node:assert/strict";

const mebibyte = 2 ** 20;
const found: Report = {
  machine: {
    processor: "A processor",
    cores: 2,
    memoryBytes: 8192 * mebibyte,
    freeMemoryBytes: 4000 * mebibyte,
    runtime: "Deno 2 on linux x64",
  },
  engines: [
    {
      engine: "onnx",
      provider: "cpu",
      works: {
        engine: "onnx",
        provider: "cpu",
        threads: 2,
        version: "onnxruntime-node 1",
        capabilities: {
          enginePerThread: true,
          deviceMemory: false,
          byteProducts: 8,
          interpreted: false,
          stepsPerScan: 1,
        },
        flops: 8.2e10,
      },
    },
    {
      engine: "onnx",
      provider: "webgpu",
      works: {
        engine: "onnx",
        provider: "webgpu",
        threads: 2,
        version: "onnxruntime-node 1 on a GPU",
        capabilities: {
          enginePerThread: false,
          deviceMemory: true,
          byteProducts: 8,
          interpreted: false,
          stepsPerScan: 1,
        },
        flops: 9.14e12,
      },
    },
    {
      engine: "onnx",
      provider: "cuda",
      fails: new ProbeError({
        reason: "No.",
        problem: "CUDA is not installed",
        remedy: "install it, or choose --provider cpu",
      }),
    },
    {
      engine: "reference",
      provider: "cpu",
      fails: new ProbeError({ reason: "It broke" }),
    },
  ],
  place: { folder: "/runs/new", freeBytes: 2 ** 40, scratch: "/runs/.d" },
  findings: [],
};

Deno.test("reportText() of a machine tells of engines that do not start, and the presets", () => {
  const text = reportText(found);
  assert.match(text, /processor {2}A processor, 2 cores/);
  assert.match(text, /memory {5}8\.0 GiB, 3\.9 GiB free/);
  assert.ok(
    text.includes([
      "Engines",
      "  onnx      cpu     onnxruntime-node 1, 2 threads, 82 GFLOP/s",
      "  onnx      webgpu  onnxruntime-node 1 on a GPU, 9.1 TFLOP/s",
      "  onnx      cuda    cannot be used: CUDA is not installed; install it",
      "  reference cpu     cannot be used: It broke",
      "",
    ].join("\n")),
    text,
  );
  assert.match(text, /small-emoji {10}for the emoji set/);
});

Deno.test("reportText() of a run shows what each phase and the whole need", () => {
  const configuration = Effect.runSync(parseConfiguration({
    images: "/images",
    clusters: 200,
    epochs: 3,
  }, "test"));
  const text = reportText({
    ...found,
    run: {
      configuration,
      images: 5000,
      featureSize: 128,
      needs: {
        memory: {
          survey: 100 * mebibyte,
          extract: 400 * mebibyte,
          reduce: 300 * mebibyte,
          cluster: 200 * mebibyte,
          train: 350 * mebibyte,
        },
        disk: { features: 30 * mebibyte, cluster: 7, train: 8 },
        finalDisk: 20 * mebibyte,
        ms: {
          survey: 5000,
          extract: 20_000,
          reduce: 1000,
          cluster: 2000,
          train: 100_000,
        },
        totalMs: 374_000,
      },
    },
    findings: [{ level: "warning", text: "Mind the gap" }],
  });
  assert.match(
    text,
    /200 of 25\.0 images on average, in 128 of 256 dimensions/,
  );
  const needs = text.slice(text.indexOf("Needs"));
  assert.equal(
    needs,
    [
      "Needs",
      "             memory          time",
      "  survey    100 MiB         5.0 s   once, 1000 images/s",
      "  extract   400 MiB          20 s   250 images/s",
      "  reduce    300 MiB         1.0 s",
      "  cluster   200 MiB         2.0 s",
      "  train     350 MiB    1 min 40 s   50 images/s",
      "  the run   400 MiB    6 min 14 s   3 epochs after the survey",
      "  disk       30 MiB  20 MiB once the run is finished",
      "",
      "warning: Mind the gap",
    ].join("\n"),
  );
});
