import { ask, effectTest, type Sent } from "@deepcluster/test";
import { Effect, Fiber } from "effect";
import assert from "node:assert/strict";
import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import sharp from "sharp";
import { indexFolder, madeIndex, serveIndex } from "./server_testing.ts";

const svg = (content: string, width = 20, height = 20) =>
  `<svg xmlns="http://www.w3.org/2000/svg" ` +
  `xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" ` +
  `height="${height}">${content}</svg>`;

/** Asserts a problem document with a sentence. */
const assertProblem = (
  answer: { status: number; text: string; headers: object },
  status: number,
  words: RegExp,
) => {
  assert.equal(answer.status, status, answer.text);
  const type = new Map(Object.entries(answer.headers)).get("content-type");
  assert.equal(type, "application/problem+json");
  const problem = JSON.parse(answer.text);
  assert.equal(problem.status, status);
  assert.equal(problem.type, "about:blank");
  assert.ok(problem.title.length > 0);
  assert.match(problem.detail, words);
};

effectTest(
  "startServer() finds an image by itself, by its upload and by a box",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* madeIndex;
      const { address } = yield* serveIndex(folder);
      const info = (yield* ask(address, "/api/index")).json();
      assert.equal(info.images, 24);
      assert.equal(info.search.kind, "exact");
      const card = (yield* ask(address, "/api/images/1/card")).json();
      const byId = (yield* ask(address, "/api/search?image=1&top=5")).json();
      assert.equal(byId.query.image.id, 1);
      assert.equal(byId.results.length, 5);
      assert.ok(byId.results.every((one: { image: { id: number } }) =>
        one.image.id !== 1
      ));
      const { bytes } = yield* ask(address, card.original);
      const headers = { "content-type": "image/png" };
      const sent: Sent = { method: "POST", headers, body: bytes };
      const byUpload = (yield* ask(address, "/api/search?top=6", sent)).json();
      assert.equal(byUpload.results[0].image.id, 1);
      assert.ok(byUpload.results[0].score > 0.9999);
      assert.deepEqual(
        byUpload.results.slice(1).map((one: { image: { id: number } }) =>
          one.image.id
        ),
        byId.results.map((one: { image: { id: number } }) =>
          one.image.id
        ),
      );
      const boxed = yield* ask(address, "/api/search?image=1&box=0,0,8,8");
      assert.deepEqual(boxed.json().query.box, [0, 0, 8, 8]);
      assertProblem(
        yield* ask(address, "/api/search?image=1&box=10,0,8,8"),
        400,
        /box must lie within the 16 x 16 pixels/,
      );
    }),
);

effectTest(
  "startServer() answers each hostile upload with a sentence",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* madeIndex;
      const { address } = yield* serveIndex(folder);
      const upload = (type: string, body: Uint8Array | string) =>
        ask(address, "/api/search?top=1", {
          method: "POST",
          headers: { "content-type": type },
          body,
        });
      const intact = yield* Effect.promise(() =>
        sharp(Buffer.alloc(64 * 64 * 3, 90), {
          raw: { width: 64, height: 64, channels: 3 },
        }).jpeg().toBuffer()
      );
      assert.equal((yield* upload("image/jpeg", intact)).status, 200);
      const damaged = /damaged|intact/;
      assertProblem(
        yield* upload("image/jpeg", intact.subarray(0, intact.length - 4)),
        422,
        damaged,
      );
      assertProblem(
        yield* upload("image/png", "no image at all"),
        422,
        damaged,
      );
      assertProblem(yield* upload("image/png", ""), 422, /no bytes/);
      assertProblem(yield* upload("text/html", "<p>"), 415, /image\/jpeg/);
      assertProblem(
        yield* upload("image/svg+xml", svg("", 100_000, 100_000)),
        413,
        /at most 50 million pixels: current value is 100000 x 100000/,
      );
      assertProblem(
        yield* upload("image/png", new Uint8Array(33 * 2 ** 20)),
        413,
        /at most 32 MiB/,
      );
      assertProblem(yield* upload("image/svg+xml", "<svg"), 422, damaged);
      // The server goes on.
      assert.equal((yield* upload("image/jpeg", intact)).status, 200);
    }),
);

effectTest(
  "startServer() follows no reference of an uploaded SVG",
  () =>
    Effect.gen(function* () {
      const { folder, images } = yield* madeIndex;
      const { address } = yield* serveIndex(folder);
      const upload = (body: string) =>
        Effect.map(
          ask(address, "/api/search?top=3", {
            method: "POST",
            headers: { "content-type": "image/svg+xml" },
            body,
          }),
          (answer) => answer.json().results,
        );
      const file = join(images, "rings", "000.png");
      const plain = '<rect width="20" height="20" fill="#888"/>';
      const link =
        `<image width="20" height="20" xlink:href="file://${file}"/>`;
      assert.deepEqual(
        yield* upload(svg(plain + link)),
        yield* upload(svg(plain)),
      );
    }),
);

effectTest(
  "startServer() answers every mistake of a request with JSON",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* madeIndex;
      const { address } = yield* serveIndex(folder);
      const cases: [string, number, RegExp, Sent?][] = [
        ["/nowhere", 404, /nothing at \/nowhere/],
        ["/api/nowhere", 404, /nothing at/],
        ["/page/../deno.json", 404, /nothing at/],
        ["/api/images/0", 404, /no image 0/],
        ["/api/images/x", 400, /id must be a whole number/],
        ["/api/clusters/77", 404, /no cluster 77/],
        ["/api/search", 400, /image must be given/],
        [
          "/api/search?image=1&top=1001",
          400,
          /top must be a whole number from 1/,
        ],
        ["/api/search?image=1&top=NaN", 400, /top must be/],
        ["/api/search?image=1&top=1e2", 400, /top must be/],
        ["/api/search?image=1&box=1,2", 400, /box must be x,y,width,height/],
        ["/api/clusters?limit=501", 400, /limit must be/],
        ["/api/duplicates?percentile=2", 400, /percentile must be/],
        ["/api/regions?query=1&image=2", 409, /R-MAC/],
        ["/api/index", 405, /must be GET/, { method: "DELETE" }],
        ["/api/clusters/0", 415, /application\/json/, {
          method: "PATCH",
          headers: { "content-type": "text/plain" },
          body: "x",
        }],
        ["/api/clusters/0", 400, /body must be JSON/, {
          method: "PATCH",
          headers: { "content-type": "application/json" },
          body: "{",
        }],
        ["/api/index", 403, /host/, { headers: { host: "evil.example" } }],
        ["/api/index", 403, /own page/, {
          headers: { origin: "http://evil.example" },
        }],
        ["/api/index", 403, /own page/, {
          headers: { "sec-fetch-site": "cross-site" },
        }],
      ];
      for (const [path, status, words, sent] of cases) {
        assertProblem(yield* ask(address, path, sent), status, words);
      }
      const page = yield* ask(address, "/");
      assert.match(String(page.headers["content-security-policy"]), /'none'/);
      assert.equal(page.headers["x-content-type-options"], "nosniff");
      assert.match(page.text, /\/api\/images\/\d+\/thumbnail/);
    }),
);

effectTest(
  "startServer() pages clusters, names, merges and dismisses them",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* madeIndex;
      const { address } = yield* serveIndex(folder);
      const get = (path: string) =>
        Effect.map(ask(address, path), (answer) => answer.json());
      const change = (cluster: number, body: object) =>
        Effect.map(
          ask(address, `/api/clusters/${cluster}`, {
            method: "PATCH",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          }),
          (answer) => answer.json(),
        );
      const all = yield* get("/api/clusters");
      assert.equal(all.total, 3);
      const sizes = all.clusters.map((one: { size: number }) => one.size);
      assert.deepEqual(sizes, sizes.toSorted((a: number, b: number) => b - a));
      const [first, second, third] = all.clusters.map(
        (one: { cluster: number }) => one.cluster,
      );
      const ids: number[] = [];
      for (let offset = 0; offset < sizes[0]; offset += 3) {
        const page = yield* get(
          `/api/clusters/${first}?offset=${offset}&limit=3`,
        );
        assert.equal(page.total, sizes[0]);
        ids.push(...page.members.map((one: { id: number }) => one.id));
      }
      assert.equal(new Set(ids).size, sizes[0]);
      assert.equal((yield* change(first, { name: "Stripes" })).name, "Stripes");
      yield* change(second, { mergedInto: first });
      yield* change(third, { dismissed: true });
      const after = yield* get("/api/clusters");
      assert.equal(after.total, 1);
      assert.equal(after.dismissed, 1);
      assert.equal(after.clusters[0].size, sizes[0] + sizes[1]);
      const csv = yield* ask(address, `/api/clusters/${first}/members.csv`);
      const lines = csv.text.trim().split("\n");
      assert.equal(lines[0], "path,cluster,name,distance,unusual");
      assert.match(lines[1]!, new RegExp(`^/.*png,${first},Stripes,0[.]`));
      assert.equal(lines.length, 1 + sizes[0] + sizes[1]);
      const sheet = yield* ask(address, `/api/clusters/${first}/sheet.png`);
      assert.equal(sheet.bytes.subarray(1, 4).toString(), "PNG");
    }),
);

effectTest(
  "startServer() notices an updated index, and shows no file that changed",
  () =>
    Effect.gen(function* () {
      const { folder, images } = yield* madeIndex;
      const { address } = yield* serveIndex(folder);
      const before = yield* ask(address, "/api/search?image=1&top=1000");
      assert.equal(before.json().results.length, 23);
      const file = join(images, "across", "000.png");
      const other = yield* Effect.promise(() =>
        sharp(Buffer.alloc(300, 7), {
          raw: { width: 10, height: 10, channels: 3 },
        }).png().toBuffer()
      );
      yield* Effect.promise(() => writeFile(file, other));
      assertProblem(yield* ask(address, "/api/images/1"), 410, /has changed/);
      yield* Effect.promise(() => rm(join(images, "down", "000.png")));
      yield* indexFolder(folder, images);
      yield* Effect.sleep(600);
      const info = (yield* ask(address, "/api/index")).json();
      assert.equal(info.images, 23);
      assertProblem(yield* ask(address, "/api/images/1"), 404, /no image 1/);
      const after = yield* ask(address, "/api/search?image=2&top=1000");
      assert.equal(after.json().results.length, 22);
    }),
);

effectTest(
  "startServer() searches again after its thread has ended",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* madeIndex;
      const workers: Worker[] = [];
      const { address } = yield* serveIndex(folder, {
        startWorker: (data) => {
          const worker = new Worker(
            new URL("./search_thread.ts", import.meta.url),
            { workerData: data },
          );
          workers.push(worker);
          return worker;
        },
      });
      const search = ask(address, "/api/search?image=1&top=3");
      const before = (yield* search).json();
      yield* Effect.promise(() => workers[0]!.terminate());
      yield* Effect.sleep(50);
      const again = yield* search;
      const after = again.status === 200 ? again : yield* search;
      assert.deepEqual(after.json(), before);
      assert.equal(workers.length, 2);
    }),
);

effectTest(
  "startServer() answers 100 clients at once in fewer runs, and loses none",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* madeIndex;
      const { address, search } = yield* serveIndex(folder);
      const runs = search.batches().find;
      const answers = yield* Effect.forEach(
        Array.from({ length: 300 }, (_, i) => 1 + i % 24),
        (id) =>
          Effect.map(
            ask(address, `/api/search?image=${id}&top=3`),
            (answer) => [id, answer.json().query.image.id],
          ),
        { concurrency: 100 },
      );
      assert.ok(answers.every(([sent, answered]) => sent === answered));
      assert.ok(search.batches().find - runs < 150);
    }),
);

effectTest(
  "startServer() groups equal images without starting the thread that compares",
  () =>
    Effect.gen(function* () {
      const { folder, images } = yield* madeIndex;
      yield* Effect.promise(() =>
        copyFile(join(images, "down", "000.png"), join(images, "copy.png"))
      );
      yield* indexFolder(folder, images);
      const workers: Worker[] = [];
      const { address } = yield* serveIndex(folder, {
        startWorker: (data) => {
          const worker = new Worker(
            new URL("./search_thread.ts", import.meta.url),
            { workerData: data },
          );
          workers.push(worker);
          return worker;
        },
      });
      yield* ask(address, "/api/index");
      for (const kind of ["bytes", "pixels"]) {
        const path = `/api/duplicates?kind=${kind}`;
        const { total, groups } = (yield* ask(address, path)).json();
        assert.equal(total, 1);
        assert.deepEqual(
          groups[0].members.map(({ name }: { name: string }) => name).sort(),
          ["000.png", "copy.png"],
        );
      }
      const { text } = yield* ask(address, "/duplicates");
      assert.match(text, /aria-current="page">Duplicates</);
      assert.match(text, /Comparing 25 images/);
      assert.equal(workers.length, 1);
      yield* ask(address, "/api/duplicates?kind=near");
      assert.equal(workers.length, 2);
    }),
);

effectTest(
  "startServer() drops the searches of clients that have gone",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* madeIndex;
      const gate = Promise.withResolvers<void>();
      const batches: number[] = [];
      const { address } = yield* serveIndex(folder, {
        startWorker: (data) => {
          const worker = new Worker(
            new URL("./search_thread.ts", import.meta.url),
            { workerData: data },
          );
          const post = worker.postMessage.bind(worker);
          worker.postMessage = (message, transfer) => {
            if (message.name !== "search") return post(message, transfer);
            batches.push(message.request.queries.length);
            void gate.promise.then(() => post(message, transfer));
          };
          return worker;
        },
      });
      const search = (id: number) => `/api/search?image=${id}&top=3`;
      const first = yield* Effect.forkChild(ask(address, search(1)), {
        startImmediately: true,
      });
      while (batches.length === 0) yield* Effect.sleep(20);
      const leaving = new AbortController();
      const left = Array.from({ length: 20 }, (_, i) =>
        fetch(address + search(2 + i), { signal: leaving.signal })
          .then(() =>
            "answered", () => "aborted"));
      yield* Effect.sleep(300);
      leaving.abort();
      assert.ok(
        (yield* Effect.promise(() =>
          Promise.all(left)
        )).every((end) => end === "aborted"),
      );
      yield* Effect.sleep(300);
      const staying = yield* Effect.forkChild(ask(address, search(24)), {
        startImmediately: true,
      });
      yield* Effect.sleep(200);
      gate.resolve();
      assert.equal((yield* Fiber.join(first)).status, 200);
      assert.equal((yield* Fiber.join(staying)).json().query.image.id, 24);
      assert.deepEqual(batches, [1, 1]);
    }),
);
