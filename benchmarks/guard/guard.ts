/**
 * The guard: measures works, and once more those that fail, since a machine
 * that others use fails now and then.
 *
 * @module
 */
import { kmeans } from "../works/clustering.ts";
import { forward, networks, trainingStep } from "../works/networks.ts";
import type { Work } from "../measure/work.ts";
import { fallen, type Finding, type Floors } from "./floors.ts";

/** What is guarded: sizes that take about a second at most. */
export const guarded: readonly Work[] = [
  forward(networks.alexnet, 16),
  forward(networks.small, 128),
  trainingStep(networks.alexnet, 32, 1000),
  trainingStep(networks.small, 64, 200),
  kmeans({ n: 20_000, d: 256, k: 1000 }, "unstructured", 2),
  kmeans({ n: 20_000, d: 256, k: 1000 }, "clustered", 10),
];

/** Measures the share of a work. */
export type Measure = (work: Work) => Promise<number>;

/** How the guard ended. */
export interface Guarding {
  /** The better share of each work that was measured twice. */
  readonly findings: readonly Finding[];
  /** Those that failed both times. */
  readonly failed: readonly Finding[];
}

/**
 * Compares works with their floors.
 *
 * @param works What to measure.
 * @param floors What to ask for.
 * @param measure How to measure.
 * @returns See {@link Guarding}.
 */
export const guard = async (
  works: readonly Work[],
  floors: Floors,
  measure: Measure,
): Promise<Guarding> => {
  const findings: Finding[] = [];
  for (const work of works) {
    findings.push({ name: work.name, share: await measure(work) });
  }
  for (const { name } of fallen(findings, floors)) {
    if (floors[name] === undefined) continue;
    const place = findings.findIndex((finding) => finding.name === name);
    const again = await measure(works[place]!);
    const share = Math.max(again, findings[place]!.share);
    findings[place] = { name, share };
  }
  return { findings, failed: fallen(findings, floors) };
};
