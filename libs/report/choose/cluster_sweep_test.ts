import type { ClusterAdvice } from "@deepcluster/clustering";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { choicePage } from "./choice_page.ts";
import { adviceSentences, type ClusterSweep } from "./cluster_sweep.ts";

const figures = {
  lowestAgreement: 0.4,
  structurelessAgreement: 0.08,
  explained: 0.3,
  structurelessExplained: 0.28,
  imbalance: 1.2,
  smallest: 9,
};

const sweepOf = (advice: ClusterAdvice): ClusterSweep => ({
  data: "secret/photos.npy",
  images: 1200,
  sampled: 1000,
  dimensions: 16,
  draws: 4,
  seed: 31,
  sweep: [
    { ...figures, clusters: 5, agreement: 0.3 },
    { ...figures, clusters: 10, agreement: 0.5 },
  ],
  advice,
});

const groups = {
  clusters: 10,
  from: 5,
  to: 10,
  agreement: 0.5,
  isLargestTried: true,
};
const tenTimes = { clusters: 100, rule: "ten times the groups" } as const;
const byImages = { clusters: 20, rule: "images per cluster" } as const;

Deno.test("adviceSentences() says when an answer is weak, and to try more", () => {
  const { groups: text, learning } = adviceSentences(
    sweepOf({ certainty: "weak", groups, learning: tenTimes }),
  );
  assert.match(text, /perhaps 10, anything from 5 to 10, but the answer is we/);
  assert.match(text, /to 0\.50, where 1 is .*, and 0\.08 what points without/);
  assert.match(text, /try them with --clusters\.$/);
  assert.match(
    learning,
    /about 100 clusters\..* leaves 12 images to a cluster/,
  );
});

Deno.test("adviceSentences() says no more than the curve shows", () => {
  const said = (
    agreement: number,
    other: number,
    advice: Partial<typeof groups> = {},
  ) =>
    adviceSentences({
      ...sweepOf({
        certainty: "weak",
        groups: { ...groups, agreement, isLargestTried: false, ...advice },
        learning: tenTimes,
      }),
      sweep: [
        { ...figures, clusters: 5, agreement: other },
        { ...figures, clusters: 10, agreement },
      ],
    }).groups;
  assert.match(said(0.5, 0.3), /agree best, to 0\.50.* no clear border\.$/);
  const higher = said(0.59, 0.68);
  assert.match(higher, /agree to 0\.59, .*; at 5 they agree to 0\.68, but/);
  assert.doesNotMatch(higher, /best/);
  assert.match(said(1, 0.99), /agree best, to 1\.00.*: other numbers do near/);
  const more = said(1, 0.99, { isLargestTried: true });
  assert.match(more, /groups reach\. Larger numbers may do as well/);
});

Deno.test("adviceSentences() says that there is no clear answer", () => {
  const { groups, learning } = adviceSentences(
    sweepOf({ certainty: "none", learning: byImages }),
  );
  assert.match(groups, /no clear answer\./);
  assert.match(groups, /at 10 clusters, they agree to 0\.50 against 0\.08 and/);
  assert.match(groups, /explain 30 % of the variance against 28 %\.$/);
  assert.match(
    learning,
    /about 20 clusters, 60 images to each\. Without groups/,
  );
});

effectTest(
  "choicePage() says what was sampled, and no path of the machine",
  () =>
    Effect.gen(function* () {
      const sweep = sweepOf({ certainty: "weak", groups, learning: tenTimes });
      const page = yield* choicePage(sweep);
      assert.match(page, /photos\.npy: 1,000 of 1,200 images, drawn at random/);
      assert.doesNotMatch(page, /secret/);
      assert.equal(yield* choicePage(sweep), page);
    }),
);
