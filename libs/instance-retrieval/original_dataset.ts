/**
 * Oxford5k and Paris6k as they are distributed: four lists of names for each
 * query.
 *
 * Paper: section 5.3. Positives are the lists `good` and `ok`; the full picture
 * that a query is cut from stays in the database and usually is a positive.
 *
 * @module
 */
import { attempt, readBytes, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InstanceDatasetError } from "./errors.ts";
import type {
  InstanceDataset,
  InstanceDatasetName,
  InstanceQuery,
} from "./instance_dataset.ts";
import { firstFolder, picturesIn } from "./picture_files.ts";
import type { Judgement } from "./ranking_metrics.ts";

/** Where archives and their users put the lists, the first that is there. */
const listFolders = ["gt", "gt_files", "lab"];

const queryFile = "_query.txt";

/**
 * Opens Oxford5k or Paris6k.
 *
 * Pictures may be flat or nested; lists lie in `gt`, `gt_files`, `lab` or
 * beside the pictures. Lines may end in CR, and Oxford's queries bear the
 * prefix `oxc1_`.
 *
 * @param name Which one.
 * @param root Its folder.
 * @returns The dataset, its images by name ascending; or
 * `InstanceDatasetError`, or `StorageError`.
 */
export const openOriginalDataset: (
  name: InstanceDatasetName,
  root: string,
) => Effect.Effect<InstanceDataset, InstanceDatasetError | StorageError> =
  Effect.fn("openOriginalDataset")(function* (name, root) {
    const { pictures, corrupt } = yield* picturesIn(name, root);
    const folder = (yield* firstFolder(root, listFolders)) ?? root;
    const files = yield* attempt("list", folder, () => readdir(folder));
    const stems = files.filter((file) => file.endsWith(queryFile)).sort()
      .map((file) => file.slice(0, -queryFile.length));
    if (stems.length === 0) {
      return yield* new InstanceDatasetError({
        dataset: name,
        path: folder,
        rule: `it must hold lists such as all_souls_1${queryFile}`,
        found: "none",
      });
    }
    const rankOf = new Map(pictures.map((picture, i) => [picture.name, i]));
    const missing = new Set<string>();
    const judgements: Judgement[] = [];
    const queries: InstanceQuery[] = [];
    const ranks = (names: readonly string[]): ReadonlySet<number> => {
      for (const name of names) if (!rankOf.has(name)) missing.add(name);
      return new Set(names.flatMap((name) => rankOf.get(name) ?? []));
    };
    for (const stem of stems) {
      const list = (kind: string) => join(folder, `${stem}_${kind}.txt`);
      const query = yield* parseQuery(name, list("query"));
      const rank = rankOf.get(query.name);
      if (rank === undefined) {
        return yield* new InstanceDatasetError({
          dataset: name,
          path: list("query"),
          rule: "the picture of a query must be there",
          found: `no ${query.name}.jpg`,
        });
      }
      queries.push({ ...query, path: pictures[rank]!.path });
      const good = yield* namesIn(list("good"));
      const ok = yield* namesIn(list("ok"));
      const positives = [...new Set([...good, ...ok])];
      judgements.push({
        positives: ranks(positives),
        listed: positives.length,
        junk: ranks(yield* namesIn(list("junk"))),
      });
    }
    return {
      name,
      images: pictures,
      queries,
      protocols: [{ name: "original", judgements }],
      missing: [...missing].sort(),
      corrupt,
    };
  });

/** Names, one a line. */
const namesIn = (
  path: string,
): Effect.Effect<readonly string[], StorageError> =>
  Effect.map(
    textOf(path),
    (text) =>
      text.split(/[\r\n]+/).map((line) => line.trim()).filter((line) =>
        line !== ""
      ),
  );

/** One line: a name and four edges. */
const parseQuery = Effect.fnUntraced(function* (
  dataset: InstanceDatasetName,
  path: string,
) {
  const text = (yield* textOf(path)).trim();
  const [typed = "", ...edges] = text.split(/\s+/);
  const [xmin, ymin, xmax, ymax] = edges.map(Number);
  if (edges.length !== 4 || !edges.every((edge) => isFinite(Number(edge)))) {
    return yield* new InstanceDatasetError({
      dataset,
      path,
      rule: "it must be one line: NAME xmin ymin xmax ymax",
      found: JSON.stringify(text.slice(0, 80)),
    });
  }
  const name = typed.replace(/^oxc1_/, "");
  return {
    name,
    corners: { xmin: xmin!, ymin: ymin!, xmax: xmax!, ymax: ymax! },
  };
});

const textOf = (path: string): Effect.Effect<string, StorageError> =>
  Effect.map(readBytes(path), (bytes) => new TextDecoder().decode(bytes));
