/**
 * `resume DIR`: a run that was stopped goes on as if it had not been.
 *
 * @module
 */
import {
  openRun,
  parseConfiguration,
  resumedConfiguration,
  runFiles,
} from "@deepcluster/runs";
import { fromHere, typed } from "@deepcluster/terminal";
import { Effect, Option, Schema } from "effect";
import { join } from "node:path";
import type { Values } from "./resume_flags.ts";
import { runToEnd } from "./run_to_end.ts";

/** The images of a run are not where they were. */
export class ImagesMovedError
  extends Schema.TaggedError<ImagesMovedError>()("ImagesMovedError", {
    run: Schema.String,
    reason: Schema.String,
  }) {
  /** What was found in their place, and what to do. */
  override get message(): string {
    return `${this.reason}\nIf the images were moved, name their new place: ` +
      `deno task resume ${typed(this.run)} --images NEW`;
  }
}

/** Does what `resume` was asked for. */
export const run = Effect.fnUntraced(function* (
  { run, images, epochs, operation }: Values,
) {
  const folder = fromHere(run);
  const settings = yield* openRun(folder);
  const origin = join(folder, runFiles.config);
  const configuration = yield* resumedConfiguration(
    folder,
    yield* parseConfiguration(settings, origin),
    {
      ...Option.isSome(images) && { images: fromHere(images.value) },
      ...Option.isSome(epochs) && { epochs: epochs.value },
    },
  );
  const moved = ({ message: reason }: Error) =>
    new ImagesMovedError({ run: folder, reason });
  yield* runToEnd(folder, configuration, operation).pipe(
    Effect.mapError((error) =>
      Option.isNone(images) && mayBeMoved(error) ? moved(error) : error
    ),
  );
});

/** What comes of images that are gone, or of a place where none are mounted. */
const mayBeMoved = ({ _tag }: { readonly _tag: string }): boolean =>
  _tag === "SourceError" || _tag === "TooManyUnreadableError";
