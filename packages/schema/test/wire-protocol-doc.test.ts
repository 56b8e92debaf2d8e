import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DROP_REASONS, ERROR_TYPE_PATTERN, signingPrefix, TOOL_PATTERN } from "../src/index.ts";

const doc = readFileSync(new URL("../../../docs/wire-protocol.md", import.meta.url), "utf8");

test("the signature vectors of the document recompute", () => {
  const secret = /secret `(wms_[0-9a-f]{64})`/.exec(doc)?.[1] ?? "";
  const timestamp = /timestamp `(\d{13})`/.exec(doc)?.[1] ?? "";
  const block = /```json signing-vectors\n([\s\S]*?)```/.exec(doc)?.[1] ?? "[]";
  const vectors = JSON.parse(block) as { body: string; signature: string }[];
  expect(vectors.length).toBeGreaterThanOrEqual(3);
  for (const { body, signature } of vectors) {
    expect(createHmac("sha256", secret).update(signingPrefix(timestamp)).update(body).digest("hex")).toBe(signature);
  }
});

test("the document states the grammars and reasons that the schema has", () => {
  for (const text of [TOOL_PATTERN, ERROR_TYPE_PATTERN, ...DROP_REASONS]) expect(doc).toContain(text);
});
