/**
 * Splits that files give: names of images, one a line, such as SimCLR's lists
 * of 1 and 10 % of ImageNet.
 *
 * @module
 */
import {
  type ImageSource,
  isUtf16,
  lineReader,
  shownText,
  spellingsOf,
  utf8Text,
  wasUtf8,
} from "@deepcluster/data";
import { readBytes, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import { dirname, posix, resolve } from "node:path";
import { SplitListError } from "./errors.ts";
import type { Split } from "./splits.ts";

/** What {@link splitByFiles} fails with. */
export type SplitByFilesError = SplitListError | StorageError;

/**
 * Reads which images are learned from and which are held out.
 *
 * A line names an image by its name in the source, however it is spelled
 * (`./x.jpg`, with backslashes, white space at its ends), by a path that is
 * absolute or relative to the list's folder, or by the end of its name
 * (`x.jpg` for `cats/x.jpg`) where no other image's ends so. Empty lines are
 * passed over, and lines that begin with `#` and name no image.
 *
 * @param source The images.
 * @param trainList File with those to learn from; without it, all that the
 * other does not name.
 * @param testList File with those held out; likewise.
 * @returns The split; `SplitListError` with file and line when a line names no
 * image or several, an image stands twice or in both, or a side is empty;
 * `StorageError` when a file cannot be read.
 */
export const splitByFiles: (
  source: ImageSource,
  trainList: string | undefined,
  testList: string | undefined,
) => Effect.Effect<Split, SplitByFilesError> = Effect.fn("splitByFiles")(
  function* (
    source,
    trainList,
    testList,
  ) {
    const find = imageFinder(source);
    const listed = (file: string) => listedImages(file, source, find);
    const train = trainList && (yield* listed(trainList));
    const test = testList && (yield* listed(testList));
    if (train && test) {
      yield* requireApart(source, { file: trainList, lines: train }, {
        file: testList,
        lines: test,
      });
    }
    const side = (own: Lines | "" | undefined, other: Lines | "" | undefined) =>
      Int32Array.from(source.ids.keys()).filter((image) =>
        own ? own.has(image) : !(other && other.has(image))
      );
    return { train: side(train, test), test: side(test, train) };
  },
);

/** Line on which each image of a list stands. */
export type Lines = ReadonlyMap<number, number>;

/** Images that an entry of a list in some folder may name. */
type ImageFinder = (entry: string, folder: string) => readonly number[];

/**
 * Reads which images a file lists, as {@link splitByFiles} does.
 *
 * @param file The list.
 * @param source The images.
 * @param find Finds images by what a line holds.
 * @param action What is to be done, for messages. Default: `split by list`.
 * @returns The line of each image; some images are listed and some are not. Or
 * `SplitListError`, or `StorageError`.
 */
export const listedImages = Effect.fnUntraced(function* (
  file: string,
  source: ImageSource,
  find: ImageFinder = imageFinder(source),
  action: string | undefined = undefined,
): Effect.fn.Return<Lines, SplitListError | StorageError> {
  const of = action === undefined ? {} : { action };
  const bytes = yield* readBytes(file);
  if (isUtf16(bytes)) {
    const rule = "the text must be in UTF-8: save it as that";
    return yield* new SplitListError({
      ...of,
      rule,
      file,
      line: 1,
      present: "UTF-16",
    });
  }
  const lines = new Map<number, number>();
  for (const [entry, line] of entriesOf(utf8Text(bytes))) {
    const fail = (rule: string, present = shownText(entry)) =>
      new SplitListError({ ...of, rule, file, line, present });
    if (!wasUtf8(entry)) {
      return yield* fail("every entry must be in UTF-8");
    }
    const [image, ...more] = find(entry, dirname(resolve(file)));
    if (image === undefined) {
      if (entry.startsWith("#")) continue;
      return yield* fail("every entry must be an image");
    }
    if (more.length > 0) {
      const ids = [image, ...more].slice(0, 3).map((one) => source.ids[one]!);
      const rule = "every entry must name one image only";
      const count = `${more.length + 1} images, such as ${ids.join(", ")}`;
      return yield* fail(rule, `${entry} (${count})`);
    }
    const before = lines.get(image);
    if (before !== undefined) {
      const rule = "every entry must stand once";
      return yield* fail(rule, `${entry} (named in line ${before} before)`);
    }
    lines.set(image, line);
  }
  if (lines.size > 0 && lines.size < source.ids.length) return lines;
  return yield* new SplitListError({
    ...of,
    rule: "some images must be listed and some not",
    file,
    present: `${lines.size} of ${source.ids.length} listed`,
  });
});

const entriesOf = (text: string): readonly (readonly [string, number])[] => {
  const entries: (readonly [string, number])[] = [];
  const reader = lineReader((line, number) => {
    if (line.trim() !== "") entries.push([line, number]);
  });
  reader.feed(text);
  reader.end();
  return entries;
};

/** Finds images by name first, then by path, then by the end of the name. */
const imageFinder = ({ ids, payload }: ImageSource): ImageFinder => {
  const named = new Map(ids.map((id, image) => [id, image]));
  const stored = lazily(() =>
    new Map(ids.map((_, image) => {
      const file = payload(image);
      return [file.kind === "file" ? file.path : "", image];
    }))
  );
  const endings = lazily(() => {
    const images = new Map<string, number[]>();
    ids.forEach((id, image) => {
      const name = posix.basename(id);
      const known = images.get(name);
      if (known === undefined) images.set(name, [image]);
      else known.push(image);
    });
    return images;
  });
  return (entry, folder) => {
    const spellings = spellingsOf(entry);
    const byName = spellings.flatMap((name) =>
      named.get(name) ?? named.get(posix.normalize(name)) ?? []
    );
    if (byName.length > 0) return byName.slice(0, 1);
    const byPath = spellings.flatMap((name) =>
      stored().get(resolve(folder, name)) ?? []
    );
    if (byPath.length > 0) return byPath.slice(0, 1);
    const end = posix.normalize(spellings.at(-1)!);
    return (endings().get(posix.basename(end)) ?? [])
      .filter((image) => ids[image]!.endsWith(`/${end}`));
  };
};

const lazily = <A>(make: () => A): () => A => {
  let made: A | undefined;
  return () => made ??= make();
};

const requireApart = (
  { ids }: ImageSource,
  train: { readonly file: string | undefined; readonly lines: Lines },
  test: { readonly file: string | undefined; readonly lines: Lines },
): Effect.Effect<void, SplitListError> => {
  for (const [image, line] of test.lines) {
    const other = train.lines.get(image);
    if (other === undefined) continue;
    return Effect.fail(
      new SplitListError({
        rule: "no image may be in both lists",
        ...test.file !== undefined && { file: test.file },
        line,
        present: `${ids[image]} (named in ${train.file}, line ${other})`,
      }),
    );
  }
  return Effect.void;
};
