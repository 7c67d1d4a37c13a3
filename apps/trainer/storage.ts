/**
 * `storage [FOLDER…]`: what runs, caches and saved trainings take on disk, and
 * what of it may go; `storage remove` removes it.
 *
 * @module
 */
import { kindOf, scanStorage, type StoredFolder } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { Clock, Console, Effect } from "effect";
import type { Values } from "./storage_flags.ts";
import { StorageCommandError } from "./storage_errors.ts";
import { storageKinds } from "./storage_kinds.ts";
import { storageJson, storageText } from "./storage_text.ts";

/** Where runs and caches are by default. */
const usualFolder = "runs";

/** Does what `storage` was asked for. */
export const run = Effect.fnUntraced(function* ({ folders, json }: Values) {
  const found: StoredFolder[] = [];
  const links: string[] = [];
  const places = folders.length === 0 ? [usualFolder] : folders;
  for (const place of places) {
    const folder = fromHere(place);
    const kind = yield* kindOf(folder);
    if (kind === "nothing" && folders.length === 0) continue;
    if (kind !== "folder") {
      return yield* new StorageCommandError({
        action: `list ${place}`,
        rule: "it must be a folder",
        found: kind === "file" ? "a file" : "nothing is there",
      });
    }
    const scan = yield* scanStorage(folder, storageKinds);
    found.push(...scan.folders);
    links.push(...scan.links);
  }
  const unique = [...new Map(found.map((one) => [one.folder, one])).values()];
  const nowMs = yield* Clock.currentTimeMillis;
  yield* Console.log(
    json
      ? JSON.stringify(storageJson(unique, links))
      : storageText(unique, links, places, nowMs),
  );
});
