/**
 * The server: the API and the pages of an index, on loopback.
 *
 * @module
 */
import {
  layerProtection,
  listenOnLoopback,
  type PortError,
} from "@deepcluster/page-server";
import type { OpenSearchIndexError } from "@deepcluster/retrieval";
import { Effect, Layer, Schema, type Scope } from "effect";
import { HttpApiBuilder } from "effect/http-api";
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
  failureDetails,
  layerApiMethods,
  layerRequestRules,
} from "./request_rules.ts";
import { makeReviews, reviewEngine } from "./reviews.ts";
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
  /** Address of the page of the index's run. Default: not known. */
  readonly runPage?: string | undefined;
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
    { port, hostNames = [], runPage, startWorker, ...computing },
  ) {
    const snapshots = yield* openSnapshots(folder);
    const serving = yield* makeServing(folder, snapshots);
    const thread = (engine = computing.engine) =>
      makeThread(
        { folder, ...computing, ...engine && { engine } },
        startWorker,
      );
    const search = yield* startSearch(yield* thread());
    const reviews = yield* makeReviews(
      yield* thread(reviewEngine(computing.engine)),
    );
    const pictures = yield* makePictures;
    const uploads = yield* makeUploads;
    const answering: Answering = { serving, search, pictures, runPage };
    yield* serving.use(({ snapshot }) => search.opened(snapshot)).pipe(
      Effect.mapError(({ message }) =>
        new UnsearchableError({ reason: message })
      ),
    );

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
      layerApiMethods,
      layerProtection(hostNames, failureDetails),
    );
    const address = yield* listenOnLoopback(layerRoutes, port);
    return { address, search };
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
