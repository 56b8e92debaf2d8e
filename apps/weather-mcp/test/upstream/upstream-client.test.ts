import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pauselessClock } from "../support/manual-clock.ts";
import { failureOf, openHarness, type UpstreamHarness } from "../support/upstream-harness.ts";

let clock: ReturnType<typeof pauselessClock>;
let harness: UpstreamHarness;
beforeEach(async () => {
  clock = pauselessClock("2026-07-15T20:10:00Z");
  harness = await openHarness(clock);
});
afterEach(() => harness.close());

const MINUTE_MS = 60_000;
const hits = () => harness.upstream.hits("nws/thing");

describe("retries", () => {
  test("an error of the service is retried and the next answer is used", async () => {
    harness.upstream.fail("nws/thing", { status: 500 }, 1);
    await expect(harness.get()).resolves.toMatchObject({ value: { ok: true } });
    expect(hits()).toBe(2);
  });

  test("three errors in a row are three requests, and then a failure that says which service", async () => {
    harness.upstream.fail("nws/thing", { status: 503 });
    const error = await failureOf(harness.get());
    expect(hits()).toBe(3);
    expect(error).toMatchObject({ category: "UNKNOWN", reason: "upstream_unavailable", status: 503, retryable: true });
  });

  test.each(["reset", "cut-json", "nan", "html-200"] as const)("%s is retried", async (kind) => {
    harness.upstream.fail("nws/thing", kind, 2);
    await expect(harness.get()).resolves.toMatchObject({ value: { ok: true } });
    expect(hits()).toBe(3);
  });

  test("an answer of an unknown form is retried, and is UNKNOWN when it stays so", async () => {
    const decode = () => {
      throw new TypeError("not an object");
    };
    const error = await failureOf(harness.get({ decode }));
    expect(error).toMatchObject({ category: "UNKNOWN", reason: "upstream_bad_response" });
    expect(hits()).toBe(3);
  });

  test.each([400, 404, 410])("status %i is final", async (status) => {
    harness.upstream.fail("nws/thing", { status });
    await failureOf(harness.get());
    expect(hits()).toBe(1);
  });

  test("Retry-After is kept when there is time for it", async () => {
    harness.upstream.fail("nws/thing", { status: 503, retryAfterS: 3 }, 1);
    await expect(harness.get()).resolves.toMatchObject({ value: { ok: true } });
    expect(hits()).toBe(2);
  });

  test("429 is waited out and tried again when the service says for how long", async () => {
    harness.upstream.fail("nws/thing", { status: 429, retryAfterS: 2 }, 2);
    await expect(harness.get()).resolves.toMatchObject({ value: { ok: true } });
    expect(hits()).toBe(3);
  });

  test("a Retry-After beyond the call's time is told at once instead of waited for", async () => {
    harness.upstream.fail("nws/thing", { status: 429, retryAfterS: 600 });
    const error = await failureOf(harness.get());
    expect(error).toMatchObject({ category: "RATE_LIMIT", retryAfterS: 600 });
    expect(hits()).toBe(1);
  });

  test("a service that said when it will answer again is left alone until then", async () => {
    harness.upstream.fail("nws/thing", { status: 429, retryAfterS: 600 }, 1);
    await failureOf(harness.get());
    expect(await failureOf(harness.get())).toMatchObject({ category: "RATE_LIMIT" });
    expect(hits()).toBe(1);
    clock.advance(601_000);
    await expect(harness.get()).resolves.toMatchObject({ value: { ok: true } });
  });

  test("403 with a page for people means that we are too fast", async () => {
    harness.upstream.fail("nws/thing", { status: 403, html: true });
    expect(await failureOf(harness.get())).toMatchObject({ category: "RATE_LIMIT", status: 403 });
  });
});

describe("limits of what is accepted", () => {
  test("a redirect to another host is not followed", async () => {
    harness.upstream.fail("nws/thing", "redirect-away");
    expect(await failureOf(harness.get())).toMatchObject({ category: "UNKNOWN", reason: "upstream_bad_response" });
    expect(hits()).toBe(1);
  });

  test("redirects within the host end after a few", async () => {
    harness.upstream.fail("nws/thing", "redirect-loop");
    expect(await failureOf(harness.get())).toMatchObject({ reason: "upstream_bad_response" });
    expect(hits()).toBe(4);
  });

  test("a body beyond the cap is given up", async () => {
    harness.upstream.fail("nws/thing", "huge");
    expect((await failureOf(harness.get())).message).toContain("too large");
    expect(hits()).toBe(1);
  });
});

describe("cache", () => {
  const cache = { ttlMs: 10 * MINUTE_MS, staleMs: 60 * MINUTE_MS };

  test("a fresh answer is not asked for again", async () => {
    await harness.get({ cache });
    clock.advance(9 * MINUTE_MS);
    await expect(harness.get({ cache })).resolves.toMatchObject({ stale: false });
    expect(hits()).toBe(1);
  });

  test("an old answer is asked for again", async () => {
    await harness.get({ cache });
    clock.advance(11 * MINUTE_MS);
    await harness.get({ cache });
    expect(hits()).toBe(2);
  });

  test("an old answer stands in for a service that is out, and says so", async () => {
    const first = await harness.get({ cache });
    clock.advance(30 * MINUTE_MS);
    harness.upstream.fail("nws/thing", { status: 503 });
    await expect(harness.get({ cache })).resolves.toEqual({ ...first, stale: true });
  });

  test("it does not stand in for ever, nor where that is not allowed", async () => {
    await harness.get({ cache });
    await harness.get({ cache: { ttlMs: MINUTE_MS }, path: "/thing/alerts" });
    clock.advance(71 * MINUTE_MS);
    harness.upstream.fail("nws/thing", { status: 503 });
    expect(await failureOf(harness.get({ cache }))).toMatchObject({ category: "UNKNOWN" });
    expect(await failureOf(harness.get({ cache: { ttlMs: MINUTE_MS }, path: "/thing/alerts" }))).toMatchObject({
      category: "UNKNOWN",
    });
  });

  test("a refusal is no reason to show an old answer", async () => {
    await harness.get({ cache });
    clock.advance(30 * MINUTE_MS);
    harness.upstream.fail("nws/thing", { status: 404 });
    expect(await failureOf(harness.get({ cache }))).toMatchObject({ category: "NOT_FOUND" });
  });

  test("how long an answer is kept can depend on what it says", async () => {
    const byValue = { ttlMs: (value: unknown) => ((value as { ok: boolean }).ok ? MINUTE_MS : 0) };
    await harness.get({ cache: byValue });
    clock.advance(2 * MINUTE_MS);
    await harness.get({ cache: byValue });
    expect(hits()).toBe(2);
  });

  test("errors are not kept, but a failure that is an answer is", async () => {
    harness.upstream.fail("nws/thing", { status: 404 });
    await failureOf(harness.get({ cache }));
    await failureOf(harness.get({ cache }));
    expect(hits()).toBe(2);
    const recover = () => ({ covered: false });
    await expect(harness.get({ cache, recover })).resolves.toMatchObject({ value: { covered: false } });
    await harness.get({ cache, recover });
    expect(hits()).toBe(3);
  });

  test("refresh asks although there is a fresh answer, and renews it", async () => {
    await harness.get({ cache });
    await harness.get({ cache, refresh: true });
    await harness.get({ cache });
    expect(hits()).toBe(2);
  });

  test("without memory nothing is kept", async () => {
    const bare = await openHarness(clock, { WEATHER_CACHE_BYTES: "0" });
    await bare.get({ cache });
    await bare.get({ cache });
    expect(bare.upstream.hits("nws/thing")).toBe(2);
    await bare.close();
  });
});

describe("one request for equal callers", () => {
  test("two equal concurrent calls are one request", async () => {
    const [a, b] = await Promise.all([harness.get(), harness.get()]);
    expect(a).toEqual(b);
    expect(hits()).toBe(1);
  });

  test("calls that differ in their query are two requests", async () => {
    await Promise.all([harness.get({ query: { units: "us" } }), harness.get({ query: { units: "si" } })]);
    expect(hits()).toBe(2);
  });
});

describe("a service that keeps failing", () => {
  test("is left alone after five failed requests, and asked again a minute later", async () => {
    const undo = harness.upstream.fail("nws/thing", { status: 503 });
    for (let request = 0; request < 5; request++) await failureOf(harness.get());
    expect(hits()).toBe(15);
    expect(await failureOf(harness.get())).toMatchObject({ reason: "upstream_unavailable", retryable: true });
    expect(hits()).toBe(15);
    undo();
    clock.advance(61_000);
    await expect(harness.get()).resolves.toMatchObject({ value: { ok: true } });
  });

  test("does not close the others", async () => {
    harness.upstream.fail("nws/thing", { status: 503 });
    for (let request = 0; request < 6; request++) await failureOf(harness.get());
    harness.upstream.respond("ncei/thing", { ok: true });
    await expect(harness.get({ upstream: "ncei" })).resolves.toMatchObject({ value: { ok: true } });
  });
});

describe("requests", () => {
  test("commas stay and spaces are %20, never +", async () => {
    await harness.get({ query: { hourly: "a,b", name: "São Paulo", skipped: undefined } });
    expect(harness.upstream.requests.at(-1)).toBe("nws/thing?hourly=a,b&name=S%C3%A3o%20Paulo");
  });

  test("the key of a paid plan is sent and does not tell cached answers apart", async () => {
    const paid = await openHarness(clock, { OPEN_METEO_API_KEY: "k3y" });
    paid.upstream.respond("open-meteo/thing", {});
    await paid.get({ upstream: "open-meteo", query: { a: 1 } });
    expect(paid.upstream.requests.at(-1)).toBe("open-meteo/thing?a=1&apikey=k3y");
    await paid.close();
  });
});
