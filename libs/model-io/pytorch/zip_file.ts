/**
 * PyTorch's format since 1.6: a zip archive of a pickle and one uncompressed
 * entry a storage.
 *
 * Reference: PyTorch's `caffe2/serialize/inline_container.h`. Checksums are
 * not compared: PyTorch itself does not, and can write files without them.
 *
 * @module
 */
import { codeOf, messageOf } from "@deepcluster/core";
import {
  type ByteRange,
  readBytes,
  type StorageError,
  storageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { ModelFileError } from "../errors.ts";
import { failWith, orFail } from "./or_fail.ts";
import { maxPickleBytes, type Opened, storageOf } from "./opened.ts";
import { unpickle } from "./pickle.ts";
import type { ZipFile } from "yauzl";

/** What {@link openZip} fails with. */
export type OpenZipError = ModelFileError | StorageError;

/**
 * Opens a zip file of `torch.save`.
 *
 * @param path The file.
 * @returns Its pickle and where its storages lie, or `ModelFileError`, or
 * `StorageError`.
 */
export const openZip: (path: string) => Effect.Effect<Opened, OpenZipError> =
  Effect.fnUntraced(function* (
    path,
  ) {
    const entries = yield* entriesOf(path);
    const names = [...entries.keys()];
    const pickles = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
    if (pickles.length !== 1 || names.some(isScript)) {
      const rule =
        "a zip file of torch.save must hold one NAME/data.pkl and no " +
        "code";
      return yield* failWith(path, rule, describeArchive(names));
    }
    const folder = pickles[0]!.slice(0, -"data.pkl".length);
    yield* requireLittleEndian(path, entries.get(`${folder}byteorder`));
    const at = entries.get(pickles[0]!)!;
    if (at.bytes > maxPickleBytes) {
      const rule = `a pickle must have at most ${maxPickleBytes} bytes`;
      return yield* failWith(path, rule, String(at.bytes));
    }
    const pickle = yield* readBytes(path, at);
    const { value, notCalled } = yield* orFail(
      path,
      unpickle(pickle, 0, storageOf),
    );
    const data = `${folder}data/`;
    return {
      format: "PyTorch zip",
      root: value,
      notCalled,
      memory: new Map(
        [...entries].filter(([name]) => name.startsWith(data))
          .map(([name, range]) => [name.slice(data.length), range]),
      ),
    };
  });

/** TorchScript keeps its code beside the tensors. */
const isScript = (name: string): boolean =>
  /^[^/]+\/(code\/|constants\.pkl$)/.test(name);

/** What an archive is that torch.save did not write, and what to do. */
const describeArchive = (names: readonly string[]): string => {
  const held = names.slice(0, 3).join(", ");
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (names.length === 0) return "it is empty";
  if (names.some(isScript)) {
    return "it is a TorchScript archive: save the state_dict() of the model";
  }
  if (has(/\.npy$/)) return `it is an .npz file of NumPy arrays: ${held}`;
  return has(/\.(pth|pt|tar|ckpt|pkl|bin|safetensors)$/)
    ? `it is an archive of other files, unpack it first: ${held}`
    : `it holds ${held}`;
};

/** More entries than any checkpoint has storages. */
const maxEntries = 20_000;

/** Every entry that is as `torch.save` writes it, with its place. */
const entriesOf = (
  path: string,
): Effect.Effect<
  ReadonlyMap<string, ByteRange>,
  ModelFileError | StorageError
> =>
  Effect.acquireUseRelease(
    Effect.tryPromise({
      try: async () => {
        const { default: yauzl } = await import("yauzl");
        return yauzl.openPromise(path, { autoClose: false });
      },
      catch: (cause) => zipError(path, cause),
    }),
    (file) =>
      Effect.flatMap(
        Effect.tryPromise({
          try: () => collect(file),
          catch: (cause) => zipError(path, cause),
        }),
        ({ entries, problem }) =>
          problem === undefined
            ? Effect.succeed(entries)
            : failWith(path, problem.rule, problem.found),
      ),
    (file) => Effect.sync(() => file.close()),
  );

const collect = async (file: ZipFile) => {
  const entries = new Map<string, ByteRange>();
  const refuse = (rule: string, found: string) => ({
    entries,
    problem: { rule, found },
  });
  if (file.entryCount > maxEntries) {
    const rule = `a zip file must have at most ${maxEntries} entries`;
    return refuse(rule, String(file.entryCount));
  }
  let compressed: string | undefined;
  for await (const entry of file.eachEntry()) {
    const { compressedSize: bytes, fileName } = entry;
    if (entry.compressionMethod !== 0 || entry.isEncrypted()) {
      compressed ??= fileName;
    }
    if (entries.has(fileName)) {
      return refuse("an entry must stand once in a zip file", fileName);
    }
    const header = await file.readLocalFileHeaderPromise(entry, {
      minimal: true,
    });
    entries.set(fileName, { start: header.fileDataStart, bytes });
  }
  const isSaved = [...entries.keys()].some((name) => /\/data\.pkl$/.test(name));
  if (
    compressed !== undefined && isSaved && ![...entries.keys()].some(isScript)
  ) {
    const rule = "entries must be uncompressed, as torch.save writes them";
    return refuse(rule, compressed);
  }
  return { entries, problem: undefined };
};

/** The file system's own errors stay what they are. */
const zipError = (
  path: string,
  cause: unknown,
): ModelFileError | StorageError => {
  if (codeOf(cause) !== "") return storageError("read", path, cause);
  const reason = messageOf(cause);
  const found = reason.startsWith("End of central directory")
    ? "its end is missing, as of a download or copy that was cut off"
    : reason;
  const rule = "a zip file must be whole and well formed";
  return new ModelFileError({ path, rule, found });
};

const requireLittleEndian = Effect.fnUntraced(function* (
  path: string,
  range: ByteRange | undefined,
) {
  if (range === undefined) return;
  const bytes = yield* readBytes(path, { ...range, bytes: 16 });
  const order = new TextDecoder().decode(
    bytes.subarray(0, Math.min(range.bytes, 16)),
  );
  if (order !== "little") {
    yield* failWith(path, "bytes must be in little-endian order", order);
  }
});
