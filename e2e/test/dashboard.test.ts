import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser } from "../src/browser.ts";
import { CollectorProcess } from "../src/collector-process.ts";
import { runDemo } from "../src/run-demo.ts";
import { type StoredUsage, UsageReader } from "../src/usage-reader.ts";
import { readOffThePage } from "./dashboard-page.ts";
import { STORAGES, type Storage } from "./storages.ts";

const CALLS = 150;

let storage: Storage;
let collector: CollectorProcess;
let browser: Browser;
let stored: StoredUsage;

beforeAll(async () => {
  storage = await (STORAGES[0] as (typeof STORAGES)[number]).make();
  collector = await CollectorProcess.start(storage.env);
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await collector?.kill();
  await storage?.remove();
});

/** A browser of its own that reports what should not happen on any page. */
async function newVisitor(): Promise<{ context: BrowserContext; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const complaints: string[] = [];
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("request", (request) => {
    if (!request.url().startsWith(collector.url)) complaints.push(`asked ${request.url()}`);
  });
  context.on("console", (message) => {
    // The browser itself logs the 401 that tells the page that nobody is signed in.
    if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text());
  });
  return { context, complaints };
}

test("before the first event the page tells a newcomer what to do, and goes on by itself when one arrives", async () => {
  const { context, complaints } = await newVisitor();
  const page = await context.newPage();
  await page.goto(await collector.adminLink());
  await page.getByRole("heading", { name: "Three steps to your first numbers" }).waitFor();

  await page.getByRole("button", { name: "Make an API key" }).click();
  const key = page.locator(".first-steps code").first();
  await expect.poll(() => key.textContent()).toMatch(/^wmc_[0-9a-f]{64}$/);
  const made = (await key.textContent()) ?? "";
  expect(await page.locator(".first-steps code").last().textContent()).toContain(`ANALYTICS_API_KEY=${made}`);
  const headers = { "content-type": "application/json", "x-api-key": made };
  // A key that did not exist would be 401.
  expect((await fetch(collector.eventsUrl, { method: "POST", headers, body: "{}" })).status).toBe(400);

  const reader = await UsageReader.signIn(collector.url, await collector.adminLink());
  const { apiKey, signingSecret } = await collector.createKey();
  const demo = await runDemo({ eventsUrl: collector.eventsUrl, apiKey, signingSecret, reader }, CALLS);
  expect(demo.isComplete).toBe(true);
  stored = await reader.read();

  await page.getByRole("region", { name: "Totals" }).waitFor({ timeout: 60_000 });
  expect(complaints).toEqual([]);
  await context.close();
});

test("the numbers on the page are the numbers that were stored", async () => {
  const { context, complaints } = await newVisitor();
  const page = await context.newPage();
  await page.goto(await collector.adminLink());
  const { byTool, byErrorType, ...totals } = await readOffThePage(page);
  expect(totals).toEqual({ stored: CALLS, succeeded: stored.succeeded, failed: stored.failed });
  // A call of a tool that does not exist stands under words instead of its stand-in name.
  const { __unknown__: unknown, ...named } = stored.byTool;
  expect(byTool).toEqual(unknown === undefined ? named : { ...named, "Unknown tools": unknown });
  for (const [errorType, count] of Object.entries(byErrorType)) expect(count).toBe(stored.byErrorType[errorType]);
  expect(Object.keys(byErrorType).length).toBeGreaterThanOrEqual(3);
  expect(complaints).toEqual([]);
  await context.close();
});

test("an admin link signs in once, leaves no token in the address, and the session survives a reload", async () => {
  const link = await collector.adminLink();
  const first = await newVisitor();
  const page = await first.context.newPage();
  await page.goto(link);
  await page.getByRole("region", { name: "Totals" }).waitFor();
  expect(page.url()).not.toContain("sign-in");
  await page.reload();
  await page.getByRole("region", { name: "Totals" }).waitFor();

  const second = await newVisitor();
  const late = await second.context.newPage();
  await late.goto(link);
  await late.getByRole("heading", { name: "Sign in to your analytics" }).waitFor();
  await late.getByText("This link has been used before").waitFor();
  await Promise.all([first.context.close(), second.context.close()]);
});

test("the page fits a phone: nothing runs over the edge", async () => {
  const { context } = await newVisitor();
  const page = await context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(await collector.adminLink());
  await page.getByRole("region", { name: "Totals" }).waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await context.close();
});
