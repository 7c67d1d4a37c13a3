/**
 * `query INDEX IMAGE…`: the images of an index that are most similar to others.
 *
 * @module
 */
import { OptionError } from "@deepcluster/core";
import { decode, type DecodeOptions, type Image } from "@deepcluster/data";
import {
  type Box,
  cropImage,
  decodeAsSeen,
  type Descriptor,
  namingImage,
  openIndexDescriptor,
  openSearcher,
  type Searcher,
  type SearchIndex,
} from "@deepcluster/retrieval";
import { layerTypedEngine } from "@deepcluster/runs";
import { writeDurably } from "@deepcluster/storage";
import { shown } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import { IndexCommandError } from "./index_errors.ts";
import { type NamedImage, namedImages } from "./named_images.ts";
import {
  explainDamage,
  openIndex,
  requireNoImage,
  sheetPathOf,
} from "./opened_index.ts";
import {
  querySheet,
  requireSheetFor,
  type SheetQuery,
  tileOf,
} from "./query_sheet.ts";
import { answerJson, answerText, type QueryAnswer } from "./query_text.ts";
import type { Values } from "./query_flags.ts";

/** Does what `query` was asked for. */
export const run = (values: Values) =>
  Effect.gen(function* () {
    const { box, sheet } = values;
    const mode = yield* modeOf(values);
    const sheetPath = yield* sheetPathOf(sheet);
    const images = yield* namedImages(values.images);
    if (sheetPath !== undefined) {
      yield* requireNoImage(sheet, images.flatMap(fileOf));
    }
    yield* checkImages(values.images, images, box);
    const index = yield* openIndex(values.index, sheet);
    if (sheetPath !== undefined && Option.isNone(values.minScore)) {
      const results = Math.min(values.top, index.live.length);
      yield* requireSheetFor(images.length, results);
    }
    const descriptor = yield* openIndexDescriptor(index, {
      batch: Math.min(maxBatch, images.length),
    });
    const searcher = yield* openSearcher(index, { mode });
    const search = yield* searchFor(index, descriptor, searcher, values);
    const drawn: SheetQuery[] = [];
    let unreadable = 0;
    for (let first = 0; first < images.length; first += group) {
      const answers = yield* search(images.slice(first, first + group));
      unreadable += Math.min(group, images.length - first) - answers.length;
      for (const { answer, image } of answers) {
        const text = values.json ? answerJson : answerText;
        yield* Console.log(text(answer, index, searcher));
        if (sheetPath === undefined) continue;
        // Only the small picture is kept: there may be many images.
        drawn.push({ ...answer, picture: yield* tileOf(image, answer.box) });
      }
    }
    if (sheetPath !== undefined && drawn.length > 0) {
      yield* writeDurably(sheetPath, yield* querySheet(drawn, index));
      yield* Effect.logInfo(`Wrote ${shown(sheetPath)}`);
    }
    if (unreadable === 0) return;
    return yield* new IndexCommandError({
      action: "search for every image",
      rule: "all must be readable",
      found: `${unreadable} of ${images.length} could not be read; the ` +
        "reasons are above",
    });
  }).pipe(
    explainDamage(values.index),
    Effect.scoped,
    Effect.provide(layerTypedEngine(values)),
  );

/** The file of an image, if it is one of its own. */
const fileOf = ({ payload }: NamedImage): readonly string[] => {
  const image = payload();
  return image.kind === "file" ? [image.path] : [];
};

/** Images that are searched for at a time. */
const group = 100;

/** Images of one run of the network. */
const maxBatch = 32;

/** Prepares to describe and search for groups of images. */
const searchFor = Effect.fnUntraced(function* (
  index: SearchIndex,
  descriptor: Descriptor,
  searcher: Searcher,
  { top, ...values }: Values,
) {
  const box = Option.getOrUndefined(values.box);
  const minScore = Option.getOrElse(values.minScore, () => -Infinity);
  const live = index.live.length;
  if (top > live) {
    yield* Effect.logInfo(
      `The index has ${live} vectors, so that is the most that an image finds`,
    );
  }
  return Effect.fnUntraced(function* (images: readonly NamedImage[]) {
    const read = yield* Effect.forEach(
      images,
      (image) => readImage(image, descriptor.decodeOptions),
      { concurrency: 4 },
    );
    const readable = read.flatMap((one) => one ?? []);
    if (readable.length === 0) return [];
    const { vectors, clusters, distances } = yield* describe(
      descriptor,
      readable,
      box,
    ).pipe(
      Effect.catchTag(
        "DivergedFeaturesError",
        namingImage(readable.map(({ path }) => path)),
      ),
    );
    const results = yield* searcher.search(vectors, top);
    return readable.map(({ path, image }, i) => ({
      image,
      answer: {
        path,
        width: image.width,
        height: image.height,
        ...box && { box },
        ...clusters && { cluster: clusters[i]! },
        ...distances && { distance: distances[i]! },
        results: results[i]!.filter(({ score }) => score >= minScore),
      } satisfies QueryAnswer,
    }));
  });
});

const describe = Effect.fnUntraced(function* (
  { describe, describeBox }: Descriptor,
  images: readonly ReadImage[],
  box: Box | undefined,
) {
  if (box === undefined) return yield* describe(images.map(({ seen }) => seen));
  const { image } = images[0]!;
  return describeBox === undefined
    ? yield* describe([yield* cropImage(image, box)])
    : yield* describeBox(image, box);
});

/** An image in full size, and as the descriptor sees it. */
interface ReadImage {
  readonly path: string;
  readonly image: Image;
  readonly seen: Image;
}

/** Decodes an image as those of an index are, or says why it cannot be. */
const readImage = ({ path, payload }: NamedImage, options: DecodeOptions) =>
  Effect.gen(function* () {
    const image = yield* decode(path, payload());
    const seen = yield* decodeAsSeen(path, payload(), image, options);
    return { path, image, seen } satisfies ReadImage;
  }).pipe(
    Effect.catch(({ message }) =>
      Effect.as(Effect.logWarning(message), undefined)
    ),
  );

const modeOf = Effect.fnUntraced(function* (
  { exact, approximate }: { exact: boolean; approximate: boolean },
): Effect.fn.Return<"exact" | "approximate" | undefined, IndexCommandError> {
  if (exact && approximate) {
    return yield* new IndexCommandError({
      action: "search",
      rule: "only one of --exact and --approximate may be given",
      found: "both are",
    });
  }
  return exact ? "exact" : approximate ? "approximate" : undefined;
});

const checkImages = Effect.fnUntraced(function* (
  typed: readonly string[],
  images: readonly NamedImage[],
  box: Option.Option<Box>,
): Effect.fn.Return<void, OptionError | IndexCommandError> {
  if (images.length === 0) {
    return yield* new OptionError({
      action: "search for images",
      option: "image",
      rule: "at least one image, or a folder or manifest that holds one",
      value: typed.join(" "),
    });
  }
  if (Option.isSome(box) && images.length > 1) {
    return yield* new IndexCommandError({
      action: "search for a part of an image",
      rule: "--box must come with a single image",
      found: `${images.length} images are named`,
    });
  }
});
