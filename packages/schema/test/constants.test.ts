import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CALL_OUTCOMES, OUTCOME_ERROR_TYPES, signingPrefix } from "../src/constants.ts";
import { ERROR_TYPE_PATTERN } from "../src/grammar.ts";

test("what the client bundles imports no dependency", () => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");
    for (const [, specifier = ""] of source.matchAll(/from "([^"]+)"/g)) {
      expect(specifier, `${file} imports ${specifier}`).toMatch(/^\.\//);
      visit(specifier.slice(2));
    }
  };
  visit("constants.ts");
  visit("disclosure.ts");
  expect(seen.size).toBeGreaterThan(5);
});

test("every error type that an outcome fixes passes the grammar", () => {
  for (const [outcome, errorType] of Object.entries(OUTCOME_ERROR_TYPES)) {
    expect(CALL_OUTCOMES).toContain(outcome);
    expect(errorType).toMatch(new RegExp(ERROR_TYPE_PATTERN));
  }
});

test("the signed message is the timestamp, a full stop and the body as it is", () => {
  const secret = `wms_${createHash("sha256").update("example").digest("hex")}`;
  const body = Buffer.from('{"tool":"get_forecast","success":true,"timestamp":1763800000000}');
  const inOne = createHmac("sha256", secret)
    .update(`1763800000000.${body.toString("utf8")}`)
    .digest("hex");
  const inParts = createHmac("sha256", secret).update(signingPrefix(1_763_800_000_000)).update(body).digest("hex");
  expect(inParts).toBe(inOne);
});
