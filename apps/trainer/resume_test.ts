import { readTimings } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { Effect } from "effect";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  makePictures,
  type Moment,
  resultsOf,
  runTrainer,
} from "./killing_testing.ts";
import assert from "node:assert/strict";

const settings = [
  ..."--network small --size 32 --no-sobel --clusters 5 --pca 16".split(" "),
  ..."--batch 8 --extract-batch 8 --kmeans-iterations 8 --dropout 0.2"
    .split(" "),
  ..."--threads 2 --save-every 0 --keep 2".split(" "),
];

/** In every phase of every epoch, at its beginning and a little later. */
const moments: readonly Moment[] = [
  { phase: "survey", afterMs: 0 },
  { phase: "survey", afterMs: 15 },
  ...[1, 2, 3].flatMap((epoch) => [
    { phase: `epoch ${epoch} extract`, afterMs: 0 },
    { phase: `epoch ${epoch} extract`, afterMs: 30 },
    { phase: `epoch ${epoch} reduce`, afterMs: 0 },
    { phase: `epoch ${epoch} cluster`, afterMs: 0 },
    { phase: `epoch ${epoch} cluster`, afterMs: 10 },
    { phase: `epoch ${epoch} train`, afterMs: 0 },
    { phase: `epoch ${epoch} train`, afterMs: 120 },
    { phase: `epoch ${epoch} train`, afterMs: 260 },
  ]),
];

Deno.test("train() killed in every phase, resumed and made longer ends with the bytes of a run never killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "killed-"));
  const pictures = join(folder, "pictures");
  await makePictures(pictures, 60);
  const never = join(folder, "never-killed");
  const killed = join(folder, "killed");

  const whole = await runTrainer([
    "train",
    pictures,
    "--run",
    never,
    ...settings,
    "--epochs",
    "3",
  ]);
  assert.equal(whole.code, 0, whole.log);

  let kills = 0;
  const resume = ["resume", killed, "--save-every", "0", "--keep", "2"];
  const longer = [...resume, "--epochs", "3"];
  for (const [i, moment] of moments.entries()) {
    const arguments_ = i === 0
      ? ["train", pictures, "--run", killed, ...settings, "--epochs", "2"]
      : moment.phase.startsWith("epoch 3")
      ? longer
      : resume;
    const ended = await runTrainer(arguments_, moment);
    if (ended.killed) kills++;
    else assert.equal(ended.code, 0, `at ${moment.phase}: ${ended.log}`);
  }
  const last = await runTrainer(longer);
  assert.equal(last.code, 0, last.log);

  assert.ok(kills >= 20, `killed ${kills} times`);
  assert.deepEqual(await resultsOf(killed), await resultsOf(never));
  const timesOf = (run: string) =>
    Effect.runPromise(readTimings(folderStore(run)));
  const { processes, phases } = await timesOf(killed);
  assert.ok(processes.length >= kills, `${processes.length} processes`);
  const undisturbed = await timesOf(never);
  assert.equal(undisturbed.processes.length, 1);
  for (const [epoch, times] of undisturbed.phases) {
    const named = times.map(({ phase, images }) => `${phase} ${images}`);
    assert.deepEqual(
      named,
      epoch === 0
        ? ["survey 60"]
        : ["extract 60", "reduce 60", "cluster 0", "train 64"],
    );
    assert.ok(phases.has(epoch), `times of epoch ${epoch}`);
  }
  await rm(folder, { recursive: true });
});
