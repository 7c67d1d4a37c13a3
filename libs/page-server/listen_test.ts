import { ask, effectTest } from "@deepcluster/test";
import { Effect, Fiber, Layer, References } from "effect";
import { HttpRouter, HttpServerResponse } from "effect/http";
import assert from "node:assert/strict";
import {
  htmlResponse,
  layerFiles,
  layerMethodsNotAllowed,
  layerProtection,
  listenOnLoopback,
} from "./mod.ts";

const policy = "default-src 'none'";

const routes = Layer.mergeAll(
  HttpRouter.add("GET", "/", Effect.succeed(htmlResponse("<p>Hello", policy))),
  HttpRouter.add(
    "GET",
    "/api/broken",
    Effect.sync((): HttpServerResponse.HttpServerResponse => {
      throw new Error("a secret");
    }),
  ),
  HttpRouter.add("GET", "/api/fine", HttpServerResponse.jsonUnsafe({ a: 1 })),
  layerFiles(
    new Map([["/page/this.js", {
      file: new URL(import.meta.url),
      type: "text/javascript",
    }]]),
  ),
  layerMethodsNotAllowed([{ path: "/api/fine", method: "GET" }]),
  layerProtection(["My-Name.example"], { 404: (_, path) => `No ${path}` }),
);

effectTest(
  "listenOnLoopback() answers with the headers of security",
  () =>
    Effect.gen(function* () {
      const address = yield* listenOnLoopback(routes, 0);
      assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
      const page = yield* ask(address, "/");
      assert.equal(page.text, "<p>Hello");
      assert.equal(page.headers["content-security-policy"], policy);
      assert.equal(page.headers["x-frame-options"], "DENY");
      const fine = yield* ask(address, "/api/fine");
      assert.deepEqual(fine.json(), { a: 1 });
      assert.match(String(fine.headers["content-security-policy"]), /sandbox/);
      assert.equal(fine.headers["cache-control"], "no-store");
    }),
);

effectTest(
  "layerFiles() sends a file once to whoever has it",
  () =>
    Effect.gen(function* () {
      const address = yield* listenOnLoopback(routes, 0);
      const file = yield* ask(address, "/page/this.js");
      assert.equal(file.status, 200);
      assert.match(file.text, /sends a file once/);
      const headers = { "if-none-match": String(file.headers["etag"]) };
      const again = yield* ask(address, "/page/this.js", { headers });
      assert.equal(again.status, 304);
      assert.equal(again.bytes.length, 0);
    }),
);

effectTest(
  "layerProtection() answers what goes wrong with a sentence",
  () =>
    Effect.gen(function* () {
      const address = yield* listenOnLoopback(routes, 0);
      for (
        const [path, status, words, sent] of [
          ["/nowhere", 404, /^No \/nowhere$/],
          ["/api/broken", 500, /failed; its terminal shows why$/],
          ["/api/fine", 405, /must be GET: current value is PUT/, {
            method: "PUT",
          }],
          ["/api/fine", 403, /one of 127.*my-name\.example: .* is evil/, {
            headers: { host: "evil.example" },
          }],
          ["/api/fine", 403, /own page.*origin=null/, {
            headers: { origin: "null" },
          }],
          ["/api/fine", 403, /own page/, {
            headers: { "sec-fetch-site": "cross-site" },
          }],
        ] as const
      ) {
        const answer = yield* ask(address, path, sent);
        assert.equal(answer.status, status);
        assert.match(answer.json().detail, words);
        assert.equal(answer.headers["x-content-type-options"], "nosniff");
        assert.ok(!answer.text.includes("secret"));
      }
      const headers = { host: "my-name.EXAMPLE:80" };
      assert.equal((yield* ask(address, "/", { headers })).status, 200);
    }).pipe(Effect.provideService(References.MinimumLogLevel, "None")),
);

effectTest(
  "listenOnLoopback() fails with PortError when the port is taken",
  () =>
    Effect.gen(function* () {
      const address = yield* listenOnLoopback(routes, 0);
      const port = Number(new URL(address).port);
      const error = yield* Effect.flip(listenOnLoopback(routes, port));
      assert.equal(
        error.message,
        `Cannot serve as --port must be free: current value is --port ${port} ` +
          "(another program listens there); name another, or 0 for any",
      );
    }),
);

effectTest(
  "listenOnLoopback() answers a request that came before the routes were there",
  () =>
    Effect.gen(function* () {
      const port = yield* Effect.scoped(
        Effect.map(
          listenOnLoopback(routes, 0),
          (address) => Number(new URL(address).port),
        ),
      );
      const answer = yield* Effect.forkChild(Effect.promise(async () => {
        for (;;) {
          try {
            const signal = AbortSignal.timeout(10_000);
            const response = await fetch(`http://127.0.0.1:${port}/`, {
              signal,
            });
            return await response.text();
          } catch (error) {
            if (error instanceof DOMException) throw error;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      }));
      const slow = Layer.effectDiscard(Effect.sleep("300 millis"));
      yield* listenOnLoopback(Layer.mergeAll(routes, slow), port);
      assert.equal(yield* Fiber.join(answer), "<p>Hello");
    }),
);
