/**
 * What a fine-tuning on PASCAL VOC leaves on disk.
 *
 * An entry of its own (`@deepcluster/voc/voc-storage`), as it needs neither
 * models nor engines.
 *
 * @module
 */
import { isBusy, lockName, runLock } from "@deepcluster/runs/run-lock";
import { partialsOf, partOf, type StorageKind } from "@deepcluster/storage";
import { Effect } from "effect";
import { vocStatePath } from "./voc_state_path.ts";

/** Folders of `voc-classification --state`. */
export const vocStorage: StorageKind = {
  name: "VOC training",
  partNames: ["partial", "state"],
  recognise: (names) =>
    names.includes(lockName) && names.includes(vocStatePath),
  inUse: isBusy,
  lock: runLock,
  describe: (_folder, files, { inUse }) =>
    Effect.succeed({
      title: inUse ? "under way" : "not under way",
      parts: [
        partialsOf(files),
        partOf(files, [vocState, vocLock], {
          name: "state",
          cost: "loses",
          note: "the training cannot go on, or show its result, without it",
        }),
      ],
    }),
};

const vocState = /^voc-classification\.safetensors$/;
const vocLock = /^run\.lock(-journal)?$/;
