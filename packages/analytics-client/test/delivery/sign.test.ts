import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sign } from "../../src/delivery/sign.ts";
import { SIGNING_SECRET } from "../support/keys.ts";

test("the signature covers time and bytes", async () => {
  const body = Buffer.from('{"a":"é"}');
  const expected = createHmac("sha256", SIGNING_SECRET).update(`1700000000000.`).update(body).digest("hex");
  expect(await sign(SIGNING_SECRET, 1_700_000_000_000, body)).toBe(expected);
});

test("signs the published vectors as published", async () => {
  const page = readFileSync(new URL("../../../../docs/wire-protocol.md", import.meta.url), "utf8");
  const [, secret = "", timestamp = ""] = /secret `(wms_[0-9a-f]{64})`, timestamp `(\d{13})`/.exec(page) ?? [];
  const vectors: { body: string; signature: string }[] = JSON.parse(
    /```json signing-vectors\n([\s\S]*?)```/.exec(page)?.[1] ?? "[]",
  );
  expect(vectors.length).toBeGreaterThan(2);
  for (const { body, signature } of vectors)
    expect(await sign(secret, Number(timestamp), Buffer.from(body))).toBe(signature);
});
