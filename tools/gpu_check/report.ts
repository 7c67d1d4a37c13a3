/**
 * The results as one JSON file, which is intact at every moment: it is written
 * beside and renamed after each item.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { ConformanceResult } from "./conformance.ts";
import type { Adapter, Machine } from "./machine.ts";
import type { Measurement, SideResult } from "./measurement.ts";
import type { Profile } from "./profile.ts";
import type { VulkanSetup } from "./vulkan.ts";

/** An item of the check: cases, a measurement, or a profile. */
export interface Item {
  /** What was done, such as `step alexnet batch=256 clusters=10000`. */
  readonly name: string;
  /** `failed` and `skipped` say why in `reason`. */
  readonly state: "done" | "failed" | "skipped";
  readonly reason?: string;
  /** Seconds that the item took, preparation included. */
  readonly seconds: number;
  readonly conformance?: ConformanceResult;
  readonly measurement?: Measurement;
  readonly profile?: Profile;
}

/** The file. */
export interface Report {
  readonly format: 1;
  /** `running` in a file whose process was killed. */
  state: "running" | "done" | "stopped";
  readonly startedAt: string;
  /** Seconds so far. */
  seconds: number;
  /** What was asked for. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly machine: Machine;
  readonly vulkan: Omit<VulkanSetup, "env">;
  readonly adapter: Adapter;
  /** Versions of each side by its name, or why it is missing. */
  readonly sides: Record<string, Readonly<Record<string, unknown>>>;
  /**
   * Our time divided by that of others, by item and side: at most 1.5 beside
   * `PyTorch fp32` and at most 0.05 beside `onnx cpu` is the aim.
   */
  ratios: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** In the order of importance. */
  readonly items: Item[];
}

/**
 * Collects the ratios of all items.
 *
 * @param items The items so far.
 * @returns See {@link Report.ratios}.
 */
export const ratiosOf = (items: readonly Item[]): Report["ratios"] =>
  Object.fromEntries(
    items.flatMap(({ name, measurement }) => {
      if (measurement === undefined) return [];
      const [ours, ...theirs] = measurement.results;
      const ratios = theirs.map(({ side, oursTakes }) => [
        side,
        oursTakes!.ratio,
      ]);
      const processor = processorBeside(ours!, measurement, items);
      if (processor !== undefined) {
        const { side, perSecond } = processor;
        ratios.push([side, perSecond.value / ours!.perSecond.value]);
      }
      return ratios.length === 0 ? [] : [[name, Object.fromEntries(ratios)]];
    }),
  );

/** The same workload on the processor, by its rate: its batch is smaller. */
const processorBeside = (
  { side }: SideResult,
  { spec }: Measurement,
  items: readonly Item[],
): SideResult | undefined =>
  items.flatMap(({ measurement }) =>
    measurement === undefined ? [] : [measurement]
  ).find((other) =>
    other.results.length === 1 && other.results[0]!.side !== side &&
    other.spec.kind === spec.kind && other.spec.network === spec.network
  )?.results[0];

/**
 * Writes a report in place of an older one.
 *
 * @param path Path of the file.
 * @param report What it holds from now on.
 */
export const writeReport = async (
  path: string,
  report: Report,
): Promise<void> => {
  const partial = `${path}.partial`;
  await mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(partial, JSON.stringify(report, null, 2) + "\n");
  await Deno.rename(partial, path);
};

/**
 * Whether an item shows a fault: it failed, cases of it did, or values differ
 * from PyTorch's.
 *
 * @param item See {@link Item}.
 * @returns `true` for such an item; one that was skipped shows none.
 */
export const hasFailed = (
  { state, conformance, measurement }: Item,
): boolean =>
  state === "failed" || (conformance?.failed ?? 0) > 0 ||
  conformance?.complete === false ||
  (measurement?.agreement ?? []).some(({ agrees }) => !agrees);

/**
 * Says an item in a line.
 *
 * @param item See {@link Item}.
 * @returns Its name and what came out.
 */
export const lineOf = (item: Item): string => {
  const { name, state, reason, conformance, measurement, profile } = item;
  const parts = [`${name}:`];
  if (state !== "done") parts.push(`${state}: ${firstLine(reason!)}`);
  if (conformance !== undefined) {
    const { passed, failed, complete, ended } = conformance;
    parts.push(`${passed} passed, ${failed} failed`);
    if (!complete) parts.push(`(${firstLine(ended!)})`);
  }
  if (measurement !== undefined) {
    const { results, agreement } = measurement;
    parts.push(
      results.map(({ side, perSecond, oursTakes }) => {
        const ratio = oursTakes === undefined
          ? ""
          : ` (ours takes ${oursTakes.ratio.toFixed(2)} times as long)`;
        return `${side} ${show(perSecond.value)} ${perSecond.unit}${ratio}`;
      }).join("; "),
    );
    for (const { side, difference, agrees } of agreement) {
      if (!agrees) parts.push(`DIFFERS from ${side} by ${difference}`);
    }
  }
  for (const { side, reason } of measurement?.failures ?? []) {
    parts.push(`${side} failed: ${firstLine(reason)}`);
  }
  if (profile !== undefined) {
    const { nodes, milliseconds, kernelMilliseconds, elsewhere } = profile;
    parts.push(`${nodes} nodes in ${show(milliseconds)} ms`);
    if (kernelMilliseconds > 0) {
      parts.push(`and ${show(kernelMilliseconds)} ms of kernels`);
    }
    const others = Object.keys(elsewhere);
    if (others.length > 0) parts.push(`not on the provider: ${others}`);
  }
  return parts.join(" ");
};

const firstLine = (text: string): string => text.split("\n")[0]!;

const show = (value: number): string => String(Number(value.toPrecision(4)));
