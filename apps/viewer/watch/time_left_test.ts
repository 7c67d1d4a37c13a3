import type { EpochHistory, RunHistory } from "@deepcluster/report";
import type { PhaseTime } from "@deepcluster/runs";
import assert from "node:assert/strict";
import { timeLeft } from "./time_left.ts";

/** Seconds of extract, reduce, cluster and train. */
const epochOf = (
  epoch: number,
  seconds: readonly number[],
  isTrained = true,
): EpochHistory => ({
  epoch,
  report: undefined as never,
  ...isTrained && { training: { loss: 1, accuracy: 0.5, steps: 2 } },
  phases: (["extract", "reduce", "cluster", "train"] as const)
    .slice(0, seconds.length)
    .map((phase, i): PhaseTime => ({ phase, seconds: seconds[i]!, images: 0 })),
});

const runOf = (epochs: readonly EpochHistory[], total: number) => ({
  configuration: { epochs: total } as RunHistory["configuration"],
  epochs,
});

const progressOf = (
  phase: string,
  epoch: number,
  done: number,
  rate?: number,
) => ({
  at: "2026-01-01T00:00:00Z",
  phase,
  epoch,
  done,
  total: 100,
  unit: "images",
  ...rate !== undefined && { rate },
});

Deno.test("timeLeft() adds the rest of the phase, of the epoch and of the run", () => {
  const run = runOf([
    epochOf(1, [10, 1, 2, 40]),
    epochOf(2, [30, 3, 4, 60], false),
  ], 4);
  assert.deepEqual(timeLeft(run, progressOf("reduce", 2, 50, 25)), {
    phaseSeconds: 2,
    runSeconds: 2 + (2 + 40) + 2 * (10 + 1 + 2 + 40),
    epochs: 1,
  });
});

Deno.test("timeLeft() takes the median of the newest five epochs", () => {
  const seconds = [1000, 1, 2, 3, 400, 5];
  const run = runOf(seconds.map((s, i) => epochOf(i + 1, [0, 0, 0, s])), 8);
  assert.deepEqual(timeLeft(run, progressOf("train", 7, 0)), {
    phaseSeconds: 3,
    runSeconds: 6,
    epochs: 5,
  });
});

Deno.test("timeLeft() knows a phase by its rate alone in the first epoch", () => {
  const run = runOf([], 3);
  assert.deepEqual(timeLeft(run, progressOf("extract", 1, 20, 4)), {
    phaseSeconds: 20,
    epochs: 0,
  });
  assert.deepEqual(timeLeft(run, progressOf("extract", 1, 20)), { epochs: 0 });
});

Deno.test("timeLeft() leaves out epochs of versions that noted no times", () => {
  const run = runOf([epochOf(1, []), epochOf(2, [1, 1, 1, 7])], 3);
  const { runSeconds, epochs } = timeLeft(run, progressOf("train", 3, 50));
  assert.deepEqual([runSeconds, epochs], [3.5, 1]);
});

Deno.test("timeLeft() says nothing of the run during a phase of no epoch", () => {
  const run = runOf([epochOf(1, [1, 1, 1, 1])], 3);
  const { epoch: _, ...survey } = progressOf("survey", 1, 50, 10);
  assert.deepEqual(timeLeft(run, survey), { phaseSeconds: 5, epochs: 0 });
});
