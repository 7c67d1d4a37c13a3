/**
 * `compare RUN RUN…`: runs side by side.
 *
 * @module
 */
import {
  compareRuns,
  comparisonPage,
  openReportImages,
  requirePage,
  type RunComparison,
  type ShownImage,
} from "@deepcluster/report";
import { encoded, writeDurably } from "@deepcluster/storage";
import {
  fromHere,
  layerProgress,
  presentOnly,
  relativeToHere,
  shown,
} from "@deepcluster/terminal";
import { Console, Effect, Option, Schema } from "effect";
import { dirname } from "node:path";
import { comparisonText } from "./compare_text.ts";
import type { Values } from "./compare_flags.ts";

/** Runs cannot be compared like this. */
class CompareError extends Schema.TaggedError<CompareError>()("CompareError", {
  rule: Schema.String,
  found: Schema.String,
}) {
  /** The action, the rule and the present value. */
  override get message(): string {
    return `Cannot compare runs as ${this.rule}: ${this.found}`;
  }
}

/** Lines of a chart that can be told apart. */
const mostRuns = 6;

/** Does what `compare` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ runs, json, ...flags }: Values) {
    if (runs.length < 2 || runs.length > mostRuns) {
      return yield* new CompareError({
        rule: `there must be two to ${mostRuns} of them`,
        found: `${runs.length} named`,
      });
    }
    const { out } = presentOnly({ out: Option.map(flags.out, fromHere) });
    if (out !== undefined) yield* requirePage(out, "compare runs");
    const comparison = yield* compareRuns(runs.map(fromHere));
    if (out !== undefined) {
      const images = flags.thumbnails
        ? yield* imagesOf(comparison, out, flags.images)
        : new Map<number, ShownImage>();
      const page = yield* comparisonPage(
        comparison,
        images,
        relativeToHere,
      );
      yield* writeDurably(out, encoded(page));
      yield* Effect.logInfo(`Wrote ${shown(out)}`);
    }
    yield* Console.log(
      json ? JSON.stringify(comparison) : comparisonText(comparison),
    );
  },
  Effect.provide(layerProgress()),
);

/** Images of the first run that the page shows. */
const imagesOf = Effect.fnUntraced(function* (
  { runs, mappings }: RunComparison,
  out: string,
  moved: Option.Option<string>,
) {
  const { folder, configuration } = runs[0]!.history;
  const indices = new Set(
    mappings.flatMap(({ clusters }) =>
      clusters.flatMap(({ parts }) => parts.flatMap(({ some }) => some))
    ),
  );
  if (indices.size === 0) return new Map<number, ShownImage>();
  const images = yield* openReportImages(folder, configuration, {
    pageFolder: dirname(out),
    ...Option.isSome(moved) && { images: fromHere(moved.value) },
  });
  if (images.unopened !== undefined) {
    yield* Effect.logWarning(images.unopened);
  }
  return yield* images.show(indices);
});
