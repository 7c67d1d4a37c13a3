import { type ProbeEngine, ProbeError } from "@deepcluster/gpu-backend";
import { effectTest, testFolder } from "@deepcluster/test";
import { Effect, Option } from "effect";
import { mkdtemp, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { presets } from "./configs/mod.ts";
import { settingFlags, type SettingValues } from "./setting_flags.ts";
import { configurationOf } from "./settings.ts";
import assert from "node:assert/strict";

/** The configuration of some flags, for images of some path. */
const configured = (
  flags: { readonly [K in keyof SettingValues]?: unknown },
  images = Option.some("/photos"),
  probe?: ProbeEngine,
) =>
  configurationOf(
    images,
    Object.fromEntries(
      Object.keys(settingFlags).map((name) => [
        name,
        Option.fromUndefinedOr(flags[name as keyof SettingValues]),
      ]),
    ) as unknown as SettingValues,
    probe,
  );

effectTest(
  "configurationOf() lets a flag go before a file, a file before a preset, " +
    "and a preset before the paper",
  () =>
    Effect.gen(function* () {
      const folder = yield* Effect.promise(() =>
        mkdtemp(join(tmpdir(), "settings-"))
      );
      const config = join(folder, "mine.json");
      yield* Effect.promise(() =>
        writeFile(config, '{"images": "mine", "clusters": 7, "batch": 11}')
      );
      const settings = yield* configured(
        { preset: "small-emoji", config, batch: 13 },
        Option.none(),
      );
      const { settings: preset } = presets["small-emoji"];
      assert.notEqual(preset.clusters, 7);
      assert.equal(settings.clusters, 7);
      assert.equal(settings.batch, 13);
      assert.equal(settings.model, preset.model);
      assert.equal(settings.momentum, 0.9);
      assert.equal(settings.images, join(folder, "mine"));
      assert.equal((yield* configured({ config })).images, "/photos");
    }),
);

effectTest(
  "configurationOf() holds how a manifest is read only where that was asked " +
    "for, so that older runs keep their settings",
  () =>
    Effect.gen(function* () {
      const usual = yield* configured({});
      assert.ok(!("format" in usual) && !("pathColumn" in usual));
      const asked = yield* configured({ format: "tsv", pathColumn: "photo" });
      assert.deepEqual(asked, { ...usual, format: "tsv", pathColumn: "photo" });
    }),
);

effectTest(
  "configurationOf() gives an engine its first provider, and no more threads " +
    "than it can use",
  () =>
    Effect.gen(function* () {
      const reference = yield* configured({ engine: "reference" });
      assert.equal(reference.provider, "cpu");
      assert.equal(reference.threads, 1);
      assert.equal((yield* configured({})).threads, availableParallelism());
      const refused = yield* Effect.flip(
        configured({ engine: "reference", threads: 2 }),
      );
      assert.match(refused.message, /engine reference as threads must be 1/);
    }),
);

effectTest(
  "configurationOf() names the file and the field where a file's engine has " +
    "not that provider or so many threads",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({
        "wasm.json": '{"provider":"wasm"}',
        "three.json": '{"engine":"reference","threads":3}',
      });
      for (
        const [name, problem] of [
          [
            "wasm.json",
            "provider must be one of cpu, webgpu, cuda with the engine onnx: wasm",
          ],
          [
            "three.json",
            "threads must be 1 on cpu with the engine reference: 3",
          ],
        ] as const
      ) {
        const config = join(folder, name);
        const { message } = yield* Effect.flip(configured({ config }));
        assert.ok(message.includes(config), message);
        assert.ok(message.includes(problem), message);
      }
    }).pipe(Effect.scoped),
);

/** Only WebGPU works. */
const probe: ProbeEngine = ({ engine, provider, threads = 1 }) =>
  provider !== "webgpu"
    ? Effect.fail(new ProbeError({ reason: `There is no ${provider}` }))
    : Effect.succeed({
      engine,
      provider,
      threads,
      version: "1",
      capabilities: {
        enginePerThread: false,
        deviceMemory: true,
        byteProducts: 0,
        interpreted: false,
        stepsPerScan: 1,
      },
      flops: 1e12,
    });

effectTest(
  "configurationOf() has the provider that auto stands for, on the command " +
    "line or in a file, once all other settings are right",
  () =>
    Effect.gen(function* () {
      const images = Option.some("/photos");
      const flag = yield* configured({ provider: "auto" }, images, probe);
      assert.equal(flag.provider, "webgpu");
      const folder = yield* testFolder({ "mine.json": '{"provider":"auto"}' });
      const config = join(folder, "mine.json");
      const file = yield* configured({ config }, images, probe);
      assert.equal(file.provider, "webgpu");
      const never: ProbeEngine = () => Effect.die("tried");
      const wrong = yield* Effect.flip(
        configured({ provider: "auto", clusters: 0 }, images, never),
      );
      assert.match(wrong.message, /clusters must be/);
    }),
);
