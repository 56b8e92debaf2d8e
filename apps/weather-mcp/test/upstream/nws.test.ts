import { describe, expect, test } from "vitest";
import { judgeNws } from "../../src/upstream/nws.ts";

const judge = (status: number, json: Record<string, unknown>, contentType = "application/problem+json") =>
  judgeNws({ upstream: "nws", status, contentType, text: JSON.stringify(json), json, retryAfterMs: undefined });
const problem = (kind: string, detail = "", form = "https://api.weather.gov/problems/") => ({
  type: form + kind,
  detail,
});

describe("what the National Weather Service means by its problems", () => {
  test("outside of its area is not covered, in each of the three ways it is said", () => {
    const bounds = 'Parameter "point" is invalid: out of bounds';
    expect(judge(404, problem("InvalidPoint"))?.error.reason).toBe("not_covered");
    expect(judge(404, problem("InvalidPoint", "", "urn:noaa:nws:api:"))?.error.reason).toBe("not_covered");
    expect(judge(400, problem("InvalidParameter", bounds))?.error.reason).toBe("not_covered");
    expect(judge(404, problem("MarineForecastNotSupported"))?.error.reason).toBe("marine_not_supported");
  });

  test("its troubles are retried and carry its own reference", () => {
    for (const kind of ["UnexpectedProblem", "ForecastGridExpired", "ForecastMissingData", "UnavailableWebService"]) {
      const verdict = judge(kind === "UnexpectedProblem" ? 500 : 503, { ...problem(kind), correlationId: "a5db886" });
      expect(verdict).toMatchObject({ retry: "backoff", unwell: true, error: { correlationId: "a5db886" } });
    }
  });

  test("garbage is our mistake, not an outage", () => {
    expect(judge(400, problem("InvalidParameter", "does not appear to be a valid coordinate"))).toMatchObject({
      retry: "never",
      unwell: false,
      error: { category: "INVALID_INPUT" },
    });
  });

  test("429 is waited out for about five seconds, a blocking page is not", () => {
    expect(judge(429, {})).toMatchObject({ retry: { afterMs: 5_000 }, error: { category: "RATE_LIMIT" } });
    expect(judge(403, {}, "text/html")).toMatchObject({ retry: "never", error: { category: "RATE_LIMIT" } });
  });
});
