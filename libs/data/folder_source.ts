/**
 * A folder of images: with or without a folder for each class, split into
 * parts or not. Every command reads folders here.
 *
 * @module
 */
import { Effect } from "effect";
import { join, resolve } from "node:path";
import { SourceError } from "./errors.ts";
import { type FolderLayout, folderLayout, noLayout } from "./folder_layout.ts";
import { walk } from "./folder_walk.ts";
import { labelsFrom } from "./labels.ts";
import type { LabelledSource, Labels } from "./source.ts";

/** How a folder is read. */
export interface FolderOptions {
  /** Whether labels found beside the images are read. Default: true. */
  readonly labels?: boolean;
  /**
   * Which images are taken. `training part`: those of the part to train on,
   * where the folder has parts. `all files`: every image, run folders and
   * previews of archives included, as versions before the parts did. Default:
   * `all parts`.
   */
  readonly reading?: "all parts" | "training part" | "all files";
}

/** What was found in a folder besides the images that were taken. */
export interface FolderReading
  extends Pick<FolderLayout, "wrapper" | "parts" | "renamed" | "partsWithin"> {
  /** Which images were taken. */
  readonly reading: NonNullable<FolderOptions["reading"]>;
  /** Images beside the parts; they belong to none. */
  readonly outside: readonly string[];
  /** Images without a class among images that have one. */
  readonly unlabelled: readonly string[];
  /** Run folders that were skipped, with a `/` at the end. */
  readonly runs: readonly string[];
}

/** The images of a folder. */
export interface FolderSource extends LabelledSource {
  /** Files that were ignored: their names are not those of images. */
  readonly ignored: number;
  /** How the folder was understood. */
  readonly folder: FolderReading;
}

/**
 * Finds the images of a folder and of all folders in it.
 *
 * An image's id is its path relative to the folder, with `/` between the
 * parts; ids are in the order of their code units, whatever order the file
 * system lists them in. Images are recognised by their extension. Hidden files and
 * folders (names that begin with a dot), run folders and previews that archives
 * and storage systems add are skipped. Links are followed; a folder that can be
 * reached in several ways is listed once, under its own path if that lies
 * inside. A link to nothing is listed, to be reported as unreadable.
 *
 * When images lie in at least two folders, these are their classes, as in
 * ImageNet's folder for each class, or the parts of a split, in which the
 * classes lie: see {@link folderLayout}. An image beside them has no label.
 *
 * @param folder Path of the folder.
 * @param options See {@link FolderOptions}.
 * @returns The source, or `SourceError` when the folder, or one in it, is
 * missing or may not be read, when it holds no image, or when its folders may
 * be parts as well as classes.
 */
export const folderSource: (
  folder: string,
  options?: FolderOptions,
) => Effect.Effect<FolderSource, SourceError> = Effect.fn("folderSource")(
  function* (
    folder,
    { labels = true, reading = "all parts" } = {},
  ) {
    const root = resolve(folder);
    const { ids: all, others, runs } = yield* walk(
      root,
      reading === "all files",
    );
    if (all.length === 0) {
      return yield* new SourceError({
        path: folder,
        problem: "empty",
        detail: nothingBut(others, runs),
      });
    }
    all.sort();
    const layout = yield* layoutOf(folder, all, reading);
    const { wrapper, parts, classNames, renamed, partsWithin } = layout;
    const training = parts.find(({ role }) => role === "train");
    const taken = (id: string) =>
      reading !== "training part" || training === undefined ||
      id.startsWith(training.prefix);
    const ids = all.filter(taken);
    const names = classNames.filter((_, image) => taken(all[image]!));
    const found = labels ? severalClasses(names) : undefined;
    return {
      source: {
        name: folder,
        ids,
        payload: (index) => ({ kind: "file", path: join(root, ids[index]!) }),
      },
      ...(found === undefined ? {} : { labels: found }),
      ignored: others.length,
      folder: {
        reading,
        wrapper,
        parts,
        renamed,
        partsWithin,
        outside: parts.length === 0
          ? []
          : all.filter((id) =>
            !parts.some(({ prefix }) => id.startsWith(prefix))
          ),
        unlabelled: found === undefined
          ? []
          : ids.filter((_, image) => names[image] === undefined),
        runs,
      },
    };
  },
);

const nothingBut = (
  others: readonly string[],
  runs: readonly string[],
): string =>
  runs.includes("")
    ? "it is the folder of a run"
    : others.length > 0
    ? `${others.length} other files, such as ${others[0]}`
    : runs.length > 0
    ? `only the folder of a run, ${runs[0]}`
    : "";

/** Runs of earlier versions go on with all images, whatever these mean. */
const layoutOf = (
  path: string,
  ids: readonly string[],
  reading: FolderReading["reading"],
): Effect.Effect<FolderLayout, SourceError> => {
  const layout = folderLayout(ids);
  if (!("ambiguous" in layout)) return Effect.succeed(layout);
  if (reading === "all files") return Effect.succeed(noLayout(ids.length));
  const detail = `${layout.ambiguous}: rename a folder, name one of them, or ` +
    "list the images in a manifest";
  return Effect.fail(new SourceError({ path, problem: "ambiguous", detail }));
};

/** One class tells nothing apart. */
const severalClasses = (
  names: readonly (string | undefined)[],
): Labels | undefined => {
  const labels = labelsFrom(names);
  return labels !== undefined && labels.names.length > 1 ? labels : undefined;
};
