/**
 * Image sets of a VOC folder told from its XML annotations, for folders
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
import { type Matrix, matrix } from "@deepcluster/core";
import { type } from "arktype";
import { Effect } from "effect";
import { XMLParser } from "fast-xml-parser";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { VocFolderError } from "./errors.ts";

/** Images of a set with their classes, before anything is known of files. */
export interface VocLabels {
  /** Names of the classes, sorted. */
  readonly classes: readonly string[];
  /** Names of the images. */
  readonly ids: readonly string[];
  /** `[images, classes]`: 1 there, 0 not there, -1 does not count. */
  readonly targets: Matrix;
}

/** Files that are read at the same time. */
const readers = 16;

/**
 * Reads the labels of a set from `Annotations/*.xml`.
 *
 * Classes are those of all annotations of the folder, so that all its sets
 * have the same. Reads every annotation.
 *
 * @param folder Such as `VOCdevkit/VOC2007`.
 * @param name Of the set, whose images `ImageSets/Main/<name>.txt` lists.
 * @returns The labels, images in the order of the list; or `VocFolderError`
 * when the list or an annotation is missing, or an annotation is none.
 */
export const annotatedLabels = Effect.fnUntraced(function* (
  folder: string,
  name: string,
): Effect.fn.Return<VocLabels, VocFolderError> {
  const ids = yield* idsIn(join(folder, "ImageSets", "Main", `${name}.txt`));
  const annotations = yield* annotationsIn(
    join(folder, "Annotations"),
    `every class must have a file such as aeroplane_${name}.txt, or every ` +
      "image an XML annotation",
  );
  const classes = [
    ...new Set([...annotations.values()].flatMap((of) => [...of.keys()])),
  ].toSorted();
  const targets = matrix(ids.length, classes.length);
  for (const [i, id] of ids.entries()) {
    const annotation = annotations.get(id);
    if (annotation === undefined) {
      return yield* new VocFolderError({
        path: join(folder, "Annotations", `${id}.xml`),
        rule: "every image of a set must have an annotation",
        found: "none",
      });
    }
    classes.forEach((of, c) => {
      targets.data[i * classes.length + c] = annotation.get(of) ?? 0;
    });
  }
  return { classes, ids, targets };
});

/** Targets by class: 1 there, -1 only difficult objects are. */
type Annotation = ReadonlyMap<string, 1 | -1>;

/** The first word of each line; other words are as in a class's file. */
const idsIn = (path: string) =>
  Effect.map(
    readText(path, "a set without class files must have a list of its images"),
    (text) => [
      ...new Set(
        text.split("\n").flatMap((line) => line.trim().split(/\s+/)[0] || []),
      ),
    ],
  );

/** All annotations of a folder, by the name of their image. */
const annotationsIn = Effect.fnUntraced(function* (
  folder: string,
  rule: string,
) {
  const names = yield* Effect.tryPromise({
    try: () => readdir(folder),
    catch: (cause) =>
      new VocFolderError({ path: folder, rule, found: messageOf(cause) }),
  });
  const read = yield* Effect.forEach(
    names.filter((name) => name.endsWith(".xml")),
    (name) =>
      Effect.map(
        annotationAt(join(folder, name)),
        (annotation) => [basename(name, ".xml"), annotation] as const,
      ),
    { concurrency: readers },
  );
  return new Map(read);
});

const Objects = type({
  annotation: {
    "object?": type({ name: "string > 0", "difficult?": "'0' | '1'" }).array(),
  },
});

const parser = new XMLParser({
  parseTagValue: false,
  processEntities: false,
  isArray: (_name, path) => path === "annotation.object",
});

const annotationAt = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<Annotation, VocFolderError> {
  const text = yield* readText(path, "the annotation must be readable");
  const rule = "annotations must be XML as VOC's";
  const tree = yield* Effect.try({
    try: (): unknown => parser.parse(text, true),
    catch: (cause) =>
      new VocFolderError({ path, rule, found: messageOf(cause) }),
  });
  const parsed = Objects(tree);
  if (parsed instanceof type.errors) {
    return yield* new VocFolderError({ path, rule, found: parsed.summary });
  }
  const found = new Map<string, 1 | -1>();
  for (const { name, difficult } of parsed.annotation.object ?? []) {
    if (difficult !== "1") found.set(name, 1);
    else if (!found.has(name)) found.set(name, -1);
  }
  return found;
});

const readText = (path: string, rule: string) =>
  Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) =>
      new VocFolderError({ path, rule, found: messageOf(cause) }),
  });

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);
