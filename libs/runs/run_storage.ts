/**
 * What a run folder takes on disk, and what of it may go.
 *
 * An entry of its own (`@deepcluster/runs/run-storage`), as it needs neither
 * models nor engines, nor the rules of the settings.
 *
 * Settings, the newest epoch and what came after it are needed to resume, to
 * evaluate and to export. A resumed run also reads the figures of all epochs.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import {
  folderStore,
  partialsOf,
  partOf,
  type StorageError,
  type StorageKind,
  type StoragePart,
  type StoredFile,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { join } from "node:path";
import { listCheckpoints } from "./checkpoints.ts";
import { openJournal } from "./journal.ts";
import { runFiles } from "./run_folder.ts";
import { isBusy, lockName, runLock } from "./run_lock.ts";
import { statedSettings } from "./stated_settings.ts";

/** Runs, also those that died before their settings were written. */
export const runStorage: StorageKind = {
  name: "run",
  partNames: [
    "partial",
    "features",
    "kmeans-states",
    "report-data",
    "old-checkpoints",
    "old-assignments",
    "evaluations",
    "report",
    "model",
    "settings",
  ],
  recognise: (names) =>
    names.includes(lockName) &&
    (names.includes(runFiles.config) || names.every((name) =>
      name.startsWith(lockName) || name.startsWith(runFiles.journal)
    )),
  inUse: isBusy,
  lock: runLock,
  describe: Effect.fnUntraced(function* (folder, files, { inUse, verify }) {
    const newest = verify
      ? yield* intactEpoch(folder)
      : yield* newestNamed(folder);
    const { epochs, subject } = yield* settingsOf(folder);
    const state = inUse
      ? "under way"
      : epochs === 0
      ? "never started"
      : newest >= epochs
      ? "finished"
      : `stopped after epoch ${newest} of ${epochs}`;
    return {
      title: `${state}${subject}`,
      parts: partsOf(files, newest, newest >= epochs),
    };
  }),
};

const partsOf = (
  files: readonly StoredFile[],
  newest: number,
  finished: boolean,
): readonly StoragePart[] => {
  const isOld = ({ path }: StoredFile) => epochIn(path) < newest;
  const old = files.filter(isOld);
  const current = files.filter((file) => !isOld(file));
  const again = finished
    ? "left over: a finished run needs none"
    : "computed again when the run is resumed";
  const before = newest === 1 ? "epoch 0" : `epochs before ${newest}`;
  return [
    partialsOf(files),
    partOf(files, [spilled], { name: "features", cost: "safe", note: again }),
    partOf(files, [iterations], {
      name: "kmeans-states",
      cost: "safe",
      note: again,
    }),
    partOf(files, [shown], {
      name: "report-data",
      cost: "safe",
      note: "what reports show: thumbnails, the map, images of filters; made " +
        "again by the next report",
    }),
    partOf(old, [checkpoints, clusterings], {
      name: "old-checkpoints",
      cost: "loses",
      note: `${before} can no longer be evaluated or exported, and new ` +
        "images no longer be assigned to clusters until another epoch is done",
    }),
    partOf(old, [assignments], {
      name: "old-assignments",
      cost: "loses",
      note: `the clusters of ${before}; only training gives them again`,
    }),
    partOf(files, [evaluations], {
      name: "evaluations",
      cost: "loses",
      note: "results of `evaluate`; evaluating gives them again",
    }),
    partOf(files, [report], {
      name: "report",
      cost: "safe",
      note: "what `report` wrote; it writes it again from the images",
    }),
    partOf(current, [checkpoints, clusterings, assignments], {
      name: "model",
      cost: "needed",
      note: newest === 0
        ? "needed to resume"
        : `weights and clusters from epoch ${newest} on; only training gives ` +
          "them again",
    }),
    // In the order of removal: what makes the folder a run goes last.
    partOf(files, [reports, tables, journal, config, lock], {
      name: "settings",
      cost: "needed",
      note: "settings, journal, tables and figures",
    }),
  ];
};

const checkpoints = /^checkpoints\/epoch-\d{4,}(-step-\d{6,})?\.safetensors$/;
const clusterings = /^clusters\/epoch-\d{4,}\.safetensors$/;
const assignments = /^assignments\/epoch-\d{4,}\.tsv$/;
const reports = /^clusters\/epoch-\d{4,}\.json$/;
const iterations = /^clusters\/epoch-\d{4,}-iteration-\d{4,}\.safetensors$/;
const spilled =
  /^features\/epoch-\d{4,}(\.f32|\.f32\.rows(\.partial)?|-reduced\.safetensors)$/;
const evaluations = /^evaluations\/\d{4,}-[a-z-]+\.json$/;
const shown =
  /^(thumbnails\.db(-journal)?|map\.safetensors|map-sheets\.json|top-images\.json)$/;
const tables =
  /^(images\.tsv|unreadable\.tsv|excluded\.tsv|metrics\.jsonl|timings\.jsonl|progress\.json|clusters\.png)$/;
const report = /^report\.html$/;
const journal = /^journal\.db(-wal|-shm|-journal)?$/;
const config = /^config\.json$/;
const lock = /^run\.lock(-journal)?$/;

/** The epoch that a file belongs to; those of no epoch are never old. */
const epochIn = (path: string): number =>
  Number(/\/epoch-(\d{4,})/.exec(path)?.[1] ?? Infinity);

const newestNamed = Effect.fnUntraced(function* (
  folder: string,
): Effect.fn.Return<number, StorageError> {
  const ends = (yield* listCheckpoints(folderStore(folder)))
    .filter(({ step }) => step === undefined);
  return ends[0]?.epoch ?? 0;
});

/** What cannot be read vouches for nothing, so nothing counts as old. */
const intactEpoch = Effect.fnUntraced(function* (folder: string) {
  const { newestIntactEpoch } = yield* loadRecovery;
  return yield* openJournal(join(folder, runFiles.journal), { readOnly: true })
    .pipe(
      Effect.flatMap((journal) =>
        newestIntactEpoch(journal, folderStore(folder))
      ),
      Effect.orElseSucceed(() => 0),
      Effect.scoped,
    );
});

/** With the workflows of Effect, which a list of names does without. */
const loadRecovery = loadModule<typeof import("./recovery.ts")>(
  new URL("./recovery.ts", import.meta.url),
);

/** Settings of an earlier version tell as much as they have. */
const settingsOf = (folder: string) =>
  statedSettings(folder).pipe(
    Effect.map(({ epochs, model, images }) => ({
      epochs,
      subject: `, ${model} on ${images}`,
    })),
    Effect.catchTag("ConfigurationError", () =>
      Effect.succeed({ epochs: 1, subject: ", settings of another version" })),
    Effect.orElseSucceed(() => ({ epochs: 0, subject: "" })),
  );
