/**
 * Describes the images of an update and writes them, in their order.
 *
 * @module
 */
import { Progress, row } from "@deepcluster/core";
import type { OutputsError } from "@deepcluster/features";
import { Effect } from "effect";
import type { Described, Descriptor } from "../descriptors/descriptor.ts";
import { NonFiniteVectorError } from "./errors.ts";
import type { Candidate } from "./index_candidates.ts";
import type { IndexReadError } from "./index_database.ts";
import type { IndexWriter } from "./index_writer.ts";
import {
  type DecodedImage,
  type LookAhead,
  lookAhead,
  type LookedAt,
} from "./look_ahead.ts";

/** Images that an update wrote. */
export interface IndexedCounts {
  /** At paths that were not indexed. */
  readonly added: number;
  /** At paths whose content was another. */
  readonly changed: number;
  /** How many of both had to be computed. */
  readonly computed: number;
}

/** Bytes of decoded pixels that wait for the engine, by estimate. */
const pixelsAhead = 2 ** 29;
/** Bytes of decoded pixels in one run of the engine, after the first image. */
const pixelsAtATime = 2 ** 28;

/**
 * Looks at images, describes those whose content is new, and writes all.
 *
 * @param writer The index.
 * @param candidates The images, in the order of the index.
 * @param descriptor Computes vectors.
 * @returns What was written; or `NonFiniteVectorError`, or the errors of the
 * engine and of writing. What came before an error is kept.
 */
export const indexImages: (
  writer: IndexWriter,
  candidates: readonly Candidate[],
  descriptor: Descriptor,
) => Effect.Effect<
  IndexedCounts,
  OutputsError | IndexReadError | NonFiniteVectorError,
  Progress
> = Effect.fnUntraced(function* (writer, candidates, descriptor) {
  const total = candidates.length;
  const report = yield* reporter(total);
  const ahead = yield* lookAhead(candidates, {
    images: 2 * descriptor.batch,
    bytes: pixelsAhead,
    isKnown: (sha256) => writer.content(sha256) !== undefined,
    decodeOptions: descriptor.decodeOptions,
  });
  const counts = { added: 0, changed: 0, computed: 0 };
  for (let done = 0; done < total;) {
    const { some, fresh } = yield* takeSome(writer, ahead, descriptor.batch);
    yield* ahead.handOver;
    const described = yield* describe(descriptor, fresh);
    const rankOf = new Map(
      fresh.map(({ decoded: { pixels } }, rank) => [pixels, rank]),
    );
    for (const looked of some) {
      const kind = yield* write(writer, looked, described, rankOf);
      if (kind !== "same") counts[kind]++;
    }
    counts.computed += fresh.length;
    done += some.length;
    yield* writer.commitNowAndThen;
    yield* report(done);
  }
  if (total > 0) yield* writer.commit;
  return counts;
}, Effect.scoped);

const reporter = Effect.fnUntraced(function* (total: number) {
  const progress = yield* Progress;
  const report = (done: number) =>
    progress.report({ phase: "index", unit: "images", done, total });
  if (total > 0) yield* report(0);
  return report;
});

/** Images to be written together. */
interface Some {
  /** All of them, in order. */
  readonly some: readonly LookedAt[];
  /** Those to be described: each of other pixels. */
  readonly fresh: readonly Fresh[];
}

/** A decoded image whose pixels have no vector yet. */
interface Fresh extends LookedAt {
  readonly decoded: DecodedImage;
}

/** Takes images until there are enough to be described, or none is left. */
const takeSome = Effect.fnUntraced(function* (
  writer: IndexWriter,
  ahead: LookAhead,
  batch: number,
): Effect.fn.Return<Some> {
  const some: LookedAt[] = [];
  const fresh: Fresh[] = [];
  const known = new Set<string>();
  let bytes = 0;
  while (fresh.length < batch && bytes < pixelsAtATime && some.length < most) {
    const looked = yield* ahead.next;
    if (looked === undefined) break;
    some.push(looked);
    if (!isFresh(looked)) continue;
    const { pixels, seen } = looked.decoded;
    if (known.has(pixels) || writer.rowOfPixels(pixels) !== undefined) continue;
    known.add(pixels);
    fresh.push(looked);
    bytes += seen.data.length;
  }
  return { some, fresh };
});

/** Images written together at most, so that known ones are committed too. */
const most = 1024;

const isFresh = (looked: LookedAt): looked is Fresh =>
  looked.decoded !== undefined;

const describe = (
  descriptor: Descriptor,
  fresh: readonly Fresh[],
): Effect.Effect<Described | undefined, OutputsError | NonFiniteVectorError> =>
  fresh.length === 0
    ? Effect.succeed(undefined)
    : descriptor.describe(fresh.map(({ decoded: { seen } }) => seen)).pipe(
      Effect.catchTag("DivergedFeaturesError", ({ index, column, value }) => {
        const { root, path } = fresh[index]!.candidate;
        return new NonFiniteVectorError({
          image: `${path} of ${root}`,
          column,
          value,
        });
      }),
    );

/** Writes one image; tells what it was to the index. */
const write = Effect.fnUntraced(function* (
  writer: IndexWriter,
  { candidate, sha256, reason, decoded }: LookedAt,
  described: Described | undefined,
  rankOf: ReadonlyMap<string, number>,
): Effect.fn.Return<"added" | "changed" | "same", IndexReadError> {
  const { known } = candidate;
  const isSame = known?.sha256 === sha256 && known.reason === reason;
  if (isSame) {
    yield* writer.touch(candidate);
    return "same";
  }
  if (reason !== undefined) {
    const nothing = { pixels: "", width: 0, height: 0 };
    yield* writer.putImage({ candidate, sha256, ...nothing, reason });
    return "same";
  }
  if (decoded === undefined) {
    yield* writer.putImage({ candidate, sha256, ...writer.content(sha256)! });
  } else {
    const { width, height, pixels } = decoded;
    const vector = writer.rowOfPixels(pixels) ??
      (yield* writer.putVector(vectorAt(described!, rankOf.get(pixels)!)));
    yield* writer.putImage({
      candidate,
      sha256,
      pixels,
      width,
      height,
      vector,
    });
  }
  return known?.reason === undefined && known !== undefined
    ? "changed"
    : "added";
});

const vectorAt = (
  { vectors, clusters, distances }: Described,
  rank: number,
) => ({
  values: row(vectors, rank),
  ...clusters !== undefined && { cluster: clusters[rank]! },
  ...distances !== undefined && { distance: distances[rank]! },
});
