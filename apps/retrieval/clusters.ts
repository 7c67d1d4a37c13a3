/**
 * `clusters RUN|INDEX --out DIR`: exports the clusters as tables, folders and
 * contact sheets.
 *
 * @module
 */
import {
  type ClusterSummary,
  curated,
  summariseClusters,
  unusualAmong,
} from "@deepcluster/retrieval";
import { layerTypedEngine } from "@deepcluster/runs";
import { requireWritable } from "@deepcluster/storage";
import { fromHere, shown } from "@deepcluster/terminal";
import { Console, Effect, Option } from "effect";
import {
  type ClusteredImage,
  type ClusteredImages,
  openClusters,
} from "./clustered_images.ts";
import { type Export, exportTo } from "./export_folder.ts";
import { safeName, uniqueNames } from "./export_names.ts";
import { labelsOf } from "./labels_of.ts";
import { drawSheet, pathOf } from "./opened_index.ts";
import { headerOf, lineOf, type ResultRow } from "./result_table.ts";
import type { Values } from "./clusters_flags.ts";

/** Does what `clusters` was asked for. */
export const run = (
  {
    subject,
    out,
    files,
    format,
    sheets,
    labels,
    labelColumn,
    top,
    ...engine
  }: Values,
) =>
  Effect.gen(function* () {
    const folder = fromHere(out);
    yield* requireWritable(folder, "folder");
    const opened = yield* openClusters(subject);
    const { notes } = opened.curation;
    const groups = groupsOf(opened);
    const labelled = Option.isSome(labels)
      ? yield* labelsOf(opened.images, labels.value, labelColumn)
      : undefined;
    const labelOf = new Map(
      opened.images.map((image, i) => [
        image,
        labelled?.names[labelled.labels[i]!],
      ]),
    );
    const withLabel = (image: ClusteredImage) =>
      labelled && { label: labelOf.get(image) };
    const unusual = unusualOf(opened);
    const tables = {
      clusters: groups.map(({ summary, folder, members }) => ({
        cluster: summary.cluster,
        name: notes.get(summary.cluster)?.name,
        size: summary.size,
        tightness: summary.tightness,
        nearest: summary.nearest.map(({ cluster }) => cluster).join(" "),
        folder: files === "none" ? undefined : folder,
        ...labelled &&
          mostFrequent(members.map((image) => labelOf.get(image))),
      })),
      images: groups.flatMap(({ summary, members }) =>
        members.map((image) => ({
          path: pathOf(image),
          cluster: summary.cluster,
          name: notes.get(summary.cluster)?.name,
          distance: image.distance,
          unusual: unusual(image),
          ...withLabel(image),
        }))
      ),
    };
    const exports: Export[] = Object.entries(tables).map(([name, rows]) => ({
      path: `${name}.${format}`,
      kind: "file",
      content: tableOf(rows, format),
    }));
    const without = opened.images.filter(({ file }) => file === undefined);
    if (files !== "none") {
      if (without.length > 0) {
        yield* Effect.logWarning(
          `${without.length} of ${opened.images.length} images lie in no ` +
            "file of their own and get none here",
        );
      }
      exports.push(...groups.flatMap((group) => filesOf(group, files)));
    }
    if (sheets) {
      for (const { folder, members, summary } of groups) {
        const name = notes.get(summary.cluster)?.name;
        const content = yield* drawSheet(
          `Cluster ${summary.cluster}` + (name ? `: ${name}` : ""),
          [{
            title: "nearest to the centroid first",
            detail: members.length > sheetImages
              ? `${sheetImages} of ${members.length} images`
              : `${members.length} images`,
            images: members,
          }],
          { images: sheetImages, tilesPerRow: 10 },
        );
        if (content === undefined) continue;
        const path = `sheets/${folder.slice("clusters/".length)}.png`;
        exports.push({ path, kind: "file", content });
      }
    }
    yield* exportTo(folder, exports);
    const taken = tables.images.length;
    const total = opened.images.length;
    yield* Console.log(
      [
        `${groups.length} clusters of ${taken} images in ${shown(folder)}` +
        (taken < total
          ? `; ${total - taken} images of dismissed or no clusters are ` +
            "left out"
          : ""),
        ...groups.slice(0, top).map(({ summary }) =>
          lineFor(summary, notes.get(summary.cluster)?.name)
        ),
        ...groups.length > top
          ? [
            `… and ${groups.length - top} smaller ones, see clusters.${format}`,
          ]
          : [],
      ].join("\n"),
    );
  }).pipe(Effect.scoped, Effect.provide(layerTypedEngine(engine)));

/** Images of a cluster that its sheet shows. */
const sheetImages = 100;

/** A cluster with its images. */
interface Group {
  readonly summary: ClusterSummary;
  /** The nearest to the centroid first. */
  readonly members: readonly ClusteredImage[];
  /** Its folder, with `/`. */
  readonly folder: string;
}

/** Merged clusters as one, without dismissed ones; the largest first. */
const groupsOf = (
  { images, centroids, curation }: ClusteredImages,
): readonly Group[] => {
  const clusters = curated(
    curation,
    Int32Array.from(images, ({ cluster }) => cluster),
  );
  const known = images.every(({ distance }) => distance !== undefined);
  const distances = Float32Array.from(
    images,
    ({ distance }) => distance ?? 0,
  );
  const members = new Map<number, ClusteredImage[]>();
  images.forEach((image, i) => {
    const of = members.get(clusters[i]!);
    if (of === undefined) members.set(clusters[i]!, [image]);
    else of.push(image);
  });
  const digits = String(centroids.rows - 1).length;
  return summariseClusters({
    clusters,
    centroids,
    ...known && { distances },
  }).map((summary) => {
    const { cluster } = summary;
    const name = curation.notes.get(cluster)?.name;
    const number = String(cluster).padStart(digits, "0");
    return {
      summary,
      folder: `clusters/${safeName(name ? `${number} ${name}` : number)}`,
      members: members.get(cluster)!.sort((a, b) =>
        (a.distance ?? 0) - (b.distance ?? 0) || (a.path < b.path ? -1 : 1)
      ),
    };
  });
};

/** How unusual an image is for its own cluster, before any merge. */
const unusualOf = ({ images }: ClusteredImages) => {
  const among = unusualAmong(
    Int32Array.from(images, ({ cluster }) => cluster),
    Float32Array.from(images, ({ distance }) => distance ?? 0),
  );
  return ({ cluster, distance }: ClusteredImage) =>
    distance === undefined ? undefined : among(cluster, distance);
};

const filesOf = (
  { folder, members }: Group,
  files: "links" | "copies",
): readonly Export[] => {
  const nameOf = uniqueNames();
  return members.flatMap(({ file, path }) =>
    file === undefined ? [] : [{
      path: `${folder}/${nameOf(path.split(/[\\/]/).at(-1)!)}`,
      kind: files === "links" ? "link" as const : "copy" as const,
      of: file,
    }]
  );
};

const tableOf = (
  rows: readonly ResultRow[],
  format: "csv" | "jsonl",
): Uint8Array => {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return new TextEncoder().encode(
    headerOf(columns, format) +
      rows.map((row) => lineOf(columns, format, row)).join(""),
  );
};

/** The label that most images of a cluster have. */
const mostFrequent = (labels: readonly (string | undefined)[]) => {
  const counts = new Map<string, number>();
  for (const label of labels) {
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const [first] = [...counts].sort((a, b) =>
    b[1] - a[1] || (a[0] < b[0] ? -1 : 1)
  );
  const labelled = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return first === undefined ? {} : {
    label: first[0],
    label_fraction: first[1] / labelled,
  };
};

const lineFor = (
  { cluster, size, tightness, nearest }: ClusterSummary,
  name: string | undefined,
): string =>
  `cluster ${cluster}${name === undefined ? "" : ` "${name}"`}: ${size} ` +
  `image${size === 1 ? "" : "s"}` +
  (tightness === undefined ? "" : `, mean distance ${tightness.toFixed(3)}`) +
  (nearest.length === 0
    ? ""
    : `, nearest clusters ${
      nearest.map(({ cluster, distance }) =>
        `${cluster} (${distance.toFixed(2)})`
      ).join(", ")
    }`);
