/**
 * The HTML of pages, and the files that it names.
 *
 * @module
 */
import type { PageFile } from "@deepcluster/pages";
import { Effect, Layer } from "effect";
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/**
 * Answers with the HTML of a page.
 *
 * @param html The whole document.
 * @param contentSecurityPolicy What the page may do.
 * @returns The answer, which browsers ask for again each time.
 */
export const htmlResponse = (
  html: string,
  contentSecurityPolicy: string,
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(html, {
    contentType: "text/html; charset=utf-8",
    headers: {
      "content-security-policy": contentSecurityPolicy,
      "cache-control": "no-cache",
    },
  });

/**
 * Serves files, which are read once; browsers ask whether they have changed.
 *
 * @param files By path of the address, for example `/page/app.js`.
 * @returns The routes.
 */
export const layerFiles = (
  files: ReadonlyMap<string, PageFile>,
): Layer.Layer<never, never, HttpRouter.HttpRouter> =>
  Layer.effectDiscard(Effect.gen(function* () {
    const router = yield* HttpRouter.HttpRouter;
    for (const [path, { file, type }] of files) {
      const bytes = yield* Effect.promise(() => readFile(file));
      const etag = `"${createHash("sha256").update(bytes).digest("hex")}"`;
      yield* router.add(
        "GET",
        path as HttpRouter.PathInput,
        Effect.map(
          HttpServerRequest.HttpServerRequest,
          ({ headers }) =>
            headers["if-none-match"] === etag
              ? HttpServerResponse.empty({
                status: 304,
                headers: caching(etag),
              })
              : HttpServerResponse.uint8Array(bytes, {
                contentType: type,
                headers: caching(etag),
              }),
        ),
      );
    }
  }));

const caching = (etag: string) => ({ etag, "cache-control": "no-cache" });
