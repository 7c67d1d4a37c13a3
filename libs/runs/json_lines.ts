/**
 * Files with a JSON object on each line, read while another process may write
 * them.
 *
 * @module
 */
import {
  type StorageError,
  type Store,
  TableError,
} from "@deepcluster/storage";
import { Effect } from "effect";

/**
 * Reads a file of JSON lines.
 *
 * @param store The run's store.
 * @param path Path in the store.
 * @param options `cutLast`: whether a last line without its newline is left
 * out, for files that are appended to. Default: false.
 * @returns The value of each line, none when there is no file yet; or
 * `TableError` when a line is no JSON, or `StorageError`.
 */
export const readLines: (
  store: Store,
  path: string,
  options?: { readonly cutLast?: boolean },
) => Effect.Effect<readonly unknown[], StorageError | TableError> = Effect
  .fnUntraced(function* (store, path, { cutLast = false } = {}) {
    const bytes = yield* store.read(path).pipe(
      Effect.catchIf(
        ({ reason }) => reason === "missing",
        () => Effect.succeed(new Uint8Array()),
      ),
    );
    const lines = new TextDecoder().decode(bytes).split("\n");
    const last = lines.pop()!;
    if (last !== "" && !cutLast) lines.push(last);
    return yield* Effect.forEach(lines, (text, i) =>
      Effect.try({
        try: (): unknown => JSON.parse(text),
        catch: () =>
          new TableError({
            path: store.pathOf(path),
            line: i + 1,
            rule: "it must be a JSON object",
            found: text === "" ? "nothing" : JSON.stringify(text.slice(0, 60)),
          }),
      }));
  });
