import assert from "node:assert/strict";
import {
  count,
  historyWords,
  moreUnusualThan,
  nearerThan,
  percent,
  searchWords,
} from "./browser/words.js";

Deno.test("percent() never rounds up to what is not reached", () => {
  assert.equal(percent(0.997), "99.7 %");
  assert.equal(percent(0.99996), "99.996 %");
  assert.equal(percent(0.99999), "99.999 %");
  assert.equal(percent(0.9999999), "99.999 %");
  assert.equal(percent(0.999), "99.9 %");
  assert.equal(percent(0.5), "50 %");
  assert.equal(percent(0.0123), "1.2 %");
  assert.equal(percent(0.00123), "0.12 %");
  assert.equal(percent(1), "100 %");
});

Deno.test("nearerThan() says all only when it is all", () => {
  assert.equal(nearerThan(0.997), "nearer than 99.7 % of random pairs");
  assert.equal(nearerThan(1), "nearer than every random pair measured");
  assert.equal(nearerThan(0), "no nearer than any random pair measured");
});

Deno.test("searchWords() names the measured recall, cut", () => {
  assert.equal(
    searchWords({ kind: "approximate", recall: 0.9987 }),
    "approximate search, recall 0.998 measured",
  );
  assert.equal(
    searchWords({ kind: "exact" }),
    "exact search: every vector was compared",
  );
});

Deno.test("historyWords() tells never, not now, and since when", () => {
  assert.equal(
    historyWords({ since: 3, epochs: 4, of: 5 }),
    "in the query's cluster since epoch 3, in 4 of 5 epochs",
  );
  assert.equal(
    historyWords({ since: null, epochs: 2, of: 5 }),
    "not in the query's cluster now, but in 2 of 5 epochs",
  );
  assert.equal(
    historyWords({ since: null, epochs: 0, of: 5 }),
    "never in the query's cluster",
  );
});

Deno.test("count() groups thousands and knows one from several", () => {
  assert.equal(count(1, "copy", "copies"), "1 copy");
  assert.equal(count(12_806, "image"), "12,806 images");
});

Deno.test("moreUnusualThan() says all and none only when it is so", () => {
  assert.equal(
    moreUnusualThan(0.735, "its images"),
    "more unusual than 73.5 % of its images",
  );
  assert.equal(
    moreUnusualThan(1, "its images"),
    "more unusual than all of its images",
  );
  assert.equal(
    moreUnusualThan(0, "its images"),
    "the most typical of its images",
  );
});
