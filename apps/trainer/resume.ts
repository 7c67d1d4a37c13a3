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
import { atLeast, fromHere, optionalFlag, typed } from "@deepcluster/terminal";
import { Effect, Option, Schema } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { join } from "node:path";
import { operationFlags, runToEnd } from "./run_to_end.ts";

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

/** The command. */
export const resume = Command.make(
  "resume",
  {
    run: Argument.String("run").pipe(
      Argument.withDescription("Run folder that `train` made."),
    ),
    images: optionalFlag(
      Flag.String("images").pipe(Flag.withMetavar("PATH")),
      "Where the run's images are now, if they were moved",
      "where they were",
    ),
    epochs: optionalFlag(
      atLeast("epochs", 1),
      "Epochs of the run in all, to make it longer",
      "its own",
    ),
    operation: operationFlags,
  },
  Effect.fnUntraced(function* ({ run, images, epochs, operation }) {
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
  }, Effect.scoped),
).pipe(
  Command.withExamples([
    {
      command: "deno task resume runs/photos",
      description: "Continue to the same bytes as a run never stopped",
    },
    {
      command: "deno task resume runs/photos --images /mnt/photos",
      description: "The same after its images were moved",
    },
    {
      command: "deno task resume runs/photos --epochs 200",
      description: "Make the run longer",
    },
  ]),
);

/** What comes of images that are gone, or of a place where none are mounted. */
const mayBeMoved = ({ _tag }: { readonly _tag: string }): boolean =>
  _tag === "SourceError" || _tag === "TooManyUnreadableError";
