/**
 * Image sets of a VOC folder read from its XML annotations, for folders
 * without the class files that VOC makes of them.
 *
 * An image shows a class when one of its objects is of the class and not
 * `difficult`; it does not count for a class of which it has difficult objects
 * only. Parts of objects are no objects.
 *
 * Reference: M. Everingham et al., "The PASCAL Visual Object Classes (VOC)
 * Challenge", 2010.
 *
 * @module
 */
import { matrix, messageOf } from "@deepcluster/core";
import { shownText, wasUtf8 } from "@deepcluster/data";
import type { Skipped } from "@deepcluster/metrics";
import { type } from "arktype";
import { Effect } from "effect";
import { XMLParser } from "fast-xml-parser";
import { join } from "node:path";
import { VocFolderError, VocLineError } from "./errors.ts";
import type { VocLabels } from "./voc_labels.ts";
import { imageNamed, type VocLayout } from "./voc_layout.ts";
import { readVocLines, readVocText } from "./voc_text.ts";

/** Files that are read at the same time. */
const readers = 16;

/** What {@link annotatedLabels} fails with. */
export type AnnotatedLabelsError = VocFolderError | VocLineError;

/**
 * Reads the labels of a set from `Annotations/*.xml`.
 *
 * Reads the annotations of its images; classes are those found there.
 *
 * @param layout Of the folder.
 * @param name Of the set, whose images `ImageSets/Main/<name>.txt` lists.
 * @returns The labels, images in the order of the list; or `VocFolderError`
 * when the list or an annotation is missing, or an annotation is none, or
 * `VocLineError` when a line of the list leads out of the folder.
 */
export const annotatedLabels: (
  layout: VocLayout,
  name: string,
) => Effect.Effect<VocLabels, AnnotatedLabelsError> = Effect.fnUntraced(
  function* (
    layout,
    name,
  ) {
    const { folder, paths } = layout.annotations;
    if (paths.size === 0) {
      const rule =
        `every class must have a file such as aeroplane_${name}.txt, ` +
        "or every image an XML annotation";
      return yield* new VocFolderError({ path: folder, rule, found: "none" });
    }
    const { ids, skipped } = yield* listedImages(layout, name);
    const annotations = yield* Effect.forEach(
      ids,
      (id) => {
        const [path] = paths.get(id) ?? [];
        return path !== undefined ? annotationAt(path) : new VocFolderError({
          path: join(folder, `${id}.xml`),
          rule: "every image of a set must have an annotation",
          found: "none",
        });
      },
      { concurrency: readers },
    );
    const classes = [...new Set(annotations.flatMap((of) => [...of.keys()]))]
      .toSorted();
    const targets = matrix(ids.length, classes.length);
    annotations.forEach((annotation, i) =>
      classes.forEach((of, c) => {
        targets.data[i * classes.length + c] = annotation.get(of) ?? 0;
      })
    );
    return { classes, ids, targets, complete: true, skipped, unlabelled: [] };
  },
);

/** The images of a set, each once, in the order of its list. */
const listedImages = Effect.fnUntraced(function* (
  layout: VocLayout,
  name: string,
) {
  const file = join(layout.setsFolder, `${name}.txt`);
  const rule = "a set without class files must have a list of its images";
  const lines = new Map<string, number>();
  const skipped: Skipped[] = [];
  for (const { number, text } of yield* readVocLines(file, rule)) {
    const id = listedImage(layout, text);
    if (id === undefined) {
      return yield* new VocLineError({
        file,
        line: number,
        problem: `image must be below JPEGImages (was "${text}")`,
      });
    }
    const first = lines.get(id);
    if (first === undefined) lines.set(id, number);
    else {
      const what = `line ${number} of ${name}.txt`;
      skipped.push({ what, reason: `line ${first} has ${id} already` });
    }
  }
  return { ids: [...lines.keys()], skipped };
});

/** A line is an image, and may say more as lines of a class's file do. */
const listedImage = (
  layout: VocLayout,
  text: string,
): string | undefined => {
  const names = [text, text.replace(/\s+-?\d+$/, ""), text.split(/\s/)[0]!]
    .map((part) => imageNamed(layout, part));
  const known = names.find((id) =>
    id !== undefined && layout.images.paths.has(id)
  );
  return known ?? imageNamed(layout, text.replace(/\s+(-1|0|1)$/, ""));
};

/** Targets by class: 1 there, -1 only difficult objects are. */
type Annotation = ReadonlyMap<string, 1 | -1>;

const Difficult = type("string").pipe((text, ctx): boolean => {
  const word = text.trim().toLowerCase();
  // What is not said to be difficult is not.
  if (["", "unspecified", "false", "no"].includes(word)) return false;
  if (["true", "yes"].includes(word)) return true;
  const value = Number(word);
  return value === 0 || value === 1
    ? value === 1
    : ctx.error("0, 1, true or false") as never;
});

const Objects = type({
  annotation: type({
    "object?": type({ name: "string > 0", "difficult?": Difficult }).array(),
  }).or(type("''").pipe(() => ({}))),
});

const parser = new XMLParser({
  parseTagValue: false,
  // References to characters among them, and `&amp;`, as in all of XML.
  htmlEntities: true,
  transformTagName: (name) => name.toLowerCase(),
  isArray: (_name, path) => path === "annotation.object",
});

const annotationAt = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<Annotation, VocFolderError> {
  const text = yield* readVocText(path, "the annotation must be readable");
  const refuse = (found: string) =>
    new VocFolderError({
      path,
      rule: "annotations must be XML as VOC's",
      found,
    });
  if (text.trim() === "") return yield* refuse("an empty file");
  const tree = yield* Effect.try({
    try: (): unknown => parser.parse(text, true),
    catch: (cause) => refuse(inWords(cause)),
  });
  const parsed = Objects(tree);
  if (parsed instanceof type.errors) return yield* refuse(parsed.summary);
  const found = new Map<string, 1 | -1>();
  const { object = [] }: {
    object?: readonly { name: string; difficult?: boolean }[];
  } = parsed.annotation;
  for (const [i, { name, difficult = false }] of object.entries()) {
    if (!wasUtf8(name)) {
      const field = `annotation.object[${i}].name`;
      return yield* refuse(
        `${field} must be in UTF-8 (was "${shownText(name)}")`,
      );
    }
    if (!difficult) found.set(name, 1);
    else if (!found.has(name)) found.set(name, -1);
  }
  return found;
});

/** The parser says `Start tag expected.:1:7`. */
const inWords = (cause: unknown): string =>
  messageOf(cause).replace(/:(\d+):\w+$/, " (line $1)");
