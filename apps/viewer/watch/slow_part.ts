/**
 * Parts of the page that take long to draw.
 *
 * @module
 */
import type { RunHistory } from "@deepcluster/report";
import { Effect, type Scope } from "effect";
import { html } from "lit-html";
import { type Part, partOf } from "./parts.ts";

/** A part that is drawn while the page is shown. */
export interface SlowPart {
  /** Id of its element. */
  readonly id: string;
  /** The newest drawing; begins a new one when what it shows has changed. */
  readonly now: (history: RunHistory) => Effect.Effect<Part>;
}

/**
 * Makes a part that is drawn in the background, one drawing at a time. One that
 * fails says why and is tried again once something has changed.
 *
 * @param id Id of its element.
 * @param stampOf Changes when the part must be drawn anew.
 * @param draw Draws it.
 * @returns The part while the scope lasts.
 */
export const makeSlowPart = Effect.fnUntraced(function* (
  id: string,
  stampOf: (history: RunHistory) => Effect.Effect<string>,
  draw: (
    history: RunHistory,
  ) => Effect.Effect<unknown, { readonly message: string }>,
): Effect.fn.Return<SlowPart, never, Scope.Scope> {
  const scope = yield* Effect.scope;
  let shown = partOf(id, undefined);
  let stamp = "";
  let isDrawing = false;
  return {
    id,
    now: Effect.fnUntraced(function* (history) {
      const newest = yield* stampOf(history);
      if (isDrawing || newest === stamp) return shown;
      isDrawing = true;
      stamp = newest;
      yield* draw(history).pipe(
        Effect.catch(({ message }) =>
          Effect.succeed(html`<p class="notice problem">${message}</p>`)
        ),
        Effect.map((template) => {
          shown = partOf(id, template);
        }),
        Effect.ensuring(Effect.sync(() => {
          isDrawing = false;
        })),
        Effect.forkIn(scope),
      );
      return shown;
    }),
  };
});
