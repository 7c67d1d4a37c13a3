/**
 * Flags that say how a run is carried out.
 *
 * @module
 */
import { softwareFlag } from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  notNegative,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import type { Option } from "effect";
import { Flag } from "effect/cli";

/** Flags that say how a run is carried out; none changes its results. */
export const operationFlags = {
  json: flagWithDefault(switchFlag("json"), false, "Print the results as JSON"),
  keep: flagWithDefault(
    atLeast("keep", 2),
    3,
    "Checkpoints of epochs to keep",
  ),
  saveEvery: flagWithDefault(
    notNegative("save-every").pipe(Flag.withMetavar("SECONDS")),
    300,
    "Time between two saves within an epoch",
  ),
  imageMemory: flagWithDefault(
    atLeast("image-memory", 0).pipe(Flag.withMetavar("MIB")),
    1024,
    "Memory for decoded images",
  ),
  software: softwareFlag,
  report: flagWithDefault(
    switchFlag("report"),
    false,
    "Write the run's report after every epoch, and with the map at the end",
  ),
  prometheus: optionalFlag(
    Flag.String("prometheus").pipe(Flag.withMetavar("FILE")),
    "Write the figures to a Prometheus text file as well",
  ),
  otlp: optionalFlag(
    Flag.String("otlp").pipe(Flag.withMetavar("URL")),
    "Send metrics and traces to an OpenTelemetry collector",
  ),
};

/** What {@link operationFlags} parse to. */
export interface OperationValues {
  readonly json: boolean;
  readonly keep: number;
  readonly saveEvery: number;
  readonly imageMemory: number;
  readonly software: boolean;
  readonly report: boolean;
  readonly prometheus: Option.Option<string>;
  readonly otlp: Option.Option<string>;
}
