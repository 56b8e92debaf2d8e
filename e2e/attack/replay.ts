import { BATCH_PATH } from "@org/mcp-analytics-schema";
import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import { newBatchId } from "./runner/trial.ts";
import { openLab } from "./stack/lab.ts";

const DAY_MS = 86_400_000;

export const replay: AttackGroup = {
  name: "replay",
  cases: [
    attack("RP-1", "a signed event twice: the second is refused", { needs: "signing" }, async (t) => {
      const key = await t.key();
      const body = JSON.stringify(t.event());
      const headers = t.sign(key, body);
      t.expect(await t.post(body, { key, headers }), "stored");
      t.expect(await t.post(body, { key, headers }), "signature-replayed");
      t.expect(await t.post(body, { key, headers }), "signature-replayed");
    }),

    attack(
      "RP-1a",
      "a signed batch twice: the second is a duplicate with the first one's number",
      { needs: "signing" },
      async (t) => {
        const key = await t.key();
        const body = JSON.stringify(t.batch([t.event(), t.event({ success: false }), { tool: "a b" }]));
        const headers = t.sign(key, body);
        t.expect(await t.postBatch(body, { key, headers }), "stored");
        const again = await t.postBatch(body, { key, headers });
        t.expect(again, "duplicate");
        hold(again.json?.accepted === 2, "the duplicate counts other events than the first");
      },
    ),

    attack("RP-1b", "thirty times at once on two replicas: stored once", { needs: "stack" }, async (t) => {
      const key = await t.key();
      const event = JSON.stringify(t.event());
      const batch = JSON.stringify(t.batch([t.event(), t.event()]));
      for (const [body, path, repeated] of [
        [event, "/v1/events", "signature-replayed"],
        [batch, BATCH_PATH, "duplicate"],
      ] as const) {
        const headers = t.sign(key, body);
        const answers = await Promise.all(
          Array.from({ length: 30 }, (_, i) =>
            t.request({ key, headers, body, path, ...(i % 2 === 0 ? {} : { via: "spare", ...t.stranger() }) }),
          ),
        );
        const first = answers.filter(({ status, json }) => status === 201 && json?.duplicate !== true);
        hold(first.length === 1, `${first.length} of them were stored`);
        for (const answer of answers) t.expect(answer, answer === first[0] ? "stored" : repeated);
      }
    }),

    attack("RP-3", "the same batch signed anew: a duplicate that costs no events", { needs: "signing" }, async (t) => {
      const key = await t.key();
      const body = JSON.stringify(t.batch([t.event(), t.event()]));
      const now = Date.now();
      t.expect(await t.postBatch(body, { key, headers: t.sign(key, body, now) }), "stored");
      for (const later of [1, 2, 3]) {
        t.expect(await t.postBatch(body, { key, headers: t.sign(key, body, now + later) }), "duplicate");
      }
      t.expect(await t.postBatch(body, { key }), "duplicate", { what: "and unsigned" });
    }),

    attack("RP-4", "the same id with other content: the first stays", async (t) => {
      const key = await t.key();
      const batchId = newBatchId();
      t.expect(await t.postBatch({ batchId, events: [t.event()] }, { key }), "stored");
      const other = { batchId, events: [t.event({ success: false, errorType: "OTHER" }), t.event()] };
      const answer = await t.postBatch(other, { key });
      t.expect(answer, "duplicate");
      hold(answer.json?.accepted === 1, "it counts events that are not stored");
    }),

    attack("RP-5", "the same id in another project is another batch", { needs: "stack" }, async (t) => {
      const key = await t.key();
      const stranger = await t.newKey({ otherProject: true });
      const batch = t.batch([t.event()]);
      const answer = await t.postBatch(batch, { key: stranger });
      t.judge(answer, "stored");
      t.ledger.charge(stranger, 1, 1);
      t.expect(await t.postBatch(batch, { key }), "stored");
      t.expect(await t.postBatch(batch, { key }), "duplicate");
    }),

    attack("RP-6", "a replay after 61 s: 401", { needs: "stack" }, async (t) => {
      const lab = await openLab(t);
      const key = lab.key();
      const body = JSON.stringify(t.event({ timestamp: lab.nowMs }));
      const headers = t.sign(key, body, lab.nowMs);
      t.judge(await lab.inject({ key, headers, body }), "stored");
      lab.nowMs += 59_000;
      t.judge(await lab.inject({ key, headers, body }), "signature-replayed");
      lab.nowMs += 2_000;
      t.judge(await lab.inject({ key, headers, body }), "signature-expired");
      hold(lab.deliveries.length === 1, "it was stored more than once");
      await lab.close();
    }),

    attack(
      "RP-7",
      "a replay after Redis has lost everything: still a duplicate",
      { needs: "stack", lane: "alone" },
      async (t) => {
        const key = await t.key();
        const batch = JSON.stringify(t.batch([t.event()]));
        const event = JSON.stringify(t.event());
        const headers = t.sign(key, event);
        t.expect(await t.postBatch(batch, { key }), "stored");
        t.expect(await t.post(event, { key, headers }), "stored");
        await t.stack.redis.flushall();
        await t.stack.redis.script("FLUSH");
        t.areChargesStated = false;
        t.expect(await t.postBatch(batch, { key }), "duplicate");
        t.expect(await t.post(event, { key, headers }), "signature-replayed");
      },
    ),

    attack("RP-9", "a batchId in any other spelling: 400, so one id has one spelling", async (t) => {
      const key = await t.key();
      const id = newBatchId().replace(/[0-9]$/, "a");
      const events = [t.event()];
      for (const batchId of [
        id.toUpperCase(),
        `{${id}}`,
        `urn:uuid:${id}`,
        id.replaceAll("-", ""),
        ` ${id}`,
        `${id}\n`,
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        `${id.slice(0, 14)}1${id.slice(15)}`,
        `${id.slice(0, 14)}4${id.slice(15)}`,
        `${id.slice(0, 19)}c${id.slice(20)}`,
        "",
        "x".repeat(36),
        1,
        null,
        [id],
        { id },
        true,
      ]) {
        t.expect(await t.postBatch({ batchId, events }, { key }), "invalid-event", { what: JSON.stringify(batchId) });
      }
      t.expect(await t.postBatch({ events }, { key }), "invalid-event", { what: "none" });
      t.expect(await t.postBatch({ batchId: id, events }, { key }), "stored");
    }),

    attack("RP-11", "events of before midnight, again just after: a duplicate", { needs: "stack" }, async (t) => {
      const midnightMs = Math.ceil(Date.now() / DAY_MS) * DAY_MS;
      const lab = await openLab(t, { storage: "postgresql", startMs: midnightMs - 100 });
      const key = await t.key();
      const body = JSON.stringify(
        t.batch([t.event({ timestamp: midnightMs - 200 }), t.event({ timestamp: midnightMs + 500 })]),
      );
      const single = JSON.stringify(t.event({ timestamp: midnightMs - 200 }));
      const headers = t.sign(key, single, midnightMs - 100);
      t.expect(await lab.inject({ key, path: BATCH_PATH, body }), "stored", { charged: 0 });
      t.expect(await lab.inject({ key, headers, body: single }), "stored", { charged: 0 });
      lab.nowMs = midnightMs + 100;
      t.judge(await lab.inject({ key, path: BATCH_PATH, body }), "duplicate");
      t.judge(await lab.inject({ key, headers, body: single }), "signature-replayed");
      // The limits of this process are not those in Redis.
      t.areChargesStated = false;
      await lab.close();
    }),

    attack("RP-N1", "an id whose first batch had no valid event is still free", async (t) => {
      const key = await t.key();
      const batchId = newBatchId();
      t.expect(await t.postBatch({ batchId, events: [{}] }, { key }), "no-valid-event");
      t.expect(await t.postBatch({ batchId, events: [] }, { key }), "invalid-event");
      t.expect(await t.postBatch({ batchId, events: [t.event()] }, { key }), "stored");
    }),

    attack(
      "RP-N2",
      "a batch repeated when its events are too old is still the duplicate it is, or refused as a whole",
      { needs: "stack" },
      async (t) => {
        const lab = await openLab(t);
        const key = lab.key();
        const body = JSON.stringify(
          t.batch([t.event({ timestamp: lab.nowMs - 30_000 }), t.event({ timestamp: lab.nowMs })]),
        );
        t.judge(await lab.inject({ key, path: BATCH_PATH, body }), "stored");
        lab.nowMs += 45_000;
        const half = await lab.inject({ key, path: BATCH_PATH, body });
        t.judge(half, "duplicate");
        hold(half.json?.accepted === 2, "the receipt no longer counts what is stored");
        lab.nowMs += 45_000;
        t.judge(await lab.inject({ key, path: BATCH_PATH, body }), "no-valid-event");
        hold(lab.deliveries.length === 1, "it was stored more than once");
        await lab.close();
      },
    ),

    attack("RP-N3", "an unsigned event has no id: twice sent is twice stored, and twice charged", async (t) => {
      const key = await t.key();
      const event = t.event();
      t.expect(await t.post(event, { key }), "stored");
      t.expect(await t.post(event, { key }), "stored");
    }),
  ],
};
