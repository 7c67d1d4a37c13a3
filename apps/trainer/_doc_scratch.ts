import { layerBackend } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { mkdtempSync, rmSync } from "node:fs";
import { parseConfiguration } from "@deepcluster/training";
import { openImagesOf } from "./run_to_end.ts";
import { tryRun } from "../../libs/training/estimate_trial.ts";
const folder = mkdtempSync("/tmp/doc/trial-");
const s = JSON.parse(Deno.args[0]!);
const sizes = JSON.parse(Deno.args[1]!);
const p = Effect.gen(function* () {
  const c = yield* parseConfiguration({ threads: 2, ...s }, "me");
  const { source } = yield* openImagesOf(c);
  return yield* tryRun(folder, c, source, sizes).pipe(
    Effect.provide(layerBackend(c)),
  );
});
const t0 = performance.now();
const r = await Effect.runPromise(Effect.scoped(p) as any) as any;
for (const [k, l] of Object.entries(r.laps) as any) {
  console.log(
    k.padEnd(8),
    (l.peakBytes / 2 ** 20).toFixed(0),
    "MiB",
    l.ms.toFixed(0),
    "ms",
    l.units,
    l.unitMs.toFixed(2),
  );
}
delete r.laps;
console.log(
  JSON.stringify(r),
  ((performance.now() - t0) / 1000).toFixed(1),
  "s",
);
rmSync(folder, { recursive: true });
