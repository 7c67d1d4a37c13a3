/**
 * The pages: one HTML for every address of them, and the files that it names.
 *
 * @module
 */
import {
  contentSecurityPolicy,
  type FirstScreen,
  pageFiles,
  renderPage,
} from "@deepcluster/pages";
import { Effect, Layer, Option } from "effect";
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type Answering,
  clusterList,
  headerInfo,
  indexInfo,
} from "./index_handlers.ts";

/** Rows of clusters that are in the HTML of the first screen. */
const firstRows = 12;

/**
 * Serves the pages.
 *
 * @param answering What the first screen is made with.
 * @returns The routes.
 */
export const layerPages = (answering: Answering) =>
  Layer.effectDiscard(Effect.gen(function* () {
    const router = yield* HttpRouter.HttpRouter;
    yield* router.add(
      "GET",
      "/",
      Effect.map(
        firstScreen(answering),
        (first) =>
          HttpServerResponse.text(
            renderPage("/", first.index, first),
            htmlOptions,
          ),
      ),
    );
    for (
      const path of [
        "/cluster/:cluster",
        "/search",
        "/duplicates",
        "/outliers",
      ] as const
    ) {
      yield* router.add(
        "GET",
        path,
        Effect.map(
          // Without an index the page says in words why there is none.
          Effect.option(answering.serving.now),
          (served) =>
            HttpServerResponse.text(
              renderPage(
                path,
                Option.getOrUndefined(Option.map(served, headerInfo)),
              ),
              htmlOptions,
            ),
        ),
      );
    }
    for (const [path, { file, type }] of pageFiles) {
      const bytes = yield* Effect.promise(() => readFile(file));
      yield* router.add(
        "GET",
        path as HttpRouter.PathInput,
        Effect.map(
          HttpServerRequest.HttpServerRequest,
          (request) => fileResponse(request, type, bytes),
        ),
      );
    }
  }));

const firstScreen = (
  answering: Answering,
): Effect.Effect<FirstScreen, { readonly message: string }> =>
  Effect.gen(function* () {
    const index = yield* indexInfo(answering);
    const { lists } = yield* answering.serving.now;
    return { index, clusters: clusterList(lists, { limit: firstRows }) };
  });

const htmlOptions = {
  contentType: "text/html; charset=utf-8",
  headers: {
    "content-security-policy": contentSecurityPolicy,
    "cache-control": "no-cache",
  },
};

/** A file of the pages; browsers ask whether it has changed. */
const fileResponse = (
  { headers }: HttpServerRequest.HttpServerRequest,
  contentType: string,
  bytes: Uint8Array,
) => {
  const etag = `"${createHash("sha256").update(bytes).digest("hex")}"`;
  const caching = { etag, "cache-control": "no-cache" };
  return headers["if-none-match"] === etag
    ? HttpServerResponse.empty({ status: 304, headers: caching })
    : HttpServerResponse.uint8Array(bytes, { contentType, headers: caching });
};
