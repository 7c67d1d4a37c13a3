/**
 * Answers about the index, its images and its clusters.
 *
 * @module
 */
import type { IndexedImage } from "@deepcluster/retrieval";
import { typed } from "@deepcluster/terminal";
import { contactSheet } from "@deepcluster/visualisation";
import { Effect } from "effect";
import { type HttpServerRequest, HttpServerResponse } from "effect/http";
import { HttpApiBuilder } from "effect/http-api";
import { basename } from "node:path";
import { pathOf } from "../opened_index.ts";
import { headerOf, lineOf } from "../result_table.ts";
import { RetrievalApi } from "./api.ts";
import { cardOf } from "./cards.ts";
import {
  type ClusterLists,
  type ClusterMembers,
  clusterRow,
  neighboursOf,
} from "./cluster_lists.ts";
import type { Picture, Pictures } from "./pictures.ts";
import { orNotFound } from "@deepcluster/page-server";
import type { Search } from "./search.ts";
import type { Served, Serving } from "./served.ts";

/** What the answers are made with. */
export interface Answering {
  /** Gives what is served. */
  readonly serving: Serving;
  /** Searches it. */
  readonly search: Search;
  /** Shows its images. */
  readonly pictures: Pictures;
  /** Address of the page of its run. */
  readonly runPage?: string | undefined;
}

/**
 * Describes what is served, as far as it is known without opening the search.
 *
 * @param served What is served.
 * @returns What the header of the page shows.
 */
export const headerInfo = ({ snapshot: { index }, lists }: Served) => ({
  name: basename(index.folder),
  model: index.settings.model?.name ?? "given vectors",
  images: index.imageCount,
  clusters: lists.clusters.length,
  queries: index.settings.model !== undefined,
});

/**
 * Describes what is served.
 *
 * @param answering What the answer is made with.
 * @returns The answer to `GET /api/index`.
 */
export const indexInfo = ({ serving, search, runPage }: Answering) =>
  serving.use((served) =>
    Effect.map(search.opened(served.snapshot), ({ kind, recall }) => {
      const { snapshot: { index }, run } = served;
      const { settings } = index;
      return {
        ...headerInfo(served),
        layer: settings.layer ?? (isRmac(settings) ? "R-MAC" : ""),
        vectors: index.live.length,
        skipped: index.skipped.length,
        search: { kind, ...recall !== undefined && { recall } },
        ...run && run.epochs.length > 0 && {
          run: {
            folder: run.folder,
            weightsEpoch: run.weightsEpoch,
            ...run.clustersEpoch !== undefined &&
              { clustersEpoch: run.clustersEpoch },
            watch: `deno task watch ${typed(run.folder)}`,
            ...runPage !== undefined && { page: runPage },
          },
        },
        rmac: isRmac(settings),
      };
    })
  );

/**
 * Tells whether pairs of regions can be asked for.
 *
 * @param settings The settings of an index.
 * @returns Whether its descriptors are R-MAC.
 */
export const isRmac = (
  settings: Served["snapshot"]["index"]["settings"],
): boolean => settings.rmac !== undefined;

/** What is asked of a list of clusters. */
export interface ClusterQuery {
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly members?: number | undefined;
  readonly dismissed?: "true" | "false" | undefined;
}

/**
 * Lists clusters, largest first.
 *
 * @param lists All clusters.
 * @param query Which of them.
 * @returns The answer to `GET /api/clusters`.
 */
export const clusterList = (
  lists: ClusterLists,
  { offset = 0, limit = 50, members = 8, dismissed = "false" }: ClusterQuery,
) => {
  const isDismissed = ({ cluster }: ClusterMembers) =>
    lists.curation.notes.get(cluster)?.dismissed === true;
  const shown = dismissed === "true"
    ? lists.clusters
    : lists.clusters.filter((one) => !isDismissed(one));
  return {
    total: shown.length,
    dismissed: lists.clusters.filter(isDismissed).length,
    clusters: shown.slice(offset, offset + limit).map((one) =>
      clusterRow(lists, one, members)
    ),
  };
};

/** The answers about the index. */
export const layerIndex = (answering: Answering) =>
  HttpApiBuilder.group(
    RetrievalApi,
    "index",
    (handlers) => handlers.handle("info", () => indexInfo(answering)),
  );

/** The answers about clusters. */
export const layerClusters = ({ serving, pictures }: Answering) =>
  HttpApiBuilder.group(
    RetrievalApi,
    "clusters",
    (handlers) =>
      handlers
        .handle("list", ({ query }) =>
          Effect.map(serving.now, ({ lists }) =>
            clusterList(lists, query)))
        .handle("page", ({ params, query }) =>
          Effect.flatMap(serving.now, ({ lists }) =>
            clusterPage(lists, params.cluster, query)))
        .handle("change", ({ params: { cluster }, payload }) =>
          Effect.gen(function* () {
            const before = yield* serving.now;
            yield* membersOf(before.lists, cluster);
            const { lists } = yield* serving.change(cluster, payload);
            return yield* clusterPage(lists, cluster, { limit: 0 });
          }))
        .handle("csv", ({ params: { cluster } }) =>
          Effect.gen(function* () {
            const served = yield* serving.now;
            const { images } = yield* membersOf(served.lists, cluster);
            return attached(
              csvOf(served, images),
              "text/csv; charset=utf-8",
              `cluster-${cluster}.csv`,
            );
          }))
        .handle("links", ({ params: { cluster } }) =>
          Effect.gen(function* () {
            const { lists } = yield* serving.now;
            const { images } = yield* membersOf(lists, cluster);
            return attached(
              images.map((image) =>
                `${pathOf(image)}\n`
              ).join(""),
              "text/plain; charset=utf-8",
              `cluster-${cluster}.txt`,
            );
          }))
        .handle("sheet", ({ params: { cluster } }) =>
          Effect.gen(function* () {
            const { lists } = yield* serving.now;
            const members = yield* membersOf(lists, cluster);
            const sheet = yield* sheetOf(lists, members, pictures);
            return attached(sheet, "image/png", `cluster-${cluster}.png`);
          })),
  );

const membersOf = (lists: ClusterLists, cluster: number) =>
  orNotFound(
    lists.byCluster.get(cluster) ?? mergedMembers(lists, cluster),
    lists.clusters.length === 0
      ? "The index has no clusters"
      : `There is no cluster ${cluster}`,
  );

/** A cluster that is counted with another has its own images all the same. */
const mergedMembers = (
  { index, curation }: ClusterLists,
  cluster: number,
): ClusterMembers | undefined => {
  if (curation.notes.get(cluster)?.mergedInto === undefined) return undefined;
  const images = index.images.filter(({ vector }) =>
    index.clusters[vector] === cluster
  );
  if (images.length === 0) return undefined;
  const distanceOf = ({ vector }: IndexedImage) => index.distances[vector] ?? 0;
  return {
    cluster,
    parts: [cluster],
    images: images.sort((a, b) => distanceOf(a) - distanceOf(b)),
    tightness: images.reduce((sum, image) => sum + distanceOf(image), 0) /
      images.length,
  };
};

const clusterPage = (
  lists: ClusterLists,
  cluster: number,
  { offset = 0, limit = 100, order = "nearest" }: {
    readonly offset?: number | undefined;
    readonly limit?: number | undefined;
    readonly order?: "nearest" | "farthest" | "path" | undefined;
  },
) =>
  Effect.map(membersOf(lists, cluster), (members) => {
    const { images, parts } = members;
    const ordered = order === "nearest"
      ? images
      : order === "farthest"
      ? images.toReversed()
      : images.toSorted((a, b) => a.path < b.path ? -1 : 1);
    return {
      ...clusterRow(lists, members, 0),
      merged: parts.filter((part) => part !== cluster),
      total: images.length,
      members: ordered.slice(offset, offset + limit).map((image) =>
        cardOf(lists, image)
      ),
      neighbours: neighboursOf(lists, members),
    };
  });

/** A file to take away, under a name. */
const attached = (
  content: string | Uint8Array,
  contentType: string,
  name: string,
) => {
  const headers = { "content-disposition": `attachment; filename="${name}"` };
  return typeof content === "string"
    ? HttpServerResponse.text(content, { contentType, headers })
    : HttpServerResponse.uint8Array(content, { contentType, headers });
};

/** The table of `retrieve clusters`, of one cluster. */
const csvOf = (
  { lists, unusual }: Served,
  images: readonly IndexedImage[],
): string => {
  const lines = images.map((image) => {
    const { cluster, clusterName, distance } = cardOf(lists, image, 0);
    const own = lists.index.clusters[image.vector] ?? -1;
    return lineOf(clusterColumns, "csv", {
      path: pathOf(image),
      cluster,
      name: clusterName,
      distance,
      unusual: distance === undefined ? undefined : unusual(own, distance),
    });
  });
  return headerOf(clusterColumns, "csv") + lines.join("");
};

const clusterColumns = ["path", "cluster", "name", "distance", "unusual"];

/** Images of a sheet: those nearest to the centroid. */
const sheetImages = 100;

const sheetOf = Effect.fnUntraced(function* (
  lists: ClusterLists,
  { cluster, images }: ClusterMembers,
  pictures: Pictures,
) {
  const shown = yield* Effect.forEach(
    images.slice(0, sheetImages),
    (image) => Effect.option(pictures.decoded(image)),
  );
  const { name } = lists.curation.notes.get(cluster) ?? {};
  const drawn = shown.flatMap((image) =>
    image._tag === "Some" ? [image.value] : []
  );
  return yield* Effect.orDie(contactSheet([{
    title: name ?? `Cluster ${cluster}`,
    detail: drawn.length === images.length
      ? `${images.length} images`
      : `${drawn.length} of ${images.length} images`,
    images: drawn,
  }]));
});

/** Seconds that a browser shows a picture without asking again. */
const freshSeconds = 300;

const sent = (
  { headers }: HttpServerRequest.HttpServerRequest,
  etag: string,
  picture: Picture,
) => {
  const caching = {
    etag,
    "cache-control": `private, max-age=${freshSeconds}`,
  };
  return headers["if-none-match"] === etag
    ? HttpServerResponse.empty({ status: 304, headers: caching })
    : HttpServerResponse.uint8Array(picture.bytes, {
      contentType: picture.type,
      headers: caching,
    });
};

const imageOf = (lists: ClusterLists, id: number) =>
  orNotFound(lists.index.image(id), `There is no image ${id} in the index`);

/** The answers about images. */
export const layerImages = ({ serving, pictures }: Answering) =>
  HttpApiBuilder.group(
    RetrievalApi,
    "images",
    (handlers) =>
      handlers
        .handle("list", ({ query: { offset = 0, limit = 100 } }) =>
          Effect.map(serving.now, ({ lists }) => ({
            total: lists.index.imageCount,
            images: lists.index.page(offset, limit).map((image) =>
              cardOf(lists, image)
            ),
          })))
        .handle("original", ({ params, request }) =>
          Effect.gen(function* () {
            const { lists } = yield* serving.now;
            const image = yield* imageOf(lists, params.id);
            const picture = yield* pictures.original(image);
            return sent(request, `"${image.sha256}"`, picture);
          }))
        .handle("thumbnail", ({ params, query: { side = 160 }, request }) =>
          Effect.gen(function* () {
            const { lists } = yield* serving.now;
            const image = yield* imageOf(lists, params.id);
            const picture = yield* pictures.thumbnail(image, side);
            return sent(request, `"${image.sha256}-${side}"`, picture);
          }))
        .handle("card", ({ params }) =>
          Effect.gen(function* () {
            const { lists } = yield* serving.now;
            const image = yield* imageOf(lists, params.id);
            const { sha256, size, modifiedMs } = image;
            return {
              ...cardOf(lists, image),
              sha256,
              size,
              modified: new Date(modifiedMs).toISOString(),
            };
          })),
  );
