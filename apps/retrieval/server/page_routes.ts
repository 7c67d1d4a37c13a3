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
import { htmlResponse, layerFiles } from "@deepcluster/page-server";
import { Effect, Layer, Option } from "effect";
import { HttpRouter } from "effect/http";
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
  Layer.merge(
    layerFiles(pageFiles),
    Layer.effectDiscard(Effect.gen(function* () {
      const router = yield* HttpRouter.HttpRouter;
      yield* router.add(
        "GET",
        "/",
        Effect.map(
          firstScreen(answering),
          (first) =>
            htmlResponse(
              renderPage("/", first.index, first),
              contentSecurityPolicy,
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
              htmlResponse(
                renderPage(
                  path,
                  Option.getOrUndefined(Option.map(served, headerInfo)),
                ),
                contentSecurityPolicy,
              ),
          ),
        );
      }
    })),
  );

const firstScreen = (
  answering: Answering,
): Effect.Effect<FirstScreen, { readonly message: string }> =>
  Effect.gen(function* () {
    const index = yield* indexInfo(answering);
    const { lists } = yield* answering.serving.now;
    return { index, clusters: clusterList(lists, { limit: firstRows }) };
  });
