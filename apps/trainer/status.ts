/**
 * `status DIR`: how far a run is, also while another process works on it.
 *
 * @module
 */
import { readStatus, type RunStatus } from "@deepcluster/runs/status";
import { fromHere } from "@deepcluster/terminal";
import { Console, Effect } from "effect";
import { runSummary } from "./summary.ts";
import type { Values } from "./status_flags.ts";

/** Does what `status` was asked for. */
export const run = Effect.fnUntraced(function* ({ run, json }: Values) {
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
});

const within = (
  newest: RunStatus["newest"],
  done: number,
): string =>
  newest?.step !== undefined && newest.epoch === done + 1
    ? `, epoch ${newest.epoch} saved after step ${newest.step}`
    : "";
