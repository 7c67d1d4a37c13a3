/**
 * `serve DIR`: searches an index in the browser.
 *
 * @module
 */
import { resolveBackend } from "@deepcluster/gpu-backend";
import { engineFlags, typedEngine } from "@deepcluster/runs";
import {
  addressFlag,
  flagWithDefault,
  fromHere,
  numberFlag,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { spawn } from "node:child_process";
import process from "node:process";
import { IndexCommandError } from "./index_errors.ts";
import { reviewEngine } from "./server/reviews.ts";
import { startServer } from "./server/server.ts";

/** The command. */
export const serve = Command.make(
  "serve",
  {
    folder: Argument.String("dir").pipe(
      Argument.withDescription("Index folder, made by `index`."),
    ),
    port: flagWithDefault(
      numberFlag(
        "port",
        "a whole number from 0 to 65535",
        (port) => Number.isInteger(port) && port >= 0 && port <= 65_535,
      ),
      8321,
      "Port on this machine, 0 for any that is free",
    ),
    hostName: optionalFlag(
      Flag.String("host-name").pipe(Flag.withMetavar("NAME")),
      "Answer browsers that reach the server under this name, too, such as " +
        "through a tunnel",
      "127.0.0.1, localhost",
    ),
    runPage: optionalFlag(
      addressFlag("run-page"),
      "Link to the page of the index's run at this address, which " +
        "`deno task watch` printed",
    ),
    exact: flagWithDefault(
      switchFlag("exact"),
      false,
      "Compare every vector, however many there are",
    ),
    approximate: flagWithDefault(
      switchFlag("approximate"),
      false,
      "Search by a graph, however few vectors there are",
    ),
    ...engineFlags,
    open: flagWithDefault(
      switchFlag("open"),
      false,
      "Open the page in the browser",
    ),
  },
  Effect.fnUntraced(function* (flags) {
    const { folder, port, hostName } = flags;
    if (flags.exact && flags.approximate) {
      return yield* new IndexCommandError({
        action: "search",
        rule: "only one of --exact and --approximate may be given",
        found: "both are",
      });
    }
    const engine = yield* resolveBackend(typedEngine(flags));
    const { address } = yield* startServer(fromHere(folder), {
      port,
      hostNames: Option.toArray(hostName),
      runPage: Option.getOrUndefined(flags.runPage),
      engine,
      ...flags.exact && { mode: "exact" as const },
      ...flags.approximate && { mode: "approximate" as const },
    });
    yield* Console.log(address);
    if (reviewEngine(engine) !== engine) {
      yield* Effect.logInfo(
        `${engine.provider} searches; near duplicates and outliers are found ` +
          "on the CPU, with the same results",
      );
    }
    yield* Effect.logInfo("Ctrl-C ends the server");
    if (flags.open) yield* openInBrowser(address);
    return yield* Effect.never;
  }, Effect.scoped),
);

const openers: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** A machine without a browser is no failure: the address is printed. */
const openInBrowser = (address: string): Effect.Effect<void> =>
  Effect.sync(() => {
    const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
    spawn(program!, [...args, address], { stdio: "ignore", detached: true })
      .on("error", () => {})
      .unref();
  });
