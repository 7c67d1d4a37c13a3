/** The page in real Chromium. */
import {
  type BrowserOptions,
  type BrowserTest,
  chromiumTest,
  inChromium,
} from "@deepcluster/test/chromium";
import type { RunHistory } from "@deepcluster/report";
import type { RunProgress } from "@deepcluster/runs";
import { Effect } from "effect";
import { html } from "lit-html";
import assert from "node:assert/strict";
import { partOf, type Shown } from "./watch/parts.ts";
import { startWatchServer } from "./watch/server.ts";
import { statePart } from "./watch/state_part.ts";

/** A server whose page can be changed. */
interface PageServer {
  /** What is shown from now on. */
  readonly show: (shown: Shown) => void;
  /** Stops the server and starts it again at the same port. */
  readonly restart: (whileStopped: () => Promise<void>) => Promise<void>;
}

const pageTest = (
  name: string,
  first: Shown,
  body: (test: BrowserTest & PageServer) => Promise<void>,
  options: BrowserOptions = {},
) =>
  chromiumTest(name, async () => {
    let shown = first;
    const start = (port: number) => {
      const ending = new AbortController();
      const { promise, resolve } = Promise.withResolvers<string>();
      const ended = Effect.runPromise(
        Effect.scoped(Effect.gen(function* () {
          const now = Effect.sync(() => shown);
          resolve(yield* startWatchServer({ now }, new Map(), { port }));
          return yield* Effect.never;
        })),
        { signal: ending.signal },
      ).catch(() => {});
      return { address: promise, end: () => (ending.abort(), ended) };
    };
    let server = start(0);
    const address = await server.address;
    try {
      await inChromium(address, options, async (test) => {
        await test.page.goto(address);
        await body({
          ...test,
          show: (next) => {
            shown = next;
          },
          restart: async (whileStopped) => {
            await server.end();
            await whileStopped();
            server = start(Number(new URL(address).port));
            await server.address;
          },
        });
      });
    } finally {
      await server.end();
    }
  });

const pageOf = (
  epoch: number,
  clusters: readonly number[] = [1, 2, 3],
): Shown => ({
  title: `${epoch}/9 train – made`,
  milestone: `Epoch ${epoch} is trained.`,
  parts: [
    partOf("head", html`<h1>made</h1>`),
    partOf("trouble", undefined),
    partOf(
      "now",
      html`
        <section>
          <p id="epoch">Epoch ${epoch}</p>
        </section>
      `,
    ),
    partOf(
      "clusters",
      html`
        <section>
          ${clusters.map((cluster) =>
            html`
              <figure data-key=${`Size of ${cluster}`}>
                <details>
                  <summary>Size of ${cluster}</summary>
                </details>
              </figure>
            `
          )}
          ${clusters.map((cluster) =>
            html`
              <details id=${`cluster-${cluster}`}>
                <summary>Cluster ${cluster}</summary>
                <p>In epoch ${epoch}</p>
                <a href=${`#cluster-${cluster}`}>Link ${cluster}</a>
              </details>
            `
          )}
        </section>
      `,
    ),
  ],
});

pageTest(
  "the page shows what has changed, and leaves open what is open and focus where it is",
  pageOf(1),
  async ({ page, show }) => {
    await page.getByText("Size of 3").click();
    await page.locator("#cluster-2 summary").click();
    await page.getByRole("link", { name: "Link 2" }).focus();
    await page.evaluate('document.getElementById("cluster-2").mine = true');
    assert.equal(await page.locator("#milestone").textContent(), "");
    show(pageOf(2, [4, 2, 3, 1]));
    await page.getByText("Epoch 2", { exact: true }).waitFor();
    assert.equal(await page.title(), "2/9 train – made");
    assert.equal(
      await page.getByRole("status").filter({ hasText: "Epoch 2 is trained." })
        .count(),
      1,
    );
    assert.deepEqual(
      await page.locator("[id] > summary").allTextContents(),
      ["Cluster 4", "Cluster 2", "Cluster 3", "Cluster 1"],
    );
    assert.deepEqual(
      await page.locator("details[open] > summary").allTextContents(),
      ["Size of 3", "Cluster 2"],
    );
    await page.locator("#cluster-2").getByText("In epoch 2").waitFor();
    const kept = await page.evaluate(`({
      focus: document.activeElement?.textContent,
      isSame: document.getElementById("cluster-2").mine,
    })`);
    assert.deepEqual(kept, { focus: "Link 2", isSame: true });
  },
);

pageTest(
  "the page says that the connection is lost, and goes on when the server is back",
  pageOf(1),
  async ({ page, show, restart, problems }) => {
    await restart(async () => {
      await page.getByText("Connection lost, trying again.").waitFor();
      show(pageOf(3));
    });
    await page.getByText("Epoch 3", { exact: true }).waitFor();
    assert.equal(await page.locator("#connection").isVisible(), false);
    assert.ok(problems.every((text) => text.includes("ERR_")));
    problems.length = 0;
  },
);

pageTest(
  "the page can be read without a script",
  pageOf(5),
  async ({ browser, page }) => {
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(page.url());
    await plain.getByText("Epoch 5", { exact: true }).waitFor();
  },
);

/** A run in a phase of its second epoch. */
const inPhase = (
  { phase, ...said }: Pick<RunProgress, "figures" | "phase" | "rate">,
): Shown => {
  const seconds = { extract: 4, reduce: 1, cluster: 1, train: 10 };
  const history = {
    folder: "made",
    configuration: { epochs: 60 },
    state: "running",
    epochs: [{
      epoch: 1,
      training: { loss: 1, accuracy: 0.5, steps: 2 },
      phases: Object.entries(seconds).map(([phase, seconds]) => ({
        phase,
        seconds,
        images: 0,
      })),
    }],
    processes: [],
    progress: {
      ...{ at: "2026-01-01T00:00:00Z", epoch: 2, unit: "images" },
      ...{ done: 12806, total: 12806, phase, ...said },
    },
  } as unknown as RunHistory;
  return {
    title: "made",
    milestone: "",
    parts: [
      partOf("head", html`<h1>made</h1>`),
      partOf("trouble", undefined),
      partOf("now", statePart(history, 0)),
      partOf("clusters", html`<h2>Below</h2>`),
    ],
  };
};

for (const width of [320, 390, 1280]) {
  pageTest(
    `what stands below does not jump from phase to phase, ${width} pixels wide`,
    inPhase({ phase: "extract", rate: 4321 }),
    async ({ page, show }) => {
      const below = page.getByRole("heading", { name: "Below" });
      const { y } = (await below.boundingBox())!;
      const phases: readonly (readonly [string, Shown])[] = [
        ["whitening", inPhase({ phase: "reduce" })],
        [
          "clustering",
          inPhase({ phase: "cluster", rate: 99, figures: { loss: 9188 } }),
        ],
        [
          "training",
          inPhase({
            phase: "train",
            rate: 1067,
            figures: { loss: 1.94, accuracy: 0.463 },
          }),
        ],
      ];
      for (const [words, phase] of phases) {
        show(phase);
        await page.getByText(`Epoch 2: ${words}`).waitFor();
        assert.equal((await below.boundingBox())!.y, y, words);
      }
    },
    { viewport: { width, height: 844 } },
  );
}
