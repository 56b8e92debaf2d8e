import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { sign } from "../../src/delivery/sign.ts";
import { SIGNING_SECRET } from "../support/keys.ts";

test("the signature covers time and bytes", async () => {
  const body = Buffer.from('{"a":"é"}');
  const expected = createHmac("sha256", SIGNING_SECRET).update(`1700000000000.`).update(body).digest("hex");
  expect(await sign(SIGNING_SECRET, 1_700_000_000_000, body)).toBe(expected);
});
