/**
 * A contact sheet of a clustering: chosen clusters, chosen images, labels.
 *
 * @module
 */
import type { Labels, UnreadableImageError } from "@deepcluster/data";
import { Effect } from "effect";
import {
  chooseClusters,
  chooseImages,
  type ClusterChoice,
  type ImageChoice,
  membersOf,
} from "./choose.ts";
import {
  contactSheet,
  requireSheetSize,
  type SheetBlock,
} from "./contact_sheet.ts";
import type { SheetSizeError } from "./errors.ts";
import { isLegible } from "./lettering.ts";
import type { SheetOptions } from "./sheet_layout.ts";
import type { SheetImage } from "./tiles.ts";

/** A clustering, and where its images are. */
export interface ClusteredImages<E = never, R = never> {
  /** Cluster of each image, shape `[n]`. */
  readonly assignments: Int32Array;
  /** The image at a position from 0 to `n - 1`. */
  readonly load: (position: number) => Effect.Effect<SheetImage, E, R>;
  /** Labels of the same images, for the figure beside each cluster. */
  readonly labels?: Labels;
}

/** What a sheet of clusters shows. */
export interface ClusterSheetOptions extends SheetOptions {
  /** Which clusters. */
  readonly clusters: ClusterChoice;
  /** Which images of each. */
  readonly images: ImageChoice;
}

/**
 * Draws sample images of some clusters, each under the cluster's number, its
 * size, and, where there are labels, the commonest label and its fraction. A name
 * in letters that cannot be drawn is shown as `class 7`; see
 * {@link classesByNumber}.
 *
 * @param clustering See {@link ClusteredImages}.
 * @param options See {@link ClusterSheetOptions}.
 * @returns The bytes of a PNG, or an error of `load`, or `SheetSizeError`
 * when all clusters are empty or the sheet is too large, before any image is
 * loaded, or `UnreadableImageError`.
 *
 * @example The two largest of three clusters
 * ```ts
 * import { clusterSheet } from "@deepcluster/visualisation";
 * import { Effect } from "effect";
 *
 * const png = await Effect.runPromise(clusterSheet({
 *   assignments: Int32Array.of(0, 2, 2, 1, 0),
 *   load: (position) =>
 *     Effect.succeed({
 *       width: 1,
 *       height: 1,
 *       data: Uint8Array.of(50 * position, 99, 99),
 *     }),
 * }, {
 *   clusters: { by: "size", count: 2 },
 *   images: { by: "chance", count: 10, seed: 1 },
 * }));
 * ```
 */
export const clusterSheet: <E = never, R = never>(
  clustering: ClusteredImages<E, R>,
  options: ClusterSheetOptions,
) => Effect.Effect<Uint8Array, E | SheetSizeError | UnreadableImageError, R> =
  Effect.fn("clusterSheet")(
    function* <E = never, R = never>(
      clustering: ClusteredImages<E, R>,
      options: ClusterSheetOptions,
    ) {
      const { assignments, labels } = clustering;
      const chosen = Array.from(
        chooseClusters(assignments, options.clusters),
        (cluster) => ({
          cluster,
          positions: chooseImages(assignments, cluster, options.images),
        }),
      );
      yield* requireSheetSize(
        chosen.map(({ positions }) => positions.length),
        options,
      );
      const blocks: SheetBlock[] = [];
      for (const { cluster, positions } of chosen) {
        const members = membersOf(assignments, cluster);
        blocks.push({
          title: `Cluster ${cluster}`,
          detail: describe(members, labels),
          images: yield* Effect.forEach(positions, clustering.load),
        });
      }
      return yield* contactSheet(blocks, options);
    },
  );

/** `143 images · 81 % Flags`, or `… of 99 labelled` where not all are. */
const describe = (members: Int32Array, labels?: Labels): string => {
  const { length } = members;
  const size = `${length} ${length === 1 ? "image" : "images"}`;
  const { label, count, labelled } = commonestLabel(members, labels);
  if (label === undefined) return size;
  const percent = Math.round(100 * count / labelled);
  return `${size} · ${percent} % ${shownName(labels!.names, label)}` +
    (labelled < length ? ` of ${labelled} labelled` : "");
};

/** The label that most of some images have, of equal ones the first. */
const commonestLabel = (members: Int32Array, labels?: Labels) => {
  const counts = new Map<number, number>();
  for (const member of members) {
    const label = labels?.classes[member] ?? -1;
    if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const [label, count = 0] =
    [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [];
  const labelled = [...counts.values()].reduce((sum, of) => sum + of, 0);
  return { label, count, labelled };
};

/** A cluster in figures. */
export interface ClusterSummary {
  /** Its number. */
  readonly cluster: number;
  /** How many images it has. */
  readonly images: number;
  /** The label that most of them have; absent where none has one. */
  readonly label?: string;
  /** How many of them have a label; absent where none has one. */
  readonly labelled?: number;
  /** Fraction of its labelled images that have this label. */
  readonly fraction?: number;
}

/**
 * Counts the images of a cluster and finds their commonest label.
 *
 * @param assignments Cluster of each image, shape `[n]`.
 * @param cluster Which cluster.
 * @param labels Labels of the same images. Default: none.
 * @returns The figures.
 */
export const summariseCluster = (
  assignments: Int32Array,
  cluster: number,
  labels?: Labels,
): ClusterSummary => {
  const members = membersOf(assignments, cluster);
  const { label, count, labelled } = commonestLabel(members, labels);
  return {
    cluster,
    images: members.length,
    ...label !== undefined && {
      label: labels!.names[label]!,
      labelled,
      fraction: count / labelled,
    },
  };
};

/** A name, or the number of the class where the name cannot be drawn. */
const shownName = (names: Labels["names"], label: number): string =>
  isLegible(names[label]!) ? names[label]! : `class ${label + 1}`;

/**
 * Tells which classes a sheet shows by number, as there are no outlines for
 * what their names are written in.
 *
 * @param labels Classes and their names.
 * @returns Number, from 1 in the order of the names, and name of each.
 */
export const classesByNumber = (
  { names }: Pick<Labels, "names">,
): readonly (readonly [number: number, name: string])[] =>
  names.flatMap((name, label) =>
    isLegible(name) ? [] : [[label + 1, name] as const]
  );
