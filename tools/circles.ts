/**
 * Circles of files: files that import each other, directly or through others.
 *
 * Such files can only be understood together. An import of a type counts.
 *
 * @module
 */
import type { CodeImport } from "./code_imports.ts";

/**
 * Finds the circles among files.
 *
 * @param imports Imports of all files.
 * @returns One shortest circle of each group of files that reach each other:
 * each file imports the next, the last one the first. In order of the first
 * file, which is the group's first by name that lies on the circle.
 */
export const circlesOf = (
  imports: readonly CodeImport[],
): (readonly string[])[] => {
  const targets = new Map<string, Set<string>>();
  for (const { file, target } of imports) {
    targets.set(file, (targets.get(file) ?? new Set()).add(target));
  }
  const circles: (readonly string[])[] = [];
  const known = new Set<string>();
  for (const file of [...targets.keys()].sort()) {
    const circle = shortestCircle(targets, file);
    if (circle === undefined || circle.some((other) => known.has(other))) {
      continue;
    }
    for (const other of circle) known.add(other);
    circles.push(circle);
  }
  return circles;
};

/** Breadth-first search from a file back to itself. */
const shortestCircle = (
  targets: ReadonlyMap<string, ReadonlySet<string>>,
  start: string,
): readonly string[] | undefined => {
  const from = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const target of targets.get(file) ?? []) {
      if (target === start) return pathTo(from, file);
      if (from.has(target)) continue;
      from.set(target, file);
      queue.push(target);
    }
  }
  return undefined;
};

const pathTo = (
  from: ReadonlyMap<string, string>,
  end: string,
): readonly string[] => {
  const path = [end];
  for (let file = from.get(end); file !== undefined; file = from.get(file)) {
    path.unshift(file);
  }
  return path;
};
