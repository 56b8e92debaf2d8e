import { describe, expect, test } from "vitest";
import { WeatherError } from "../../src/errors/weather-error.ts";
import { ERROR_META_KEY, errorResult } from "../../src/output/error-result.ts";

describe("errors", () => {
  test("the text begins with the category and ends with what to do", () => {
    const error = new WeatherError("RATE_LIMIT", "Open-Meteo limits requests right now.", {
      reason: "upstream_rate_limit",
      hint: "Try again in 60 s.",
      upstream: "open-meteo",
      status: 429,
      retryable: true,
      retryAfterS: 60,
    });
    const result = errorResult(error);
    expect(result.content).toEqual([
      { type: "text", text: "RATE_LIMIT: Open-Meteo limits requests right now.\nTry: Try again in 60 s." },
    ]);
    expect(result._meta?.[ERROR_META_KEY]).toEqual({
      category: "RATE_LIMIT",
      reason: "upstream_rate_limit",
      upstream: "open-meteo",
      status: 429,
      retryable: true,
      retry_after_s: 60,
      correlation_id: null,
    });
  });

  test("details are never in structuredContent, which clients check against the schema of successes", () => {
    expect(errorResult(new Error("x"))).not.toHaveProperty("structuredContent");
  });

  test("a fault of our own is UNKNOWN, without its message and its stack", () => {
    const text = JSON.stringify(errorResult(new TypeError("cannot read 'token' of secret-token-123")));
    expect(text).toContain("UNKNOWN");
    expect(text).not.toContain("secret-token-123");
    expect(text).not.toContain("at ");
  });
});
