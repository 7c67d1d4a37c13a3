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
import { shown } from "@deepcluster/terminal";
import { Clock, Console, Effect, Option } from "effect";
import { bytesText } from "./bytes_text.ts";
import { chooseParts, type Chosen } from "./storage_choice.ts";
import type { Values } from "./storage_remove_flags.ts";
import { othersLines, partJson, partLines } from "./storage_text.ts";

/** Does what `storage remove` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ paths, yes, json, ...filters }: Values) {
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
  },
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
