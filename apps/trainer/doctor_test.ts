import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "./doctor_report.ts";
import { makePictures, runTrainer } from "./killing_testing.ts";

const settings = [
  ..."--network small --size 32 --clusters 10 --pca 30 --epochs 2 --batch 64"
    .split(" "),
  ..."--threads 2".split(" "),
];

const inFolder =
  (test: (folder: string) => Promise<void>) => async (): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), "doctor-"));
    await test(folder).finally(() => rm(folder, { recursive: true }));
  };

const main = new URL("./main.ts", import.meta.url).pathname;

/**
 * Largest memory of a run, in bytes, as its process says when it ends. The
 * maximum of `getrusage` counts its parent's before the program was loaded.
 */
const memoryOf = async (folder: string, args: readonly string[]) => {
  const preload = join(folder, "tell_memory.ts");
  await writeFile(
    preload,
    `import { readFileSync } from "node:fs";
    import process from "node:process";
    process.on("exit", () =>
      console.error(readFileSync("/proc/self/status", "utf8")));`,
  );
  const child = spawn(Deno.execPath(), [
    ...["run", "-A", "--preload", preload, main, ...args],
  ]);
  let log = "";
  child.stderr.on("data", (data) => log += data);
  child.stdout.resume();
  const [code] = await once(child, "close");
  assert.equal(code, 0, log);
  return 1024 * Number(/^VmHWM:\s*(\d+) kB$/m.exec(log)?.[1]);
};

Deno.test({
  name:
    "doctor tells a run's memory within 20 %, its disk, and leaves nothing behind",
  ignore: Deno.build.os !== "linux", // elsewhere nothing tells what was used
  fn: inFolder(async (folder) => {
    const pictures = join(folder, "pictures");
    await makePictures(pictures, 300);
    const run = join(folder, "runs", "first");
    const args = [pictures, "--run", run, ...settings];
    const { code, output, log } = await runTrainer([
      "doctor",
      ...args,
      "--json",
    ]);
    assert.equal(code, 0, log);
    const report: Report = JSON.parse(output);
    assert.deepEqual(report.findings, []);
    assert.deepEqual(await readdir(folder), ["pictures"]);
    const { images, needs, trial } = report.run!;
    assert.deepEqual([images, trial!.sampled, trial!.rows], [300, 128, 300]);

    const told = Math.max(...Object.values(needs!.memory));
    const used = await memoryOf(folder, ["train", ...args]);
    assert.ok(Math.abs(told / used - 1) < 0.2, `told ${told}, used ${used}`);
    const size = await sizeOf(run);
    assert.ok(
      Math.abs(needs!.finalDisk / size - 1) < 0.2,
      `told ${needs!.finalDisk}, found ${size}`,
    );
  }),
});

const sizeOf = async (folder: string): Promise<number> => {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const { isFile, size } = await Deno.stat(join(folder, name));
    if (isFile) bytes += size;
  }
  return bytes;
};

Deno.test(
  "doctor names every reason why a run cannot work, and exits with 1",
  inFolder(async (folder) => {
    await makePictures(folder, 3);
    const { code, output, log } = await runTrainer([
      ...["doctor", folder, "--run", folder, ...settings],
    ]);
    assert.equal(code, 1);
    assert.match(
      output,
      /error: Cannot start a run in .* must be empty or new/,
    );
    assert.match(
      output,
      /error: Cannot train as --clusters must be at most the number of images/,
    );
    assert.match(output, /warning: A training step of 64 images/);
    assert.match(log, /see the 2 errors above/);
  }),
);

Deno.test("doctor without images looks at the machine", async () => {
  const { code, output } = await runTrainer(["doctor", "--threads", "1"]);
  assert.equal(code, 0);
  assert.match(
    output,
    /onnx +cpu +onnxruntime-node [\d.]+, 1 thread, [\d.]+ GFLOP\/s/,
  );
  assert.match(output, /alexnet-imagenet/);
});

Deno.test("doctor of images that do not exist fails as train does", async () => {
  const { code, log } = await runTrainer(["doctor", "/no/such/folder"]);
  assert.equal(code, 1);
  assert.match(log, /\/no\/such\/folder/);
});
