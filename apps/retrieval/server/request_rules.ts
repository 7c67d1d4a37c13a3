/**
 * Words for requests that break the rules of the API.
 *
 * @module
 */
import {
  BadRequest,
  type FailureDetails,
  layerMethodsNotAllowed,
} from "@deepcluster/page-server";
import { Effect, SchemaIssue } from "effect";
import { type HttpApiError, HttpApiMiddleware } from "effect/http-api";
import { RequestRules, RetrievalApi } from "./api.ts";

/** What is said of failures that have no body of their own. */
export const failureDetails: FailureDetails = {
  413: () => "Cannot take the body as it must hold at most 32 MiB",
  415: (method) =>
    method === "PATCH"
      ? "Cannot read the body as its content type must be application/json"
      : "Cannot read the body as its content type must be that of an image: " +
        "image/jpeg, image/png, image/webp, image/gif, image/avif, " +
        "image/tiff or image/svg+xml",
};

/** Answers 405 to the methods that a path of the API does not have. */
export const layerApiMethods = layerMethodsNotAllowed(
  Object.values(RetrievalApi.groups).flatMap(({ endpoints }) =>
    Object.values(endpoints)
  ),
);

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
