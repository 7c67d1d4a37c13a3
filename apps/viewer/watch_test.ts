import {
  ask,
  effectTest,
  makeClasses,
  temporaryFolder,
} from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTrainer, tinySettings } from "./trainer_testing.ts";
import { makeSections } from "./watch/sections.ts";
import { startWatchServer } from "./watch/server.ts";
import { requireWatchable, watchRun } from "./watch/watched_run.ts";

const watchServer = (folder: string) =>
  Effect.gen(function* () {
    const sections = yield* makeSections(folder);
    const run = yield* watchRun(folder, sections);
    return yield* startWatchServer(run, sections.maps, { port: 0 });
  });

/** Asks what the page shows until it matches. */
const until = (address: string, words: RegExp) =>
  Effect.promise(async () => {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const response = await fetch(`${address}/api/changes?have=`);
      const { title, milestone, parts } = await response.json();
      const text = parts.map((part: { html: string }) => part.html).join("\n");
      const all = [title, milestone, text].join("\n");
      if (words.test(all)) return all as string;
      assert.ok(Date.now() < deadline, `${words} is not in ${all}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

effectTest(
  "watch shows a run before it begins, while it goes on, killed, resumed and finished",
  () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder;
      const images = join(root, "images");
      const run = join(root, "run");
      yield* Effect.promise(() => makeClasses(images, 40));
      const address = yield* watchServer(run);
      yield* until(address, /There is no run in this folder yet/);
      const first = startTrainer([
        ...["train", images, "--run", run, "--epochs", "10"],
        ...tinySettings,
      ]);
      yield* Effect.addFinalizer(() => Effect.promise(() => first.kill()));
      const running = yield* until(
        address,
        /as fast as the last/,
      );
      assert.match(running, /class="state running"/);
      assert.match(running, /Epoch \d of 10 is (clustered|trained)/);
      yield* Effect.promise(() => first.kill());
      const stopped = yield* until(address, /class="state stopped"/);
      assert.match(stopped, /deno task resume/);
      assert.match(stopped, /It was last at: Epoch \d: /);
      const second = startTrainer(["resume", run]);
      yield* Effect.addFinalizer(() => Effect.promise(() => second.kill()));
      yield* until(address, /class="state running"/);
      assert.equal(yield* Effect.promise(() => second.ended), 0);
      const finished = yield* until(address, /The run is finished/);
      assert.match(finished, /All 10 epochs are trained/);
    }),
);

effectTest(
  "watch writes nothing in a run folder, and says what is damaged there",
  () =>
    Effect.gen(function* () {
      const root = yield* temporaryFolder;
      const images = join(root, "images");
      const run = join(root, "run");
      yield* Effect.promise(() => makeClasses(images, 8));
      const trainer = startTrainer([
        ...["train", images, "--run", run, "--epochs", "2"],
        ...tinySettings,
      ]);
      assert.equal(yield* Effect.promise(() => trainer.ended), 0);
      const before = yield* filesIn(run);
      const address = yield* watchServer(run);
      yield* until(address, /The run is finished/);
      yield* until(address, /id="curves"/);
      yield* until(address, /<img src="data:image\/webp/);
      assert.deepEqual(yield* filesIn(run), before);

      const metrics = join(run, "metrics.jsonl");
      const intact = yield* Effect.promise(() => readFile(metrics));
      yield* Effect.promise(() => writeFile(metrics, '{"event":"clus'));
      const damaged = yield* until(address, /The run cannot be read/);
      assert.match(damaged, /metrics\.jsonl/);
      assert.match(damaged, /id="curves"/);
      yield* Effect.promise(() => writeFile(metrics, intact));
      const again = yield* until(address, /The run is finished/);
      assert.doesNotMatch(again, /class="problem"/);
    }),
);

effectTest(
  "watch refuses a folder that holds no run",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* requireWatchable(join(folder, "new"));
      yield* requireWatchable(folder);
      yield* Effect.promise(() => writeFile(join(folder, "a.txt"), ""));
      const error = yield* Effect.flip(requireWatchable(folder));
      assert.equal(
        error.message,
        `Cannot watch ${folder} as it must be a run folder, or one that is ` +
          "empty or does not exist yet: it holds a.txt",
      );
      const file = yield* Effect.flip(requireWatchable(join(folder, "a.txt")));
      assert.match(file.message, /it holds a file of that name$/);
    }),
);

effectTest(
  "watch answers hostile requests with a sentence",
  () =>
    Effect.gen(function* () {
      const address = yield* watchServer(join(yield* temporaryFolder, "run"));
      for (
        const [path, status, words, sent] of [
          ["/nowhere", 404, /nothing at \/nowhere/],
          ["/page/../deno.json", 404, /nothing at/],
          ["/api/map/abc", 404, /no longer there/],
          ["/api/changes?have=<script>", 400, /must be digests/],
          [`/api/changes?have=${"a".repeat(500)}`, 400, /must be digests/],
          ["/", 405, /must be GET/, { method: "POST" }],
          ["/api/changes", 405, /must be GET/, { method: "DELETE" }],
          ["/", 403, /--host-name/, { headers: { host: "evil.example" } }],
          ["/api/changes", 403, /own page/, {
            headers: { origin: "http://evil.example" },
          }],
        ] as const
      ) {
        const answer = yield* ask(address, path, sent);
        assert.equal(answer.status, status, path);
        assert.match(answer.json().detail, words);
      }
    }),
);

/** Size and time of every file below a folder. */
const filesIn = (folder: string) =>
  Effect.promise(async () => {
    const names = (await readdir(folder, { recursive: true })).sort();
    return Promise.all(names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      return [name, size, mtimeMs];
    }));
  });
