#!/usr/bin/env bash
# Under Node 22 before 22.15, Effect's HTTP server answers no client at all.
#
# Versions: effect 4.1.0, @effect/platform-node 4.1.0, Node 22.14.0 and 22.16.0.
# Guess: a server of one constant text answers alike under both, since both are
# long-term releases of one line and the packages name no Node of their own.
# Seen: Effect sets `strictContentLength` of Node's response and gives the
# length as a text. Node 22.14 compares that text with a number, finds 5 and 5
# different, and destroys the connection; nothing is logged. Node's own server
# does the same with `strictContentLength` and the header "5".
#
#   22.14.0 effect: the connection broke
#   22.14.0 node: ERR_HTTP_CONTENT_LENGTH_MISMATCH
#   22.16.0 effect: 200 hello
#   22.16.0 node: 200 hello
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  effect@4.1.0 @effect/platform-node@4.1.0
cat > effect.mjs <<'JS'
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import { Effect, Layer } from "effect";
import { HttpRouter, HttpServerResponse } from "effect/http";
import { createServer } from "node:http";

const routes = HttpRouter.add("GET", "/", HttpServerResponse.text("hello"));
const server = createServer();
const layer = HttpRouter.serve(routes, { disableLogger: true }).pipe(
  Layer.provide(
    NodeHttpServer.layer(() => server, { port: 0, host: "127.0.0.1" }),
  ),
);
Effect.runFork(Layer.launch(layer));
await new Promise((resolve) => server.once("listening", resolve));
const answer = await fetch(`http://127.0.0.1:${server.address().port}/`).then(
  async (response) => `${response.status} ${await response.text()}`,
  () => "the connection broke",
);
console.log(`${process.versions.node} effect: ${answer}`);
process.exit(0);
JS
cat > node.mjs <<'JS'
import { createServer } from "node:http";

const said = (text) => {
  console.log(`${process.versions.node} node: ${text}`);
  process.exit(0);
};
process.on("uncaughtException", ({ code }) => said(code));
const server = createServer((_request, response) => {
  response.strictContentLength = true;
  response.writeHead(200, { "content-length": "5" });
  response.end("hello");
});
server.listen(0, "127.0.0.1", () =>
  fetch(`http://127.0.0.1:${server.address().port}/`)
    .then(async (answer) => said(`${answer.status} ${await answer.text()}`)));
JS
for version in 22.14.0 22.16.0; do
  npm install --silent --no-audit --no-fund --prefix "node-$version" \
    "node@$version"
  for program in effect.mjs node.mjs; do
    "node-$version/node_modules/node/bin/node" "$program"
  done
done | grep -v Listening > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
