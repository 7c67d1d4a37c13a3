import assert from "node:assert/strict";
import { found, pageTest, text } from "./page_testing.ts";

pageTest(
  "the first screen is drawn before any script runs",
  async ({ browser, server }) => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(server.address);
    assert.equal(await page.locator(".row").count(), 12);
    assert.equal(await page.locator(".row .tile img").count(), 96);
    assert.match(await page.locator(".row").first().innerText(), /39 images/);
  },
);

pageTest(
  "the first screen moves nothing and asks for no data again",
  async ({ page, server }) => {
    const shift = await page.evaluate(() =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            sum += (entry as PerformanceEntry & { value: number }).value;
          }
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 300);
      })
    );
    assert.equal(shift, 0);
    assert.ok(!server.requests.includes("GET /api/index"));
    assert.ok(
      !server.requests.some((request) => /clusters\?offset=0/.test(request)),
    );
  },
);

pageTest(
  "a cluster is named, dismissed and merged, and each is undone",
  async (test) => {
    const { page } = test;
    const button = (name: string) =>
      page.getByRole("button", { name, exact: true });
    await button("Name").click();
    await page.getByLabel("Name of cluster 19").fill("Warm squares");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Warm squares" }).waitFor();
    await button("Undo").click();
    await page.getByRole("heading", { name: "Cluster 19", exact: true })
      .waitFor();
    await page.getByText("Undone.").waitFor();

    await button("Dismiss").click();
    await page.getByText("Dismissed: exports").first().waitFor();
    await page.getByRole("link", { name: "Clusters", exact: true }).click();
    await page.getByText("Show 1 dismissed").click();
    await page.getByRole("link", { name: "Cluster 19", exact: true }).click();
    await button("Show again").click();
    await button("Dismiss").waitFor();

    await button("Merge into Cluster 0").click();
    await page.getByText("Merged into cluster 0.").first().waitFor();
    await page.getByRole("link", { name: "cluster 0", exact: true }).click();
    await page.getByText("Includes").waitFor();
    await button("Split off").click();
    await page.getByText("Includes").waitFor({ state: "detached" });
  },
  { path: "/cluster/19" },
);

pageTest(
  "a cluster shows all its images and what can be taken away",
  async (test) => {
    const { page } = test;
    assert.equal(await page.locator(".grid .tile").count(), 39);
    const farthest = page.getByRole("link", { name: "Farthest from it" });
    await farthest.click();
    await page.waitForURL(/order=farthest/);
    assert.deepEqual(
      await page.locator(".take a").evaluateAll((all) =>
        all.map((link) => link.getAttribute("href"))
      ),
      ["members.csv", "links.txt", "sheet.png"].map((name) =>
        `/api/clusters/19/${name}`
      ),
    );
    await page.getByRole("link", { name: "Cluster 2", exact: true }).click();
    await page.getByRole("heading", { name: "Cluster 2", exact: true })
      .waitFor();
  },
  { path: "/cluster/19" },
);

pageTest("more clusters follow when the end comes into view", async (test) => {
  const { page } = test;
  await page.keyboard.press("End");
  await page.locator(".row").nth(19).waitFor();
  assert.equal(await page.locator(".row").count(), 20);
  assert.equal(await page.locator("[data-more]").count(), 0);
});

pageTest(
  "duplicates are shown in groups, with the one to keep and a threshold",
  async (test) => {
    const { page } = test;
    assert.match(await text(test, "#view"), /Nothing is ever deleted/);
    assert.equal(await page.locator(".group").count(), 3);
    assert.match(await text(test, ".group"), /Kept: it has the most pixels/);
    assert.match(await text(test, ".group li"), /^keep/);
    await page.getByRole("link", { name: "Nearly the same" }).click();
    await page.waitForURL(/kind=near/);
    const slider = page.getByRole("slider", {
      name: /99.999 % of random pairs/,
    });
    const few = page.getByText(/pairs of images are too few for 99.999 %/);
    await few.waitFor();
    await slider.fill("0");
    await page.waitForURL(/percentile=0.999$/);
    await page.getByText("2 groups").first().waitFor();
    assert.equal(await few.count(), 0);
    await page.locator(".group").getByText("similar").first().waitFor();
    assert.equal(
      await page.getByRole("link", { name: "Take away the list" })
        .getAttribute("href"),
      "/api/duplicates.txt?kind=near&percentile=0.999",
    );
    await page.getByRole("link", { name: "Same picture" }).click();
    await page.getByText("No duplicates of this kind.").waitFor();
  },
  { path: "/duplicates" },
);

pageTest("outliers come in order, with words", async (test) => {
  assert.match(await text(test, ".result"), /more unusual than all/);
  assert.match(await text(test, "#view"), /not a verdict/);
}, { path: "/outliers" });

pageTest("what does not exist is said in words", async ({ page, problems }) => {
  await page.getByText("There is no cluster 99.").first().waitFor();
  assert.equal(problems.length, 1);
  problems.length = 0;
}, { path: "/cluster/99" });

pageTest("an index without clusters shows its images", async (test) => {
  const { page } = test;
  await page.locator(".grid .tile").first().waitFor();
  assert.match(await text(test, "h1"), /400 images/);
  await page.locator(".tile").first().click();
  await found(test);
}, { index: { clusters: 0, rmac: false }, path: "/" });

pageTest(
  "an index of given vectors takes no other picture and no box",
  async (test) => {
    const { page } = test;
    assert.match(await text(test, ".drop"), /index is of given\s+vectors/);
    assert.equal(await page.locator("#picture").count(), 0);
    await page.locator(".tile").first().click();
    await found(test);
    assert.equal(await page.locator("#stage").count(), 0);
  },
  { index: { queries: false } },
);

pageTest("a new name is shown on the way back, too", async (test) => {
  const { page } = test;
  await page.getByRole("link", { name: "Cluster 18", exact: true }).click();
  await page.getByRole("button", { name: "Name", exact: true }).click();
  await page.getByLabel("Name of cluster 18").fill("Discs");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Discs" }).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "Discs" }).waitFor();
});

pageTest(
  "a part of a list that fails is asked for once, until the button is pressed",
  async (test) => {
    const { page, server, problems } = test;
    await page.route("**/api/clusters?offset=12*", (route) => route.abort());
    await page.keyboard.press("End");
    await page.getByText("The server does not answer").waitFor();
    await page.waitForTimeout(300);
    assert.equal(problems.length, 1);
    problems.length = 0;
    await page.unroute("**/api/clusters?offset=12*");
    assert.ok(!server.requests.some((path) => path.includes("offset=12")));
    await page.getByRole("button", { name: "Show more" }).click();
    await page.locator(".row").nth(19).waitFor();
  },
);

pageTest(
  "the first screen explains the mean distance, which each cluster has",
  async ({ page }) => {
    await page.getByText(/^Mean distance .* 0 if .* 1 if /).waitFor();
    assert.match(
      await page.locator(".row").first().innerText(),
      /\d images\s+mean distance \d\.\d{3}/,
    );
  },
);

pageTest(
  "the first screen tells which epochs clusters and vectors are of, and how to see the run",
  async (test) => {
    assert.match(
      await text(test, ".drop"),
      /run shapes · clusters of epoch 5 · R-MAC after 4 epochs of training · /,
    );
    assert.match(
      await text(test, ".drop"),
      /See how the run went: deno task watch runs\/shapes/,
    );
  },
);

const watched = {
  ...{ folder: "runs/shapes", weightsEpoch: 0, clustersEpoch: 1 },
  watch: "deno task watch runs/shapes",
  page: "http://127.0.0.1:8322",
};

pageTest(
  "the first screen links to the page of the run where it is known",
  async ({ page }) => {
    const link = page.getByRole("link", { name: "See how the run went" });
    assert.equal(await link.getAttribute("href"), "http://127.0.0.1:8322");
    assert.match(
      await page.locator(".drop").innerText(),
      /clusters of epoch 1 · layer features of the untrained network · /,
    );
  },
  { index: { run: watched, rmac: false } },
);
