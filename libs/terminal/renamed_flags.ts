/**
 * Old spellings of flags, which are understood for one release more.
 *
 * @module
 */
import { Console, Effect, Stdio } from "effect";

/**
 * Old name and present name of flags, by the commands that had them; `*`
 * means every command. Names are without dashes.
 */
export type RenamedFlags = Readonly<
  Record<string, Readonly<Record<string, string>>>
>;

/**
 * Understands the old spellings of flags as the new ones, and says so in a line
 * on standard error for each. Everything after a bare `--` is left alone.
 *
 * @param renamed See {@link RenamedFlags}.
 * @param command What to run on the command line with new spellings.
 * @returns The command.
 */
export const renamedFlags = <A, E, R>(
  renamed: RenamedFlags,
  command: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R | Stdio.Stdio> =>
  Effect.gen(function* () {
    const stdio = yield* Stdio.Stdio;
    const words = yield* stdio.args;
    const end = words.includes("--") ? words.indexOf("--") : words.length;
    const before = words.slice(0, end);
    const name = before.find((word) => Object.hasOwn(renamed, word)) ?? "*";
    const names = new Map(
      Object.entries({ ...renamed["*"], ...renamed[name] }),
    );
    const said = new Set<string>();
    const spelled = before.map((word) => {
      const [, old = "", value = ""] = /^--([^=]+)(=.*)?$/s.exec(word) ?? [];
      const now = names.get(old);
      if (now === undefined) return word;
      said.add(
        `--${old} is now --${now}; the old spelling still works`,
      );
      return `--${now}${value}`;
    });
    for (const line of said) yield* Console.error(line);
    return yield* Effect.provideService(command, Stdio.Stdio, {
      ...stdio,
      args: Effect.succeed([...spelled, ...words.slice(end)]),
    });
  });
