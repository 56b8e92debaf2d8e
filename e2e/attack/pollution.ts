import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { Trial } from "./runner/trial.ts";
import { readBucket } from "./stack/buckets.ts";

const MAX_TOOLS = 200;
const MAX_ERROR_TYPES = 100;

/** How many names a project has in a dictionary, and how many of its rows go by the name of all others. */
async function namesOf(t: Trial, table: "tools" | "error_types"): Promise<{ learned: number; other: number }> {
  const { sql } = t.stack;
  const column = table === "tools" ? sql`tool_id` : sql`error_id`;
  const [row] = await sql<{ learned: number; other: number }[]>`
    SELECT (SELECT count(*)::int FROM ${sql(table)} WHERE project_id = ${t.projectId ?? 0} AND name <> '__other__') AS learned,
      (SELECT count(*)::int FROM events_raw WHERE project_id = ${t.projectId ?? 0} AND ${column} = 32767) AS other`;
  return row ?? { learned: 0, other: 0 };
}

export const pollution: AttackGroup = {
  name: "pollution",
  cases: [
    attack(
      "DP-3",
      "a thousand invented tool names: 200 are learned, the rest is __other__, every event is stored",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey();
        for (let batch = 0; batch < 10; batch++) {
          const events = Array.from({ length: 100 }, (_, i) => t.event({ tool: `t${batch}_${i}` }));
          const stored = events.map((event) => ({ ...event, tool: batch < 2 ? event.tool : "__other__" }));
          t.expect(await t.postBatch(t.batch(events), { key }), "stored", { events: stored });
        }
        const { learned, other } = await namesOf(t, "tools");
        hold(learned === MAX_TOOLS && other === 800, `${learned} learned, ${other} others`);
      },
    ),

    attack("DP-3a", "invented error types: 100 are learned, the rest is __other__", { needs: "stack" }, async (t) => {
      const key = await t.newKey();
      for (let batch = 0; batch < 3; batch++) {
        const events = Array.from({ length: 100 }, (_, i) => t.event({ success: false, errorType: `E${batch}_${i}` }));
        const stored = events.map((event) => ({ ...event, ...(batch > 0 && { errorType: "__other__" }) }));
        t.expect(await t.postBatch(t.batch(events), { key }), "stored", { events: stored });
      }
      const { learned, other } = await namesOf(t, "error_types");
      hold(learned === MAX_ERROR_TYPES && other === 200, `${learned} learned, ${other} others`);
    }),

    attack(
      "DP-3b",
      "two replicas that learn at once stay under the cap together, and lose no event",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey();
        const answers = await Promise.all(
          Array.from({ length: 6 }, (_, batch) => {
            const events = Array.from({ length: 100 }, (_unused, i) => t.event({ tool: `r${batch}_${i}` }));
            const via = batch % 2 === 0 ? "direct" : "spare";
            return t.postBatch(t.batch(events), { key, via, ...(via === "spare" && t.stranger()) });
          }),
        );
        const { sql } = t.stack;
        const rows = await sql<{ name: string }[]>`SELECT name FROM tools WHERE project_id = ${t.projectId ?? 0}`;
        const learned = new Set(rows.map(({ name }) => name));
        for (const answer of answers) {
          const { events } = JSON.parse(answer.request?.body ?? "{}");
          const stored = events.map((event: { tool: string }) =>
            learned.has(event.tool) ? event : { ...event, tool: "__other__" },
          );
          t.expect(answer, "stored", { events: stored });
        }
        hold(learned.size - (learned.has("__other__") ? 1 : 0) <= MAX_TOOLS, `${learned.size} names were learned`);
      },
    ),

    attack("DP-5", "slurs and advertisements need spaces, signs or links: the grammar has none", async (t) => {
      const key = await t.key();
      for (const tool of [
        "BUY NOW",
        "buy!now",
        "http://spam.example",
        "cheap%20pills",
        "\u{1F595}",
        "<b>x</b>",
        "call +1 555 0100",
        "visit:spam",
      ])
        t.expect(await t.post(t.event({ tool }), { key }), "invalid-event", { what: tool });
    }),

    attack(
      "DP-6",
      "the same event again and again under every limit is stored, and bounded by the limits",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey({ tier: "free" });
        const event = t.event();
        for (let i = 0; i < 10; i++) t.expect(await t.post(event, { key }), "stored");
        t.expect(await t.post(event, { key }), "rate-limited");
        const state = await readBucket(t.stack.redis, `k:${key.projectId}.${key.keyId}`);
        hold(state?.numbers[1] === 10 && state.numbers[2] === 10, "the counts of the day differ");
      },
    ),

    attack(
      "DP-10",
      "whoever floods with somebody's key gets it throttled, never disabled",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey({ tier: "free" });
        for (let i = 0; i < 10; i++) t.expect(await t.post(t.event({ tool: "a b" }), { key }), "invalid-event");
        for (let i = 0; i < 100; i++) t.expect(await t.post(t.event(), { key }), "rate-limited");
        const [row] = await t.stack.sql`SELECT status FROM api_keys WHERE id = ${key.apiKeyId}`;
        hold(row?.status === "active", "the key was switched off");
      },
    ),
  ],
};
