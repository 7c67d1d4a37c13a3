/**
 * `watch RUN`: shows a run in the browser while it goes on.
 *
 * @module
 */
import {
  addressFlag,
  flagWithDefault,
  fromHere,
  numberFlag,
  optionalFlag,
} from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { makeSections } from "./watch/sections.ts";
import { startWatchServer } from "./watch/server.ts";
import { requireWatchable, watchRun } from "./watch/watched_run.ts";

/** The command. */
export const watch = Command.make(
  "watch",
  {
    run: Argument.String("run").pipe(
      Argument.withDescription(
        "Run folder that `train` made, or will make.",
      ),
    ),
    port: flagWithDefault(
      numberFlag(
        "port",
        "a whole number from 0 to 65535",
        (port) => Number.isInteger(port) && port >= 0 && port <= 65_535,
      ),
      8322,
      "Port on this machine, 0 for any that is free",
    ),
    hostName: optionalFlag(
      Flag.String("host-name").pipe(Flag.withMetavar("NAME")),
      "Answer browsers that reach the server under this name, too, such as " +
        "through a tunnel",
      "127.0.0.1, localhost",
    ),
    searchPage: optionalFlag(
      addressFlag("search-page"),
      "Link to the page that searches the run's images at this address, " +
        "which `deno task retrieve serve` printed",
    ),
  },
  Effect.fnUntraced(function* ({ run, port, hostName, searchPage }) {
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
  }, Effect.scoped),
);
