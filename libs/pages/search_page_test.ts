import assert from "node:assert/strict";
import {
  found,
  pageTest,
  pathAndQuery,
  picture,
  text,
} from "./page_testing.ts";

pageTest(
  "a click on a picture searches by it, and back shows the same place",
  async (test) => {
    const { page } = test;
    await page.evaluate(() => scrollTo(0, 500));
    await page.waitForTimeout(300);
    await page.locator(".row .tile").nth(36).click();
    await found(test);
    assert.match(pathAndQuery(test), /^\/search\?image=\d+$/);
    const first = await text(test, ".result");
    assert.match(first, /^1\s+\d\.\d{3}/);
    assert.match(first, /of random pairs|every random pair/);
    assert.match(first, /Cluster \d+/);
    assert.match(first, /shapes\/\d\/shape-\d+\.svg/);
    assert.match(await text(test, ".found"), /recall 0.996 measured/);
    assert.match(await text(test, "#status"), /50 results/);
    await page.goBack();
    await page.locator(".row").first().waitFor();
    assert.equal(await page.evaluate(() => scrollY), 500);
    await page.goForward();
    await found(test);
    await page.reload();
    await found(test);
  },
);

pageTest(
  "a chosen picture is searched by; after a reload it is asked for again",
  async (test) => {
    const { page, server } = test;
    await page.locator("#picture").setInputFiles(picture);
    await found(test);
    assert.equal(pathAndQuery(test), "/search?upload=mine.png");
    assert.ok(server.requests.includes("POST /api/search?top=50"));
    assert.match(await text(test, ".query"), /mine.png, 64 × 64/);
    await page.locator(".result .tile").first().click();
    await page.waitForURL(/image=/);
    await page.goBack();
    await page.getByRole("heading", { name: "Similar to mine.png" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Choose or drop mine.png again" })
      .waitFor();
  },
);

for (const kind of ["drop", "paste"]) {
  pageTest(`a picture is searched by on ${kind}`, async (test) => {
    await test.page.evaluate(([kind, data]) => {
      const bytes = Uint8Array.from(atob(data!), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], "it.png", { type: "image/png" }));
      document.body.dispatchEvent(
        kind === "drop"
          ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true })
          : new ClipboardEvent("paste", {
            clipboardData: transfer,
            bubbles: true,
          }),
      );
    }, [kind, picture.buffer.toString("base64")]);
    await found(test);
    assert.equal(pathAndQuery(test), "/search?upload=it.png");
  });
}

pageTest("what is no picture is refused in words", async (test) => {
  const { page, problems } = test;
  await page.locator("#picture").setInputFiles({
    ...picture,
    buffer: Buffer.from("short"),
  });
  await page.getByText("Cannot read the picture as its bytes").first()
    .waitFor();
  // Chromium logs every answer of 4xx.
  assert.equal(problems.length, 1);
  problems.length = 0;
  await page.goBack();
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["x"], "notes.txt", { type: "text/plain" }));
    document.body.dispatchEvent(
      new DragEvent("drop", { dataTransfer: transfer, bubbles: true }),
    );
  });
  await page.getByText("Cannot search by notes.txt as it is not a picture.")
    .waitFor();
  await page.locator("#picture").setInputFiles({
    name: "other.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("x"),
  });
  await page.getByText("Cannot search by other.txt as it is not a picture.")
    .waitFor();
});

pageTest(
  "a box drawn by the mouse is searched by, moved and resized",
  async (test) => {
    const { page } = test;
    const area = (await page.locator("#stage .picture").boundingBox())!;
    const at = (x: number, y: number) =>
      [area.x + x * area.width, area.y + y * area.height] as const;
    const drag = async (from: readonly [number, number], to: typeof from) => {
      await page.mouse.move(...at(...from));
      await page.mouse.down();
      await page.mouse.move(...at(...to), { steps: 4 });
      await page.mouse.up();
    };
    await drag([0.25, 0.25], [0.75, 0.5]);
    await page.waitForURL(/box=30,30,60,30/);
    await page.getByRole("heading", { name: /Similar to a part of/ }).waitFor();
    await drag([0.5, 0.375], [0.5, 0.625]);
    await page.waitForURL(/box=30,60,60,30/);
    await page.locator("#view[aria-busy=false]").waitFor();
    await drag([0.75, 0.75], [1.2, 1.2]);
    await page.waitForURL(/box=30,60,90,60/);
    await page.getByRole("button", { name: "Whole picture" }).click();
    await page.waitForURL((url) => !url.search.includes("box"));
    await page.goBack();
    await page.waitForURL(/box=30,60,90,60/);
  },
  { path: "/search?image=5" },
);

pageTest("a box is drawn by finger", async (test) => {
  const { page } = test;
  await page.getByRole("button", { name: "Search by a part" }).tap();
  const area = (await page.locator("#stage .picture").boundingBox())!;
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", at: number) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [{
        x: area.x + at * area.width,
        y: area.y + at * area.height,
      }],
    });
  await touch("touchStart", 0.05);
  await touch("touchMove", 0.15);
  await touch("touchMove", 0.2);
  await touch("touchEnd", 0.2);
  await page.waitForURL(/box=6,6,18,18/);
}, {
  path: "/search?image=5",
  hasTouch: true,
  viewport: { width: 390, height: 844 },
});

pageTest(
  "a box is drawn, moved, resized and removed by keyboard alone",
  async (test) => {
    const { page } = test;
    await page.locator("#stage").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    assert.equal(
      await page.locator("#stage").getAttribute("aria-label"),
      "shape-5.svg. Box: 60 × 63 pixels, 33 from the left, 30 from the top",
    );
    await page.keyboard.press("Enter");
    await page.waitForURL(/box=33,30,60,63/);
    await page.locator("#view[aria-busy=false]").waitFor();
    assert.ok(
      await page.evaluate(() => document.activeElement?.id === "stage"),
    );
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => !url.search.includes("box"));
  },
  { path: "/search?image=5" },
);

pageTest(
  "the slider hides what is below a score, and the address keeps it",
  async (test) => {
    const { page } = test;
    const slider = page.getByRole("slider", { name: /Hide below score/ });
    await slider.fill("0.99");
    const shown = await page.locator(".result").count();
    assert.ok(shown > 0 && shown < 50);
    assert.match(await text(test, ".slider output"), /^\d+ of 50 shown$/);
    await page.waitForURL(/above=0.99/);
    await page.reload();
    await found(test);
    assert.equal(await page.locator(".result").count(), shown);
  },
  { path: "/search?image=5" },
);

pageTest(
  "the best pair of regions is drawn over both pictures",
  async (test) => {
    const { page } = test;
    await page.getByRole("button", { name: /Show where/ }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.deepEqual(
      await dialog.locator(".edge:not(.outer)").evaluateAll((all) =>
        all.map((edge) => edge.getAttribute("d"))
      ),
      ["M10 10h40v40h-40z", "M30 20h50v50h-50z"],
    );
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  },
  { path: "/search?image=5" },
);

pageTest("a waiting query is aborted by the next one", async (test) => {
  const { page, server } = test;
  const release = server.holdSearches();
  const aborted = page.waitForEvent("requestfailed");
  await page.locator(".tile").nth(0).click();
  await page.getByRole("link", { name: "Outliers" }).click();
  assert.match((await aborted).url(), /\/api\/search/);
  await page.getByRole("heading", { name: "Outliers" }).waitFor();
  release();
  await page.waitForTimeout(200);
  assert.equal(pathAndQuery(test), "/outliers");
});

pageTest("a search that takes long says what it waits for", async (test) => {
  const { page, server } = test;
  const release = server.holdSearches();
  await page.locator(".tile").nth(0).click();
  const waiting = page.locator(".waiting");
  await waiting.waitFor();
  assert.match(await waiting.innerText(), /^Searching \d+ images…$/);
  release();
  await found(test);
  assert.equal(await waiting.count(), 0);
});

pageTest(
  "a picture that the browser cannot draw is said to be one",
  async (test) => {
    const { page } = test;
    await page.locator("#picture").setInputFiles({
      name: "scan.tiff",
      mimeType: "image/tiff",
      buffer: Buffer.from("II*\0 a TIFF, which only the server reads"),
    });
    await found(test);
    await page.getByText("The browser cannot draw this kind of picture")
      .waitFor();
    await page.locator("#picture").setInputFiles(picture);
    await page.getByRole("heading", { name: "mine.png" }).waitFor();
    await page.locator(".query .undrawn").waitFor({ state: "hidden" });
  },
);
