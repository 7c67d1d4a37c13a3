import { ProbeError } from "@deepcluster/gpu-backend";
import { parseConfiguration } from "@deepcluster/runs";
import { Effect } from "effect";
import {
  imageFindings,
  machineFindings,
  needFindings,
  settingFindings,
} from "./doctor_findings.ts";
import assert from "node:assert/strict";

const gibibyte = 2 ** 30;
const machine = {
  processor: "a processor",
  cores: 2,
  memoryBytes: 8 * gibibyte,
  freeMemoryBytes: 6 * gibibyte,
  runtime: "a runtime",
};
const place = {
  folder: "/runs/new",
  freeBytes: 20 * gibibyte,
  scratch: "/runs/.doctor-1",
};
const needing = (memoryBytes: number, diskBytes: number) => ({
  memoryBytes,
  diskBytes,
});
const onCpu = { engine: "onnx", provider: "cpu" } as const;
const onCuda = { engine: "onnx", provider: "cuda" } as const;
const configured = (settings: object) =>
  Effect.runSync(
    parseConfiguration({ images: "/images", ...settings }, "test"),
  );

Deno.test("a run that fits has no findings", () => {
  const configuration = configured({ clusters: 10, batch: 100, threads: 2 });
  assert.deepEqual([
    ...settingFindings(configuration, 100, machine, 10),
    ...machineFindings([{ engine: "onnx", provider: "cpu" }], onCpu, place),
    ...needFindings(needing(6 * gibibyte, 20 * gibibyte), machine, place),
  ], []);
});

Deno.test("more clusters than images are an error, a larger batch a warning", () => {
  const configuration = configured({ clusters: 101, batch: 101 });
  const [clusters, batch] = settingFindings(configuration, 100, machine, 10);
  assert.deepEqual(clusters, {
    level: "error",
    text: "Cannot train as --clusters must be at most the number of images: " +
      "--clusters 101, 100 images; lower --clusters",
  });
  assert.equal(batch?.level, "warning");
  assert.match(batch?.text ?? "", /101 images .* 100 more than once/);
});

Deno.test("fewer than ten images to a cluster are a warning", () => {
  const configuration = configured({ clusters: 16, batch: 5, pca: 8 });
  assert.deepEqual(settingFindings(configuration, 100, machine, 4096), [{
    level: "warning",
    text: "There are 6.3 images to a cluster (100 images, --clusters 16): " +
      "with fewer than 10, clusters are of single images more than of kinds; " +
      "use --clusters 10 or lower",
  }]);
});

Deno.test("PCA that keeps near as many dimensions as images is a warning", () => {
  const configuration = configured({ clusters: 5, batch: 5, pca: 300 });
  assert.deepEqual(
    settingFindings(configuration, 100, machine, 4096).map(({ level, text }) =>
      `${level}: ${text}`
    ),
    [
      "warning: PCA keeps 99 of 300 dimensions of 100 images: with fewer than " +
      "10 images a dimension they are mostly noise, which hides clusters; " +
      "use --pca 10 or lower",
    ],
  );
});

Deno.test("more threads than cores are a warning", () => {
  const configuration = configured({
    clusters: 5,
    batch: 5,
    threads: 3,
  });
  const found = settingFindings(configuration, 100, machine, 10);
  assert.deepEqual(found.map(({ level }) => level), ["warning"]);
  assert.match(found[0]!.text, /3 threads share 2 cores/);
});

Deno.test("a device whose memory is not told is a warning", () => {
  const works = (deviceMemory: boolean) => [{
    ...onCuda,
    works: {
      engine: "onnx",
      provider: "cuda",
      threads: 1,
      version: "1",
      capabilities: {
        enginePerThread: false,
        deviceMemory,
        byteProducts: 0 as const,
        interpreted: false,
        stepsPerScan: 1,
      },
      flops: 1e12,
    },
  }];
  assert.deepEqual(machineFindings(works(false), onCuda, place), []);
  assert.deepEqual(machineFindings(works(true), onCpu, place), []);
  const [warned] = machineFindings(works(true), onCuda, place);
  assert.equal(warned?.level, "warning");
  assert.match(warned?.text ?? "", /GPU/);
});

Deno.test("of the engines that do not start only the wanted one is an error", () => {
  const engines = [
    onCpu,
    { ...onCuda, fails: new ProbeError({ reason: "no CUDA here" }) },
  ];
  assert.deepEqual(machineFindings(engines, onCpu, place), []);
  assert.deepEqual(machineFindings(engines, onCuda, place), [
    { level: "error", text: "no CUDA here" },
  ]);
});

Deno.test("a folder that takes no run is an error with its reason", () => {
  const refused = { ...place, refusal: "Cannot start a run in /runs/new" };
  assert.deepEqual(machineFindings([], onCpu, refused), [{
    level: "error",
    text: "Cannot start a run in /runs/new",
  }]);
});

Deno.test("memory that is taken is a warning, memory that is not there an error", () => {
  const [warned] = needFindings(needing(7 * gibibyte, 0), machine, place);
  assert.equal(warned?.level, "warning");
  assert.match(warned?.text ?? "", /7\.0 GiB .* 6\.0 GiB are free/);
  const [refused] = needFindings(needing(9 * gibibyte, 0), machine, place);
  assert.equal(refused?.level, "error");
  assert.match(
    refused?.text ?? "",
    /9\.0 GiB: this machine has 8\.0 GiB; lower/,
  );
});

Deno.test("a disk that is too full is an error", () => {
  const [found] = needFindings(needing(0, 21 * gibibyte), machine, place);
  assert.equal(found?.level, "error");
  assert.match(found?.text ?? "", /21 GiB: 20 GiB are free for \/runs\/new/);
});

Deno.test("too many unreadable images among those looked at are a warning", () => {
  const configuration = configured({ maxUnreadableShare: 0.1 });
  const looked = (unreadable: number) =>
    imageFindings({ sampled: 20, unreadable }, configuration);
  assert.deepEqual(looked(2), []);
  assert.match(looked(3)[0]?.text ?? "", /Of 20 images .* 3 cannot .* 10 %/);
});
