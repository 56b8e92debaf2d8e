import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";

export const privacy: AttackGroup = {
  name: "privacy",
  cases: [
    attack("PI-1", "mail addresses as a name: 400", async (t) => {
      const key = await t.key();
      for (const text of [
        "alice@example.com",
        "alice%40example.com",
        "alice+tag@example.com",
        "mailto:alice",
        "\u0430lice@example.com",
      ]) {
        t.keepFromStorage(text);
        t.expect(await t.post(t.event({ tool: text }), { key }), "invalid-event", { what: text });
        t.expect(await t.post(t.event({ success: false, errorType: text }), { key }), "invalid-event", { what: text });
      }
    }),

    attack("PI-1a", "what follows the grammar is a name, whatever it means: stored, and in no log", async (t) => {
      const key = await t.key();
      for (const tool of ["alice_at_example_com", "home/alice/x"])
        t.expect(await t.post(t.event({ tool }), { key }), "stored");
      t.keepSecret("alice_at_example_com");
    }),

    attack("PI-3", "paths, drives and links with a query: 400", async (t) => {
      const key = await t.key();
      for (const text of [
        "C:\\Users\\alice",
        "\\\\server\\share",
        "https://example.com/?q=alice",
        "file:///home/alice",
        "~/alice",
        "x?token=alice",
        "x#alice",
      ]) {
        t.keepFromStorage(text);
        t.expect(await t.post(t.event({ tool: text }), { key }), "invalid-event", { what: text });
      }
      for (const errorType of ["/home/alice/x", "home/alice"])
        t.expect(await t.post(t.event({ success: false, errorType }), { key }), "invalid-event", { what: errorType });
    }),

    attack("PI-4", "sentences of errors: 400", async (t) => {
      const key = await t.key();
      for (const text of [
        "Error: user alice not found",
        "user alice not found",
        "alice's file",
        "ENOENT: no such file",
        "at f (x.js:1:2)",
        "48.8566,2.3522",
      ]) {
        t.keepFromStorage(text);
        t.expect(await t.post(t.event({ success: false, errorType: text }), { key }), "invalid-event", { what: text });
      }
      for (const tool of ["what is the weather in Paris", "48.8566,2.3522"])
        t.expect(await t.post(t.event({ tool: t.keepFromStorage(tool) }), { key }), "invalid-event", { what: tool });
    }),

    attack(
      "PI-5",
      "data in the pieces of many events cannot be prevented; it is bounded by limits and caps",
      { needs: "stack" },
      async (t) => {
        const key = await t.newKey({ tier: "free" });
        for (let i = 0; i < 10; i++)
          t.expect(await t.post(t.event({ tool: `a${i}`, success: i % 2 === 0 }), { key }), "stored");
        t.expect(await t.post(t.event({ tool: "a10" }), { key }), "rate-limited");
      },
    ),

    attack("PI-8", "a refusal says the rule and the index, never the value", async (t) => {
      const key = await t.key();
      const value = t.keepFromStorage(`secret ${t.canary}`);
      const bad = [
        { tool: value },
        { errorType: value, success: false },
        { timestamp: value },
        { [value]: value },
        { durationMs: value },
        { success: value },
      ];
      const answer = await t.postBatch(t.batch(bad.map((changes) => ({ ...t.event(), ...changes }))), { key });
      t.expect(answer, "no-valid-event");
      for (const changes of bad) {
        const single = await t.post({ ...t.event(), ...changes }, { key });
        t.expect(single, "invalid-event");
        hold(!single.body.includes(t.canary), "the value is said back");
      }
      hold(!answer.body.includes(t.canary), "the value is said back");
    }),

    attack("PI-N1", "what a batch says of sdk, server, client and losses is checked and kept nowhere", async (t) => {
      const key = await t.key();
      const name = t.keepFromStorage(`@${t.canary}/alice@example.com`);
      const version = t.keepFromStorage(`1.0-${t.canary.slice(3)}`);
      const extra = { sdk: { name, version }, server: { name, version }, client: "other", dropped: { expired: 7 } };
      const answer = await t.postBatch(t.batch([t.event({ tool: "t" })], extra), { key });
      t.expect(answer, "stored");
    }),

    attack("PI-N2", "headers that name people and machines are kept nowhere", async (t) => {
      const key = await t.key();
      const names = [
        "User-Agent",
        "Referer",
        "From",
        "Cookie",
        "Via",
        "X-Forwarded-Host",
        "X-User-Id",
        "Sec-CH-UA",
        "Traceparent",
      ];
      const headers = names.map((header, i) => [header, t.keepFromStorage(`${t.canary}-${i}@example.com`)] as const);
      t.expect(await t.post(t.event({ tool: "t" }), { key, headers }), "stored");
    }),
  ],
};
