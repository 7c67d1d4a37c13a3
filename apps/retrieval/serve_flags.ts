/**
 * What `serve` is typed with.
 *
 * @module
 */
import { engineFlags } from "@deepcluster/runs/flags";
import {
  addressFlag,
  flagWithDefault,
  numberFlag,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";

/** Its arguments and flags. */
export const flags = {
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
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;
