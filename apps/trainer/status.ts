/**
 * `status DIR`: how far a run is, also while another process works on it.
 *
 * @module
 */
import { readStatus, type RunStatus } from "@deepcluster/runs/status";
import { flagWithDefault, fromHere, switchFlag } from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import { Argument, Command } from "effect/cli";
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
    const { model, images, from, epochs, done, isBusy: busy, metrics, newest } =
      yield* readStatus(folder);
    const state = done === epochs
      ? "finished"
      : busy
      ? "running"
      : "stopped; go on with `deno task resume`";
    const summary = runSummary(folder, newest?.path, metrics);
    const text = [
      `${model} on ${images}${from ? `, from ${from}` : ""}: ${state}`,
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
);

const within = (
  newest: RunStatus["newest"],
  done: number,
): string =>
  newest?.step !== undefined && newest.epoch === done + 1
    ? `, epoch ${newest.epoch} saved after step ${newest.step}`
    : "";
