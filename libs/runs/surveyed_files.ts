/**
 * The files in which a run saw its images last, so that whoever looks at these
 * files again need neither read nor decode them.
 *
 * @module
 */
import {
  decoderVersion,
  type FileStamp,
  fingerprintOf,
  type ImageSource,
  isSettled,
  isUntouched,
  setDigest,
  stampAt,
  stampFiles,
  type Survey,
  type SurveyOptions,
} from "@deepcluster/data";
import { folderStore } from "@deepcluster/storage";
import { Effect, Option } from "effect";
import { join } from "node:path";
import { type Journal, type JournalError, openJournal } from "./journal.ts";
import { runFiles } from "./run_folder.ts";
import { readRunImages } from "./run_images.ts";

/** Entry of the journal: the fingerprint of the files. */
const fingerprintEntry = "fingerprint";

/** Entry of the journal: how they were decoded, when they were seen. */
const decodedEntry = "decoded";

const decodedAs = (maxShortSide: number): string =>
  `decoder ${decoderVersion}, short side ${maxShortSide}`;

/**
 * Notes the files of a survey, unless one was changed so shortly before that it
 * may change again without showing it.
 *
 * @param journal The run's journal.
 * @param survey What was found.
 * @param startMs When the survey began, in milliseconds since 1970.
 * @param maxShortSide Short side above which images were reduced.
 * @returns Nothing, or `JournalError`.
 */
export const noteSurveyedFiles: (
  journal: Journal,
  survey: Pick<Survey, "fingerprint" | "stamps">,
  startMs: number,
  maxShortSide: number,
) => Effect.Effect<void, JournalError> = Effect.fnUntraced(function* (
  journal,
  { fingerprint, stamps },
  startMs,
  maxShortSide,
) {
  yield* journal.forget([fingerprintEntry, decodedEntry]);
  const settled = stamps.sizes.every((_, sourceIndex) =>
    isSettled(stampAt(stamps, sourceIndex), startMs)
  );
  if (!settled) return;
  yield* journal.put(decodedEntry, decodedAs(maxShortSide));
  yield* journal.put(fingerprintEntry, fingerprint);
});

/**
 * Reads the fingerprint of the files that were noted last.
 *
 * @param journal The run's journal.
 * @returns It, if there is one; or `JournalError`.
 */
export const readFingerprint = (
  journal: Journal,
): Effect.Effect<Option.Option<unknown>, JournalError> =>
  journal.get(fingerprintEntry);

/**
 * Tells which images a run could read, of files that nobody has touched since.
 *
 * Asks for the stamp of every file of the source. Nothing is known of files of
 * which one was touched, of those that another version of the decoder or another
 * size would decode, or where the run's files cannot be read: that costs the time
 * of looking at the images, no more.
 *
 * @param run The run folder.
 * @param source All images of the run.
 * @param maxShortSide Short side above which images are reduced.
 * @returns What is known, for `survey` of these images or some of them.
 */
export const filesKnownToRun: (
  run: string,
  source: ImageSource,
  maxShortSide: number,
) => Effect.Effect<Required<SurveyOptions>["known"]> = Effect.fn(
  "filesKnownToRun",
)(function* (run, source, maxShortSide) {
  const nothing = () => Effect.undefined;
  const noted = yield* openJournal(join(run, runFiles.journal), {
    readOnly: true,
  }).pipe(
    Effect.flatMap((journal) =>
      Effect.all([readFingerprint(journal), journal.get(decodedEntry)])
    ),
    Effect.scoped,
    Effect.option,
  );
  if (Option.isNone(noted)) return nothing;
  const [fingerprint, decoded] = noted.value;
  if (!Option.contains(decoded, decodedAs(maxShortSide))) return nothing;
  const stamps = yield* stampFiles(source);
  if (!Option.contains(fingerprint, fingerprintOf(source, stamps))) {
    return nothing;
  }
  const tables = yield* Effect.option(readRunImages(folderStore(run)));
  if (Option.isNone(tables)) return nothing;
  const { ids, sha256s = [] } = tables.value;
  const digests = new Map(sha256s.map((sha256, i) => [ids[i]!, sha256]));
  const known = new Map<string, { sha256: string; stamp: FileStamp }>();
  for (const [sourceIndex, id] of source.ids.entries()) {
    const payload = source.payload(sourceIndex);
    const sha256 = digests.get(id);
    if (payload.kind !== "file" || sha256 === undefined) continue;
    known.set(payload.path, { sha256, stamp: stampAt(stamps, sourceIndex) });
  }
  return (_, payload, stamp) =>
    Effect.sync(() => {
      const found = payload.kind === "file"
        ? known.get(payload.path)
        : undefined;
      if (found === undefined || !isUntouched(found.stamp, stamp)) {
        return undefined;
      }
      const digest = new Uint8Array(32);
      setDigest(digest, 0, found.sha256);
      return { digest };
    });
});
