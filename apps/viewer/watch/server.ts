/**
 * The server of the page of a run.
 *
 * @module
 */
import {
  htmlResponse,
  layerFiles,
  layerMethodsNotAllowed,
  layerProtection,
  listenOnLoopback,
  orNotFound,
  problemResponse,
} from "@deepcluster/page-server";
import { escapeText, pageFiles } from "@deepcluster/pages";
import { version } from "@deepcluster/terminal";
import { Effect, Layer } from "effect";
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http";
import type { EncodedMaps } from "./map_part.ts";
import type { Shown } from "./parts.ts";
import type { WatchedRun } from "./watched_run.ts";

/** How a run is served. */
export interface WatchServerOptions {
  /** Port; 0 for any that is free. */
  readonly port: number;
  /** Further names under which browsers reach the server. Default: none. */
  readonly hostNames?: readonly string[];
}

/**
 * Serves the page of a run while the scope lasts.
 *
 * @param run The run.
 * @param maps Its newest map.
 * @param options See {@link WatchServerOptions}.
 * @returns The address; or `PortError`.
 */
export const startWatchServer = (
  { now }: WatchedRun,
  maps: EncodedMaps,
  { port, hostNames = [] }: WatchServerOptions,
) => {
  const changes = makeChanges();
  const routes = Layer.mergeAll(
    HttpRouter.add(
      "GET",
      "/",
      Effect.map(now, (shown) => htmlResponse(pageHtml(shown), policy)),
    ),
    HttpRouter.add(
      "GET",
      "/api/changes",
      Effect.gen(function* () {
        const { url } = yield* HttpServerRequest.HttpServerRequest;
        const have = new URL(url, "http://page").searchParams.get("have") ?? "";
        return digests.test(have)
          ? HttpServerResponse.uint8Array(changes(yield* now, have), {
            contentType: "application/json",
          })
          : problemResponse(
            400,
            "Cannot answer as have must be digests of parts of the page",
          );
      }),
    ),
    HttpRouter.add(
      "GET",
      "/api/map/:digest",
      Effect.gen(function* () {
        const { digest } = yield* HttpRouter.params;
        return HttpServerResponse.text(
          yield* orNotFound(
            maps.get(digest ?? ""),
            "This map is no longer there",
          ),
          { contentType: "application/json" },
        );
      }),
    ),
    layerFiles(pageFiles),
    layerMethodsNotAllowed([
      { path: "/", method: "GET" },
      { path: "/api/changes", method: "GET" },
      { path: "/api/map/:digest", method: "GET" },
    ]),
    layerProtection(hostNames),
  );
  return listenOnLoopback(routes, port);
};

/** Pictures are inside the HTML; the rest comes from this server. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const digests = /^[0-9a-f.]{0,400}$/;

/**
 * Makes what is answered to pages that have some parts already. Pages that have
 * the same get the same answer, which is written once.
 */
const makeChanges = () => {
  let newest: Shown | undefined;
  const answers = new Map<string, Uint8Array>();
  return (shown: Shown, have: string): Uint8Array => {
    if (shown !== newest) answers.clear();
    newest = shown;
    const known = answers.get(have);
    if (known !== undefined) return known;
    const had = new Set(have.split("."));
    const answer = new TextEncoder().encode(JSON.stringify({
      version,
      title: shown.title,
      milestone: shown.milestone,
      parts: shown.parts.filter(({ digest }) => !had.has(digest)),
    }));
    if (answers.size < maxAnswers) answers.set(have, answer);
    return answer;
  };
};

const maxAnswers = 100;

const pageHtml = ({ title, milestone, parts }: Shown): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(title)}</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/theme.css">
<link rel="stylesheet" href="/page/document.css">
<link rel="stylesheet" href="/page/map.css">
<link rel="stylesheet" href="/page/watch.css">
<script type="module" src="/page/charts.js"></script>
<script type="module" src="/page/watch.js"></script>
</head>
<body data-version="${escapeText(version)}" data-milestone="${
    escapeText(milestone)
  }">
${
    parts.map(({ id, digest, html }, i) =>
      `${i === 1 ? "<main>\n" : ""}<${tagOf(i)} id="part-${id}" ` +
      `data-part="${digest}">${html}</${tagOf(i)}>`
    ).join("\n")
  }
</main>
<p id="connection" role="status"></p>
<p id="milestone" class="unseen" role="status"></p>
<noscript><p class="notice">Without JavaScript the page shows the run as it was when it was loaded.</p></noscript>
</body>
</html>
`;

/** The first part is the head of the page. */
const tagOf = (i: number) => i === 0 ? "header" : "div";
