import assert from "node:assert/strict";
import { once } from "node:events";
import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quickSettings as settings } from "./commands_testing.ts";
import { makePictures, resultsOf, runTrainer } from "./killing_testing.ts";

const inFolder =
  (test: (folder: string, pictures: string) => Promise<void>) => async () => {
    const folder = await mkdtemp(join(tmpdir(), "commands-"));
    const pictures = join(folder, "pictures");
    await makePictures(pictures, 24);
    await test(folder, pictures);
    await rm(folder, { recursive: true });
  };

const epochs = (count: number) => ["--epochs", String(count)];

Deno.test(
  "train passes over a damaged checkpoint, says so, and ends with the same bytes",
  inFolder(async (folder, pictures) => {
    const run = join(folder, "run");
    const args = ["train", pictures, "--run", run, ...settings, ...epochs(3)];
    const stopped = await runTrainer(args, {
      phase: "epoch 3 cluster",
      afterMs: 0,
    });
    assert.ok(stopped.killed, stopped.log);
    const newest = join(run, "checkpoints/epoch-0002.safetensors");
    const bytes = await readFile(newest);
    bytes[bytes.length - 7]! ^= 1;
    await writeFile(newest, bytes);

    const resumed = await runTrainer(["resume", run]);
    assert.equal(resumed.code, 0, resumed.log);
    assert.match(resumed.log, /Skipped .*epoch-0002\.safetensors/);
    assert.match(resumed.log, /end of epoch 1/);

    const never = join(folder, "never");
    args[3] = never;
    assert.equal((await runTrainer(args)).code, 0);
    assert.deepEqual(await resultsOf(run), await resultsOf(never));
  }),
);

Deno.test(
  "train gives the same bytes whatever the labels beside the images",
  inFolder(async (folder) => {
    const results = [];
    for (const labels of ["abcdefgh", "hgfabcde"]) {
      const manifest = join(folder, "pictures.csv");
      const lines = Array.from(
        { length: 24 },
        (_, i) => `pictures/picture-${i}.png,${labels[i % 8]}`,
      );
      await writeFile(manifest, ["path,kind", ...lines, ""].join("\n"));
      const run = join(folder, labels);
      const ended = await runTrainer(
        ["train", manifest, "--run", run, "--label-column", "kind", "--json"]
          .concat(settings, epochs(1)),
      );
      assert.equal(ended.code, 0, ended.log);
      const { epochs: [first] } = JSON.parse(ended.output);
      assert.ok(first.nmiToLabels > 0 && first.nmiToLabels < 1);
      results.push(await resultsOf(run));
    }
    assert.deepEqual(results[0], results[1]);
  }),
);

Deno.test(
  "resume that is stopped before new images and epochs are kept says to name them again",
  inFolder(async (folder, pictures) => {
    const run = join(folder, "run");
    const args = ["train", pictures, "--run", run, ...settings, ...epochs(1)];
    const trained = await runTrainer(args);
    assert.equal(trained.code, 0, trained.log);
    const moved = join(folder, "new place");
    await rename(pictures, moved);
    const flags = ["--images", moved, "--epochs", "2"];
    const moment = { phase: "survey", afterMs: 0 };
    const stopped = await runTrainer(
      ["resume", run, ...flags],
      moment,
      "SIGINT",
    );
    assert.equal(stopped.code, 130, stopped.log);
    const { images } = JSON.parse(
      await readFile(join(run, "config.json"), "utf8"),
    );
    assert.equal(
      /Go on with: (.*)/.exec(stopped.log)?.[1],
      `deno task resume ${run}` +
        (images === moved ? "" : ` --images '${moved}' --epochs 2`),
    );
  }),
);

Deno.test(
  "train stopped by SIGINT saves in the middle of an epoch, exits 130, says how to go on, and goes on there",
  inFolder(async (folder, pictures) => {
    const run = join(folder, "run");
    const args = ["train", pictures, "--run", run, ...settings, ...epochs(2)]
      .concat("--reassign", "400");
    const moment = { phase: "epoch 1 train", afterMs: 700 };
    const stopped = await runTrainer(args, moment, "SIGINT");
    assert.equal(stopped.code, 130, stopped.log);
    assert.match(stopped.log, /Go on with: deno task resume /);

    const status = await runTrainer(["status", run, "--json"]);
    const { state, done, of, busy } = JSON.parse(status.output);
    assert.match(state, /stopped/);
    assert.deepEqual({ done, of, busy }, { done: 0, of: 2, busy: false });
    const [, step] = /epoch-0001-step-(\d+)\.safetensors/.exec(
      (await readdir(join(run, "checkpoints"))).join(),
    )!;
    assert.ok(Number(step) > 0 && Number(step) < 1200, `stopped at ${step}`);

    const resumed = await runTrainer(["resume", run]);
    assert.equal(resumed.code, 0, resumed.log);
    assert.match(
      resumed.log,
      new RegExp(`epoch 1 train: ${8 * Number(step)}/9600 images`),
    );
  }),
);

Deno.test(
  "resume refuses edited settings and changed images, naming what differs",
  inFolder(async (folder, pictures) => {
    const run = join(folder, "run");
    const args = ["train", pictures, "--run", run, ...settings, ...epochs(1)];
    assert.equal((await runTrainer(args)).code, 0);
    const before = await resultsOf(run);

    const config = join(run, "config.json");
    const text = await readFile(config, "utf8");
    await writeFile(config, text.replace('"clusters": 4', '"clusters": 5'));
    const edited = await runTrainer(["resume", run]);
    assert.equal(edited.code, 1);
    assert.match(edited.log, /clusters: 4, now 5/);
    await writeFile(config, text);

    await makePictures(pictures, 25);
    const grown = await runTrainer(["resume", run]);
    assert.equal(grown.code, 1);
    assert.match(
      grown.log,
      /had 24 images and has 25.*picture-24\.png \(new\)/,
    );
    assert.deepEqual(await resultsOf(run), before);
  }),
);

Deno.test(
  "a second process on a run is refused while the first goes on",
  inFolder(async (folder, pictures) => {
    const run = join(folder, "run");
    const args = ["train", pictures, "--run", run, ...settings, ...epochs(60)];
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const first = runTrainer(args, { phase: "epoch 1", afterMs: 0, until });
    while ((await runTrainer(["status", run])).code !== 0);
    const second = await runTrainer(["resume", run]);
    resolve();
    assert.equal(second.code, 1);
    assert.match(second.log, /[Aa]nother process/);
    assert.ok((await first).killed);
  }),
);

Deno.test(
  "train stops when it diverges, and names epoch and step",
  inFolder(async (folder, pictures) => {
    const ended = await runTrainer(
      ["train", pictures, "--run", join(folder, "run"), ...settings]
        .concat(epochs(2), "--learning-rate", "1e30"),
    );
    assert.equal(ended.code, 1);
    assert.match(ended.log, /found (NaN|-?Infinity) in epoch 1, step \d+/);
  }),
);

Deno.test(
  "train leaves out unreadable images with reasons, and fails on too many, which leaves the folder free",
  inFolder(async (folder, pictures) => {
    await writeFile(join(pictures, "broken.jpg"), "no picture");
    const run = join(folder, "run");
    const args = ["train", pictures, "--run", run, ...settings, ...epochs(1)];
    const ended = await runTrainer(args);
    assert.equal(ended.code, 0, ended.log);
    const table = await readFile(join(run, "unreadable.tsv"), "utf8");
    assert.match(table, /^path\treason\nbroken\.jpg\t.+\n$/);

    await appendFile(join(pictures, "broken2.jpg"), "nor this");
    args[3] = join(folder, "run2");
    const refused = await runTrainer(args);
    assert.equal(refused.code, 1);
    assert.match(refused.log, /broken2?\.jpg/);
    args.push("--max-unreadable-fraction", "0.2");
    const allowed = await runTrainer(args);
    assert.equal(allowed.code, 0, allowed.log);
  }),
);

Deno.test(
  "train tells its figures to Prometheus and OpenTelemetry when asked",
  inFolder(async (folder, pictures) => {
    const paths: string[] = [];
    const collector = createServer((request, response) => {
      paths.push(request.url!);
      request.resume().on("end", () => response.end("{}"));
    }).listen(0, "127.0.0.1");
    await once(collector, "listening");
    const { port } = collector.address() as AddressInfo;
    const file = join(folder, "deepcluster.prom");
    const ended = await runTrainer(
      ["train", pictures, "--run", join(folder, "run"), "--prometheus", file]
        .concat("--otlp", `http://127.0.0.1:${port}`, settings, epochs(1)),
    );
    collector.close();
    assert.equal(ended.code, 0, ended.log);
    const text = await readFile(file, "utf8");
    assert.match(text, /^deepcluster_trained_loss \d+\.\d+/m);
    assert.match(text, /^deepcluster_clustered_non_empty 4/m);
    assert.ok(paths.includes("/v1/metrics") && paths.includes("/v1/traces"));
  }),
);

Deno.test(
  "a switch before a folder leaves it a folder, and a wrong flag is told in a line",
  inFolder(async (folder) => {
    const run = join(folder, "run");
    for (const word of ["1", "off"]) {
      const ended = await runTrainer(["train", "--json", word, "--run", run]);
      assert.deepEqual([ended.code, ended.output], [1, ""]);
      assert.match(ended.log, new RegExp(`path must exist: .*/${word}\n$`));
    }
    const wrong = await runTrainer([
      "train",
      folder,
      "--run",
      run,
      "--lr",
      "1",
    ]);
    assert.deepEqual([wrong.code, wrong.output], [1, ""]);
    assert.equal(
      wrong.log,
      "Unknown flag --lr of deno task train: did you mean --learning-rate?\n" +
        "Help: deno task train --help\n",
    );
    const none = await runTrainer(["train", "--run", run]);
    assert.deepEqual([none.code, none.output], [1, ""]);
    assert.match(none.log, /^Missing required argument: images\nUsage: /);
  }),
);

Deno.test(
  "train and status see paths from where the command was called",
  inFolder(async (folder) => {
    Deno.env.set("INIT_CWD", folder);
    const args = ["train", "pictures", "--run", "run", ...settings];
    const trained = await runTrainer([...args, ...epochs(1)]);
    const told = await runTrainer(["status", "run"]);
    Deno.env.delete("INIT_CWD");
    assert.equal(trained.code, 0, trained.log);
    assert.equal(told.code, 0, told.log);
    assert.ok((await readdir(join(folder, "run"))).includes("config.json"));
  }),
);
