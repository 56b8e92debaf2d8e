import { describe, expect, test } from "vitest";
import { judgeOpenMeteo } from "../../src/upstream/open-meteo.ts";

/** Ten minutes before noon UTC. */
const NOW = Date.UTC(2026, 6, 15, 11, 50);
const judge = (status: number, reason: string) =>
  judgeOpenMeteo(
    {
      upstream: "open-meteo",
      status,
      contentType: "application/json",
      text: "",
      json: { error: true, reason },
      retryAfterMs: undefined,
    },
    NOW,
  );

describe("what Open-Meteo means by its reasons", () => {
  test.each([
    ["Minutely API request limit exceeded. Please try again in one minute.", 60],
    ["Hourly API request limit exceeded. Please try again in the next hour.", 600],
    ["Daily API request limit exceeded. Please try again tomorrow.", 12 * 3_600 + 600],
  ])("%s closes it until its window is over", (reason, seconds) => {
    const verdict = judge(429, reason);
    expect(verdict).toMatchObject({ retry: "never", closedForMs: seconds * 1_000 });
    expect(verdict?.error).toMatchObject({ category: "RATE_LIMIT", retryAfterS: seconds });
  });

  test("too many at once is tried again after a second and closes nothing", () => {
    const verdict = judge(429, "Too many concurrent requests");
    expect(verdict).toMatchObject({ retry: { afterMs: 1_000 } });
    expect(verdict?.closedForMs).toBeUndefined();
  });

  test("no data for a place is NOT_FOUND; a refused parameter is INVALID_INPUT with the reason", () => {
    expect(judge(400, "No data is available for this location")?.error.category).toBe("NOT_FOUND");
    const refused = judge(400, "Parameter 'end_date' is out of allowed range from 1940-01-01 to 2026-09-29");
    expect(refused?.error.category).toBe("INVALID_INPUT");
    expect(refused?.error.message).toContain("1940-01-01 to 2026-09-29");
  });

  test("an overload is left to the rules for every service", () => {
    expect(judge(503, "The service is overloaded")).toBeUndefined();
  });
});
