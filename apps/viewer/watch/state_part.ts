/**
 * What a run is doing, in words and bars.
 *
 * @module
 */
import type { RunHistory } from "@deepcluster/report";
import type { RunProgress } from "@deepcluster/runs";
import { formatFigure, formatSeconds, typed } from "@deepcluster/terminal";
import { html, nothing } from "lit-html";
import { timeLeft } from "./time_left.ts";

/**
 * Draws what a run is doing.
 *
 * @param history The run.
 * @param nowMs The clock, in milliseconds.
 * @returns A template.
 */
export const statePart = (history: RunHistory, nowMs: number) => {
  const { state, configuration: { epochs } } = history;
  const trained = trainedEpochs(history);
  return html`
    <section id="state" aria-labelledby="state-title">
      <h2 id="state-title" class=${`state ${state}`}>${stateWord[
        state
      ]}</h2>
      ${state === "finished"
        ? html`<p>All ${epochs} epochs are trained.</p>`
        : bar("Epochs trained", trained, epochs, `${trained} of ${epochs}`)}
      ${state === "running"
        ? underWay(history, nowMs)
        : state === "stopped"
        ? stopped(history)
        : nothing}
      ${whatNext(history)}
    </section>
  `;
};

const stateWord = {
  running: "Running",
  stopped: "Stopped",
  finished: "Finished",
} as const;

/** Epochs that are trained to their end. */
export const trainedEpochs = ({ epochs }: RunHistory): number =>
  epochs.filter(({ training }) => training !== undefined).length;

/** What a phase does, as a person would say it. */
const phaseWords: Readonly<Record<string, string>> = {
  survey: "Looking at every image",
  extract: "Extracting features",
  reduce: "Whitening features",
  cluster: "Clustering",
  train: "Training",
};

/**
 * Names what a process does.
 *
 * @param progress What it last said.
 * @returns Such as `Epoch 3: training`.
 */
export const phaseInWords = ({ phase, epoch }: RunProgress): string => {
  const words = phaseWords[phase] ?? phase;
  return epoch === undefined
    ? words
    : `Epoch ${epoch}: ${words[0]!.toLowerCase()}${words.slice(1)}`;
};

/**
 * What the newest process said; one that has begun after it was said has not
 * said anything yet.
 *
 * @param history The run.
 * @returns What it said.
 */
export const saidBy = (
  { progress, processes }: RunHistory,
): RunProgress | undefined => {
  const begun = processes.at(-1)?.startedAt;
  return progress && begun !== undefined && progress.at < begun
    ? undefined
    : progress;
};

const underWay = (history: RunHistory, nowMs: number) => {
  const progress = saidBy(history);
  if (progress === undefined) {
    return html`<p>It has not said yet what it is doing.</p>`;
  }
  const { done, total, unit, rate } = progress;
  // Each has its place in every phase, so that nothing below it jumps.
  const figures = { loss: undefined, accuracy: undefined, ...progress.figures };
  const silent = silence(progress, nowMs);
  return html`
    ${bar(
      phaseInWords(progress),
      done,
      total,
      `${count(done)} of ${count(total)} ${unit}`,
    )}
    <dl class="facts">
      ${fact("Rate", rate && `${formatFigure(rate)} ${unit}/s`)}
      ${Object.entries(figures).map(([name, value]) =>
        fact(
          `${name[0]!.toUpperCase()}${name.slice(1)} so far`,
          value !== undefined && formatFigure(value),
        )
      )}
      ${leftFacts(history, progress)}
      ${silent === undefined ? nothing : fact("Last sign of life", silent)}
    </dl>
  `;
};

const leftFacts = (history: RunHistory, progress: RunProgress) => {
  const { phaseSeconds, runSeconds, epochs } = timeLeft(history, progress);
  const isOver = progress.done >= progress.total;
  return [
    fact(
      "Time left, this phase",
      !isOver && phaseSeconds !== undefined && about(phaseSeconds),
    ),
    fact(
      "Time left, whole run",
      runSeconds === undefined
        ? history.configuration.epochs > 1 && "known after the first epoch"
        : `${about(runSeconds)}, as fast as the last ${
          epochs === 1 ? "epoch" : `${epochs} epochs`
        }`,
      "long",
    ),
  ];
};

const stopped = (history: RunHistory) => {
  const { progress } = history;
  return progress === undefined ? nothing : html`
    <p>It was last at: ${phaseInWords(progress)}, ${count(
      progress.done,
    )} of ${count(progress.total)} ${progress.unit}.</p>
  `;
};

const whatNext = ({ state, folder }: RunHistory) =>
  state === "running" ? nothing : html`
    <p>${state === "stopped"
      ? "Go on with it: "
      : "Write its report as one file: "}<code>deno task ${state === "stopped"
      ? "resume"
      : "report"} ${typed(folder)}</code></p>
  `;

const bar = (label: string, done: number, total: number, words: string) =>
  html`
    <div class="bar">
      <span class="bar-label">${label}</span>
      <span class="quiet">${words}</span>
      <progress aria-label=${label} aria-valuetext=${words} max=${Math.max(
        total,
        1,
      )}
        value=${Math.min(done, Math.max(total, 1))}></progress>
    </div>
  `;

const fact = (
  name: string,
  value: string | number | false | undefined,
  length: "long" | "short" = "short",
) =>
  html`
    <div class=${length}>
      <dt>${name}</dt>
      <dd>${value || "–"}</dd>
    </div>
  `;

/** Processes say something about every second; a minute is worth a word. */
const silence = ({ at }: RunProgress, nowMs: number): string | undefined => {
  const minutes = Math.floor((nowMs - Date.parse(at)) / 60_000);
  return minutes < 1
    ? undefined
    : `${formatSeconds(60 * minutes).replace(/ 00 s$/, "")} ago`;
};

/** Seconds of which only the larger units are worth saying. */
const about = (seconds: number): string => {
  const step = seconds < 60 ? 1 : seconds < 600 ? 10 : 60;
  const rounded = Math.max(1, Math.round(seconds / step) * step);
  return `about ${
    formatSeconds(rounded).replace(/ 00 s$/, "").replace(/\.0 s$/, " s")
  }`;
};

const count = (value: number): string => Math.round(value).toLocaleString("en");
