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
  flagWithDefault,
  fromHere,
  layerProgress,
  optionalFlag,
  presentOnly,
  shown,
  switchFlag,
} from "@deepcluster/terminal";
import { Console, Effect, Option, Schema } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { dirname } from "node:path";
import { comparisonText } from "./compare_text.ts";
import { jsonFlag } from "./run_flags.ts";

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

/** The command. */
export const compare = Command.make(
  "compare",
  {
    runs: Argument.String("run").pipe(
      Argument.withDescription(
        "Run folders that `train` made, two to six. The clusters of the " +
          "first are looked for in the others.",
      ),
      Argument.variadic({ min: 1 }),
    ),
    out: optionalFlag(
      Flag.String("out").pipe(Flag.withMetavar("FILE")),
      "Write a page with the curves and clusters to FILE.html",
    ),
    images: optionalFlag(
      Flag.String("images").pipe(Flag.withMetavar("IMAGES")),
      "Where the images of the first run are now, if they were moved",
      "where it found them",
    ),
    thumbnails: flagWithDefault(
      switchFlag("thumbnails"),
      true,
      "Show images and link to their files (--no-thumbnails: neither, for " +
        "a page to give away)",
    ),
    json: jsonFlag,
  },
  Effect.fnUntraced(function* ({ runs, json, ...flags }) {
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
      const page = yield* comparisonPage(comparison, images);
      yield* writeDurably(out, encoded(page));
      yield* Effect.logInfo(`Wrote ${shown(out)}`);
    }
    yield* Console.log(
      json ? JSON.stringify(comparison) : comparisonText(comparison),
    );
  }, Effect.provide(layerProgress())),
).pipe(
  Command.withExamples([
    {
      command: "deno task compare runs/a runs/b --out compare.html",
      description: "A page with curves and images",
    },
    {
      command: "deno task compare runs/k50 runs/k100 runs/k200",
      description: "Three runs in the terminal",
    },
  ]),
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
