/**
 * What `model info` shows of an ONNX file: what it is fed and computes, and what
 * is known of how images become its input.
 *
 * @module
 */
import {
  layerBackend,
  showSpec,
  type TensorSpec,
} from "@deepcluster/gpu-backend";
import { describeOnnx } from "@deepcluster/model-io";
import { Effect } from "effect";

/** Facts, as `--json` prints them. */
export type OnnxFacts = Effect.Success<ReturnType<typeof onnxFacts>>;

/**
 * Reads the facts of an ONNX file.
 *
 * @param path The file.
 * @returns Facts, or the errors of opening it.
 */
export const onnxFacts = Effect.fnUntraced(function* (path: string) {
  const { inputs, outputs, stated, declared: _, ...facts } =
    yield* describeOnnx(path);
  const spec = ({ name, elementType, shape }: TensorSpec) => ({
    name,
    elementType,
    shape,
  });
  return {
    origin: `ONNX, ${path}`,
    ...facts,
    inputs: inputs.map(spec),
    outputs: outputs.map(spec),
    preprocessing: stated ?? null,
  };
}, Effect.provide(layerBackend({ threads: 1 })));

/**
 * Writes the facts for a person.
 *
 * @param facts Of {@link onnxFacts}.
 * @returns Lines.
 */
export const onnxText = (facts: OnnxFacts): string => {
  const { inputs, outputs, preprocessing, externalData } = facts;
  const ports = (what: string, specs: OnnxFacts["inputs"]) =>
    specs.map((spec) => `${what} ${spec.name} ${showSpec(spec)}`);
  return [
    facts.origin,
    ...facts.producer === "" ? [] : [`written by ${facts.producer}`],
    ...externalData.length === 0
      ? []
      : [`weights beside it: ${externalData.join(", ")}`],
    ...ports("input", inputs),
    ...ports("output", outputs),
    ...innerLines(facts),
    ...preprocessing === null
      ? [
        "preprocessing: not stated; --preprocessing and its single flags say " +
        "how images become the input",
      ]
      : [
        `preprocessing, from ${preprocessing.source}:`,
        ...Object.entries(preprocessing.facts).map(([name, value]) =>
          `  ${name} ${value}`
        ),
      ],
  ].join("\n");
};

/** What `--output` can name besides: the last that are computed, last first. */
const innerLines = ({ computed, outputs }: OnnxFacts): readonly string[] => {
  const inner = computed.filter(({ name }) =>
    !outputs.some((output) => output.name === name)
  );
  const last = inner.slice(-innerShown).reverse()
    .map(({ name, operator }) => `  ${name} of ${operator}`);
  return last.length === 0 ? [] : [
    `computed on the way (--output), the last ${last.length} of ` +
    `${inner.length}; --json has all:`,
    ...last,
  ];
};

const innerShown = 8;
