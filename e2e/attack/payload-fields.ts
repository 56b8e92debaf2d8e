import { MAX_DURATION_MS, type RejectReason } from "@org/mcp-analytics-schema";
import { type AttackCase, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { Trial } from "./runner/trial.ts";
import type { AttackKey } from "./stack/attack-keys.ts";
import { openLab } from "./stack/lab.ts";

/** Sends an event alone and in a batch; both must be refused for the reason, and only the reason told. */
async function expectReason(
  t: Trial,
  key: AttackKey,
  event: unknown,
  reason: RejectReason,
  what: string,
): Promise<void> {
  const text = typeof event === "string" ? event : JSON.stringify(event);
  const details = JSON.stringify([{ index: 0, reason }]);
  const single = await t.post(text, { key });
  t.expect(single, "invalid-event", { what });
  const batch = JSON.stringify(t.batch(["EVENT"])).replace('"EVENT"', () => text);
  const batched = await t.postBatch(batch, { key });
  t.expect(batched, "no-valid-event", { what });
  for (const { json } of [single, batched]) {
    hold(JSON.stringify(json?.details) === details, `${what}: ${JSON.stringify(json?.details)} instead of ${reason}`);
  }
}

/** A good event with one member written as this text. */
function withText(t: Trial, name: string, text: string): string {
  return JSON.stringify(t.event({ [name]: "@" })).replace('"@"', () => text);
}

/** What speaks to a database, a shell, a template or a spreadsheet somewhere. */
const INJECTIONS = [
  "'; DROP TABLE events_raw; --",
  "' OR '1'='1",
  "1); DELETE FROM api_keys; --",
  "{1,2}",
  "a,b",
  'a"b',
  "a\\b",
  "$ne",
  "{{7*7}}",
  ["$", "{7*7}"].join(""),
  "<%= 7*7 %>",
  "#{7*7}",
  "*)(uid=*",
  "$(id)",
  "`id`",
  "| cat",
  "; ls",
  "<script>alert(1)</script>",
  "&lt;",
  "%00",
  "%2e%2e%2f",
  "\r\nSet-Cookie: a=b",
  "javascript:alert(1)",
];

const FORMULAS = ["=1+1", "@SUM(A1)", "+cmd|calc", "\tx", "\rx", "=HYPERLINK(1)", "-1+1|x", "=cmd|' /C calc'!A0"];

export const payloadFields: readonly AttackCase[] = [
  attack("PL-6", "unknown members, at the top and in events: 400, their names are not told", async (t) => {
    const key = await t.key();
    for (const name of [
      "email",
      "ip",
      "userId",
      "project_id",
      "projectId",
      "is_admin",
      "tier",
      "Tool",
      "tool ",
      "errortype",
      "apiKey",
      "",
    ]) {
      await expectReason(t, key, t.event({ [name]: 1 }), "unknown_field", name);
      t.expect(await t.postBatch(t.batch([t.event()], { [name]: 1 }), { key }), "invalid-event", { what: name });
    }
    for (const name of ["sdk", "server"]) {
      for (const value of [
        {},
        { name: "a" },
        { version: "1" },
        { name: "a", version: "1", os: "x" },
        { name: "a b", version: "1" },
        "a",
        null,
        [],
        { name: "a", version: `1${"0".repeat(40)}` },
      ]) {
        const answer = await t.postBatch(t.batch([t.event()], { [name]: value }), { key });
        t.expect(answer, "invalid-event", { what: `${name}: ${JSON.stringify(value)}` });
      }
    }
    for (const extra of [
      { client: "my-client" },
      { client: null },
      { dropped: { why: 1 } },
      { dropped: { expired: 0 } },
      { dropped: { expired: 1.5 } },
      { dropped: { expired: 1e9 } },
      { dropped: [] },
    ]) {
      t.expect(await t.postBatch(t.batch([t.event()], extra), { key }), "invalid-event", {
        what: JSON.stringify(extra),
      });
    }
  }),

  attack("PL-9", "success that is no boolean: 400, nothing is converted", async (t) => {
    const key = await t.key();
    for (const text of ['"true"', '"false"', "1", "0", "null", "[]", "{}", '""', "[true]"])
      await expectReason(t, key, withText(t, "success", text), "invalid_success", text);
    await expectReason(t, key, t.event({ success: undefined }), "missing_field", "none");
  }),

  attack(
    "PL-10",
    "errorType of a success, too long, or no text: 400; absent or of one to fifty characters: stored",
    async (t) => {
      const key = await t.key();
      await expectReason(t, key, t.event({ errorType: "TIMEOUT" }), "invalid_error_type", "of a success");
      for (const errorType of [
        "",
        "E".repeat(51),
        {},
        [],
        null,
        1,
        true,
        "1E",
        "_E",
        "a b",
        "a-b",
        "a/b",
        ".a",
        "a\n",
        "Error: x",
      ])
        await expectReason(
          t,
          key,
          t.event({ success: false, errorType }),
          "invalid_error_type",
          JSON.stringify(errorType),
        );
      for (const errorType of [undefined, "E", "E".repeat(50), "NULL", "null", "Infinity", "a_b.c1"])
        t.expect(await t.post(t.event({ success: false, errorType }), { key }), "stored", { what: errorType });
    },
  ),

  attack(
    "PL-N3",
    "tool names: one to fifty characters of the grammar; words that mean something to databases are only names",
    async (t) => {
      const key = await t.key();
      for (const text of [
        '""',
        `"${"t".repeat(51)}"`,
        "1",
        "null",
        "true",
        "[]",
        "{}",
        '["t"]',
        '" t"',
        '"t "',
        '"t\\n"',
        '"a:b"',
        '"a@b"',
        '"a+b"',
      ])
        await expectReason(t, key, withText(t, "tool", text), "invalid_tool", text);
      for (const tool of [
        "t",
        "T".repeat(50),
        "NULL",
        "null",
        "__other__",
        "__unknown__",
        "NaN",
        "0",
        "-",
        ".",
        "/",
        "--",
        "a/b.c-d_e",
        "..",
        "../..",
      ])
        t.expect(await t.post(t.event({ tool }), { key }), "stored", { what: tool });
    },
  ),

  attack("PL-11", "timestamps: anything but whole milliseconds of the last minute is 400", async (t) => {
    const key = await t.key();
    const now = Date.now();
    for (const [text, reason] of [
      [String(now - 61_000), "stale_timestamp"],
      [String(now + 4_000), "future_timestamp"],
      [`"${now}"`, "invalid_timestamp"],
      [`"${new Date(now).toISOString()}"`, "invalid_timestamp"],
      [String(Math.floor(now / 1000)), "stale_timestamp"],
      [`${now}.5`, "invalid_timestamp"],
      ["1e400", "invalid_timestamp"],
      ["-1e400", "invalid_timestamp"],
      ["-0", "invalid_timestamp"],
      ["0", "invalid_timestamp"],
      ["1e21", "invalid_timestamp"],
      ["9007199254740993", "invalid_timestamp"],
      ["9007199254740991", "future_timestamp"],
      [String(-now), "invalid_timestamp"],
      ["null", "invalid_timestamp"],
      ["true", "invalid_timestamp"],
      ["[]", "invalid_timestamp"],
      ["{}", "invalid_timestamp"],
      ["8640000000000000", "future_timestamp"],
      ["8640000000000001", "future_timestamp"],
      ["1", "stale_timestamp"],
      ["1e-7", "invalid_timestamp"],
      [`${now}e-3`, "stale_timestamp"],
    ] as const) {
      // Dividing by a thousand may leave a whole number of seconds or not.
      const expected = text.endsWith("e-3") && now % 1000 !== 0 ? "invalid_timestamp" : reason;
      await expectReason(t, key, withText(t, "timestamp", text), expected, text.replace(String(now), "<now>"));
    }
    // The same number in other digits is the same number.
    for (const text of [`${now}.0`, `${now}e0`, `${now}0e-1`]) {
      t.expect(await t.post(withText(t, "timestamp", text), { key }), "stored", { what: text });
    }
  }),

  attack("PL-11a", "the bounds of time to the millisecond", { needs: "stack" }, async (t) => {
    const lab = await openLab(t);
    const key = lab.key();
    for (const [offsetMs, isIn] of [
      [-60_000, true],
      [-60_001, false],
      [1_000, true],
      [1_001, false],
    ] as const) {
      const body = JSON.stringify(t.event({ timestamp: lab.nowMs + offsetMs }));
      t.judge(await lab.inject({ key, body }), isIn ? "stored" : "invalid-event", `${offsetMs} ms`);
    }
    await lab.close();
  }),

  attack("PL-N4", "durations: anything but whole milliseconds up to a day is 400", async (t) => {
    const key = await t.key();
    for (const text of [
      "-1",
      "-0.5",
      "1.5",
      String(MAX_DURATION_MS + 1),
      "1e400",
      '"1"',
      "null",
      "[]",
      "true",
      "9007199254740993",
    ])
      await expectReason(t, key, withText(t, "durationMs", text), "invalid_duration", text);
    for (const durationMs of [0, 1, MAX_DURATION_MS])
      t.expect(await t.post(t.event({ durationMs }), { key }), "stored");
    t.expect(await t.post(withText(t, "durationMs", "-0"), { key }), "stored");
  }),

  attack(
    "PL-20",
    "SQL, shell, template and path texts in each field: 400, and PostgreSQL never sees them",
    async (t) => {
      const key = await t.key();
      for (const text of INJECTIONS) {
        t.keepFromStorage(text.length > 3 ? text : `${text}${t.canary}`);
        await expectReason(t, key, t.event({ tool: text }), "invalid_tool", text);
        await expectReason(t, key, t.event({ success: false, errorType: text }), "invalid_error_type", text);
        await expectReason(t, key, t.event({ timestamp: text }), "invalid_timestamp", text);
        await expectReason(t, key, t.event({ durationMs: text }), "invalid_duration", text);
        t.expect(await t.postBatch({ ...t.batch([t.event()]), batchId: text }, { key }), "invalid-event", {
          what: text,
        });
      }
    },
  ),

  attack("PL-21", "texts that a spreadsheet would run: 400", async (t) => {
    const key = await t.key();
    for (const text of FORMULAS) {
      await expectReason(t, key, t.event({ tool: text }), "invalid_tool", text);
      await expectReason(t, key, t.event({ success: false, errorType: text }), "invalid_error_type", text);
    }
  }),

  attack("PL-19", "no text makes a pattern slow", async (t) => {
    const key = await t.key();
    const started = performance.now();
    for (const text of [
      "a".repeat(60_000),
      `${"a/".repeat(30_000)}!`,
      `${"-._/".repeat(15_000)} `,
      "\\u0061".repeat(9_000),
    ]) {
      const body = JSON.stringify(t.batch([t.event()])).replace(t.canary, () => text);
      t.expect(await t.postBatch(body, { key }), "no-valid-event", { what: `${text.length} characters` });
    }
    for (const [name, value] of [
      ["Authorization", `Bearer ${"a ".repeat(3_000)}`],
      ["Authorization", `${"bearer ".repeat(1_000)}x`],
      ["X-API-Key", `wmc_${"0".repeat(6_000)}`],
      ["X-Forwarded-For", `${":".repeat(6_000)}`],
    ] as const) {
      const answer = await t.post(
        t.event(),
        name === "X-Forwarded-For" ? { key, headers: [[name, value]] } : { headers: [[name, value]] },
      );
      if (name === "X-Forwarded-For") t.expect(answer, "stored");
      else t.judge(answer, "invalid-key", name);
    }
    const took = performance.now() - started;
    hold(took < 10_000, `it took ${Math.round(took)} ms`);
  }),
];
