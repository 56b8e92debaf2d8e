import { expect, test } from "vitest";
import { makeApiKeys } from "../../src/load/api-keys.ts";

test("the same seed gives the same API keys, and no seed gives fresh ones", () => {
  expect(makeApiKeys(5, "a")).toEqual(makeApiKeys(5, "a"));
  const texts = [...makeApiKeys(5, "a"), ...makeApiKeys(5, "b"), ...makeApiKeys(5), ...makeApiKeys(5)];
  expect(new Set(texts.map((key) => key.text)).size).toBe(20);
  expect(new Set(texts.map((key) => key.id)).size).toBe(20);
});

test("an API key has the format of the collector's keys", () => {
  for (const key of makeApiKeys(20, "a")) {
    expect(key.text).toMatch(/^wmc_[0-9a-f]{64}$/);
    expect(key.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
