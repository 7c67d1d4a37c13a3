/**
 * What `storage` prints, for people and as JSON.
 *
 * @module
 */
import type {
  RemovalCost,
  StoragePart,
  StoredFile,
  StoredFolder,
} from "@deepcluster/storage";
import { formatSeconds, shown } from "@deepcluster/terminal";
import { join } from "node:path";
import { bytesText } from "./bytes_text.ts";

/** Some part of some folder. */
export interface PlacedPart {
  /** The folder. */
  readonly folder: string;
  /** Its part. */
  readonly part: StoragePart;
}

/**
 * The list for people.
 *
 * @param folders What was found.
 * @param links Links that were not followed.
 * @param places Where was looked, as given.
 * @param nowMs The clock, in milliseconds since 1970.
 * @returns Lines of text.
 */
export const storageText = (
  folders: readonly StoredFolder[],
  links: readonly string[],
  places: readonly string[],
  nowMs: number,
): string => {
  if (folders.length === 0) {
    return [
      `No runs and no caches in ${places.join(", ")}`,
      ...linkLines(links),
    ].join("\n");
  }
  const free = folders.filter(({ inUse }) => !inUse);
  const safe = bytesIn(free.flatMap(({ parts }) => parts), "safe");
  const all = sum(folders.flatMap(filesOf));
  return [
    ...folders.map((folder) => folderText(folder, nowMs) + "\n"),
    ...linkLines(links),
    `${bytesText(all)} in all, ${bytesText(safe)} of it safe to remove` +
    (safe === 0 ? "" : `: deno task storage remove ${places.join(" ")} --safe`),
    ...legend,
  ].join("\n");
};

/**
 * The list as plain data.
 *
 * @param folders What was found.
 * @param links Links that were not followed.
 * @returns Sizes in bytes, times in ISO 8601.
 */
export const storageJson = (
  folders: readonly StoredFolder[],
  links: readonly string[],
) => ({
  folders: folders.map((found) => ({
    folder: found.folder,
    kind: found.kind.name,
    state: found.title,
    inUse: found.inUse,
    bytes: sum(filesOf(found)),
    lastUsed: isoTime(filesOf(found)),
    parts: found.parts.map((part) => partJson({ folder: found.folder, part })),
    others: { bytes: sum(found.others), files: found.others.length },
  })),
  links,
});

/**
 * A part as plain data.
 *
 * @param placed The part.
 * @returns Size in bytes, time in ISO 8601.
 */
export const partJson = ({ folder, part }: PlacedPart) => ({
  path: join(folder, part.path ?? ""),
  part: part.name,
  cost: part.cost,
  note: part.note,
  ...part.seconds !== undefined && { seconds: part.seconds },
  bytes: sum(part.files),
  files: part.files.length,
  lastUsed: isoTime(part.files),
});

/**
 * Lines about parts: size, name, cost and note.
 *
 * @param parts The parts of one folder.
 * @returns A line for each that takes room.
 */
export const partLines = (parts: readonly StoragePart[]): readonly string[] => {
  const rows = parts.filter(({ files }) => sum(files) > 0).map((part) => [
    bytesText(sum(part.files)),
    part.path === undefined ? part.name : `${part.name} ${part.path}`,
    part.cost,
    part.note +
    (part.seconds === undefined ? "" : ` in ${formatSeconds(part.seconds)}`),
  ]);
  const width = (column: number) =>
    Math.max(...rows.map((row) => row[column]!.length));
  return rows.map(([bytes, name, cost, note]) =>
    [
      ` ${bytes!.padStart(10)}`,
      name!.padEnd(width(1)),
      cost!.padEnd(width(2)),
      note,
    ].join("  ")
  );
};

const folderText = (found: StoredFolder, nowMs: number): string =>
  [
    `${shown(found.folder) || "."}  ${found.kind.name}, ${found.title}; ` +
    (found.inUse
      ? "nothing of it can be removed now"
      : `last used ${agoText(nowMs - newestMs(filesOf(found)))}`),
    ...partLines(found.parts),
    ...othersLines(found),
  ].join("\n");

/**
 * A line about files that are not ours.
 *
 * @param found The folder.
 * @returns The line, if there are such files.
 */
export const othersLines = ({ others }: StoredFolder): readonly string[] =>
  others.length === 0 ? [] : [
    `  ${bytesText(sum(others)).padStart(9)}  not ours, never removed: ` +
    others.slice(0, 3).map(({ path }) => path).join(", ") +
    (others.length > 3 ? ` and ${others.length - 3} more` : ""),
  ];

const legend = [
  "safe: computed again when needed. loses: only training or evaluating gives " +
  "it again.",
  "needed: goes only with the whole folder.",
];

const linkLines = (links: readonly string[]): readonly string[] =>
  links.length === 0 ? [] : [
    `Not followed, as they are links: ${links.map(shown).join(", ")}\n`,
  ];

/** Everything in a folder, ours or not. */
const filesOf = ({ parts, others }: StoredFolder): readonly StoredFile[] => [
  ...parts.flatMap(({ files }) => files),
  ...others,
];

const sum = (files: readonly StoredFile[]): number =>
  files.reduce((bytes, file) => bytes + file.bytes, 0);

const bytesIn = (parts: readonly StoragePart[], cost: RemovalCost): number =>
  sum(parts.filter((part) => part.cost === cost).flatMap(({ files }) => files));

/**
 * When the newest of some files was written.
 *
 * @param files The files.
 * @returns Milliseconds since 1970; 0 without files.
 */
export const newestMs = (files: readonly StoredFile[]): number =>
  files.reduce((newest, file) => Math.max(newest, file.modifiedMs), 0);

const isoTime = (files: readonly StoredFile[]): string =>
  new Date(newestMs(files)).toISOString();

const dayMs = 86_400_000;

const agoText = (ms: number): string => {
  const days = Math.floor(ms / dayMs);
  return days < 1 ? "today" : days === 1 ? "1 day ago" : `${days} days ago`;
};
