/**
 * Parts of the page that take long to draw.
 *
 * @module
 */
import type { RunHistory } from "@deepcluster/report";
import { Clock, Effect, type Scope } from "effect";
import { html } from "lit-html";
import { type Part, partOf } from "./parts.ts";

/** A part that is drawn while the page is shown. */
export interface SlowPart<H> {
  /** Id of its element. */
  readonly id: string;
  /** The newest drawing; begins a new one when what it shows has changed. */
  readonly now: (history: H) => Effect.Effect<Part>;
}

/** Between two drawings, in times of what the last one took. */
const restFactor = 10;

/**
 * Makes a part that is drawn in the background, one drawing at a time, and a
 * tenth of the time at most, so that short epochs are not slowed down. A
 * drawing that fails says why, and is tried again once something has changed.
 * A drawing of a run whose folder was made anew is not shown for the new one.
 *
 * @param id Id of its element.
 * @param stampOf Changes when the part must be drawn anew.
 * @param draw Draws it.
 * @returns The part while the scope lasts.
 */
export const makeSlowPart = Effect.fnUntraced(function* <
  H extends Pick<RunHistory, "processes">,
>(
  id: string,
  stampOf: (history: H) => Effect.Effect<string>,
  draw: (history: H) => Effect.Effect<unknown, { readonly message: string }>,
): Effect.fn.Return<SlowPart<H>, never, Scope.Scope> {
  const scope = yield* Effect.scope;
  let run: string | undefined;
  let shown = partOf(id, undefined);
  let stamp = "";
  let isDrawing = false;
  let restsUntilMs = 0;
  return {
    id,
    now: Effect.fnUntraced(function* (history) {
      const newest = yield* stampOf(history);
      const begun = history.processes[0]?.startedAt;
      if (begun !== run) {
        run = begun;
        shown = partOf(id, undefined);
        stamp = "";
        restsUntilMs = 0;
      }
      const startMs = yield* Clock.currentTimeMillis;
      if (isDrawing || newest === stamp || startMs < restsUntilMs) {
        return shown;
      }
      isDrawing = true;
      stamp = newest;
      yield* draw(history).pipe(
        Effect.catch(({ message }) =>
          Effect.succeed(html`<p class="notice problem">${message}</p>`)
        ),
        Effect.map((template) => {
          if (begun === run) shown = partOf(id, template);
        }),
        Effect.ensuring(Effect.map(Clock.currentTimeMillis, (endMs) => {
          isDrawing = false;
          if (begun !== run) return;
          restsUntilMs = endMs + restFactor * (endMs - startMs);
        })),
        Effect.forkIn(scope),
      );
      return shown;
    }),
  };
});
