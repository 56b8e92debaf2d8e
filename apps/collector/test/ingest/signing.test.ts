import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signingSecret } from "../../src/accounts/signing-secret.ts";
import { ProblemError } from "../../src/http/problem.ts";
import { verifySignature } from "../../src/ingest/signature.ts";
import { readClaim } from "../../src/ingest/signature-headers.ts";
import type { TestKey } from "./memory-storage.ts";
import { expectProblem, expectUnharmed } from "./problems.ts";
import { MASTER_SECRET, startTestCollector, type TestCollector } from "./test-collector.ts";

const FORMER_SECRET = Buffer.alloc(32, 9);

let collector: TestCollector;
let signedOnly: TestKey;
beforeAll(async () => {
  collector = await startTestCollector({ config: { masterSecrets: [MASTER_SECRET, FORMER_SECRET] } });
  signedOnly = collector.keyStore.add({ requireSignature: true });
});
afterAll(() => collector.close());

const secretOf = ({ record }: TestKey, master = MASTER_SECRET) =>
  signingSecret(master, record.apiKeyId, record.secretVersion);

function hmac(secret: string | Buffer, timestamp: number | string, body: string | Buffer): string {
  return createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
}

/** Headers of a request signed as the contract says; each part can be put wrong. */
function signed(
  key: TestKey,
  body: string | Buffer,
  { secret = secretOf(key), timestamp = collector.clock.now() } = {},
) {
  return {
    "x-api-key": key.apiKey,
    "x-timestamp": String(timestamp),
    "x-signature": hmac(secret, timestamp, body),
  };
}

let count = 0;
/** The text of an event that no other test sends. */
const text = () => JSON.stringify(collector.event({ tool: `tool_${++count}` }));
const stored = () => collector.writer.events.length;

describe("a signed request", () => {
  test("gets in with the current and with the former master secret", async () => {
    for (const master of [MASTER_SECRET, FORMER_SECRET]) {
      const body = text();
      const response = await collector.sendEvent(
        body,
        signed(signedOnly, body, { secret: secretOf(signedOnly, master) }),
      );
      expect(response.status).toBe(201);
    }
  });

  test("is signed over the bytes that were sent, however the JSON is written", async () => {
    const body = `  {"timestamp" : ${collector.clock.now()},\n "success":true, "tool":"\\u0074ool" }\n`;
    expect((await collector.sendEvent(body, signed(signedOnly, body))).status).toBe(201);
  });

  test("may be 60 seconds off in either direction, and no millisecond more", async () => {
    for (const [offsetMs, status] of [
      [-60_001, 401],
      [-60_000, 201],
      [60_000, 201],
      [60_001, 401],
      [10 * 365 * 86_400_000, 401],
    ] as const) {
      const body = text();
      const headers = signed(signedOnly, body, { timestamp: collector.clock.now() + offsetMs });
      const response = await collector.sendEvent(body, headers);
      expect([offsetMs, response.status]).toEqual([offsetMs, status]);
      if (status === 401) expect(await response.json()).toMatchObject({ code: "signature-expired" });
    }
  });

  test("that is a single event is taken once; again it is refused and stores nothing", async () => {
    const body = text();
    const headers = signed(signedOnly, body);
    expect((await collector.sendEvent(body, headers)).status).toBe(201);
    const before = stored();
    await expectProblem(await collector.sendEvent(body, headers), "signature-replayed");
    await expectUnharmed(collector, before);
  });

  test("of the same event a moment later is another delivery", async () => {
    const body = text();
    expect((await collector.sendEvent(body, signed(signedOnly, body))).status).toBe(201);
    collector.clock.advance(1);
    expect((await collector.sendEvent(body, signed(signedOnly, body))).status).toBe(201);
  });
});

describe("a signature that is not right is refused", () => {
  test("where the key asks for one and there is none", async () => {
    const before = stored();
    const response = await collector.sendEvent(text(), { "x-api-key": signedOnly.apiKey });
    await expectProblem(response, "signature-required");
    expect(response.headers.get("ratelimit")).toBeNull();
    await expectUnharmed(collector, before);
  });

  test("also where the key asks for none", async () => {
    const body = text();
    const before = stored();
    const response = await collector.sendEvent(body, { ...signed(collector.key, body), "x-signature": "0".repeat(64) });
    await expectProblem(response, "invalid-signature");
    expect(response.headers.get("ratelimit")).toBeNull();
    await expectUnharmed(collector, before);
  });

  test("when only one of the two headers is there", async () => {
    const body = text();
    const { "x-timestamp": timestamp, "x-signature": signature } = signed(collector.key, body);
    await expectProblem(await collector.sendEvent(body, { "x-timestamp": timestamp }), "invalid-signature");
    await expectProblem(await collector.sendEvent(body, { "x-signature": signature }), "invalid-signature");
  });

  test("when a header breaks its grammar", async () => {
    const body = text();
    const right = signed(collector.key, body);
    for (const changes of [
      { "x-signature": right["x-signature"].toUpperCase() },
      { "x-signature": right["x-signature"].slice(1) },
      { "x-signature": `${right["x-signature"]}00` },
      { "x-signature": "z".repeat(64) },
      { "x-signature": `v1=${right["x-signature"]}` },
      { "x-signature": `${right["x-signature"]}, ${right["x-signature"]}` },
      { "x-timestamp": `${right["x-timestamp"]}garbage` },
      { "x-timestamp": `0${right["x-timestamp"]}` },
      { "x-timestamp": `+${right["x-timestamp"]}` },
      { "x-timestamp": String(collector.clock.now() / 1000) },
      { "x-timestamp": new Date(collector.clock.now()).toISOString() },
    ]) {
      await expectProblem(await collector.sendEvent(body, { ...right, ...changes }), "invalid-signature");
    }
  });

  test("when it was made with anything but the signing secret of this key", async () => {
    const body = text();
    const { apiKey } = signedOnly;
    for (const secret of [
      apiKey,
      createHash("sha256").update(apiKey).digest("hex"),
      "",
      secretOf(collector.key),
      secretOf(signedOnly).slice(4),
      secretOf(signedOnly, Buffer.alloc(32, 1)),
    ]) {
      await expectProblem(await collector.sendEvent(body, signed(signedOnly, body, { secret })), "invalid-signature");
    }
  });

  test("when the body is too deep to be taken apart, it is still a plain answer", async () => {
    const body = `${"[".repeat(500)}${"]".repeat(500)}`;
    await expectProblem(await collector.sendEvent(body, signed(signedOnly, body)), "too-deep");
  });
});

test("changing any single byte of body, timestamp or signature breaks a signature", () => {
  const secret = secretOf(signedOnly);
  const now = collector.clock.now();
  const changeAt = (bytes: Buffer, at: number, by: number) => {
    const changed = Buffer.from(bytes);
    changed[at % bytes.length] = ((changed[at % bytes.length] as number) + by) % 256;
    return changed;
  };
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.constantFrom("body", "timestamp", "signature"),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, part, at, by) => {
        const body = Buffer.from(bytes);
        const right = { timestamp: String(now), signature: hmac(secret, now, body) };
        expect(verifySignature(right, [secret], body)).toBe(true);
        if (part === "body") return verifySignature(right, [secret], changeAt(body, at, by)) === false;
        const wrong = {
          ...right,
          [part]: changeAt(Buffer.from(right[part as keyof typeof right]), at, by).toString("latin1"),
        };
        try {
          const claim = readClaim({ "x-timestamp": wrong.timestamp, "x-signature": wrong.signature }, true, now);
          return claim === undefined || !verifySignature(claim, [secret], body);
        } catch (error) {
          return error instanceof ProblemError;
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
