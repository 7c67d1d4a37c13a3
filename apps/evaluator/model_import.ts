/**
 * `model import MODEL --out FILE`: a model of PyTorch as safetensors under
 * the names of this project, which are PyTorch's own.
 *
 * @module
 */
import { writeModel } from "@deepcluster/checkpoint";
import { Effect } from "effect";
import { Command } from "effect/cli";
import { modelArguments, openModel } from "./model_open.ts";
import { outputFlags, outputPath, tellWritten } from "./model_output.ts";

/** The command. */
export const modelImport = Command.make(
  "import",
  { ...modelArguments, ...outputFlags },
  Effect.fnUntraced(function* ({ model, size, json, out, force, head }) {
    const path = yield* outputPath(out, force);
    const opened = yield* openModel(model, size, head);
    const written = yield* writeModel(path, opened);
    const { network: { name, input } } = opened;
    const facts = {
      network: name,
      size: input.size,
      head: head ? opened.head?.clusters ?? null : null,
      origin: opened.origin,
    };
    yield* tellWritten(path, written, facts, json);
  }),
).pipe(
  Command.withDescription("Read a model in and keep it as safetensors"),
);
