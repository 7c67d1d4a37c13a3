import { Progress } from "@deepcluster/core";
import { effectTest, makeClasses } from "@deepcluster/test";
import { Effect, Option } from "effect";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRun } from "./commands_testing.ts";
import { layerReference } from "@deepcluster/gpu-backend";
import { modelFlags } from "@deepcluster/runs";
import { dataFlags, type EvaluationValues } from "./flags.ts";
import { openTasks } from "./evaluate_model.ts";
import assert from "node:assert/strict";

const none = <A extends object>(flags: A) =>
  Object.fromEntries(
    Object.keys(flags).map((name) => [name, Option.none()]),
  ) as { readonly [K in keyof A]: Option.Option<never> };

/** Opens 12 images, of which 3 are broken, and tells those that are left. */
const opened = Effect.fnUntraced(function* (
  model: string,
  root: string,
  share?: number,
) {
  const values: EvaluationValues = {
    model,
    data: join(root, "images"),
    choice: { ...none(modelFlags), size: Option.some(16) },
    images: {
      ...none(dataFlags),
      maxUnreadableShare: Option.fromUndefinedOr(share),
    },
    operation: {
      seed: 1,
      cache: join(root, "cache"),
      batch: 4,
      engine: Option.none(),
      provider: Option.none(),
      threads: Option.none(),
      software: false,
      json: false,
      out: Option.none(),
    },
  };
  const [task] = yield* openTasks(values, { seeds: 1 });
  return task!.images.size;
}, Effect.provide([Progress.layerSilent, layerReference]));

effectTest(
  "openTasks() allows a run's model the unreadable share of the run, and " +
    "any model that of --max-unreadable-fraction",
  () =>
    Effect.gen(function* () {
      const root = yield* Effect.promise(async () => {
        const root = await mkdtemp(join(tmpdir(), "evaluation-"));
        const images = join(root, "images");
        await makeClasses(images, 4);
        for (const name of ["across", "down", "rings"]) {
          await writeFile(join(images, name, "003.png"), "");
        }
        const run = join(root, "run");
        await makeRun(run, images, ["down/000.png"], [0]);
        const config = join(run, "config.json");
        const settings = JSON.parse(await readFile(config, "utf8"));
        settings.maxUnreadableShare = 0.25;
        await writeFile(config, JSON.stringify(settings));
        return root;
      });
      const run = join(root, "run");
      assert.equal(yield* opened(run, root), 9);
      assert.equal(yield* opened("pixels", root, 0.3), 9);
      for (
        const [refused, allowed] of [
          [opened("pixels", root), 0.05],
          [opened("pixels", root, 0.2), 0.2],
          [opened(run, root, 0.1), 0.1],
        ] as const
      ) {
        const { message } = yield* Effect.flip(refused);
        const rule = `must be <= ${allowed} (--max-unreadable-fraction): `;
        assert.ok(message.includes(rule), message);
        assert.match(message, /images=12, unreadable=3, first=across\/003.png/);
      }
    }),
);
