import { TIERS } from "@org/mcp-analytics-schema";
import { limitsByAddress } from "./limits-by-address.ts";
import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { Trial } from "./runner/trial.ts";
import { hashOf, inventedKey } from "./stack/attack-keys.ts";
import { keyPartition, readBucket, readCharges, writeBucket } from "./stack/buckets.ts";
import { type Lab, openLab } from "./stack/lab.ts";
import type { Answer } from "./wire/answer.ts";

const { free } = TIERS;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Until a bucket of the free tier has a token more. */
const REFILL_MS = HOUR_MS / (free.requestsPerHour - free.burstRequests);

/** Holds a 429 to everything that it must say. */
function expectLimited(t: Trial, answer: Answer, limit: number): void {
  t.expect(answer, "rate-limited");
  const { headers, json } = answer;
  const seconds = Number(headers["retry-after"]);
  hold(seconds >= 1, "no Retry-After");
  hold(json?.limit === limit, `limit ${json?.limit} instead of ${limit}`);
  const resetInMs = Number(json?.resetAt) - Date.now();
  hold(Math.abs(resetInMs - seconds * 1000) < 5_000, "resetAt and Retry-After disagree");
}

/** Tries an event every so often for a while; returns when, on the lab's clock, one was stored. */
async function storedTimes(t: Trial, lab: Lab, everyMs: number, forMs: number): Promise<number[]> {
  const key = lab.key("free");
  const times: number[] = [];
  for (const endMs = lab.nowMs + forMs; lab.nowMs < endMs; lab.nowMs += everyMs) {
    const body = JSON.stringify({ tool: "t", success: true, timestamp: lab.nowMs });
    const answer = await lab.inject({ key, body });
    t.expectStatus(answer, [201, 429]);
    if (answer.status === 201) times.push(lab.nowMs);
  }
  return times;
}

/** The most of some sorted times that lie in any span of this length. */
function mostWithin(times: readonly number[], spanMs: number): number {
  let most = 0;
  for (let from = 0, to = 0; to < times.length; to++) {
    while ((times[to] as number) - (times[from] as number) >= spanMs) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

export const limits: AttackGroup = {
  name: "limits",
  cases: [
    attack(
      "RL-1",
      "ten requests at once are stored, the eleventh is 429 and says when to come back",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey({ tier: "free" });
        for (let i = 0; i < free.burstRequests; i++) t.expect(await t.post(t.event(), { key }), "stored");
        expectLimited(t, await t.post(t.event(), { key }), free.burstRequests);
        expectLimited(t, await t.postBatch(t.batch([t.event()]), { key }), free.burstRequests);
      },
    ),

    attack(
      "RL-2",
      "whoever tries every 10 s for three hours gets at most 100 in any hour",
      { needs: "stack" },
      async (t) => {
        const lab = await openLab(t);
        const times = await storedTimes(t, lab, 10_000, 3 * HOUR_MS);
        await lab.close();
        const most = mostWithin(times, HOUR_MS);
        hold(most <= free.requestsPerHour, `${most} in an hour`);
        hold(times.length >= 3 * (free.requestsPerHour - free.burstRequests), `only ${times.length} in three hours`);
      },
    ),

    attack(
      "RL-3",
      "whoever tries every 36 s for two days gets at most 1,000 in any day, around midnight too",
      { needs: "stack" },
      async (t) => {
        const lab = await openLab(t, { startMs: Math.floor(Date.now() / DAY_MS) * DAY_MS + 18 * HOUR_MS });
        const times = await storedTimes(t, lab, 36_000, 2 * DAY_MS);
        await lab.close();
        const perDay = new Map<number, number>();
        for (const time of times)
          perDay.set(Math.floor(time / DAY_MS), (perDay.get(Math.floor(time / DAY_MS)) ?? 0) + 1);
        hold(Math.max(...perDay.values()) === free.requestsPerDay, `${Math.max(...perDay.values())} in a day`);
        hold(mostWithin(times, HOUR_MS) <= free.requestsPerHour, `${mostWithin(times, HOUR_MS)} in an hour`);
      },
    ),

    attack("RL-3a", "the 1,000th request of a day is stored, the 1,001st is not", { needs: "stack" }, async (t) => {
      const key = await t.newKey({ tier: "free" });
      t.areChargesStated = false;
      await writeBucket(t.stack.redis, key, { requests: free.requestsPerDay - 1, events: 5 });
      t.expect(await t.post(t.event(), { key }), "stored");
      const refused = await t.post(t.event(), { key });
      t.expect(refused, "rate-limited");
      hold(refused.json?.limit === free.requestsPerDay, "another limit is named");
      hold(Number(refused.json?.resetAt) % DAY_MS === 0, "it does not end at midnight UTC");
    }),

    attack(
      "RL-4",
      "400 at once over 20 connections to two replicas: exactly ten are stored",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey({ tier: "free" });
        const connections = Array.from({ length: 20 }, (_, i) => t.connect(i % 2 === 0 ? "direct" : "spare"));
        const body = JSON.stringify(t.event());
        for (const [i, connection] of connections.entries()) {
          const headers = i % 2 === 0 ? [] : ([["X-Forwarded-For", `198.51.100.${100 + i}`]] as const);
          const one = t.bytes({ key, headers, body }, i % 2 === 0 ? "direct" : "spare");
          connection.send(Buffer.concat(Array<Buffer>(20).fill(one)));
        }
        let stored = 0;
        for (const connection of connections) {
          for (let i = 0; i < 20; i++) {
            const answer = t.note(await connection.answer(), { key, body });
            t.expectStatus(answer, [201, 429], "one of 400");
            t.expect(answer, answer.status === 201 ? "stored" : "rate-limited");
            if (answer.status === 201) stored++;
          }
        }
        hold(stored === free.burstRequests, `${stored} were stored`);
      },
    ),

    attack("RL-5", "refused requests cost nothing and push nothing back", { needs: "stack" }, async (t) => {
      const key = await t.newKey({ tier: "free" });
      for (let i = 0; i < free.burstRequests; i++) t.expect(await t.post(t.event(), { key }), "stored");
      const first = await t.post(t.event(), { key });
      t.expect(first, "rate-limited");
      const before = await readBucket(t.stack.redis, keyPartition(key));
      for (let i = 0; i < 40; i++) {
        const again = await t.post(t.event(), { key });
        t.expect(again, "rate-limited");
        const pushedMs = Number(again.json?.resetAt) - Number(first.json?.resetAt);
        hold(Math.abs(pushedMs) <= 5, `the end of the limit moved by ${pushedMs} ms`);
      }
      const after = await readBucket(t.stack.redis, keyPartition(key));
      hold(before?.text === after?.text, "the bucket changed");
    }),

    attack(
      "RL-6",
      "a flood of invalid events is charged as requests, never as events",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey({ tier: "free" });
        for (let i = 0; i < free.burstRequests; i++) {
          const body = i % 2 === 0 ? t.event({ tool: "a b" }) : "{";
          t.expect(await t.post(body, { key }), i % 2 === 0 ? "invalid-event" : "malformed-json");
        }
        for (let i = 0; i < 20; i++) t.expect(await t.post({}, { key }), "rate-limited");
      },
    ),

    attack(
      "RL-14",
      "a rotated key has the bucket of the old one, a second key its own",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey({ tier: "free" });
        for (let i = 0; i < free.burstRequests; i++) t.expect(await t.post(t.event(), { key }), "stored");
        const apiKey = t.keepFromStorage(inventedKey());
        const rotated = { ...key, apiKey, hash: hashOf(apiKey) };
        await t.stack.sql`UPDATE api_keys SET key_hash = ${rotated.hash} WHERE id = ${key.apiKeyId}`;
        t.judge(await t.post(t.event(), { key: rotated }), "rate-limited");
        // A key belongs to one end user, and so do its limits.
        const second = await t.newKey({ tier: "free" });
        t.expect(await t.post(t.event(), { key: second }), "stored");
      },
    ),

    attack(
      "RL-17",
      "who waits as long as Retry-After says is let in; a second earlier not",
      { needs: "stack" },
      async (t) => {
        const lab = await openLab(t);
        const key = lab.key("free");
        const send = () => lab.inject({ key, body: JSON.stringify(t.event({ timestamp: lab.nowMs })) });
        for (let i = 0; i < free.burstRequests; i++) t.judge(await send(), "stored");
        const refused = await send();
        t.judge(refused, "rate-limited");
        const seconds = Number(refused.headers["retry-after"]);
        hold(seconds === REFILL_MS / 1000, `Retry-After: ${seconds}`);
        lab.nowMs += (seconds - 1) * 1000;
        t.judge(await send(), "rate-limited", "a second earlier");
        lab.nowMs += 1000;
        t.judge(await send(), "stored", "in time");
        t.judge(await send(), "rate-limited", "and no second one");
        await lab.close();
      },
    ),

    attack(
      "RL-17a",
      "a wait that ends for everybody at midnight is spread out, and never too short",
      { needs: "stack" },
      async (t) => {
        t.areChargesStated = false;
        const lateSeconds = new Set<number>();
        for (let i = 0; i < 12; i++) {
          const key = await t.newKey({ tier: "free" });
          await writeBucket(t.stack.redis, key, { requests: free.requestsPerDay });
          const refused = await t.post(t.event(), { key });
          t.expect(refused, "rate-limited");
          const untilResetSeconds = (Number(refused.json?.resetAt) - Date.now()) / 1000;
          lateSeconds.add(Math.round(Number(refused.headers["retry-after"]) - untilResetSeconds));
        }
        hold(Math.min(...lateSeconds) >= 0, "a wait is too short");
        hold(Math.max(...lateSeconds) <= 305, "a wait is far too long");
        hold(lateSeconds.size >= 4, `all wait equally long: ${[...lateSeconds]}`);
      },
    ),

    attack("RL-18", "no rate headers for those who are not let in", { needs: "stack" }, async (t) => {
      const key = await t.key();
      const disabled = await t.newKey({ status: "disabled" });
      const forged = [
        ["X-Timestamp", String(Date.now())],
        ["X-Signature", "0".repeat(64)],
      ] as const;
      const answers = [
        await t.post(t.event(), {}),
        await t.post(t.event(), { headers: [["X-API-Key", inventedKey()]], ...t.stranger() }),
        await t.post(t.event(), { key: disabled }),
        await t.post(t.event(), { key, headers: [["Content-Encoding", "gzip"]] }),
      ];
      const wrong = await t.post(t.event(), { key, headers: forged });
      t.expect(wrong, "invalid-signature", { charged: 1 });
      for (const { status, headers } of [...answers, wrong]) {
        hold(
          headers.ratelimit === undefined && headers["ratelimit-policy"] === undefined,
          `${status} has rate headers`,
        );
      }
      const stored = await t.post(t.event(), { key });
      t.expect(stored, "stored");
      hold(stored.headers.ratelimit !== undefined, "a stored event has none");
    }),

    attack(
      "RL-N1",
      "the events of a day end at their limit, and a batch that does not fit costs nothing",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey({ tier: "free" });
        const { redis } = t.stack;
        t.areChargesStated = false;
        await writeBucket(redis, key, { requests: 3, events: free.eventsPerDay - 2 });
        const batch = (events: number) => t.batch(Array.from({ length: events }, () => t.event()));
        const refused = await t.postBatch(batch(3), { key });
        t.expect(refused, "rate-limited");
        hold(refused.json?.limit === free.eventsPerDay, "another limit is named");
        await t.until(async () => {
          const { requests, events } = await readCharges(redis, key);
          return requests === 3 && events === free.eventsPerDay - 2;
        }, "the refused batch was charged");
        t.expect(await t.postBatch(batch(2), { key }), "stored");
        t.expect(await t.post(t.event(), { key }), "rate-limited");
      },
    ),

    attack(
      "RL-N2",
      "a bucket from the future mints nothing, and locks nobody out for ever",
      { needs: "stack" },
      async (t) => {
        const { redis } = t.stack;
        t.areChargesStated = false;
        const ahead = await t.newKey({ tier: "free" });
        await writeBucket(redis, ahead, { atMs: Date.now() + 600_000, used: free.burstRequests });
        t.expect(await t.post(t.event(), { key: ahead }), "rate-limited");
        const farAhead = await t.newKey({ tier: "free" });
        await writeBucket(redis, farAhead, { atMs: Date.now() + 30 * DAY_MS, used: free.burstRequests - 1 });
        t.expect(await t.post(t.event(), { key: farAhead }), "stored");
        t.expect(await t.post(t.event(), { key: farAhead }), "rate-limited");
      },
    ),

    attack("RL-N3", "the requests a day that are set for a key win over its tier", { needs: "stack" }, async (t) => {
      const key = await t.newKey({ tier: "free", rateLimitPerDay: 2 });
      t.expect(await t.post(t.event(), { key }), "stored");
      t.expect(await t.post("{", { key }), "malformed-json");
      const refused = await t.post(t.event(), { key });
      t.expect(refused, "rate-limited");
      hold(refused.json?.limit === 2, "another limit is named");
    }),

    attack("RL-N4", "whoever gives up in the middle of a body has used up a request", { needs: "stack" }, async (t) => {
      const key = await t.newKey({ tier: "free" });
      for (let i = 0; i < free.burstRequests; i++) {
        const connection = t.connect();
        const headers = [["Content-Length", "100"]] as const;
        connection.send(t.bytes({ key, headers, body: "{" }));
        t.ledger.charge(key, 1, 0);
        await t.until(async () => (await readCharges(t.stack.redis, key)).requests === i + 1, "it was not charged");
        connection.end();
      }
      await t.until(async () => (await readCharges(t.stack.redis, key)).events === 0, "it was charged an event");
      t.expect(await t.post(t.event(), { key }), "rate-limited");
    }),

    ...limitsByAddress,
  ],
};
