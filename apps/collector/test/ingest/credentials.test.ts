import { API_KEY_PATTERN, API_KEY_PREFIX, READ_TOKEN_PREFIX, SIGNING_SECRET_PREFIX } from "@org/mcp-analytics-schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readApiKey } from "../../src/ingest/credentials.ts";

const pattern = new RegExp(API_KEY_PATTERN);

function isApiKey(text: string): boolean {
  try {
    return readApiKey({ "x-api-key": text }) === text;
  } catch {
    return false;
  }
}

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const key = hex(64).map((digits) => API_KEY_PREFIX + digits);

/** What stands just beside the digits and letters of a key, what looks like them, and what ends a line or a text. */
const nearCharacter = fc.constantFrom(
  ...["/", ":", "`", "g", "A", "F", "G", "_", " ", "-", ".", "\n", "\r", "\0", "\u0661", "\uff11", "\u{1d7d8}"],
);

/** A key with a part of it taken out and something else, or nothing, put in its place. */
const nearKey = fc
  .record({
    text: key,
    from: fc.nat({ max: 68 }),
    taken: fc.nat({ max: 2 }),
    put: fc.array(fc.oneof(nearCharacter, hex(1)), { maxLength: 2 }),
  })
  .map(({ text, from, taken, put }) => text.slice(0, from) + put.join("") + text.slice(from + taken));

const otherToken = fc
  .tuple(fc.constantFrom(SIGNING_SECRET_PREFIX, READ_TOKEN_PREFIX, "WMC_", "wmc-", "", " wmc_"), hex(64))
  .map(([prefix, digits]) => prefix + digits);

test("a text is a key exactly where the contract's pattern says so", () => {
  const text = fc.oneof(key, nearKey, otherToken, fc.string(), fc.string({ minLength: 68, maxLength: 68 }));
  fc.assert(
    fc.property(text, (one) => {
      expect(isApiKey(one)).toBe(pattern.test(one));
    }),
    { numRuns: 5_000 },
  );
});

test("no character at any place of a key is taken that the pattern refuses", () => {
  const text = `${API_KEY_PREFIX}${"0123456789abcdef".repeat(4)}`;
  for (let place = 0; place < text.length; place++) {
    for (let code = 0; code <= 0x17f; code++) {
      const changed = text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
      if (isApiKey(changed) !== pattern.test(changed)) expect.fail(JSON.stringify(changed));
    }
  }
});
