/**
 * Does the planned items one after the other, each within its time.
 *
 * @module
 */
import { messageOf } from "@deepcluster/core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Budget, minItemMs } from "./budget.ts";
import { runConformance } from "./conformance.ts";
import type { PlannedItem } from "./items.ts";
import { type Contestant, measure, type Task } from "./measurement.ts";
import { readProfile } from "./profile.ts";
import type { Item } from "./report.ts";
import type { MissingSide, Side } from "./side.ts";
import { type EngineProvider, nameOf, startOurs, startTorch } from "./sides.ts";

/** What all items share. */
export interface Context {
  readonly budget: Budget;
  readonly software: boolean;
  /** Variables that Vulkan and CUDA need, as far as is known now. */
  readonly env: () => Readonly<Record<string, string>>;
  readonly python: string | undefined;
  /** Part of the names of the conformance cases to run. Default: all. */
  readonly cases: string | undefined;
  /** Ends all processes. */
  readonly signal: AbortSignal;
  /** Is told the versions of a side, or why it is missing. */
  readonly onSide: (side: Side | MissingSide) => void;
}

/** What an item finds. */
type Found = Pick<Item, "conformance" | "measurement" | "profile">;

/** Does items; PyTorch is imported once for all of them. */
export interface Runner {
  /** Finds PyTorch, and whether a provider can be used; tells both. */
  readonly survey: (providers: readonly EngineProvider[]) => Promise<void>;
  /** Does one item on a provider; never rejects. */
  readonly run: (item: PlannedItem, on: EngineProvider) => Promise<Item>;
  /** Ends what is left running. */
  readonly close: () => Promise<void>;
}

/**
 * Makes a runner.
 *
 * @param context See {@link Context}.
 * @returns See {@link Runner}.
 */
export const makeRunner = (context: Context): Runner => {
  const torch = keepTorch(context);
  const { budget } = context;
  return {
    survey: async (providers) => {
      await torch.start(() => budget.limitMs(60_000));
      for (const on of providers) {
        const msLeft = () => budget.limitMs(30_000);
        await withOurs(on, context, msLeft, () => Promise.resolve())
          .catch(() => {}); // `onSide` was told.
      }
    },
    run: async (planned, on) => {
      const started = performance.now();
      const limitMs = budget.limitMs(planned.limitMs);
      const msLeft = () => limitMs - (performance.now() - started);
      const item = (result: Pick<Item, "state" | "reason"> & Found): Item => ({
        name: `${planned.name} (${nameOf(placeOf(planned, on))})`,
        ...result,
        seconds: (performance.now() - started) / 1000,
      });
      if (limitMs < minItemMs) {
        return item({ state: "skipped", reason: "no time was left" });
      }
      try {
        const found = await doItem(planned, on, context, torch, msLeft);
        return item({ state: "done", ...found });
      } catch (error) {
        await torch.drop();
        return item({ state: "failed", reason: messageOf(error) });
      }
    },
    close: torch.drop,
  };
};

/** A workload on the processor is ONNX Runtime's. */
const placeOf = ({ kind }: PlannedItem, on: EngineProvider): EngineProvider =>
  kind.type === "processor" ? { engine: "onnx", provider: "cpu" } : on;

const doItem = async (
  { kind }: PlannedItem,
  on: EngineProvider,
  context: Context,
  torch: Torch,
  msLeft: () => number,
): Promise<Found> => {
  const { software, cases, signal } = context;
  switch (kind.type) {
    case "conformance":
      return {
        conformance: await runConformance({
          ...on,
          software,
          env: context.env(),
          ...cases !== undefined && { filter: cases },
          limitMs: msLeft(),
          signal,
        }),
      };
    case "profile":
      return { profile: await profiled(kind.task, on, context, msLeft) };
    case "processor": {
      const cpu = { engine: "onnx", provider: "cpu" };
      return {
        measurement: await withOurs(
          cpu,
          context,
          msLeft,
          (side) => measure(kind.task, [ours(side)], msLeft),
        ),
      };
    }
    case "measure":
      return {
        measurement: await withOurs(on, context, msLeft, async (side) => {
          const theirs = await torch.contestants(kind.task, msLeft);
          const result = await measure(
            kind.task,
            [ours(side), ...theirs],
            msLeft,
          );
          // It may have been ended, or be in the middle of something.
          if (result.failures.length > 0) await torch.drop();
          else await torch.release();
          return result;
        }),
      };
  }
};

const ours = (side: Side): Contestant => ({ name: side.name, side, how: {} });

const withOurs = async <A>(
  on: EngineProvider,
  { software, env, signal, onSide }: Context,
  msLeft: () => number,
  use: (side: Side) => Promise<A>,
  profile?: string,
): Promise<A> => {
  const side = await startOurs({
    ...on,
    ...{ software, env: env(), signal, limitMs: msLeft() },
    ...profile !== undefined && { profile },
  });
  onSide(side);
  if ("missing" in side) throw new Error(side.missing);
  try {
    return await use(side);
  } finally {
    await side.close(Math.max(1000, Math.min(10_000, msLeft())));
  }
};

const profiled = async (
  { spec }: Task,
  on: EngineProvider,
  context: Context,
  msLeft: () => number,
) => {
  const folder = mkdtempSync(join(tmpdir(), "gpu-check-profile-"));
  try {
    await withOurs(on, context, msLeft, async (side) => {
      await side.request({ open: spec }, msLeft());
      await side.request({ run: 2 }, msLeft());
    }, join(folder, "timings"));
    const profile = await readProfile(folder, executionProviders[on.provider]!);
    if (profile === undefined) throw new Error("no timings were written");
    return profile;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Names in ONNX Runtime's profiles. */
const executionProviders: Readonly<Record<string, string>> = {
  cpu: "CPUExecutionProvider",
  webgpu: "WebGpuExecutionProvider",
  cuda: "CUDAExecutionProvider",
};

/** PyTorch, imported when first needed, and anew after a failure. */
interface Torch {
  /** Imports it, if need be. */
  readonly start: (msLeft: () => number) => Promise<Side | MissingSide>;
  /** The ways it runs a task; none where it is missing. */
  readonly contestants: (
    task: Task,
    msLeft: () => number,
  ) => Promise<readonly Contestant[]>;
  /** Frees what it holds for a task. */
  readonly release: () => Promise<void>;
  /** Ends it. */
  readonly drop: () => Promise<void>;
}

const keepTorch = ({ python, signal, onSide }: Context): Torch => {
  let side: Side | MissingSide | undefined;
  const running = () =>
    side === undefined || "missing" in side ? undefined : side;
  const start = async (msLeft: () => number) => {
    if (side === undefined) {
      side = await startTorch(python, msLeft(), signal);
      onSide(side);
    }
    return side;
  };
  return {
    start,
    contestants: async ({ spec }, msLeft) => {
      const torch = await start(msLeft);
      if ("missing" in torch) return [];
      const way = (name: string, tf32: boolean, upload: boolean) => ({
        name: `PyTorch ${name}`,
        side: torch,
        how: { tf32, upload },
      });
      const both = [way("fp32", false, true), way("TF32", true, true)];
      // Products have no inputs that could be on the GPU already.
      if (spec.kind === "gemm") return both;
      return [...both, way("fp32, inputs on the device", false, false)];
    },
    release: async () => {
      await running()?.request({ close: true }, 10_000);
    },
    drop: async () => {
      const torch = running();
      if (torch === undefined) return;
      side = undefined;
      await torch.close(1000);
    },
  };
};
