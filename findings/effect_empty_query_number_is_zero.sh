#!/usr/bin/env bash
# Effect 4 reads an empty query parameter as the number 0.
#
# Versions: effect 4.1.0; effect 3.22.4 beside it.
# A form whose field "at most" is left empty sends `?most=`. FiniteFromString is
# what the manual gives for numbers that may not be NaN.
# Guess: an empty text is refused with status 400, as "abc" is, and as effect 3
# refuses it.
# Seen: it is 0 with status 200, and so is a blank. A list of at most 0 things
# is an empty page, a price up to 0 finds nothing, and no error says why. In the
# same release BigIntFromString and Config.Finite refuse an empty text.
# A pattern before it helps: Schema.String.check(Schema.isPattern(/\d/)).pipe(
# Schema.decodeTo(Schema.FiniteFromString)).
#
#   effect 4, GET /items: 200 most not given
#   effect 4, GET /items?most=20: 200 most 20
#   effect 4, GET /items?most=abc: 400
#   effect 4, GET /items?most=: 200 most 0
#   effect 4, GET /items?most=+: 200 most 0
#   effect 4, GET /items?number=: 400
#   effect 4, GET /items?checked=: 400
#   effect 4, Config.Finite of an empty variable: refused
#   effect 3, NumberFromString of an empty text: refused
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
expected=$(sed -n "s/^#   \([^ ]\)/\1/p" "$0")
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  effect@4.1.0 effect3@npm:effect@3.22.4
cat > show.mjs <<'JS'
import { Config, ConfigProvider, Effect, Layer, Schema } from "effect";
import { HttpRouter, HttpServer } from "effect/http";
import {
  HttpApi,
  HttpApiBuilder,
  HttpApiEndpoint,
  HttpApiGroup,
} from "effect/http-api";
import { Either, Schema as Schema3 } from "effect3";

const checked = Schema.String.check(Schema.isPattern(/\d/)).pipe(
  Schema.decodeTo(Schema.FiniteFromString),
);
const list = HttpApiEndpoint.get("list", "/items", {
  query: {
    most: Schema.optional(Schema.FiniteFromString),
    number: Schema.optional(Schema.BigIntFromString),
    checked: Schema.optional(checked),
  },
  success: Schema.String,
});
const api = HttpApi.make("shop").add(HttpApiGroup.make("items").add(list));
const items = HttpApiBuilder.group(api, "items", (handlers) =>
  handlers.handle("list", ({ query }) =>
    Effect.succeed(`most ${query.most ?? "not given"}`)));
const { handler, dispose } = HttpRouter.toWebHandler(
  HttpApiBuilder.layer(api).pipe(
    Layer.provide(items),
    Layer.provide(HttpServer.layerServices),
  ),
  { disableLogger: true },
);
const queries = ["", "?most=20", "?most=abc", "?most=", "?most=+"];
for (const query of [...queries, "?number=", "?checked="]) {
  const answer = await handler(new Request(`http://localhost/items${query}`));
  const text = answer.ok ? ` ${await answer.json()}` : "";
  console.log(`effect 4, GET /items${query}: ${answer.status}${text}`);
}
await dispose();
const { _tag, value } = await Effect.runPromiseExit(
  Config.Finite("MOST").parse(ConfigProvider.fromUnknown({ MOST: "" })),
);
const config = _tag === "Success" ? value : "refused";
console.log("effect 4, Config.Finite of an empty variable:", config);
const before = Schema3.decodeUnknownEither(Schema3.NumberFromString)("");
console.log(
  "effect 3, NumberFromString of an empty text:",
  Either.getOrElse(before, () => "refused"),
);
JS
node show.mjs > seen
cat seen
diff <(echo "$expected") seen && echo "As before"
