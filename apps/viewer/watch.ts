/**
 * `watch RUN`: shows a run in the browser while it goes on.
 *
 * @module
 */
import { fromHere } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { makeSections } from "./watch/sections.ts";
import { startWatchServer } from "./watch/server.ts";
import { requireWatchable, watchRun } from "./watch/watched_run.ts";
import type { Values } from "./watch_flags.ts";

/** Does what `watch` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ run, port, hostName, searchPage }: Values) {
    const folder = fromHere(run);
    yield* requireWatchable(folder);
    const sections = yield* makeSections(folder);
    const watched = yield* watchRun(
      folder,
      sections,
      Option.getOrUndefined(searchPage),
    );
    const address = yield* startWatchServer(watched, sections.maps, {
      port,
      hostNames: Option.toArray(hostName),
    });
    yield* Console.log(address);
    yield* Effect.logInfo("Ctrl-C ends the page, not the run");
    return yield* Effect.never;
  },
  Effect.scoped,
);
