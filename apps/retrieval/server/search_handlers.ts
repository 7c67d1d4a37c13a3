/**
 * Answers to searches: by an indexed image, by an upload, by a box in either;
 * and the pair of regions that agree most.
 *
 * @module
 */
import { row } from "@deepcluster/core";
import type { DecodeOptions, Image } from "@deepcluster/data";
import { type IndexedImage, mergedRoot } from "@deepcluster/retrieval";
import { Effect } from "effect";
import { HttpApiBuilder } from "effect/http-api";
import type { BoxNumbers } from "./answers.ts";
import { RetrievalApi } from "./api.ts";
import { cardOf } from "./cards.ts";
import { distanceBetween } from "./cluster_lists.ts";
import { type Answering, isRmac } from "./index_handlers.ts";
import { BadRequest, Conflict, orNotFound } from "@deepcluster/page-server";
import type { FoundRows, Region } from "./search.ts";
import type { Served } from "./served.ts";
import type { SentDescriptor } from "./thread_calls.ts";
import type { Uploads } from "./uploads.ts";

/** Results, where a request does not say how many. */
const defaultTop = 50;

/** The answers to searches. */
export const layerSearch = (answering: Answering, uploads: Uploads) => {
  const { serving, search, pictures } = answering;

  const byDescription = <E>(
    served: Served,
    regionFor: (options: DecodeOptions) => Effect.Effect<Region, E>,
    top: number,
  ) =>
    Effect.gen(function* () {
      yield* requireModel(served);
      const described = yield* search.describe(served.snapshot, regionFor);
      const { vector } = described;
      const found = yield* search.find(served.snapshot, vector, top);
      return { found, assigned: assignedOf(served, described) };
    });

  return HttpApiBuilder.group(
    RetrievalApi,
    "search",
    (handlers) =>
      handlers
        .handle("byImage", ({ query: { image: id, box, top = defaultTop } }) =>
          serving.use((served) =>
            Effect.gen(function* () {
              const image = yield* indexed(served, id);
              if (box !== undefined) {
                const region = yield* regionOf(
                  yield* pictures.decoded(image),
                  box,
                );
                const { found, assigned } = yield* byDescription(
                  served,
                  () =>
                    Effect.succeed(region),
                  top + 1,
                );
                return responseOf(served, {
                  found,
                  top,
                  query: { image, region, assigned },
                });
              }
              const found = yield* search.find(
                served.snapshot,
                image.vector,
                top + 1,
              );
              const assigned = clusterOfRow(served, image.vector);
              return responseOf(served, {
                found,
                top,
                query: { image, region: { image }, assigned },
              });
            })
          ))
        .handle("byUpload", ({ query: { box, top = defaultTop }, payload }) =>
          Effect.andThen(
            Effect.flatMap(serving.now, requireModel),
            uploads.withImage(payload, ({ image, seen }) =>
              Effect.gen(function* () {
                const region = yield* regionOf(image, box);
                const regionFor = (options: DecodeOptions) =>
                  box === undefined
                    ? Effect.map(seen(options), (image) => ({ image }))
                    : Effect.succeed(region);
                return yield* serving.use((served) =>
                  Effect.map(
                    byDescription(served, regionFor, top),
                    ({ found, assigned }) =>
                      responseOf(served, {
                        found,
                        top,
                        query: { region, assigned },
                      }),
                  )
                );
              })),
          ))
        .handle("regionsOfImage", ({ query: { query: queryId, image, box } }) =>
          serving.use((served) =>
            Effect.gen(function* () {
              yield* requireRmac(served);
              const query = yield* indexed(served, queryId);
              const result = yield* indexed(served, image);
              const region = yield* regionOf(
                yield* pictures.decoded(query),
                box,
              );
              return yield* search.regions(served.snapshot, region, {
                image: yield* pictures.decoded(result),
              });
            })
          ))
        .handle("regionsOfUpload", ({ query: { image, box }, payload }) =>
          Effect.andThen(
            Effect.flatMap(serving.now, requireRmac),
            uploads.withImage(payload, (upload) =>
              serving.use((served) =>
                Effect.gen(function* () {
                  const result = yield* indexed(served, image);
                  const region = yield* regionOf(upload.image, box);
                  return yield* search.regions(served.snapshot, region, {
                    image: yield* pictures.decoded(result),
                  });
                })
              )),
          )),
  );
};

const indexed = ({ lists: { index } }: Served, id: number) =>
  orNotFound(index.image(id), `There is no image ${id} in the index`);

const requireModel = ({ snapshot: { index } }: Served) =>
  index.settings.model !== undefined ? Effect.void : Effect.fail(
    new Conflict({
      detail: "Cannot search by a picture as the index was made of vectors, " +
        "not of images by a model",
    }),
  );

const requireRmac = ({ snapshot: { index } }: Served) =>
  isRmac(index.settings) ? Effect.void : Effect.fail(
    new Conflict({
      detail: "Cannot compare regions as the index must be one of R-MAC " +
        "(`retrieve index --rmac`)",
    }),
  );

/** Reads a box and refuses one that lies outside the image. */
const regionOf = (
  image: Image,
  text: string | undefined,
): Effect.Effect<Region, BadRequest> => {
  if (text === undefined) return Effect.succeed({ image });
  const [x, y, width, height] = text.split(",").map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const fits = x + width <= image.width && y + height <= image.height;
  return fits
    ? Effect.succeed({ image, box: [x, y, width, height] })
    : Effect.fail(
      new BadRequest({
        detail: "Cannot search as box must lie within the " +
          `${image.width} x ${image.height} pixels of the image: current ` +
          `value is box=${text}`,
      }),
    );
};

/** A cluster and the distance to its centroid. */
interface Assigned {
  readonly cluster: number | undefined;
  readonly distance: number | undefined;
}

/** The cluster of an indexed image, before any merge. */
const clusterOfRow = (
  { lists: { index } }: Served,
  row: number,
): Assigned => {
  const cluster = index.clusters[row] ?? -1;
  return cluster < 0
    ? { cluster: undefined, distance: undefined }
    : { cluster, distance: index.distances[row] };
};

/** The cluster of a described image: the run's, or that of k-means. */
const assignedOf = (
  { lists: { index } }: Served,
  { vector, cluster, distance }: SentDescriptor,
): Assigned => {
  if (cluster !== undefined) return { cluster, distance };
  const { centroids, state } = index;
  if (state.clusters?.from !== "kmeans") {
    return { cluster: undefined, distance: undefined };
  }
  const values = new Float32Array(vector);
  let nearest = { cluster: 0, distance: Infinity };
  for (let k = 0; k < centroids.rows; k++) {
    const distance = distanceBetween(values, row(centroids, k));
    if (distance < nearest.distance) nearest = { cluster: k, distance };
  }
  return nearest;
};

/** A search that was computed. */
interface Searched {
  readonly found: FoundRows;
  readonly top: number;
  readonly query: {
    readonly image?: IndexedImage;
    readonly region:
      | Region
      | { readonly image: { readonly width: number; readonly height: number } };
    readonly assigned: Assigned;
  };
}

/** Shows what was found; the query itself is no result. */
const responseOf = (
  served: Served,
  { found, top, query: { image: query, region, assigned } }: Searched,
) => {
  const { lists, unusual, run } = served;
  // A part of an image has no history: only entire images were clustered.
  const isWhole = !("box" in region);
  const { curation } = lists;
  const results = found.rows.flatMap(({ row, score, percentile }) => {
    const images = lists.imagesOf(row).filter(({ id }) => id !== query?.id);
    const [image, ...copies] = images;
    if (image === undefined) return [];
    const history = isWhole && query && run?.shared(query, image);
    return [{
      score,
      percentile,
      image: cardOf(lists, image),
      copies: copies.map((copy) => cardOf(lists, copy)),
      ...history && { history },
    }];
  });
  const { cluster: own, distance } = assigned;
  const cluster = own === undefined ? undefined : mergedRoot(curation, own);
  const name = cluster === undefined
    ? undefined
    : curation.notes.get(cluster)?.name;
  const isUnusual = own === undefined || distance === undefined
    ? undefined
    : unusual(own, distance);
  const { width, height } = region.image;
  return {
    query: {
      ...query && { image: cardOf(lists, query) },
      ..."box" in region && region.box && { box: region.box as BoxNumbers },
      width,
      height,
      ...cluster !== undefined && { cluster },
      ...name !== undefined && { clusterName: name },
      ...cluster !== undefined && distance !== undefined &&
        { clusterDistance: distance },
      ...isUnusual !== undefined && { unusual: isUnusual },
    },
    search: found.search,
    results: results.slice(0, top).map((result, i) => ({
      rank: i + 1,
      ...result,
    })),
  };
};
