/**
 * `serve DIR`: searches an index in the browser.
 *
 * @module
 */
import { resolveBackend } from "@deepcluster/gpu-backend";
import { typedEngine } from "@deepcluster/runs";
import { fromHere } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { spawn } from "node:child_process";
import process from "node:process";
import { IndexCommandError } from "./index_errors.ts";
import { reviewEngine } from "./server/reviews.ts";
import { startServer } from "./server/server.ts";
import type { Values } from "./serve_flags.ts";

/** Does what `serve` was asked for. */
export const run = Effect.fnUntraced(function* (flags: Values) {
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
}, Effect.scoped);

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
