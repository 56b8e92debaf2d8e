import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPacing } from "../../src/delivery/pacing.ts";
import { readRate } from "../../src/delivery/rate-headers.ts";
import { judge } from "../../src/delivery/verdict.ts";
import type { QueuedEvent } from "../../src/queue/event-queue.ts";
import { accepted } from "../support/fake-transport.ts";
import { createHarness } from "../support/harness.ts";

const RUNS = 300;
const EVENTS = ["a", "b", "c"].map(
  (tool): QueuedEvent => ({ tool, errorType: undefined, endedAt: 0, durationMs: undefined, origin: undefined }),
);

const digits = fc.oneof(
  fc.nat().map(String),
  fc.integer({ min: 1, max: 400 }).map((length) => "9".repeat(length)),
  fc.constantFrom("0", "-1", "1e9", "NaN", ""),
);
const headers = fc.record(
  {
    ratelimit: fc.tuple(digits, digits).map(([r, t]) => `"burst";r=${r};t=${t}`),
    "ratelimit-policy": fc.tuple(digits, digits).map(([q, w]) => `"burst";q=${q};w=${w}`),
    "retry-after": fc.oneof(digits, fc.string()),
    date: fc.oneof(digits, fc.string(), fc.constant("Sat, 13 Sep 275760 00:00:00 GMT")),
  },
  { requiredKeys: [] },
);

/** JSON of any shape, among it what JavaScript cannot turn into a number or a text. */
const json = fc.oneof(fc.jsonValue(), fc.constantFrom({ toString: 1 }, { map: 1 }, [null], { length: -1 }));
const refusal = fc.record(
  { index: fc.oneof(fc.integer({ min: -1, max: 4 }), json), reason: fc.oneof(fc.constant("stale_timestamp"), json) },
  { requiredKeys: [] },
);
const refusals = fc.oneof(json, fc.array(fc.oneof(refusal, json)));
const body = fc.oneof(
  fc.string(),
  json.map((value) => JSON.stringify(value)),
  fc
    .record(
      {
        success: fc.oneof(fc.constant(true), json),
        accepted: fc.oneof(fc.nat(3), json),
        rejected: refusals,
        details: refusals,
        code: fc.oneof(fc.constantFrom("x", "signature-expired"), json),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);
const answer = fc.record({ status: fc.constantFrom(0, 200, 201, 400, 401, 403, 413, 429, 503), headers, body });

const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeEach(() => {
  process.on("unhandledRejection", note);
});
afterEach(() => {
  process.off("unhandledRejection", note);
  expect(unhandled.splice(0)).toEqual([]);
});

test("no answer makes a judgement fail or count more events than there are", () => {
  fc.assert(
    fc.property(answer, (given) => {
      const verdict = judge(given, EVENTS);
      if (!verdict) return;
      const { stored, mistimed, refused } = verdict;
      expect(new Set(mistimed).size).toBe(mistimed.length);
      expect(refused).toBeGreaterThanOrEqual(0);
      expect(mistimed.length + refused).toBeLessThanOrEqual(EVENTS.length);
      if (!stored) expect(mistimed.length + refused).toBe(EVENTS.length);
    }),
    { numRuns: 5 * RUNS },
  );
});

test("no header makes a wait that is no number or longer than two hours", () => {
  fc.assert(
    fc.property(fc.array(headers, { minLength: 1, maxLength: 4 }), (answers) => {
      const pacing = createPacing(0);
      answers.forEach((given, now) => {
        pacing.spend(now);
        pacing.learn(readRate(given, now), now);
        for (const ms of [pacing.waitMs(now, 1, now), pacing.flushWaitMs(now)]) {
          expect(ms).toBeLessThanOrEqual(7_200_000);
          expect(ms).toBeGreaterThan(Number.NEGATIVE_INFINITY);
        }
      });
    }),
    { numRuns: 5 * RUNS },
  );
});

test("after any answers the client still delivers, and neither rejects nor spins", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 3 }), async (answers) => {
      const { analytics, clock, transport } = createHarness();
      transport.react = ({ json: sent }, index) => answers[index] ?? accepted(sent);
      analytics.trackSuccess("first");
      await clock.advance(10_000);
      expect(transport.sent.length).toBeLessThanOrEqual(5);
      // Longer than any pause: a refused key's, a breaker's, an hour's wait and that for a token.
      await clock.advance(7_300_000);
      for (let index = transport.sent.length; index < answers.length; index++) {
        analytics.trackSuccess("next");
        await clock.advance(7_300_000);
      }
      analytics.trackSuccess("last");
      await clock.advance(10_000);
      expect(transport.sent.at(-1)?.json.events.at(-1)).toMatchObject({ tool: "last" });
      const closed = analytics.close();
      await clock.advance(1_500);
      await closed;
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test("an error of the client itself counts as no answer", async () => {
  const { analytics, clock, transport } = createHarness();
  transport.react = ({ json: sent }, index) =>
    index > 0 ? accepted(sent) : Object.defineProperty(accepted(sent), "headers", { get: fail });
  analytics.trackSuccess("tool");
  await clock.advance(10_000);
  expect(transport.sent).toHaveLength(2);
  expect(transport.sent[1]?.body).toBe(transport.sent[0]?.body);
});

function fail(): never {
  throw new Error("broken");
}
