import { setTimeout as wait } from "node:timers/promises";
import { freshAddress } from "./runner/addresses.ts";
import { type AttackCase, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { Trial } from "./runner/trial.ts";
import { readCharges } from "./stack/buckets.ts";
import { SPARE_CONNECTIONS } from "./stack/own-stack.ts";
import type { RawConnection } from "./wire/raw-connection.ts";

const beside = { lane: "beside" } as const;
/** Drips a byte now and then until the other side has had enough. */
async function drip(connection: RawConnection, deadlineMs: number): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!connection.isEnded && performance.now() < endMs) {
    connection.send("x");
    await wait(500);
  }
  hold(connection.isEnded, `it still drips after ${deadlineMs / 1000} s`);
}

/** Takes what a connection was answered; at most one answer, and that a 408. */
async function expectOneTimeout(t: Trial, connection: RawConnection, what: string): Promise<void> {
  const answers = await connection.answersUntilClosed();
  hold(answers.length <= 1, `${what}: ${answers.length} answers`);
  for (const answer of answers) t.expectStatus(t.note(answer), [408], what);
}

export const protocolConnections: readonly AttackCase[] = [
  attack(
    "PR-1",
    "headers that drip in: ended with one 408 within seconds",
    { ...beside, needs: "nothing" },
    async (t) => {
      const connection = t.connect();
      connection.send("POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      // Five seconds by its own clock, and what a busy machine adds.
      await drip(connection, 15_000);
      await expectOneTimeout(t, connection, "slow headers");
    },
  ),

  attack("PR-2", "bodies that drip in or never come: ended with at most one answer", beside, async (t) => {
    const key = await t.key();
    const slow = t.connect();
    slow.send(t.bytes({ key, headers: [["Content-Length", "1000"]] }));
    const silent = t.connect();
    silent.send(t.bytes({ key, headers: [["Content-Length", "1000"]] }));
    t.ledger.charge(key, 2, 0);
    await Promise.all([drip(slow, 25_000), silent.closed(25_000)]);
    await expectOneTimeout(t, slow, "a slow body");
    await expectOneTimeout(t, silent, "no body");
  }),

  attack(
    "PR-2a",
    "a refused body that never ends: one answer, then the connection ends",
    { ...beside, needs: "nothing" },
    async (t) => {
      const connection = t.connect();
      connection.send(t.bytes({ headers: [["Content-Length", "1000"]] }));
      t.judge(t.note(await connection.answer()), "key-required");
      await drip(connection, 25_000);
      hold(!connection.rest.includes("HTTP/1.1"), "a second answer came");
    },
  ),

  attack(
    "PR-3",
    "more connections than may be: the rest is turned away, idle ones end, and there is room again",
    { needs: "stack", lane: "alone" },
    async (t) => {
      const key = await t.key();
      const idle = Array.from({ length: SPARE_CONNECTIONS * 2 }, (_, i) => {
        const connection = t.connect("spare");
        if (i % 2 === 0) connection.send("POST /v1/events HTTP/1.1\r\nHost: x\r\n");
        return connection;
      });
      await t.until(() => idle.filter(({ isEnded }) => isEnded).length >= SPARE_CONNECTIONS, "all were taken", 5_000);
      await Promise.all(idle.map((connection) => connection.closed(20_000)));
      t.expect(await t.post(t.event(), { key, via: "spare", address: freshAddress() }), "stored");
    },
  ),

  attack(
    "PR-4",
    "a client that reads no answer hurts nobody else, and is let go",
    { ...beside, needs: "stack" },
    async (t) => {
      const key = await t.key();
      const deaf = t.connect("direct");
      deaf.pause();
      const request = t.bytes({ method: "GET", path: "/problems/", bare: true });
      deaf.send(Buffer.concat(Array<Buffer>(900).fill(request)));
      for (let i = 0; i < 20; i++) t.expect(await t.post(t.event(), { key }), "stored");
      deaf.end();
    },
  ),

  attack("PR-8", "a response is never split: line breaks in what is sent make no headers", async (t) => {
    const key = await t.key();
    for (const path of ["/v1/events?a=%0d%0aSet-Cookie:%20a=b", "/x%0d%0aSet-Cookie:a=b"]) {
      const answer = await t.request({ path, key, body: "{" });
      hold(answer.headers["set-cookie"] === undefined, "a header was made");
      if (answer.status === 404) t.judge(answer, "not-found");
      else t.expect(answer, "malformed-json");
    }
  }),

  attack(
    "PR-16",
    "clients that go away in the middle, at the end and during the insert leave whole rows or none",
    { needs: "stack" },
    async (t) => {
      const key = await t.key();
      const body = JSON.stringify(t.batch(Array.from({ length: 50 }, () => t.event({ tool: "t" }))));
      const headers = [["Content-Length", String(body.length)]] as const;
      // Before the last byte: nothing is stored, the request is charged.
      for (let i = 0; i < 5; i++) {
        const connection = t.connect();
        connection.send(t.bytes({ key, path: "/v1/events/batch", headers, body: body.slice(0, -1) }));
        t.ledger.charge(key, 1, 0);
        await t.until(async () => (await readCharges(t.stack.redis, key)).requests === i + 1, "it was not charged");
        connection.end();
      }
      await t.until(async () => (await readCharges(t.stack.redis, key)).events === 0, "it was charged events");
      // After it: stored as a whole, though nobody waits for the answer.
      const connection = t.connect();
      connection.send(t.bytes({ key, path: "/v1/events/batch", body }));
      await wait(0);
      connection.end();
      const again = await t.postBatch(body, { key });
      const wasStored = again.json?.duplicate === true;
      t.expect(again, wasStored ? "duplicate" : "stored");
      const counted = JSON.parse(body).events;
      if (wasStored) {
        t.ledger.store(key, counted, true);
        t.ledger.charge(key, 1, counted.length);
      } else t.areChargesStated = false;
      hold(again.json?.accepted === 50, "half a batch is stored");
    },
  ),

  attack("PR-N1", "a request that comes byte by byte, as fast as it may, is a request like any other", async (t) => {
    const key = await t.key();
    const body = JSON.stringify(t.batch([t.event(), t.event()]));
    const connection = t.connect();
    for (const byte of t.bytes({ key, path: "/v1/events/batch", body })) {
      connection.send(Uint8Array.of(byte));
      await wait(0);
    }
    t.expect(t.note(await connection.answer(), { key, path: "/v1/events/batch", body }), "stored");
    t.expect(await t.postBatch(body, { key }), "duplicate");
  }),
];
