/**
 * Commands that are loaded when they are called: a program that shows its help
 * or runs one command loads no other, nor what the others need.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import { Effect } from "effect";
import { Command } from "effect/cli";

/** Any command that a program can run. */
export type AnyCommand = Command.Command<
  // deno-lint-ignore no-explicit-any -- names are invariant
  any,
  never,
  unknown,
  { readonly message: string },
  Command.Environment
>;

/** A command by its name, not yet loaded. */
export interface LazyCommand {
  /** What the user types. */
  readonly name: string;
  /** What it does, for the list of commands and for its own help. */
  readonly description: string;
  /**
   * Loads it.
   *
   * @param words What follows its name on the command line.
   * @returns The command; subcommands that `words` cannot mean may be names
   * without flags.
   */
  readonly load: (words: readonly string[]) => Effect.Effect<AnyCommand>;
}

/**
 * Describes a command in a module of its own.
 *
 * @typeParam Module `typeof import("./command.ts")`.
 * @param name What the user types.
 * @param description What it does.
 * @param address `new URL("./command.ts", import.meta.url)`.
 * @param commandOf Picks the command of that name from the module.
 * @returns The command, not yet loaded.
 */
export const lazyCommand = <Module>(
  name: string,
  description: string,
  address: URL,
  commandOf: (module: Module) => AnyCommand,
): LazyCommand => ({
  name,
  description,
  load: () =>
    Effect.map(
      loadModule<Module>(address),
      (module) => Command.withDescription(commandOf(module), description),
    ),
});

/**
 * Describes a command that only has subcommands.
 *
 * @param name What the user types.
 * @param description What its commands have in common.
 * @param commands Its subcommands, in the order of its help.
 * @returns The command. Loading it loads the subcommand that the words begin
 * with, and all where a flag stands before it, except for help and version.
 */
export const commandGroup = (
  name: string,
  description: string,
  commands: readonly LazyCommand[],
): LazyCommand => ({
  name,
  description,
  load: Effect.fnUntraced(function* (words) {
    const [first = "", ...rest] = words;
    const anyMayFollow = first.startsWith("-") &&
      !(rest.length === 0 && ofGroup.has(first));
    const subcommands = yield* Effect.forEach(commands, (command) => {
      if (anyMayFollow) return command.load(words);
      return command.name === first
        ? command.load(rest)
        : Effect.succeed(unloaded(command));
    });
    return Command.make(name).pipe(
      Command.withDescription(description),
      Command.withSubcommands(subcommands),
    );
  }),
});

/** Flags that speak of the group itself where nothing follows. */
const ofGroup: ReadonlySet<string> = new Set([
  "--help",
  "-h",
  "--version",
  "-v",
]);

/** A command as the help of its group lists it. */
const unloaded = ({ name, description }: LazyCommand): AnyCommand =>
  Command.make(name).pipe(Command.withDescription(description));
