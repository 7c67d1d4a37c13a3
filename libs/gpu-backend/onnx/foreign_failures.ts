/**
 * What ONNX Runtime says of models of others, as errors that tell what to do.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import { showType } from "@deepcluster/graph";
import { OnnxModelError, OutOfMemoryError } from "../errors.ts";
import { speaksOfMemory } from "../failures.ts";

/**
 * The error for a model that cannot be opened.
 *
 * @param model Its name.
 * @param reason What the library (1.30.0) says.
 * @returns What must hold, and what is instead.
 */
export const openFailureOf = (
  model: string,
  reason: string,
): OnnxModelError => {
  const match = causes.find(({ says }) => says.test(reason));
  if (match === undefined) {
    return new OnnxModelError({
      model,
      problem: "unreadable",
      rule: "ONNX Runtime must accept it",
      value: reason,
    });
  }
  const { says, problem, rule, value } = match;
  const [, ...parts] = says.exec(reason)!;
  return new OnnxModelError({ model, problem, ...filled(rule, value, parts) });
};

/** A cause that the library's words tell; `$1` is what they name. */
interface Cause extends Pick<OnnxModelError, "problem" | "rule" | "value"> {
  readonly says: RegExp;
}

const causes: readonly Cause[] = [
  {
    says: /File doesn't exist/,
    problem: "absent",
    rule: "there must be such a file",
    value: "there is none",
  },
  {
    says: /model path is a directory/,
    problem: "unreadable",
    rule: "it must be an ONNX model",
    value: "it is a folder",
  },
  {
    says: /[Pp]rotobuf parsing failed|data pointer is null/,
    problem: "unreadable",
    rule: "it must be an ONNX model",
    value: "its bytes are none",
  },
  {
    says: /for initializer: (\S+)\. .*External data path/,
    problem: "weights",
    rule: "its external weights must lie in the folder of its file, which " +
      "must be named by its path",
    value: "$1 is not there",
  },
  {
    says: /No Op registered for (\S+) with domain_version of (\d+)/,
    problem: "operator",
    rule: "ONNX Runtime must know its operators",
    value: "it does not know $1 of operator set $2",
  },
  {
    says: /Fatal error: (\S+?)(?:\(\S*\))? is not a registered function\/op/,
    problem: "operator",
    rule: "ONNX Runtime must know its operators",
    value: "it does not know $1",
  },
  {
    says: /Could not find an implementation for (\w+)\(/,
    problem: "operator",
    rule: "ONNX Runtime must know its operators",
    value: "it does not know $1 of these element types",
  },
  {
    says: /Opset (\d+) is under development.* is till opset (\d+)/,
    problem: "version",
    rule: "its operator set must be at most $2",
    value: "it is $1; export the model with opset_version=$2 or lower",
  },
  {
    says:
      /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    problem: "version",
    rule: "the version of its format must be at most $2",
    value: "it is $1",
  },
  {
    says: /Unsupported data type: 16\b/,
    problem: "operator",
    rule: "its inputs and outputs must be of types that ONNX Runtime's " +
      "package for JavaScript has",
    value: "one is bfloat16; export the model in float32 or float16",
  },
];

const filled = (rule: string, value: string, parts: readonly string[]) => {
  const fill = (text: string) =>
    text.replaceAll(/\$(\d)/g, (_, i) => parts[Number(i) - 1] ?? "");
  return { rule: fill(rule), value: fill(value) };
};

/**
 * The error for a run that fails.
 *
 * @param model Its name.
 * @param feeds What was fed.
 * @param reason What the library says.
 * @returns `OutOfMemoryError` when it speaks of memory, else `OnnxModelError`.
 */
export const runFailureOf = (
  model: string,
  feeds: Tensors,
  reason: string,
): OnnxModelError | OutOfMemoryError => {
  const inputs = Object.entries(feeds)
    .map(([name, { shape, dtype }]) => `${name} ${showType(shape, dtype)}`)
    .join(", ");
  return speaksOfMemory(reason)
    ? new OutOfMemoryError({ action: "run", inputs })
    : new OnnxModelError({
      model,
      problem: "run",
      rule: `it must run on ${inputs}`,
      value: reason,
    });
};
