/**
 * What is checked and measured, the most important first.
 *
 * @module
 */
import { networkSpec } from "./spec.ts";
import type { Task } from "./measurement.ts";

/** How an item is done. */
export type ItemKind =
  /** All conformance cases. */
  | { readonly type: "conformance" }
  /** A measurement of ours on the provider beside PyTorch. */
  | { readonly type: "measure"; readonly task: Task }
  /** The same workload on the processor, for its rate. */
  | { readonly type: "processor"; readonly task: Task }
  /** ONNX Runtime's profile of the workload. */
  | { readonly type: "profile"; readonly task: Task };

/** An item before it is done. */
export interface PlannedItem {
  readonly name: string;
  readonly kind: ItemKind;
  /** Longest time it may take in a check of eight minutes. */
  readonly limitMs: number;
  /** Whether further providers have it as well as the first. */
  readonly everyProvider: boolean;
}

/** Sizes of the paper, or tiny ones that show that the check itself works. */
export type Sizes = "full" | "quick";

/**
 * Plans the items.
 *
 * @param sizes See {@link Sizes}.
 * @returns The items in order.
 */
export const plan = (sizes: Sizes): readonly PlannedItem[] => {
  const quick = sizes === "quick";
  const alexnet = network("alexnet", quick ? 63 : 224, quick ? 1 / 32 : 1);
  const vgg16 = network("vgg16", quick ? 32 : 224, quick ? 1 / 64 : 1);
  const clusters = quick ? 10 : 10_000;
  const rounds = quick ? 2 : 5;
  const step = (batch: number): Task => ({
    spec: { kind: "step", ...networkSpec(alexnet, batch, clusters), clusters },
    ...{ unit: "images", unitsPerRun: batch, rounds, tolerance },
  });
  const forward = (which: typeof alexnet, batch: number): Task => ({
    spec: { kind: "forward", ...networkSpec(which, batch) },
    ...{ unit: "images", unitsPerRun: batch, rounds, tolerance },
  });
  const large = quick ? 4 : 256;
  const medium = quick ? 2 : 64;
  const images = quick ? 8 : 20_480;
  const points = quick
    ? { n: 500, d: 16, k: 20 }
    : { n: 1_000_000, d: 256, k: 10_000 };
  const gemm = quick ? { size: 64, products: 2 } : { size: 8192, products: 4 };
  const operations = 2 * gemm.size ** 3 * gemm.products / 1e9;
  const counted = { rounds: quick ? 2 : 3, tolerance };
  const extraction: Task = {
    spec: { kind: "extraction", ...networkSpec(alexnet, large), images },
    ...{ unit: "images", unitsPerRun: images, ...counted },
  };
  const assignment: Task = {
    spec: { kind: "assignment", ...points },
    ...{ unit: "points", unitsPerRun: points.n, ...counted },
  };
  const products: Task = {
    spec: { kind: "gemm", ...gemm },
    ...{ unit: "GFLOP", unitsPerRun: operations, ...counted },
  };
  return [
    {
      name: "conformance",
      kind: { type: "conformance" },
      limitMs: 150_000,
      everyProvider: true,
    },
    measured(step(large), 90, true),
    profiled(step(large), 40),
    measured(forward(alexnet, large), 45, true),
    onProcessor(step(quick ? 4 : 32), 45),
    measured(forward(vgg16, medium), 60),
    measured(assignment, 90),
    measured(extraction, 45),
    measured(products, 40, true),
    onProcessor(forward(alexnet, quick ? 4 : 32), 25),
  ];
};

/** Of losses, features, distances: what rounding in another order makes. */
const tolerance = 1e-3;

const network = (
  network: "alexnet" | "vgg16",
  size: number,
  width: number,
) => ({ network, size, width });

const measured = (
  task: Task,
  limitSeconds: number,
  everyProvider = false,
): PlannedItem => ({
  name: nameOf(task),
  kind: { type: "measure", task },
  limitMs: 1000 * limitSeconds,
  everyProvider,
});

const profiled = (task: Task, limitSeconds: number): PlannedItem => ({
  name: `profile of ${nameOf(task)}`,
  kind: { type: "profile", task },
  limitMs: 1000 * limitSeconds,
  everyProvider: true,
});

const onProcessor = (task: Task, limitSeconds: number): PlannedItem => ({
  name: nameOf(task),
  kind: { type: "processor", task },
  limitMs: 1000 * limitSeconds,
  everyProvider: false,
});

const nameOf = ({ spec }: Task): string => {
  switch (spec.kind) {
    case "step":
      return `step ${spec.network} batch=${spec.batch} clusters=${spec.clusters}`;
    case "forward":
      return `forward ${spec.network} batch=${spec.batch}`;
    case "extraction":
      return `extraction ${spec.network} images=${spec.images}`;
    case "assignment":
      return `k-means assignment n=${spec.n} d=${spec.d} k=${spec.k}`;
    case "gemm":
      return `matrix products ${spec.products} of ${spec.size}`;
  }
};
