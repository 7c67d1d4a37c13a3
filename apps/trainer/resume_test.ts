import { readRunHistory, type RunHistory } from "@deepcluster/report";
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
  const historyOf = (run: string) => Effect.runPromise(readRunHistory(run));
  const [history, undisturbed] = [
    await historyOf(killed),
    await historyOf(never),
  ];
  assert.equal(history.state, "finished");
  assert.ok(history.processes.length >= kills);
  assert.equal(undisturbed.processes.length, 1);
  const figuresOf = ({ epochs }: RunHistory) =>
    epochs.map(({ phases: _, ...figures }) => figures);
  assert.deepEqual(figuresOf(history), figuresOf(undisturbed));
  for (const [i, { phases }] of undisturbed.epochs.entries()) {
    const counted = phases.map(({ phase, images }) => `${phase} ${images}`);
    assert.deepEqual(
      counted,
      ["extract 60", "reduce 60", "cluster 0", "train 64"],
    );
    assert.ok(history.epochs[i]!.phases.length > 0);
  }
  await rm(folder, { recursive: true });
});
