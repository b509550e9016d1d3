import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildReport } from "#report/report.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { context, fixture } from "./documents.ts";
import { documentFullOf, hostileTexts } from "./hostile.ts";

const address = "http://report.test/report.html";
const [desktop, phone] = [1280, 390];
const documents = {
  "a real scan": fixture("container-baseline"),
  "every status": fixture("mixed"),
  waivers: fixture("waived"),
  "hostile text": documentFullOf(...hostileTexts),
};
const names = Object.keys(documents) as (keyof typeof documents)[]; // Object.keys forgets them

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 30_000);
afterAll(() => browser?.close());
afterEach(async () => {
  await Promise.all(browser.contexts().map((one) => one.close()));
});

interface Look {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  readonly hash?: string;
}

/** The page as a browser has it, and everything that the browser complained of or asked for. */
async function open(name: keyof typeof documents, { width = desktop, colorScheme = "light", hash = "" }: Look = {}) {
  const bytes = buildReport(documents[name], context()).files.find((file) => file.name === "report.html")?.bytes;
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  page.on("request", (request) => request.url().startsWith(address) || complaints.push(request.url()));
  await page.route("**", (route) =>
    route.fulfill({ body: Buffer.from(bytes ?? []), contentType: "text/html; charset=utf-8" }),
  );
  await page.goto(`${address}${hash}`);
  return { page, complaints };
}

const unfold = (page: Page) =>
  page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })");

describe.each(names)("the page of %s", (name) => {
  it.each(["light", "dark"] as const)(
    "has nothing that axe minds, %s",
    async (colorScheme) => {
      const { page } = await open(name, { colorScheme });
      await unfold(page);
      await page.evaluate(axe.source);
      const found = await page.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))",
      );
      expect(found).toEqual([]);
    },
    60_000,
  );

  it("draws no complaint from the browser and asks for nothing", async () => {
    const { page, complaints } = await open(name);
    await unfold(page);
    expect(complaints).toEqual([]);
  });

  it("fits a screen 390 pixels wide", async () => {
    const { page } = await open(name, { width: phone });
    await unfold(page);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone);
  });
});

describe("a reader", () => {
  it("who follows a link to a control finds it unfolded", async () => {
    const { page } = await open("a real scan", { hash: "#control-cb-101" });
    expect(await page.locator("#control-cb-101").isVisible()).toBe(true);
  });

  it("who has only a keyboard reaches every message", async () => {
    const { page } = await open("a real scan");
    expect(
      await page.evaluate("[...document.querySelectorAll('pre')].filter((pre) => pre.tabIndex !== 0).length"),
    ).toBe(0);
  });

  it("who prints gets what is folded, too", async () => {
    const { page } = await open("a real scan");
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#control-cb-101").isVisible()).toBe(true);
  });

  it("sees passed controls folded away", async () => {
    const { page } = await open("a real scan");
    expect(await page.locator("#control-cb-101").isVisible()).toBe(false);
  });
});
