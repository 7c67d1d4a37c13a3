/**
 * Answers to methods that a path does not have.
 *
 * @module
 */
import { Effect, Layer } from "effect";
import { HttpRouter, type HttpServerResponse } from "effect/http";
import { problemResponse } from "./problems.ts";

/** A path that a server has, with one of its methods. */
export interface Endpoint {
  /** As routers write it, such as `/api/images/:id`. */
  readonly path: HttpRouter.PathInput;
  /** Such as `GET`. */
  readonly method: string;
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/**
 * Answers 405 to the methods that paths do not have.
 *
 * @param endpoints All paths with all their methods.
 * @returns The routes of the other methods.
 */
export const layerMethodsNotAllowed = (
  endpoints: Iterable<Endpoint>,
): Layer.Layer<never, never, HttpRouter.HttpRouter> =>
  Layer.effectDiscard(Effect.gen(function* () {
    const router = yield* HttpRouter.HttpRouter;
    const allowed = new Map<HttpRouter.PathInput, Set<string>>();
    for (const { path, method } of endpoints) {
      const those = allowed.get(path) ?? new Set();
      allowed.set(path, those.add(method));
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
  }));

const notAllowed = (
  method: string,
  allowed: readonly string[],
): HttpServerResponse.HttpServerResponse =>
  problemResponse(
    405,
    `Cannot answer as the method must be ${allowed.join(" or ")}: current ` +
      `value is ${method}`,
    { allow: allowed.join(", ") },
  );
