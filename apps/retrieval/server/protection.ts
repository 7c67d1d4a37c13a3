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
import { Effect, Layer, SchemaIssue, type Types } from "effect";
import {
  HttpRouter,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
} from "effect/http";
import { type HttpApiError, HttpApiMiddleware } from "effect/http-api";
import { RequestRules, RetrievalApi } from "./api.ts";
import { BadRequest, problemResponse } from "./problems.ts";

/**
 * Refuses foreign requests, adds the headers of security, and gives every
 * failure a problem document.
 *
 * @param hostNames Names under which browsers reach the server, lower case,
 * besides those of loopback.
 * @returns The middleware of all routes.
 */
export const layerProtection = (hostNames: readonly string[]) => {
  const names = new Set(["127.0.0.1", "localhost", "[::1]", ...hostNames]);
  return HttpRouter.middleware(
    (
      app,
    ): Effect.Effect<
      HttpServerResponse.HttpServerResponse,
      Types.unhandled,
      HttpServerRequest.HttpServerRequest
    > =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
        const refused = refusalOf(request, names);
        if (refused !== undefined) return Effect.succeed(secured(refused));
        return app.pipe(
          Effect.catchCause((cause) =>
            Effect.flatMap(
              HttpServerError.causeResponse(cause),
              ([response]) =>
                response.status < 500 || response.status === 503
                  ? Effect.succeed(response)
                  : Effect.as(
                    Effect.logError(`${request.method} ${request.url}`, cause),
                    response,
                  ),
            )
          ),
          Effect.map((response) => secured(described(response, request))),
        );
      }),
    { global: true },
  );
};

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

const details: Readonly<
  Record<number, (method: string, path: string) => string>
> = {
  400: (method, path) =>
    `Cannot answer as the body of ${method} ${path} is not what it must be`,
  404: (_, path) => `There is nothing at ${path}`,
  413: () => "Cannot take the body as it must hold at most 32 MiB",
  415: (method) =>
    method === "PATCH"
      ? "Cannot read the body as its content type must be application/json"
      : "Cannot read the body as its content type must be that of an image: " +
        "image/jpeg, image/png, image/webp, image/gif, image/avif, " +
        "image/tiff or image/svg+xml",
  500: (method, path) =>
    `Cannot answer ${method} ${path} as the server failed; its terminal ` +
    "shows why",
  503: () => "Cannot answer as the server is ending",
};

/** Says in a sentence which number or word of a request breaks which rule. */
export const layerRequestRules = HttpApiMiddleware.layerSchemaErrorTransform(
  RequestRules,
  (error: HttpApiError.HttpApiSchemaError) => {
    if (error.kind === "Body" || error.kind === "ResponseHeaders") {
      return Effect.die(error.cause);
    }
    const issues = formatIssues(error.cause.issue).issues;
    const broken = issues.map(({ path = [], message }) => {
      const name = path.map(nameOf).join(".");
      return name === ""
        ? "the body must be JSON of the right form"
        : message.startsWith("Missing key")
        ? `${name} must be given`
        : `${name} must be ${message}`;
    });
    return Effect.fail(
      new BadRequest({ detail: `Cannot answer as ${broken.join(", and ")}` }),
    );
  },
);

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1();

const nameOf = (segment: PropertyKey | { readonly key: PropertyKey }) =>
  String(typeof segment === "object" ? segment.key : segment);

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** Answers 405 to the methods that a path does not have. */
export const layerMethodsNotAllowed = Layer.effectDiscard(
  Effect.gen(function* () {
    const router = yield* HttpRouter.HttpRouter;
    const allowed = new Map<HttpRouter.PathInput, Set<string>>();
    for (const group of Object.values(RetrievalApi.groups)) {
      for (const { path, method } of Object.values(group.endpoints)) {
        const those = allowed.get(path) ?? new Set();
        allowed.set(path, those.add(method));
      }
    }
    for (const [path, those] of allowed) {
      for (const method of methods) {
        if (those.has(method)) continue;
        yield* router.add(
          method,
          path,
          Effect.succeed(notAllowed(method, [...those])),
        );
      }
    }
  }),
);

const notAllowed = (method: string, allowed: readonly string[]) =>
  problemResponse(
    405,
    `Cannot answer as the method must be ${allowed.join(" or ")}: current ` +
      `value is ${method}`,
    { allow: allowed.join(", ") },
  );
