/**
 * `storage remove PATH…`: removes the listed paths, after showing them.
 *
 * @module
 */
import {
  removeStored,
  type StoragePart,
  type StoredFolder,
} from "@deepcluster/storage";
import {
  flagWithDefault,
  namesFlag,
  notNegative,
  optionalFlag,
  shown,
  switchFlag,
} from "@deepcluster/terminal";
import { Clock, Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { bytesText } from "./bytes_text.ts";
import { chooseParts, type Chosen } from "./storage_choice.ts";
import { othersLines, partJson, partLines } from "./storage_text.ts";

/** The command. */
export const remove = Command.make(
  "remove",
  {
    paths: Argument.String("path").pipe(
      Argument.withDescription(
        "Runs, caches and feature sets to remove; with --safe or --only also " +
          "folders that hold some.",
      ),
      Argument.variadic({ min: 1 }),
    ),
    safe: flagWithDefault(
      switchFlag("safe"),
      false,
      "Remove only what is computed again when it is needed",
    ),
    only: optionalFlag(
      namesFlag("only").pipe(Flag.withMetavar("PART,PART")),
      "Remove only parts of these names, such as features,old-checkpoints",
      "all parts",
    ),
    olderThan: optionalFlag(
      notNegative("older-than").pipe(Flag.withMetavar("DAYS")),
      "Remove only what was last used longer ago than this",
      "whatever its age",
    ),
    yes: flagWithDefault(
      switchFlag("yes"),
      false,
      "Remove the files. Without it, they are only listed",
    ),
    json: flagWithDefault(
      switchFlag("json"),
      false,
      "Print the results as JSON",
    ),
  },
  Effect.fnUntraced(function* ({ paths, yes, json, ...filters }) {
    const nowMs = yield* Clock.currentTimeMillis;
    const { chosen, left } = yield* chooseParts(paths, {
      safe: filters.safe,
      only: Option.getOrUndefined(filters.only),
      before: Option.match(filters.olderThan, {
        onNone: () => undefined,
        onSome: (days) => nowMs - days * 86_400_000,
      }),
    });
    for (const folder of left) {
      yield* Effect.logWarning(`Left ${shown(folder)} alone: it is in use`);
    }
    const removed = yes ? yield* Effect.forEach(chosen, removeChosen) : chosen;
    yield* Console.log(
      json
        ? JSON.stringify({ removed: yes, parts: removed.flatMap(placed) })
        : removalText(removed, yes),
    );
  }),
).pipe(
  Command.withDescription(
    "Remove runs, caches or parts of them that no process uses",
  ),
  Command.withExamples([
    {
      command: "deno task storage remove runs --safe",
      description: "Show what is computed again when needed; --yes removes it",
    },
    {
      command:
        "deno task storage remove runs/photos --only old-checkpoints --yes",
      description: "Keep the newest epoch of a run",
    },
    {
      command: "deno task storage remove runs --safe --older-than 30 --yes",
      description: "Features that nobody used for a month",
    },
  ]),
);

/** The lock is taken only now, and the folder looked at again under it. */
const removeChosen = Effect.fnUntraced(function* ({ folder, parts }: Chosen) {
  const names = new Set(parts.map(identityOf));
  const removed = yield* removeStored(
    folder,
    (part) => names.has(identityOf(part)),
  );
  return { folder, parts: removed };
});

const identityOf = ({ name, path }: StoragePart): string =>
  `${name} ${path ?? ""}`;

const placed = ({ folder: { folder }, parts }: Chosen) =>
  parts.map((part) => partJson({ folder, part }));

const removalText = (chosen: readonly Chosen[], removed: boolean): string => {
  const files = chosen.flatMap(({ parts }) =>
    parts.flatMap(({ files }) => files)
  );
  if (files.length === 0) return "Nothing to remove";
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const amount = `${bytesText(bytes)} in ${files.length} files`;
  return [
    ...chosen.filter(({ parts }) => parts.length > 0).flatMap((
      { folder, parts },
    ) => [headOf(folder), ...partLines(parts), ...othersLines(folder)]),
    "",
    removed
      ? `Removed ${amount}`
      : `Would remove ${amount}. Nothing is removed yet: add --yes`,
  ].join("\n");
};

const headOf = ({ folder, kind, title }: StoredFolder): string =>
  `${shown(folder) || "."}  ${kind.name}, ${title}`;
