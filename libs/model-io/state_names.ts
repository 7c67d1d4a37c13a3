/**
 * Where the parameters of a network are among the names of a file: alone, in
 * a checkpoint beside an optimiser, within a larger module, or several times.
 *
 * No list of known keys or prefixes: every network of ours begins with
 * `features.0.weight`, and whatever precedes that name, be it `state_dict`,
 * `model`, `backbone.` or `encoder_q.`, is the name of a state.
 *
 * @module
 */
import { momentumName } from "@deepcluster/graph/momentum-name";

/**
 * Parts that modules around a module put into names: `DataParallel`,
 * `torch.compile`, sharding, and checkpoints of activations.
 */
const wrappers: ReadonlySet<string> = new Set([
  "module",
  "_orig_mod",
  "_fsdp_wrapped_module",
  "_checkpoint_wrapped_module",
]);

/**
 * The name of a parameter without what wrappers put into it, such as the
 * `module.` of PyTorch's `DataParallel` in the authors'
 * `features.module.0.weight`.
 *
 * @param name As the file has it.
 * @returns As `parameterShapes` has it; `undefined` for what no network needs:
 * momenta, and PyTorch's counters of batches.
 */
export const parameterName = (name: string): string | undefined =>
  name.endsWith(momentumName("")) || name.endsWith(".num_batches_tracked")
    ? undefined
    : name.split(".").filter((part) => !wrappers.has(part)).join(".");

/**
 * Finds the states among the names of a file.
 *
 * @param names Names as the file has them.
 * @returns For each state, under the name that precedes its parameters (empty
 * when nothing does), the names in the file by what remains of them. A name
 * belongs to the longest state that precedes it, or to none.
 *
 * @example A model and its moving average
 * ```ts
 * import { statesOf } from "@deepcluster/model-io";
 * import assert from "node:assert/strict";
 *
 * const states = statesOf([
 *   "model.module.features.0.weight",
 *   "ema.features.module.0.weight",
 *   "optimizer.lr",
 * ]);
 * assert.deepEqual([...states.keys()], ["model.module", "ema"]);
 * assert.deepEqual([...states.get("ema")!], [
 *   ["ema.features.module.0.weight", "features.module.0.weight"],
 * ]);
 * ```
 */
export const statesOf = (
  names: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, string>> => {
  const states = new Map<string, Map<string, string>>();
  for (const name of names) {
    const state = stateBefore(name);
    if (state !== undefined && !states.has(state)) states.set(state, new Map());
  }
  for (const name of names) {
    const state = prefixesOf(name).find((prefix) => states.has(prefix));
    if (state === undefined) continue;
    const rest = state === "" ? name : name.slice(state.length + 1);
    states.get(state)!.set(name, rest);
  }
  return states;
};

/** What precedes `features.0.weight`, whose parts may have been wrapped. */
const stateBefore = (name: string): string | undefined => {
  const parts = name.split(".");
  for (const part of ["weight", "0", "features"]) {
    while (wrappers.has(parts.at(-1) ?? "")) parts.pop();
    if (parts.pop() !== part) return undefined;
  }
  return parts.join(".");
};

/** Everything that a name may follow, the longest first; `""` is the last. */
const prefixesOf = (name: string): readonly string[] => {
  const parts = name.split(".");
  return parts.map((_, i) => parts.slice(0, parts.length - 1 - i).join("."));
};
