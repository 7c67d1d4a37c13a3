/**
 * `assign RUN IMAGES`: the clusters of images that a run was not trained on.
 *
 * @module
 */
import { OptionError, Progress } from "@deepcluster/core";
import {
  decode,
  type Image,
  type UnreadableImageError,
} from "@deepcluster/data";
import {
  type Descriptor,
  layerDescriptor,
  namingImage,
  type Unusual,
  unusualAmong,
  unusualInWords,
} from "@deepcluster/retrieval";
import {
  layerTypedEngine,
  openRunClusters,
  type RunClusters,
} from "@deepcluster/runs";
import { fromHere } from "@deepcluster/terminal";
import { Console, Effect, Option, Result, Schema, Stream } from "effect";
import { type NamedImage, namedImages } from "./named_images.ts";
import {
  headerOf,
  lineOf,
  tableFileOf,
  writeTableStream,
} from "./result_table.ts";
import type { Values } from "./assign_flags.ts";

/** Images could not be read; the others have their clusters. */
class UnassignedError extends Schema.TaggedError<UnassignedError>()(
  "UnassignedError",
  { unreadable: Schema.Int, images: Schema.Int },
) {
  override get message(): string {
    return `Cannot assign ${this.unreadable} of ${this.images} ` +
      `image${this.images === 1 ? "" : "s"} as they must be readable; the ` +
      "reasons are above";
  }
}

/** What is known of an image. */
type Assigned = {
  readonly path: string;
  readonly cluster?: number;
  readonly distance?: number;
  readonly unusual?: number | undefined;
  readonly problem?: string;
};

const columns = ["path", "cluster", "distance", "unusual", "problem"];

/** Does what `assign` was asked for. */
export const run = (
  { run, images: paths, epoch, out, json, ...engine }: Values,
) =>
  Effect.gen(function* () {
    const file = yield* tableFileOf(out);
    const images = yield* namedImages(paths);
    if (images.length === 0) return yield* noImages(paths);
    const clusters = yield* openRunClusters(fromHere(run), {
      epoch: Option.getOrUndefined(epoch),
    });
    yield* sayWhich(clusters);
    let unreadable = 0;
    const show = Effect.fnUntraced(function* (one: Assigned) {
      if (one.problem !== undefined) {
        unreadable++;
        yield* Effect.logWarning(`Cannot read ${one.path}: ${one.problem}`);
      }
      if (json) yield* Console.log(JSON.stringify(one));
      else if (one.problem === undefined && file === undefined) {
        yield* Console.log(textOf(one));
      }
    });
    const assigned = (yield* assignAll(clusters, images))
      .pipe(Stream.tap(show));
    if (file === undefined) yield* Stream.runDrain(assigned);
    else {
      const encoder = new TextEncoder();
      const header = Stream.make(headerOf(columns, file.format));
      const lines = assigned.pipe(
        Stream.map((one) => lineOf(columns, file.format, one)),
      );
      yield* writeTableStream(
        file,
        Stream.concat(header, lines).pipe(
          Stream.map((line) => encoder.encode(line)),
        ),
      );
    }
    if (unreadable > 0) {
      return yield* new UnassignedError({
        unreadable,
        images: images.length,
      });
    }
  }).pipe(Effect.scoped, Effect.provide(layerTypedEngine(engine)));

const noImages = (paths: readonly string[]) =>
  new OptionError({
    action: "assign images",
    option: "images",
    rule: "at least one image, or a folder or manifest that holds one",
    value: paths.join(" "),
  });

const sayWhich = Effect.fnUntraced(function* (
  { centroids, distances, epoch, model, skipped }: RunClusters,
) {
  for (const problem of skipped) {
    yield* Effect.logWarning(`Skipped newer clusters: ${problem}`);
  }
  yield* Effect.logInfo(
    `${centroids.rows} clusters of epoch ${epoch}, of the features of the ` +
      `weights at the end of epoch ${model.run.epoch}`,
  );
  if (distances === undefined) {
    yield* Effect.logWarning(
      "How unusual an image is cannot be told: the run was trained by a " +
        "version that kept no distances of its own images",
    );
  }
});

/** Decodes ahead of the engine, a batch at a time; the order is kept. */
const assignAll = Effect.fnUntraced(function* (
  clusters: RunClusters,
  images: readonly NamedImage[],
) {
  const { model, distances } = clusters;
  const layer = model.layers.find(({ name }) => name === "features")!;
  const descriptor = yield* layerDescriptor(model, layer, { clusters });
  const unusual: Unusual = distances === undefined
    ? () => undefined
    : unusualAmong(clusters.assignments, distances);
  const progress = yield* Progress;
  let done = 0;
  const report = () =>
    progress.report({
      phase: "assign",
      done,
      total: images.length,
      unit: "images",
    });
  if (images.length > 1) yield* report();
  const { decodeOptions } = descriptor;
  return Stream.fromIterable(images).pipe(
    Stream.mapEffect(
      (image) =>
        Effect.map(
          Effect.result(decode(image.path, image.payload(), decodeOptions)),
          (decoded) => ({ path: image.path, decoded }),
        ),
      { concurrency: descriptor.batch },
    ),
    Stream.grouped(descriptor.batch),
    Stream.mapEffect((group) => assignGroup(descriptor, group, unusual)),
    Stream.tap((group) => {
      done += group.length;
      return images.length > 1 ? report() : Effect.void;
    }),
    Stream.flatMap(Stream.fromIterable),
  );
});

/** An image that was decoded, or why it was not. */
interface Decoded {
  readonly path: string;
  readonly decoded: Result.Result<Image, UnreadableImageError>;
}

const assignGroup = Effect.fnUntraced(function* (
  { describe }: Descriptor,
  group: readonly Decoded[],
  unusual: Unusual,
) {
  const readable = group.flatMap(({ path, decoded }) =>
    Result.isSuccess(decoded) ? [{ path, image: decoded.success }] : []
  );
  const { clusters, distances } = yield* describe(
    readable.map(({ image }) => image),
  ).pipe(
    Effect.catchTag(
      "DivergedFeaturesError",
      namingImage(readable.map(({ path }) => path)),
    ),
  );
  let rank = 0;
  return group.map(({ path, decoded }): Assigned => {
    if (Result.isFailure(decoded)) {
      return { path, problem: decoded.failure.reason };
    }
    const cluster = clusters![rank]!;
    const distance = distances![rank++]!;
    return { path, cluster, distance, unusual: unusual(cluster, distance) };
  });
});

const textOf = ({ path, cluster, distance, unusual }: Assigned): string =>
  `${path}: cluster ${cluster}, distance ${distance!.toFixed(3)}` +
  (unusual === undefined ? "" : `, ${unusualInWords(unusual)}`);
