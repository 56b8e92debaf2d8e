import { createInProcessBucketStore } from "@org/mcp-analytics-collector/dist/limits/in-process-bucket-store.js";
import { BATCH_PATH, EVENTS_PATH, type Event, type Tier } from "@org/mcp-analytics-schema";
import fc from "fast-check";
import { findOpenAnswer } from "./oracles/closed-answers.ts";
import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { Trial } from "./runner/trial.ts";
import { type Lab, openLab } from "./stack/lab.ts";
import type { Answer } from "./wire/answer.ts";

/** A lab whose limits never run out. */
async function openEndless(t: Trial): Promise<Lab> {
  // The clock of the limits runs a day ahead with every request, so no bucket is ever found empty.
  let nowMs = 0;
  const buckets = createInProcessBucketStore({ now: () => (nowMs += 86_400_000) });
  return openLab(t, { deps: { buckets } });
}

/** Tries a property; a failure names the smallest input and the seed. */
async function holdFor<T>(
  inputs: fc.Arbitrary<T>,
  numRuns: number,
  property: (input: T) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(inputs, property), { numRuns });
}

/** Takes an answer off the case's list, so that a hundred thousand of them do not stay in memory. */
function settle(t: Trial, answer: Answer, statuses: readonly number[]): void {
  t.answers.pop();
  t.expectStatus(answer, statuses, "an input");
  const open = findOpenAnswer(answer, true);
  hold(open === undefined, open ?? "");
}

const paths = fc.constantFrom(EVENTS_PATH, BATCH_PATH);

/** Values that are nearly members of an event. */
const nearly = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("t", "get_forecast", true, false, 0, -0, 1e300, null, "__proto__"),
  fc.integer(),
);
const nearlyEvent = (nowMs: number) =>
  fc.record(
    {
      tool: fc.oneof(fc.constant("get_forecast"), fc.string({ unit: "binary", maxLength: 60 }), nearly),
      success: fc.oneof(fc.boolean(), nearly),
      errorType: fc.oneof(fc.constant("TIMEOUT"), fc.string({ maxLength: 60 }), nearly),
      timestamp: fc.oneof(fc.integer({ min: nowMs - 70_000, max: nowMs + 5_000 }), nearly),
      durationMs: fc.oneof(fc.nat(), nearly),
      extra: nearly,
    },
    { requiredKeys: [] },
  );

const toolName = fc.stringMatching(/^[A-Za-z0-9_./-]{1,50}$/);
const errorName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.]{0,49}$/);

/** Good events. At most so many names, that the dictionary of a project has room for them. */
const goodEvent = (nowMs: number, tools: readonly string[], errorTypes: readonly string[]): fc.Arbitrary<Event> => {
  const timestamp = fc.integer({ min: nowMs - 30_000, max: nowMs });
  const durationMs = fc.option(fc.integer({ min: 0, max: 86_400_000 }), { nil: undefined });
  const tool = fc.constantFrom(...tools);
  return fc.oneof(
    fc.record({ tool, success: fc.constant(true as const), timestamp, durationMs }),
    fc.record({
      tool,
      success: fc.constant(false as const),
      errorType: fc.option(fc.constantFrom(...errorTypes), { nil: undefined }),
      timestamp,
      durationMs,
    }),
  ) as fc.Arbitrary<Event>;
};

export const fuzz: AttackGroup = {
  name: "fuzz",
  cases: [
    attack("PL-22", "any JSON: never a 5xx, always an answer of the contract", { needs: "stack" }, async (t) => {
      const lab = await openEndless(t);
      const key = lab.key();
      await holdFor(fc.tuple(paths, fc.json({ maxDepth: 6 })), t.fuzzRuns, async ([path, body]) => {
        settle(t, await lab.inject({ key, path, body }), [400, 413]);
      });
      await lab.close();
    }),

    attack("PL-22a", "any bytes: never a 5xx, always an answer of the contract", { needs: "stack" }, async (t) => {
      const lab = await openEndless(t);
      const key = lab.key();
      await holdFor(fc.tuple(paths, fc.uint8Array({ maxLength: 400 })), t.fuzzRuns, async ([path, body]) => {
        settle(t, await lab.inject({ key, path, body }), [400]);
      });
      await lab.close();
    }),

    attack(
      "PL-22b",
      "events and batches that are nearly good: stored or refused, never a 5xx",
      { needs: "stack" },
      async (t) => {
        const lab = await openEndless(t);
        const key = lab.key();
        const event = nearlyEvent(lab.nowMs);
        const bodies = fc.oneof(
          fc.tuple(fc.constant(EVENTS_PATH), event),
          fc.tuple(
            fc.constant(BATCH_PATH),
            fc.record({ batchId: fc.uuid({ version: 7 }), events: fc.array(event, { maxLength: 4 }) }),
          ),
        );
        await holdFor(bodies, t.fuzzRuns, async ([path, value]) => {
          settle(t, await lab.inject({ key, path, body: JSON.stringify(value) }), [201, 400, 413]);
        });
        await lab.close();
      },
    ),

    attack("PL-22c", "a good body with bytes changed, cut and added: never a 5xx", { needs: "stack" }, async (t) => {
      const lab = await openEndless(t);
      const key = lab.key();
      const good = Buffer.from(
        JSON.stringify(t.batch([t.event({ timestamp: lab.nowMs }), t.event({ timestamp: lab.nowMs })])),
      );
      const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
      await holdFor(fc.tuple(changes, fc.nat(good.length)), t.fuzzRuns, async ([edits, end]) => {
        const body = Buffer.from(good);
        for (const [at, byte] of edits) body[at] = byte;
        settle(
          t,
          await lab.inject({ key, path: BATCH_PATH, body: end % 3 === 0 ? body.subarray(0, end) : body }),
          [201, 400],
        );
      });
      await lab.close();
    }),

    attack(
      "SG-21",
      "any single byte of a signed request changed: refused; unchanged: stored",
      { needs: "stack" },
      async (t) => {
        const lab = await openEndless(t);
        const key = lab.key();
        const timestamp = String(lab.nowMs);
        const body = Buffer.from(JSON.stringify(t.event({ timestamp: lab.nowMs })));
        const [, [, signature] = ["", ""]] = t.sign(key, body, timestamp);
        const parts = [Buffer.from(timestamp), Buffer.from(signature), body] as const;
        const total = parts.reduce((sum, { length }) => sum + length, 0);
        const printable = fc.integer({ min: 0x21, max: 0x7e });
        await holdFor(
          fc.tuple(fc.nat(total - 1), printable),
          Math.min(t.fuzzRuns, 10_000),
          async ([position, byte]) => {
            const copies = parts.map((part) => Buffer.from(part));
            let at = position;
            const changed = copies.find((part) => {
              if (at < part.length) return true;
              at -= part.length;
              return false;
            }) as Buffer;
            if (changed[at] === byte) return;
            changed[at] = byte;
            const [stamp, mac, text] = copies as [Buffer, Buffer, Buffer];
            const headers = [
              ["X-Timestamp", stamp.toString("latin1")],
              ["X-Signature", mac.toString("latin1")],
            ] as const;
            settle(t, await lab.inject({ key, headers, body: text }), [401]);
          },
        );
        hold(lab.deliveries.length === 0, "a changed request was stored");
        const headers = [
          ["X-Timestamp", timestamp],
          ["X-Signature", signature],
        ] as const;
        t.judge(await lab.inject({ key, headers, body }), "stored");
        await lab.close();
      },
    ),

    attack("PL-23", "what is accepted is stored, field by field", { needs: "stack" }, async (t) => {
      const tier: Tier = "enterprise";
      const tools = fc.sample(toolName, { numRuns: 60 });
      const errorTypes = fc.sample(errorName, { numRuns: 40 });
      // Each batch is a request of its own, so their number is bounded by the burst of the tier.
      const batches = Math.min(60, Math.ceil(t.fuzzRuns / 50));
      const sizes = fc.sample(fc.integer({ min: 1, max: 100 }), { numRuns: batches });
      for (const size of sizes) {
        const key = await t.newKey({ tier });
        const events = fc.sample(goodEvent(Date.now(), tools, errorTypes), { numRuns: size });
        t.expect(await t.postBatch(t.batch(events), { key }), "stored");
        const [single] = fc.sample(goodEvent(Date.now(), tools, errorTypes), { numRuns: 1 });
        t.expect(await t.post(single, { key }), "stored");
      }
    }),
  ],
};
