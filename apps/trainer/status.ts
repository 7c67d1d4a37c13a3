/**
 * `status DIR`: how far a run is, also while another process works on it.
 *
 * @module
 */
import {
  isBusy,
  listCheckpoints,
  parseConfiguration,
  readMetrics,
  readRun,
  runFiles,
} from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { flagWithDefault, fromHere, switchFlag } from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import { Argument, Command } from "effect/cli";
import { join } from "node:path";
import { runSummary } from "./summary.ts";

/** The command. */
export const status = Command.make(
  "status",
  {
    run: Argument.String("run").pipe(
      Argument.withDescription("Run folder that `train` made."),
    ),
    json: flagWithDefault(
      switchFlag("json"),
      false,
      "Print the results as JSON",
    ),
  },
  Effect.fnUntraced(function* ({ run, json }) {
    const folder = fromHere(run);
    const { epochs, from, images, model } = yield* parseConfiguration(
      yield* readRun(folder),
      join(folder, runFiles.config),
    );
    const store = folderStore(folder);
    const busy = yield* isBusy(folder);
    const metrics = yield* readMetrics(store);
    const done = metrics.filter(({ event }) => event === "trained").length;
    const [newest] = yield* listCheckpoints(store);
    const state = done === epochs
      ? "finished"
      : busy
      ? "running"
      : "stopped; go on with `deno task resume`";
    const summary = runSummary(folder, newest?.path, metrics);
    const text = [
      `${model} on ${images}${from ? `, from ${from.path}` : ""}: ${state}`,
      `${done} of ${epochs} epochs trained${within(newest, done)}`,
      "",
      summary.text,
    ].join("\n");
    yield* Console.log(
      json
        ? JSON.stringify({ state, done, of: epochs, busy, ...summary.json })
        : text,
    );
  }),
).pipe(
  Command.withDescription("Show how far a run is"),
);

const within = (
  newest: { readonly epoch: number; readonly step?: number } | undefined,
  done: number,
): string =>
  newest?.step !== undefined && newest.epoch === done + 1
    ? `, epoch ${newest.epoch} saved after step ${newest.step}`
    : "";
