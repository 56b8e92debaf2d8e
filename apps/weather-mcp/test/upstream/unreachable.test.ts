import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { pauselessClock } from "../support/manual-clock.ts";
import { failureOf, openHarness, type UpstreamHarness } from "../support/upstream-harness.ts";
import { errorMeta, openSession, textOf } from "../support/weather-session.ts";

const clock = () => pauselessClock("2026-07-15T20:10:00Z");
let harness: UpstreamHarness | undefined;
afterEach(() => harness?.close());

/** What fetch throws for a failure of the system with this code. */
function failing(code: string | undefined): { fetch: typeof fetch; attempts: () => number } {
  let attempts = 0;
  const cause = Object.assign(new Error("raw words of the system"), code === undefined ? {} : { code });
  return {
    attempts: () => attempts,
    fetch: () => {
      attempts += 1;
      return Promise.reject(new TypeError("fetch failed", { cause }));
    },
  };
}

describe("a service that cannot be reached", () => {
  test.each([
    ["ENOTFOUND", "UNKNOWN", "offline"],
    ["EAI_AGAIN", "UNKNOWN", "offline"],
    ["ENETUNREACH", "UNKNOWN", "no route"],
    ["ECONNREFUSED", "UNKNOWN", "refused"],
    ["ECONNRESET", "UNKNOWN", "broke off"],
    ["UND_ERR_SOCKET", "UNKNOWN", "broke off"],
    ["CERT_HAS_EXPIRED", "UNKNOWN", "secure"],
    ["ETIMEDOUT", "TIMEOUT", "timed out"],
    ["UND_ERR_CONNECT_TIMEOUT", "TIMEOUT", "timed out"],
    [undefined, "UNKNOWN", "could not be reached."],
  ])("%s is %s, is tried three times and told in plain words", async (code, category, told) => {
    const network = failing(code);
    harness = await openHarness(clock(), {}, network.fetch);
    const error = await failureOf(harness.get());
    expect(error).toMatchObject({ category, reason: "upstream_unreachable", upstream: "nws", retryable: true });
    expect(error.message).toContain("could not be reached");
    expect(error.message).toContain(told);
    expect(error.hint).toContain("could not be reached");
    expect(`${error.message} ${error.hint}`).not.toMatch(/raw words|127\.0\.0\.1|http/);
    expect(network.attempts()).toBe(3);
  });

  test("a closed port and a broken connection are told so to the model, and a forecast of another service stands in", async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const session = await openSession({ env: { WEATHER_NWS_URL: `http://127.0.0.1:${port}` } });
    const alerts = await session.call("get_alerts", { state: "TX" });
    expect(textOf(alerts)).toMatch(
      /^UNKNOWN: The National Weather Service could not be reached \(the connection was refused\)/,
    );
    expect(textOf(alerts)).toMatch(/\nTry: The weather service could not be reached/);
    expect(errorMeta(alerts)).toMatchObject({ reason: "upstream_unreachable", upstream: "nws", status: null });
    const forecast = await session.ok("get_forecast", { location: "Albany, NY" });
    expect(forecast).toMatchObject({ source: "open-meteo", fallback_from: "nws" });
    expect(forecast.warnings.join()).toContain("could not be reached");
    session.upstream.fail("open-meteo/", "reset");
    const broken = await session.call("get_forecast", { location: "Paris, FR" });
    expect(textOf(broken)).toContain("Open-Meteo could not be reached (the connection broke off)");
    await session.close();
  });
});
