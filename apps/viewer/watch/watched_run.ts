/**
 * The page of a run, read once for all who look.
 *
 * @module
 */
import { type RunHistory, runSubject } from "@deepcluster/report";
import { shown as shownPath, typed } from "@deepcluster/terminal";
import { Clock, Effect, Schedule } from "effect";
import { html, nothing } from "lit-html";
import { basename } from "node:path";
import { type Part, partOf, type Shown } from "./parts.ts";
import type { Sections } from "./sections.ts";
import {
  type ForeignRunError,
  makeRunReader,
  type ReadStateError,
  type RunState,
} from "./run_state.ts";
import {
  phaseInWords,
  saidBy,
  statePart,
  trainedEpochs,
} from "./state_part.ts";

/** A run as it is watched. */
export interface WatchedRun {
  /** The page now; read at most about once a second, however many ask. */
  readonly now: Effect.Effect<Shown>;
}

/**
 * Requires a folder to be one that can be watched.
 *
 * @param folder A run folder, or one that is empty or does not exist yet.
 * @returns Nothing; or `ForeignRunError` when it holds something else. What
 * else is wrong with it may be over soon, and is said by the page.
 */
export const requireWatchable = (
  folder: string,
): Effect.Effect<void, ForeignRunError> =>
  Effect.catchIf(
    Effect.asVoid(makeRunReader(folder).read),
    (error) => error._tag !== "ForeignRunError",
    () => Effect.void,
  );

/** A reading serves all who ask within this time. */
const freshFor = "800 millis";

/** A file that is being written is whole a moment later. */
const patience = { times: 2, schedule: Schedule.spaced("150 millis") };

/**
 * Watches a run.
 *
 * @param folder The run folder, which need not exist yet.
 * @param sections See {@link Sections}.
 * @param searchPage Address of the page that searches its images.
 * @returns The run; its first reading is done by whoever asks first.
 */
export const watchRun = Effect.fnUntraced(function* (
  folder: string,
  sections: Sections,
  searchPage?: string,
) {
  const reader = makeRunReader(folder);
  let before = emptyPage(folder, sections);
  const look = Effect.gen(function* () {
    const nowMs = yield* Clock.currentTimeMillis;
    before = yield* reader.read.pipe(
      Effect.retry(patience),
      Effect.flatMap((state) =>
        pageOf(folder, state, nowMs, sections, searchPage)
      ),
      Effect.catch((error) => Effect.succeed(troubled(before, error))),
    );
    return before;
  });
  // Who asks may go away; others wait for the same reading.
  const now = yield* Effect.cachedWithTTL(
    Effect.uninterruptible(look),
    freshFor,
  );
  return { now } satisfies WatchedRun as WatchedRun;
});

const pageOf = Effect.fnUntraced(function* (
  folder: string,
  state: RunState,
  nowMs: number,
  sections: Sections,
  searchPage: string | undefined,
) {
  if (state.kind === "nothing") {
    return waiting(folder, state.isMade, sections);
  }
  const { history } = state;
  return {
    title: `${progressInTitle(history)} – ${basename(folder)}`,
    milestone: milestoneOf(history),
    parts: [
      headPart(folder, history, searchPage),
      noTrouble,
      partOf("now", statePart(history, nowMs)),
      ...yield* sections.draw(history),
    ],
  } satisfies Shown as Shown;
});

/** A page that knows nothing yet. */
const emptyPage = (folder: string, sections: Sections): Shown => ({
  title: basename(folder),
  milestone: "",
  parts: [
    headPart(folder),
    noTrouble,
    partOf("now", undefined),
    ...sections.ids.map((id) => partOf(id, undefined)),
  ],
});

const waiting = (
  folder: string,
  isMade: boolean,
  sections: Sections,
): Shown => {
  const page = emptyPage(folder, sections);
  const words = isMade
    ? "The folder of the run is there; the run has not begun yet."
    : "There is no run in this folder yet.";
  return {
    ...page,
    title: `Waiting – ${basename(folder)}`,
    milestone: words,
    parts: page.parts.map((part) =>
      part.id !== "now" ? part : partOf(
        "now",
        html`
          <section id="state" aria-labelledby="state-title">
            <h2 id="state-title" class="state waiting">Waiting</h2>
            <p>${words} This page shows it as soon as it begins, for example with
              <code>deno task train IMAGES --run ${typed(folder)}</code></p>
          </section>
        `,
      )
    ),
  };
};

/** What was shown last, and what is wrong with the folder now. */
const troubled = (before: Shown, { message }: ReadStateError): Shown => ({
  ...before,
  milestone: "The run cannot be read.",
  parts: before.parts.map((part) =>
    part.id !== "trouble" ? part : partOf(
      "trouble",
      html`
        <div class="notice">
          <p class="problem">${message}</p>
          <p>It is tried again every second; below is what was read last.</p>
        </div>
      `,
    )
  ),
});

const noTrouble = partOf("trouble", undefined);

const headPart = (
  folder: string,
  history?: RunHistory,
  searchPage?: string,
): Part =>
  partOf(
    "head",
    html`
      <p class="quiet">A DeepCluster run, as it goes on</p>
      <h1>${basename(folder)}</h1>
      <p class="quiet">${history === undefined
        ? shownPath(folder)
        : runSubject(history)}${searchPage === undefined
        ? nothing
        : html`. <a href=${searchPage}>Search its images</a>`}</p>
    `,
  );

const progressInTitle = (history: RunHistory): string => {
  const { state, configuration: { epochs } } = history;
  if (state !== "running") {
    return state === "finished"
      ? "Finished"
      : `Stopped, ${trainedEpochs(history)} of ${epochs} epochs`;
  }
  const progress = saidBy(history);
  if (progress === undefined) return "Running";
  const { done, total, epoch, phase } = progress;
  const part = total > 0 ? `${Math.floor(100 * done / total)} %` : "";
  return epoch === undefined
    ? `${phase} ${part}`
    : `${epoch}/${epochs} ${phase} ${part}`;
};

/** Says what has changed for good: not every second something is worth it. */
const milestoneOf = (history: RunHistory): string => {
  const { state, epochs, configuration } = history;
  if (state === "finished") return "The run is finished.";
  if (state === "stopped") return "The run was stopped.";
  const newest = epochs.at(-1);
  const progress = saidBy(history);
  return newest === undefined
    ? progress === undefined
      ? "The run has begun."
      : `${phaseInWords(progress)}.`
    : `Epoch ${newest.epoch} of ${configuration.epochs} is ${
      newest.training === undefined ? "clustered" : "trained"
    }.`;
};
