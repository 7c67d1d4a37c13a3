/**
 * `leaks DIR OTHER`: images of one set that are in another too, such as those
 * of a test in the training.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import {
  findLeaks,
  type IndexedImage,
  type IndexSettings,
  openSearcher,
  type SearchIndex,
  settingsThatDiffer,
  similarityLevel,
} from "@deepcluster/retrieval";
import { layerTypedEngine } from "@deepcluster/runs";
import { fromHere, shown } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { sep } from "node:path";
import { kindInWords, requireNear, warnOfFewPairs } from "./duplicates.ts";
import { openIndex, pathOf, sheetPathOf, writeSheet } from "./opened_index.ts";
import { restLines, tableFileOf, writeTableFile } from "./result_table.ts";
import type { Values } from "./leaks_flags.ts";

const columns = ["path", "match", "kind", "score"];

/** Does what `leaks` was asked for. */
export const run = (values: Values) =>
  Effect.gen(function* () {
    const { kind, percentile, score, top, out, sheet, json } = values;
    const file = yield* tableFileOf(out);
    const sheetPath = yield* sheetPathOf(sheet);
    yield* requireNear(kind, score);
    const { index, second, first } = yield* setsOf(values);
    const near = kind !== "near" ? undefined : {
      searcher: yield* openSearcher(index),
      vectors: second.index.vectors,
      level: Option.isSome(score)
        ? score.value
        : yield* similarityLevel(index, percentile),
      sameIndex: second.index === index,
    };
    if (near) yield* warnOfFewPairs(index, percentile, score);
    const all = yield* findLeaks({
      first,
      second: second.images,
      ...near && { near },
    });
    const found = all.filter((leak) =>
      kind !== "bytes" || leak.kind === "bytes"
    );
    const rows = found.map(({ image, match, kind, score }) => ({
      path: pathOf(image),
      match: pathOf(match),
      kind,
      score,
    }));
    yield* Console.log(
      json
        ? JSON.stringify({
          train: first.length,
          test: second.images.length,
          level: near?.level,
          leaks: rows,
        })
        : [
          `${rows.length} of ${second.images.length} test images are among ` +
          `the ${first.length} training images too`,
          ...near
            ? [
              `near: a cosine similarity of at least ${near.level.toFixed(4)}`,
            ]
            : [],
          ...rows.slice(0, top).map((row) =>
            `${shown(row.path)}: ${kindInWords[row.kind]}` +
            (row.kind === "near" ? ` (${row.score.toFixed(4)})` : "") +
            ` as ${shown(row.match)}`
          ),
          ...restLines(rows.length, top),
        ].join("\n"),
    );
    if (file !== undefined) yield* writeTableFile(file, columns, rows);
    if (sheetPath !== undefined && found.length > 0) {
      yield* writeSheet(
        sheetPath,
        "Test images that are in the training too",
        found.map(({ image, match, kind, score }, i) => ({
          title: `${i + 1}. ${kindInWords[kind]}`,
          detail: kind === "near" ? score.toFixed(4) : "",
          images: [image, match],
        })),
      );
    }
  }).pipe(Effect.scoped, Effect.provide(layerTypedEngine(values)));

/** Both sets, from two indexes or from two folders of one. */
const setsOf = Effect.fnUntraced(function* (
  { index: folder, other, sheet, train, test }: {
    readonly index: string;
    readonly sheet: Option.Option<string>;
    readonly other: Option.Option<string>;
    readonly train: Option.Option<string>;
    readonly test: Option.Option<string>;
  },
) {
  const index = yield* openIndex(folder, sheet);
  const second = Option.isSome(other)
    ? yield* openIndex(other.value, sheet)
    : index;
  if (second !== index) yield* requireSameVectors(index, second);
  else if (Option.isNone(train) || Option.isNone(test)) {
    const [missing, present] = Option.isNone(train)
      ? ["train", "--test"]
      : ["test", "--train"];
    return yield* refuse(
      missing,
      `given together with ${present}, or a second index named instead`,
      "",
    );
  }
  const images = yield* within(second, "test", test);
  // A test folder may lie within that of the training, and is none of it.
  const tested = new Set(second === index ? images : []);
  const first = (yield* within(index, "train", train))
    .filter((image) => !tested.has(image));
  if (first.length === 0) {
    return yield* refuse(
      "train",
      "a folder with images that are not in --test as well",
      Option.getOrElse(train, () => ""),
    );
  }
  return { index, first, second: { index: second, images } };
});

const refuse = (option: string, rule: string, value: string) =>
  new OptionError({ action: "look for leaks", option, rule, value });

/** The images of a folder; all where none is named. */
const within = Effect.fnUntraced(function* (
  { images }: SearchIndex,
  name: string,
  folder: Option.Option<string>,
): Effect.fn.Return<readonly IndexedImage[], OptionError> {
  if (Option.isNone(folder)) return images;
  const below = folder.value.replace(/[/\\]+$/, "");
  const absolute = fromHere(below) + sep;
  const found = images.filter((image) =>
    image.path.startsWith(below + "/") || image.path.startsWith(below + sep) ||
    pathOf(image).startsWith(absolute)
  );
  if (found.length > 0) return found;
  return yield* refuse(
    name,
    "a folder within the index that holds images",
    folder.value,
  );
});

/** Vectors of other models, layers or PCAs cannot be compared. */
const requireSameVectors = (
  first: SearchIndex,
  second: SearchIndex,
): Effect.Effect<void, OptionError> => {
  const fields = settingsThatDiffer(comparable(first), comparable(second));
  return fields.length === 0 ? Effect.void : Effect.fail(
    refuse(
      "test-index",
      "an index of vectors like those of the first; or index all images " +
        "together and name two folders by --train and --test",
      `${second.folder}, with other settings (${fields.join("; ")})`,
    ),
  );
};

/** The settings that decide what the vectors mean, not their last bits. */
const comparable = ({ settings }: SearchIndex): IndexSettings => {
  const { engine: _, batch: __, clusters: ___, ...descriptor } =
    settings.descriptor;
  return { ...settings, descriptor };
};
