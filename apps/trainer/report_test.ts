import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportName } from "@deepcluster/report";
import { quickSettings } from "./commands_testing.ts";
import { makePictures, resultsOf, runTrainer } from "./killing_testing.ts";
import assert from "node:assert/strict";

Deno.test("train --report writes the report after every epoch, changes no result, and never fails for it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "reported-"));
  const pictures = join(folder, "pictures");
  await makePictures(pictures, 48);
  const [run, without] = [join(folder, "run"), join(folder, "without")];
  const train = (to: string, ...flags: readonly string[]) => [
    ...["train", pictures, "--run", to, ...quickSettings, "--epochs", "3"],
    ...flags,
  ];
  const report = join(run, reportName);
  const rowsOf = async () => await readFile(report, "utf8");

  const killed = await runTrainer(train(run, "--report"), {
    phase: "epoch 2 train",
    afterMs: 0,
  });
  assert.ok(killed.killed, killed.log);
  const early = await rowsOf();
  assert.match(early, /^<!DOCTYPE html>/i);

  await rm(report);
  await mkdir(join(report, "in the way"), { recursive: true });
  const hindered = await runTrainer(["resume", run, "--report"], {
    phase: "epoch 3 train",
    afterMs: 0,
  });
  assert.ok(hindered.killed, hindered.log);
  assert.match(
    hindered.log,
    /Cannot write .*report\.html: .*; the run itself goes on, and `deno task report .*` writes it/,
  );

  await rm(report, { recursive: true });
  const resumed = await runTrainer(["resume", run, "--report"]);
  assert.equal(resumed.code, 0, resumed.log);
  const last = await rowsOf();
  assert.ok(last.length > early.length, "it tells more epochs");
  assert.equal((await runTrainer(train(without))).code, 0);
  assert.deepEqual(await resultsOf(run), await resultsOf(without));
  await rm(folder, { recursive: true });
});
