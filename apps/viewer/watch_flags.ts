/**
 * What `watch` is typed with.
 *
 * @module
 */
import {
  addressFlag,
  flagWithDefault,
  numberFlag,
  optionalFlag,
} from "@deepcluster/terminal";
import { Argument, type Command, Flag } from "effect/cli";

/** Its arguments and flags. */
export const flags = {
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
};

/** What they are read as. */
export type Values = Command.Command.Config.Infer<typeof flags>;
