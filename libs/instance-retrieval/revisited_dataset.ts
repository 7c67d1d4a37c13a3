/**
 * ROxford5k and RParis6k: new queries and labels for the pictures of Oxford5k
 * and Paris6k.
 *
 * Reference: F. Radenović et al., "Revisiting Oxford and Paris: large-scale
 * image retrieval benchmarking", CVPR 2018, and the published
 * `python/evaluate.py`. The pictures of queries are not in the database.
 *
 * @module
 */
import { readPickle, type ReadPickleError } from "@deepcluster/model-io";
import { kindOf, readBytes, type StorageError } from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";
import { join } from "node:path";
import { InstanceDatasetError } from "./errors.ts";
import type {
  InstanceDataset,
  InstanceDatasetName,
  InstanceQuery,
} from "./instance_dataset.ts";
import { picturesIn } from "./picture_files.ts";
import type { Judgement } from "./ranking_metrics.ts";

const Ranks = type("number.integer >= 0").array();

const GroundTruth = type({
  imlist: "string[]",
  qimlist: "string[]",
  gnd: type({
    bbx: "number[] == 4",
    easy: Ranks,
    hard: Ranks,
    junk: Ranks,
  }).array(),
});

type Lists = typeof GroundTruth.infer["gnd"][number];

/** Which lists are positives, and which are junk. */
const protocols: readonly {
  readonly name: string;
  readonly positives: (lists: Lists) => readonly number[];
  readonly junk: (lists: Lists) => readonly number[];
}[] = [
  {
    name: "easy",
    positives: ({ easy }) => easy,
    junk: ({ junk, hard }) => [...junk, ...hard],
  },
  {
    name: "medium",
    positives: ({ easy, hard }) => [...easy, ...hard],
    junk: ({ junk }) => junk,
  },
  {
    name: "hard",
    positives: ({ hard }) => hard,
    junk: ({ junk, easy }) => [...junk, ...easy],
  },
];

/** What {@link openRevisitedDataset} can fail with. */
export type RevisitedError =
  | InstanceDatasetError
  | ReadPickleError
  | StorageError;

/**
 * Opens ROxford5k or RParis6k: the pictures, and `gnd_roxford5k.pkl` or
 * `gnd_rparis6k.pkl` beside them, or the same as `.json`.
 *
 * @param name Which one.
 * @param root Its folder.
 * @returns The dataset, its images in the order of the lists; or
 * `InstanceDatasetError`, or the errors of pickles, or `StorageError`.
 */
export const openRevisitedDataset: (
  name: InstanceDatasetName,
  root: string,
) => Effect.Effect<InstanceDataset, RevisitedError> = Effect.fn(
  "openRevisitedDataset",
)(function* (name, root) {
  const { pictures, corrupt } = yield* picturesIn(name, root);
  const paths = new Map(pictures.map((picture) => [picture.name, picture]));
  const { path, truth } = yield* groundTruthIn(name, root);
  const { imlist, qimlist, gnd } = truth;
  const broken = (rule: string, found: string) =>
    new InstanceDatasetError({ dataset: name, path, rule, found });
  if (qimlist.length !== gnd.length) {
    const rule = "qimlist and gnd must be of the same queries";
    return yield* broken(rule, `${qimlist.length} and ${gnd.length}`);
  }
  const queries: InstanceQuery[] = [];
  for (const [i, query] of qimlist.entries()) {
    const picture = paths.get(query);
    if (picture === undefined) {
      const rule = "the picture of a query must be there";
      return yield* broken(rule, `no ${query}.jpg`);
    }
    const [xmin, ymin, xmax, ymax] = gnd[i]!.bbx as [
      number,
      number,
      number,
      number,
    ];
    queries.push({ ...picture, corners: { xmin, ymin, xmax, ymax } });
  }
  const largest = gnd.flatMap(({ easy, hard, junk }) => [easy, hard, junk])
    .flat().reduce((most, rank) => Math.max(most, rank), -1);
  if (largest >= imlist.length) {
    const rule = `ranks must be below the ${imlist.length} names of imlist`;
    return yield* broken(rule, String(largest));
  }
  const present = imlist.filter((name) => paths.has(name));
  const rankOf = new Map(present.map((name, rank) => [name, rank]));
  const ranks = (list: readonly number[]): ReadonlySet<number> =>
    new Set(list.flatMap((i) => rankOf.get(imlist[i]!) ?? []));
  return {
    name,
    images: present.map((name) => paths.get(name)!),
    queries,
    protocols: protocols.map(({ name, positives, junk }) => ({
      name,
      judgements: gnd.map((lists): Judgement => ({
        positives: ranks(positives(lists)),
        listed: positives(lists).length,
        junk: ranks(junk(lists)),
      })),
    })),
    missing: imlist.filter((name) => !paths.has(name)).sort(),
    corrupt,
  };
});

const groundTruthIn = Effect.fnUntraced(function* (
  name: InstanceDatasetName,
  root: string,
) {
  for (const extension of ["pkl", "json"]) {
    const path = join(root, `gnd_${name}.${extension}`);
    if ((yield* kindOf(path)) !== "file") continue;
    const plain = extension === "pkl"
      ? yield* readPickle(path)
      : yield* jsonOf(name, path);
    const truth = GroundTruth(plain);
    if (!(truth instanceof type.errors)) return { path, truth };
    return yield* new InstanceDatasetError({
      dataset: name,
      path,
      rule: "it must hold imlist, qimlist and gnd with bbx, easy, hard, junk",
      found: truth.summary.slice(0, 200),
    });
  }
  return yield* new InstanceDatasetError({
    dataset: name,
    path: root,
    rule: `it must hold gnd_${name}.pkl or gnd_${name}.json`,
    found: "neither",
  });
});

const jsonOf = Effect.fnUntraced(function* (
  dataset: InstanceDatasetName,
  path: string,
) {
  const text = new TextDecoder().decode(yield* readBytes(path));
  const parsed = type("string.json.parse")(text);
  if (!(parsed instanceof type.errors)) return parsed;
  const rule = "it must be JSON";
  return yield* new InstanceDatasetError({
    dataset,
    path,
    rule,
    found: parsed.summary.slice(0, 200),
  });
});
