/**
 * What the server answers when it cannot do what was asked: problem documents
 * (RFC 9457), whose `detail` is a sentence for people.
 *
 * @module
 */
import { Effect } from "effect";
import { HttpServerResponse, ProblemDetails } from "effect/http";
import { HttpApiError } from "effect/http-api";

const type = "about:blank";

/** The request breaks a rule that its answer names. */
export class BadRequest extends HttpApiError.Problem<BadRequest>()(
  "BadRequest",
  { type, status: 400, title: "Bad Request" },
) {}

/** There is nothing of this name or number. */
export class NotFound extends HttpApiError.Problem<NotFound>()(
  "NotFound",
  { type, status: 404, title: "Not Found" },
) {}

/** What is served is of a kind that cannot do this. */
export class Conflict extends HttpApiError.Problem<Conflict>()(
  "Conflict",
  { type, status: 409, title: "Conflict" },
) {}

/** What was here is gone, or is no longer the same. */
export class Gone extends HttpApiError.Problem<Gone>()(
  "Gone",
  { type, status: 410, title: "Gone" },
) {}

/** What was sent is larger than the server takes. */
export class TooLarge extends HttpApiError.Problem<TooLarge>()(
  "TooLarge",
  { type, status: 413, title: "Content Too Large" },
) {}

/** The server cannot answer now, but may in a moment. */
export class Unavailable extends HttpApiError.Problem<Unavailable>()(
  "Unavailable",
  { type, status: 503, title: "Service Unavailable" },
) {}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/**
 * Makes a problem document.
 *
 * @param status Status of the answer, 4xx or 5xx.
 * @param detail A sentence.
 * @param headers Further headers.
 * @returns The answer.
 */
export const problemResponse = (
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.setHeaders(
    ProblemDetails.toResponse({
      type,
      title: titles[status] ?? (status < 500 ? "Client Error" : "Server Error"),
      status,
      detail,
    }),
    headers,
  );

/**
 * Fails where a value is missing.
 *
 * @param value What was looked for.
 * @param detail What is not there, a sentence.
 * @returns The value, or `NotFound`.
 */
export const orNotFound = <A>(
  value: A | undefined,
  detail: string,
): Effect.Effect<A, NotFound> =>
  value === undefined
    ? Effect.fail(new NotFound({ detail }))
    : Effect.succeed(value);
