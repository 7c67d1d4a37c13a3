/**
 * The state of one network among all that a file holds.
 *
 * @module
 */
import { Effect } from "effect";
import { ModelFileError } from "./errors.ts";
import type { ModelSource } from "./model_source.ts";
import { isParameterName } from "./parameter_tensors.ts";
import { parameterName, statesOf } from "./state_names.ts";

/** Which tensors of a file are the network's, and what is ignored. */
export interface ChosenState {
  /** Names in the file by those of `parameterShapes`. */
  readonly names: Readonly<Record<string, string>>;
  /** What is beside them in the file, by the keys that lead to it. */
  readonly ignored: readonly string[];
}

type Values = Pick<ModelSource, "shapes" | "others">;

/**
 * Chooses the state: the only one, or the one that is named. A file without
 * any gives all of its tensors, for the network to be refused by name.
 *
 * @param path The file, for messages.
 * @param values What it holds.
 * @param state What precedes the names of the state, or enough of it to tell
 * it from others; `.` when nothing does. Default: the only state.
 * @returns The state, or `ModelFileError` when there are several, none of that
 * name, two tensors of one name, or values in it that cannot be read.
 */
export const chooseState: (
  path: string,
  values: Values,
  state?: string,
) => Effect.Effect<ChosenState, ModelFileError> = Effect.fnUntraced(function* (
  path,
  { shapes, others },
  state,
) {
  const refused = (rule: string, found: string) =>
    new ModelFileError({ path, rule, found });
  const all = [...Object.keys(shapes), ...others.keys()];
  const states = statesOf(all);
  const chosen = chosenAmong([...states.keys()], state);
  if (typeof chosen === "object") {
    return yield* refused(chosen.rule, chosen.found);
  }
  const inState = states.get(chosen) ??
    new Map(all.map((name) => [name, name]));
  const names = new Map<string, string>();
  const ignored = new Set<string>();
  for (const original of all) {
    const rest = inState.get(original);
    if (rest === undefined) {
      ignored.add(besideOf(chosen, original));
      continue;
    }
    const name = parameterName(rest);
    if (name === undefined) continue;
    const other = others.get(original);
    if (other?.isTensor || (other && isParameterName(name))) {
      const rule = "a state must hold tensors of numbers by name";
      return yield* refused(rule, `${original} is ${other.description}`);
    }
    if (other !== undefined) ignored.add(original);
    else if (names.has(name)) {
      return yield* refused("names must differ by more than module.", name);
    } else names.set(name, original);
  }
  return { names: Object.fromEntries(names), ignored: [...ignored] };
});

/** The name of the state, or why none is chosen. */
const chosenAmong = (
  states: readonly string[],
  state: string | undefined,
): string | { readonly rule: string; readonly found: string } => {
  const shown = states.map(shownState).join(", ");
  if (state !== undefined) {
    const found = `${state}; there ${shown === "" ? "is none" : `is ${shown}`}`;
    const within = states.filter((name) => `.${name}.`.includes(`.${state}.`));
    return states.find((name) => shownState(name) === state) ??
      (within.length === 1
        ? within[0]!
        : { rule: "--state-dict must name one network in it", found });
  }
  return states.length <= 1 ? states[0] ?? "" : {
    rule:
      "it must hold one network (model import --state-dict KEY takes one of " +
      "several)",
    found: shown,
  };
};

const shownState = (state: string): string => state === "" ? "." : state;

/** A name up to the first key that leads elsewhere than to the state. */
const besideOf = (state: string, name: string): string => {
  const chosen = state.split(".");
  const parts = name.split(".");
  const same = parts.findIndex((part, i) => part !== chosen[i]);
  return parts.slice(0, same < 0 ? undefined : same + 1).join(".");
};
