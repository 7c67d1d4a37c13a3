/**
 * The server: the API and the pages of an index, on loopback.
 *
 * @module
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import type { OpenSearchIndexError } from "@deepcluster/retrieval";
import { Effect, Layer, Schema, type Scope } from "effect";
import { HttpRouter, HttpServer } from "effect/http";
import { HttpApiBuilder } from "effect/http-api";
import { createServer, type ServerResponse } from "node:http";
import { RetrievalApi } from "./api.ts";
import {
  type Answering,
  layerClusters,
  layerImages,
  layerIndex,
} from "./index_handlers.ts";
import { layerPages } from "./page_routes.ts";
import { makePictures } from "./pictures.ts";
import {
  layerMethodsNotAllowed,
  layerProtection,
  layerRequestRules,
} from "./protection.ts";
import { makeReviews } from "./reviews.ts";
import { layerReview } from "./review_handlers.ts";
import { layerSearch } from "./search_handlers.ts";
import { type Search, startSearch } from "./search.ts";
import { makeServing } from "./served.ts";
import { openSnapshots } from "./snapshot.ts";
import { makeThread, type StartWorker } from "./thread.ts";
import type { ThreadData } from "./thread_calls.ts";
import { makeUploads } from "./uploads.ts";

/** How an index is served. */
export interface ServerOptions extends Omit<ThreadData, "folder"> {
  /** Port; 0 for any that is free. */
  readonly port: number;
  /** Further names under which browsers reach the server. Default: none. */
  readonly hostNames?: readonly string[];
  /** Starts a computing thread. Default: the program that searches. */
  readonly startWorker?: StartWorker;
}

/** A server that runs. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:8321`. */
  readonly address: string;
  /** What it searches with. */
  readonly search: Search;
}

/** The port cannot be listened at. */
export class PortError extends Schema.TaggedError<PortError>()("PortError", {
  port: Schema.Int,
  found: Schema.String,
}) {
  /** The port, and what to do. */
  override get message(): string {
    return `Cannot serve as --port must be free: current value is --port ` +
      `${this.port} (${this.found}); name another, or 0 for any`;
  }
}

/** Answers under way may take this long when the server ends. */
const shutdownMs = 500;

/**
 * Serves an index while the scope lasts.
 *
 * @param folder The index folder.
 * @param options See {@link ServerOptions}.
 * @returns The server, which answers by now; or `PortError`, or why the index
 * cannot be opened or searched.
 */
export const startServer: (
  folder: string,
  options: ServerOptions,
) => Effect.Effect<
  RunningServer,
  OpenSearchIndexError | PortError | UnsearchableError,
  Scope.Scope
> = Effect.fn("startServer")(
  function* (
    folder,
    { port, hostNames = [], startWorker, ...computing },
  ) {
    const snapshots = yield* openSnapshots(folder);
    const serving = yield* makeServing(folder, snapshots);
    const thread = () => makeThread({ folder, ...computing }, startWorker);
    const search = yield* startSearch(yield* thread());
    const reviews = yield* makeReviews(yield* thread());
    const pictures = yield* makePictures;
    const uploads = yield* makeUploads;
    const answering: Answering = { serving, search, pictures };
    yield* serving.use(({ snapshot }) => search.opened(snapshot)).pipe(
      Effect.mapError(({ message }) =>
        new UnsearchableError({ reason: message })
      ),
    );

    const node = createServer();
    node.on("request", (_request, response) => uncheckedLength(response));
    const layerRoutes = Layer.mergeAll(
      HttpApiBuilder.layer(RetrievalApi, { openapiPath: "/openapi.json" }).pipe(
        Layer.provide([
          layerIndex(answering),
          layerClusters(answering),
          layerSearch(answering, uploads),
          layerImages(answering),
          layerReview(serving, reviews),
        ]),
        Layer.provide(layerRequestRules),
      ),
      layerPages(answering),
      layerMethodsNotAllowed,
      layerProtection(hostNames.map((name) => name.toLowerCase())),
    );
    const context = yield* HttpRouter.serve(layerRoutes, {
      disableLogger: true,
      disableListenLog: true,
    }).pipe(
      Layer.provideMerge(NodeHttpServer.layer(() => node, {
        port,
        host: "127.0.0.1",
        gracefulShutdownTimeout: shutdownMs,
      })),
      Layer.build,
      Effect.mapError((error) =>
        new PortError({ port, found: foundIn(error) })
      ),
    );
    // Connections that are kept alive would hold the server.
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        setTimeout(() => node.closeAllConnections(), shutdownMs).unref();
      })
    );
    const { address } = yield* Effect.provide(
      HttpServer.HttpServer,
      context,
    );
    return { address: HttpServer.formatAddress(address), search };
  },
);

/** An index cannot be searched. */
export class UnsearchableError
  extends Schema.TaggedError<UnsearchableError>()("UnsearchableError", {
    reason: Schema.String,
  }) {
  /** Why. */
  override get message(): string {
    return this.reason;
  }
}

const foundIn = ({ cause }: { readonly cause: unknown }): string => {
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  return code === "EADDRINUSE"
    ? "another program listens there"
    : code === "EACCES"
    ? "this user may not listen there"
    : cause instanceof Error
    ? cause.message
    : String(cause);
};

/**
 * Keeps Node from checking lengths: Node 22.13 compares the length of a body,
 * a number, with its header, a text, and cuts every answer off. Effect asks for
 * the check and gives lengths of its own making.
 */
const uncheckedLength = (response: ServerResponse): void => {
  Object.defineProperty(response, "strictContentLength", {
    get: () => false,
    set: () => {},
  });
};
