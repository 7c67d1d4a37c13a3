/**
 * The JSON API of the server: what can be asked, with which numbers, and what
 * comes back. `/openapi.json` is made of it.
 *
 * @module
 */
import { Schema } from "effect";
import {
  HttpApi,
  HttpApiEndpoint,
  HttpApiError,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSchema,
  OpenApi,
} from "effect/http-api";
import {
  ClusterChange,
  ClusterList,
  ClusterPage,
  DuplicateKind,
  DuplicateList,
  ImageDetails,
  ImageList,
  IndexInfo,
  OutlierList,
  RegionPair,
  SearchResponse,
} from "./answers.ts";
import {
  BadRequest,
  Conflict,
  Gone,
  NotFound,
  TooLarge,
  Unavailable,
} from "@deepcluster/page-server";

/** Bytes of an upload, at most: 32 MiB. */
export const maxUploadBytes = 32 * 2 ** 20;

/** Pixels of an upload, at most. */
export const maxUploadPixels = 50_000_000;

/** A body is an image of the declared type but cannot be decoded. */
export class NotAnImage extends HttpApiError.Problem<NotAnImage>()(
  "NotAnImage",
  { type: "about:blank", status: 422, title: "Unprocessable Content" },
) {}

/** Results of a search, at most. */
const maxTop = 1000;

/** Media types of uploads. */
const uploadTypes = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "image/avif",
  "image/tiff",
  "image/svg+xml",
] as const;

const largest = 2 ** 31 - 1;

const wholeNumber = (min: number, max: number) => {
  const message = `a whole number from ${min} to ${max}`;
  return Schema.String.check(
    Schema.isPattern(/^(0|[1-9]\d{0,9})$/, { message }),
  ).pipe(
    Schema.decodeTo(Schema.FiniteFromString),
    Schema.check(Schema.isBetween({ minimum: min, maximum: max }, { message })),
  );
};

const number = (min: number, max: number) => {
  const message = `a number from ${min} to ${max}`;
  return Schema.String.check(
    Schema.isPattern(/^\d{1,10}(\.\d{1,20})?$/, { message }),
  ).pipe(
    Schema.decodeTo(Schema.FiniteFromString),
    Schema.check(Schema.isBetween({ minimum: min, maximum: max }, { message })),
  );
};

const id = wholeNumber(0, largest);
const optional = Schema.optional;
const flag = Schema.Literals(["true", "false"]).annotate({
  message: "true or false",
});

/** `x,y,w,h` in whole pixels of the decoded image. */
const box = Schema.String.check(Schema.isPattern(
  /^\d{1,7},\d{1,7},[1-9]\d{0,6},[1-9]\d{0,6}$/,
  { message: "x,y,width,height in whole pixels" },
));

const paging = (limit: number) => ({
  /** First one. Default: 0. */
  offset: optional(wholeNumber(0, largest)),
  /** How many. */
  limit: optional(wholeNumber(0, limit)),
});

const upload = HttpApiSchema.StreamUint8Array({
  contentType: uploadTypes,
  maxBytes: maxUploadBytes,
});

const text = (contentType: string) =>
  Schema.String.pipe(HttpApiSchema.asText({ contentType }));

/** A picture; which type it has, the header says. */
const picture = HttpApiSchema.StreamUint8Array({
  contentType: ["image/webp", "image/jpeg", "image/png", "image/gif"],
});

/** What is served. */
export class IndexGroup extends HttpApiGroup.make("index").add(
  HttpApiEndpoint.get("info", "/api/index", {
    success: IndexInfo,
    error: Unavailable,
  }),
) {}

/** Clusters: as rows, one by one, changed and taken away. */
export class ClusterGroup extends HttpApiGroup.make("clusters").add(
  HttpApiEndpoint.get("list", "/api/clusters", {
    query: {
      ...paging(500),
      members: optional(wholeNumber(0, 100)),
      dismissed: optional(flag),
    },
    success: ClusterList,
    error: Unavailable,
  }),
  HttpApiEndpoint.get("page", "/api/clusters/:cluster", {
    params: { cluster: id },
    query: {
      ...paging(1000),
      order: optional(
        Schema.Literals(["nearest", "farthest", "path"]).annotate({
          message: "nearest, farthest or path",
        }),
      ),
    },
    success: ClusterPage,
    error: [NotFound, Unavailable],
  }),
  HttpApiEndpoint.patch("change", "/api/clusters/:cluster", {
    params: { cluster: id },
    payload: ClusterChange,
    success: ClusterPage,
    error: [BadRequest, NotFound, Unavailable],
  }),
  HttpApiEndpoint.get("csv", "/api/clusters/:cluster/members.csv", {
    params: { cluster: id },
    success: text("text/csv"),
    error: [NotFound, Unavailable],
  }),
  HttpApiEndpoint.get("links", "/api/clusters/:cluster/links.txt", {
    params: { cluster: id },
    success: text("text/plain"),
    error: [NotFound, Unavailable],
  }),
  HttpApiEndpoint.get("sheet", "/api/clusters/:cluster/sheet.png", {
    params: { cluster: id },
    success: HttpApiSchema.StreamUint8Array({ contentType: "image/png" }),
    error: [NotFound, Unavailable],
  }),
) {}

const searchQuery = {
  box: optional(box),
  top: optional(wholeNumber(1, maxTop)),
};

/** Search by an indexed image or by an upload; pairs of regions. */
export class SearchGroup extends HttpApiGroup.make("search").add(
  HttpApiEndpoint.get("byImage", "/api/search", {
    query: { image: id, ...searchQuery },
    success: SearchResponse,
    error: [BadRequest, NotFound, Conflict, Gone, Unavailable],
  }),
  HttpApiEndpoint.post("byUpload", "/api/search", {
    query: searchQuery,
    payload: upload,
    success: SearchResponse,
    error: [BadRequest, Conflict, TooLarge, NotAnImage, Unavailable],
  }),
  HttpApiEndpoint.get("regionsOfImage", "/api/regions", {
    query: { query: id, image: id, box: optional(box) },
    success: RegionPair,
    error: [BadRequest, NotFound, Conflict, Gone, Unavailable],
  }),
  HttpApiEndpoint.post("regionsOfUpload", "/api/regions", {
    query: { image: id, box: optional(box) },
    payload: upload,
    success: RegionPair,
    error: [
      BadRequest,
      NotFound,
      Conflict,
      Gone,
      TooLarge,
      NotAnImage,
      Unavailable,
    ],
  }),
) {}

const pictureErrors = [NotFound, Gone, Unavailable] as const;

/** Indexed images. */
export class ImageGroup extends HttpApiGroup.make("images").add(
  HttpApiEndpoint.get("list", "/api/images", {
    query: paging(1000),
    success: ImageList,
    error: Unavailable,
  }),
  HttpApiEndpoint.get("original", "/api/images/:id", {
    params: { id },
    success: picture,
    error: pictureErrors,
  }),
  HttpApiEndpoint.get("thumbnail", "/api/images/:id/thumbnail", {
    params: { id },
    query: { side: optional(wholeNumber(16, 1024)) },
    success: picture,
    error: pictureErrors,
  }),
  HttpApiEndpoint.get("card", "/api/images/:id/card", {
    params: { id },
    success: ImageDetails,
    error: [NotFound, Unavailable],
  }),
) {}

const duplicateQuery = {
  kind: optional(DuplicateKind.annotate({ message: "bytes, pixels or near" })),
  percentile: optional(number(0, 1)),
};

/** Duplicates and odd ones out. */
export class ReviewGroup extends HttpApiGroup.make("review").add(
  HttpApiEndpoint.get("duplicates", "/api/duplicates", {
    query: { ...duplicateQuery, ...paging(500) },
    success: DuplicateList,
    error: [Conflict, Unavailable],
  }),
  HttpApiEndpoint.get("duplicateList", "/api/duplicates.txt", {
    query: duplicateQuery,
    success: text("text/plain"),
    error: [Conflict, Unavailable],
  }),
  HttpApiEndpoint.get("outliers", "/api/outliers", {
    query: paging(500),
    success: OutlierList,
    error: [Conflict, Unavailable],
  }),
) {}

/** Answers what breaks the rules of a request with a sentence. */
export class RequestRules
  extends HttpApiMiddleware.Service<RequestRules>()("retrieval/RequestRules", {
    error: BadRequest,
  }) {}

/** The whole API. */
export class RetrievalApi extends HttpApi.make("retrieval")
  .add(IndexGroup, ClusterGroup, SearchGroup, ImageGroup, ReviewGroup)
  .middleware(RequestRules)
  .annotateMerge(OpenApi.annotations({
    title: "DeepCluster retrieval",
    description: "Search images by image, clusters, duplicates, outliers.",
    version: "1",
  })) {}
