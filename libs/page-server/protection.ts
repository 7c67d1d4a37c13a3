/**
 * What holds for every request and every answer of the server: the request is
 * meant for this server and comes from its own page; the answer says how a
 * browser may use it; every failure has a body.
 *
 * A page of another site that is open in the same browser can send requests
 * to a server on loopback, under its address or under a name that it lets
 * point there. Both are refused by their headers.
 *
 * @module
 */
import { type Cause, Effect, Layer, type Types } from "effect";
import {
  HttpRouter,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
} from "effect/http";
import { problemResponse } from "./problems.ts";

/** What a server says of failures that its handlers leave without a body. */
export type FailureDetails = Readonly<
  Record<number, (method: string, path: string) => string>
>;

/**
 * Refuses foreign requests, adds the headers of security, and gives every
 * failure a problem document.
 *
 * @param hostNames Names under which browsers reach the server, besides those
 * of loopback.
 * @param details Sentences by status; those of 400, 404, 500 and 503 have a
 * default.
 * @returns The middleware of all routes.
 */
export const layerProtection = (
  hostNames: readonly string[],
  details: FailureDetails = {},
): Layer.Layer<never, never, HttpRouter.HttpRouter> => {
  const names = new Set([
    "127.0.0.1",
    "localhost",
    "[::1]",
    ...hostNames.map((name) => name.toLowerCase()),
  ]);
  const sentences = { ...usualDetails, ...details };
  const protect = (
    app: Effect.Effect<HttpServerResponse.HttpServerResponse, Types.unhandled>,
  ): Effect.Effect<
    HttpServerResponse.HttpServerResponse,
    Types.unhandled,
    HttpServerRequest.HttpServerRequest
  > =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
      const refused = refusalOf(request, names);
      if (refused !== undefined) return Effect.succeed(secured(refused));
      return app.pipe(
        Effect.catchCause((cause) => failureResponse(cause, request)),
        Effect.map((response) =>
          secured(described(response, request, sentences))
        ),
      );
    });
  return Layer.effectDiscard(
    Effect.flatMap(
      HttpRouter.HttpRouter,
      (router) => router.addGlobalMiddleware(protect),
    ),
  );
};

/** Failures that are the server's own are logged. */
const failureResponse = (
  cause: Cause.Cause<unknown>,
  { method, url }: HttpServerRequest.HttpServerRequest,
) =>
  Effect.flatMap(
    HttpServerError.causeResponse(cause),
    ([response]) =>
      response.status < 500 || response.status === 503
        ? Effect.succeed(response)
        : Effect.as(Effect.logError(`${method} ${url}`, cause), response),
  );

/** The answer to a request that this server must not follow. */
const refusalOf = (
  { headers, url }: HttpServerRequest.HttpServerRequest,
  names: ReadonlySet<string>,
): HttpServerResponse.HttpServerResponse | undefined => {
  const host = headers["host"] ?? "";
  const name = host.replace(/:\d*$/, "").toLowerCase();
  if (!names.has(name)) {
    return problemResponse(
      403,
      `Cannot answer as the host of a request must be one of ${
        [...names].join(", ")
      }: current value is ${host}; --host-name allows another`,
    );
  }
  const { origin } = headers;
  if (origin !== undefined && !isOwn(origin, host)) {
    return problemResponse(
      403,
      `Cannot answer as a request must come from the server's own page: ` +
        `current value is origin=${origin}`,
    );
  }
  const fromElsewhere = headers["sec-fetch-site"] === "cross-site" ||
    headers["sec-fetch-site"] === "same-site";
  if (fromElsewhere && url.startsWith("/api/")) {
    return problemResponse(
      403,
      "Cannot answer as the API must be asked by the server's own page",
    );
  }
  return undefined;
};

/** A proxy that people put before it may speak TLS. */
const isOwn = (origin: string, host: string): boolean =>
  origin.toLowerCase() === `http://${host.toLowerCase()}` ||
  origin.toLowerCase() === `https://${host.toLowerCase()}`;

const securityHeaders = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

const noContentPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

const secured = (response: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.setHeaders(response, {
    "content-security-policy": noContentPolicy,
    "cache-control": "no-store",
    ...response.headers,
    ...securityHeaders,
  });

/** A failure without a problem document gets one. */
const described = (
  response: HttpServerResponse.HttpServerResponse,
  { method, url }: HttpServerRequest.HttpServerRequest,
  details: FailureDetails,
): HttpServerResponse.HttpServerResponse => {
  const { status, headers } = response;
  const contentType = headers["content-type"] ?? "";
  if (status < 400 || contentType.startsWith("application/problem+json")) {
    return response;
  }
  const { "content-type": _type, "content-length": _length, ...others } =
    headers;
  const path = url.split("?")[0];
  const detail = details[status]?.(method, path ?? "") ??
    `Cannot answer ${method} ${path}`;
  return problemResponse(status, detail, others);
};

const usualDetails: FailureDetails = {
  400: (method, path) =>
    `Cannot answer as the body of ${method} ${path} is not what it must be`,
  404: (_, path) => `There is nothing at ${path}`,
  500: (method, path) =>
    `Cannot answer ${method} ${path} as the server failed; its terminal ` +
    "shows why",
  503: () => "Cannot answer as the server is ending",
};
