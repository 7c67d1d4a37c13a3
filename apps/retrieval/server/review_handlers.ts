/**
 * Answers about duplicates and odd ones out, which a thread of its own computes
 * once for each state of the index.
 *
 * @module
 */
import { Effect } from "effect";
import { HttpServerResponse } from "effect/http";
import { HttpApiBuilder } from "effect/http-api";
import { pathOf } from "../opened_index.ts";
import { RetrievalApi } from "./api.ts";
import { cardOf } from "./cards.ts";
import type { Serving } from "./served.ts";
import type { Reviews } from "./reviews.ts";

/** Where near duplicates begin, where a request does not say. */
const defaultPercentile = 0.999;

/** What is asked of duplicates. */
interface DuplicateQuery {
  readonly kind?: "bytes" | "pixels" | "near" | undefined;
  readonly percentile?: number | undefined;
}

/** The answers about duplicates and odd ones out. */
export const layerReview = (serving: Serving, reviews: Reviews) => {
  const duplicates = (
    { kind = "bytes", percentile = defaultPercentile }: DuplicateQuery,
  ) =>
    serving.use((served) =>
      Effect.map(
        reviews.duplicates(served.snapshot, kind, percentile),
        (found) => ({ ...found, served }),
      )
    );

  return HttpApiBuilder.group(
    RetrievalApi,
    "review",
    (handlers) =>
      handlers
        .handle("duplicates", ({ query }) =>
          Effect.map(duplicates(query), ({ level, groups, served }) => {
            const { offset = 0, limit = 50 } = query;
            const { lists } = served;
            const cards = (ids: readonly number[]) =>
              ids.flatMap((id) =>
                lists.index.image(id) ?? []
              )
                .map((image) => cardOf(lists, image));
            return {
              total: groups.length,
              ...level !== undefined && { level },
              groups: groups.slice(offset, offset + limit).map((group) => ({
                ...group,
                members: cards(group.members),
              })),
            };
          }))
        .handle("duplicateList", ({ query }) =>
          Effect.map(duplicates(query), ({ groups, served }) => {
            const lines = groups.flatMap(({ keep, members }) =>
              members.filter((id) =>
                id !== keep
              )
                .flatMap((id) => served.lists.index.image(id) ?? [])
                .map((image) => `${pathOf(image)}\n`)
            );
            return HttpServerResponse.text(lines.join(""), {
              contentType: "text/plain; charset=utf-8",
              headers: {
                "content-disposition": 'attachment; filename="duplicates.txt"',
              },
            });
          }))
        .handle("outliers", ({ query: { offset = 0, limit = 50 } }) =>
          serving.use(({ snapshot, lists }) =>
            Effect.map(reviews.outliers(snapshot), (rows) => ({
              total: rows.length,
              outliers: rows.slice(offset, offset + limit).flatMap(
                ({ row, ...figures }) => {
                  const [image, ...copies] = lists.imagesOf(row);
                  return image === undefined ? [] : [{
                    image: cardOf(lists, image, copies.length),
                    ...figures,
                  }];
                },
              ),
            }))
          )),
  );
};
