/**
 * Commands that are loaded when they are called: a program that shows its help
 * or runs one command loads no other, nor what the others need.
 *
 * @module
 */
import { Effect, type Scope } from "effect";
import { Command } from "effect/cli";
import { requireInputsKept } from "./inputs_kept.ts";

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

/** How a command is typed, in a module that loads little. */
export interface CommandLine<Flags extends Command.Command.Config> {
  /** Its arguments and flags. */
  readonly flags: Flags;
  /** Examples for its help. Default: none. */
  readonly examples?: readonly Command.Command.Example[];
}

/** What a command does, in a module that may load much. */
export interface CommandWork<Flags extends Command.Command.Config> {
  /** Does what the command line says. */
  readonly run: (
    values: Command.Command.Config.Infer<Flags>,
  ) => Effect.Effect<
    unknown,
    { readonly message: string },
    Command.Environment | Scope.Scope
  >;
}

/**
 * Describes a command in two modules: its command line, which is enough for its
 * help, and its work, which is loaded when it is called, but not if its result
 * would replace what it reads.
 *
 * @typeParam Flags Its arguments and flags.
 * @param name What the user types.
 * @param description What it does.
 * @param line The module of its command line, by `loadModule`.
 * @param work The module of its work, by `loadModule`.
 * @param subcommands Commands that may follow its name. Default: none.
 * @returns The command, not yet loaded.
 */
export const lazyCommand = <const Flags extends Command.Command.Config>(
  name: string,
  description: string,
  line: Effect.Effect<CommandLine<Flags>>,
  work: Effect.Effect<CommandWork<Flags>>,
  subcommands: readonly LazyCommand[] = [],
): LazyCommand => ({
  name,
  description,
  load: Effect.fnUntraced(function* (words) {
    const { flags, examples = [] } = yield* line;
    return Command.make(
      name,
      flags,
      (values) =>
        requireInputsKept(values).pipe(
          Effect.andThen(work),
          Effect.flatMap(({ run }) => run(values)),
          Effect.scoped,
        ),
    ).pipe(
      Command.withDescription(description),
      Command.withExamples(examples),
      Command.withSubcommands(yield* loadOf(subcommands, words)),
    );
  }),
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
  load: (words) =>
    Effect.map(
      loadOf(commands, words),
      (subcommands) =>
        Command.make(name).pipe(
          Command.withDescription(description),
          Command.withSubcommands(subcommands),
        ),
    ),
});

/** Loads those of some subcommands that the words can mean. */
const loadOf = (
  commands: readonly LazyCommand[],
  words: readonly string[],
): Effect.Effect<readonly AnyCommand[]> => {
  const [first = "", ...rest] = words;
  const anyMayFollow = first.startsWith("-") &&
    !(rest.length === 0 && ofGroup.has(first));
  return Effect.forEach(commands, (command) => {
    if (anyMayFollow) return command.load(words);
    return command.name === first
      ? command.load(rest)
      : Effect.succeed(unloaded(command));
  });
};

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
