/**
 * `model import MODEL --out FILE`: a model of PyTorch as safetensors under
 * the names of this project, which are PyTorch's own.
 *
 * @module
 */
import { writeModel } from "@deepcluster/model-io";
import { Effect } from "effect";
import { openModel } from "./model_open.ts";
import {
  headFacts,
  ignoredFacts,
  outputPath,
  tellWritten,
} from "./model_output.ts";
import type { Values } from "./model_import_flags.ts";

/** Does what `import` was asked for. */
export const run = Effect.fnUntraced(
  function* ({ json, out, force, head, ...flags }: Values) {
    const path = yield* outputPath(out, force);
    const opened = yield* openModel(flags, { head });
    const written = yield* writeModel(path, opened);
    const { network: { name, input }, origin } = opened;
    const facts = {
      network: name,
      size: input.size,
      ...headFacts(opened, head, json),
      origin,
      ...ignoredFacts(opened, json),
    };
    yield* tellWritten(path, written, facts, json);
  },
);
