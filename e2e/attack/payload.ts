import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { BATCH_PATH, EVENTS_PATH, MAX_BATCH_BYTES, MAX_EVENT_BYTES } from "@org/mcp-analytics-schema";
import { payloadFields } from "./payload-fields.ts";
import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import { openLab } from "./stack/lab.ts";
import { chunks } from "./wire/request.ts";

/** A good body of exactly so many bytes. */
function padded(value: unknown, bytes: number): string {
  const text = JSON.stringify(value);
  return text.slice(0, -1) + " ".repeat(bytes - text.length) + text.slice(-1);
}

/** Objects within objects, or arrays within arrays. */
const nested = (depth: number, open: string, inside: string, close: string) =>
  open.repeat(depth) + inside + close.repeat(depth);

/** How long a request takes, at best of several tries: what the machine does beside is left out. */
async function bestMs(tries: number, send: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) {
    const startedAtMs = performance.now();
    await send();
    best = Math.min(best, performance.now() - startedAtMs);
  }
  return best;
}

export const payload: AttackGroup = {
  name: "payload",
  cases: [
    attack("PL-1", "the largest body is taken, one byte more is not", async (t) => {
      const key = await t.key();
      t.expect(await t.post(padded(t.event(), MAX_EVENT_BYTES), { key }), "stored");
      t.expect(await t.post(padded(t.event(), MAX_EVENT_BYTES + 1), { key }), "body-too-large");
      t.expect(await t.postBatch(padded(t.batch([t.event()]), MAX_BATCH_BYTES), { key }), "stored");
      t.expect(await t.postBatch(padded(t.batch([t.event()]), MAX_BATCH_BYTES + 1), { key }), "body-too-large");
    }),

    attack("PL-1a", "a length of a gigabyte is refused before a byte is read", async (t) => {
      const key = await t.key();
      for (const length of ["1073741824", "99999999999999999999", String(MAX_BATCH_BYTES + 1)]) {
        for (const path of [EVENTS_PATH, BATCH_PATH]) {
          const connection = t.connect();
          connection.send(t.bytes({ key, path, headers: [["Content-Length", length]] }));
          t.expectStatus(t.note(await connection.answer()), [413, 400], length);
        }
      }
    }),

    attack("PL-1b", "two megabytes in chunks: 413, and the connection ends", async (t) => {
      const key = await t.key();
      const connection = t.connect();
      const headers = [["Transfer-Encoding", "chunked"]] as const;
      connection.send(t.bytes({ key, path: BATCH_PATH, headers, body: chunks(Array(500).fill(" ".repeat(4_096))) }));
      const answer = t.note(await connection.answer(), { key });
      t.expect(answer, "body-too-large", { charged: 1 });
      await connection.closed();
    }),

    attack("PL-2", "bodies that are no event and no batch: 400", async (t) => {
      const key = await t.key();
      const bodies = [
        "{}",
        "[]",
        "null",
        "1",
        '"x"',
        "true",
        '{"events":null}',
        '{"events":[]}',
        '{"events":{}}',
        "[[]]",
        "[{}]",
      ];
      for (const body of bodies) {
        t.expect(await t.post(body, { key }), "invalid-event", { what: body });
        t.expect(await t.postBatch(body, { key }), "invalid-event", { what: body });
      }
      for (const body of [
        "",
        " ",
        "{",
        "}",
        "nul",
        "NaN",
        "undefined",
        "'x'",
        "{'a':1}",
        "{}{}",
        "{} x",
        "[1,]",
        "01",
        "\0",
      ]) {
        t.expect(await t.post(body, { key }), "malformed-json", { what: JSON.stringify(body) });
        t.expect(await t.postBatch(body, { key }), "malformed-json", { what: JSON.stringify(body) });
      }
    }),

    attack("PL-4", "depth: 5, 1,000, 7,000 and 32,000 levels, of arrays and objects, closed and open", async (t) => {
      const key = await t.key();
      for (const depth of [5, 1_000, 7_000]) {
        for (const body of [
          nested(depth, "[", "", "]"),
          nested(depth, '{"a":', "1", "}"),
          nested(depth, '[{"a":', "1", "}]"),
          "[".repeat(depth),
        ]) {
          t.expect(await t.postBatch(body, { key }), "too-deep", { what: `${depth} of ${body.slice(0, 6)}` });
        }
      }
      t.expect(await t.postBatch(nested(32_000, "[", "", "]"), { key }), "too-deep");
      const deepEvent = JSON.stringify(t.batch([t.event({ tool: [[[]]] })]));
      t.expect(await t.postBatch(deepEvent, { key }), "too-deep", { what: "inside an event" });
      t.expect(await t.postBatch("]".repeat(1_000) + "[".repeat(1_000), { key }), "malformed-json", {
        what: "closed first",
      });
      t.expect(await t.post(JSON.stringify(t.event({ tool: "[[[[[[" })), { key }), "invalid-event", {
        what: "in a string",
      });
    }),

    attack("PL-5", "__proto__ and constructor, in every place and spelling, change nothing", async (t) => {
      const key = await t.key();
      const rest = JSON.stringify(t.event()).slice(1);
      const names = ["__proto__", "\\u005f_proto__", "\\u005F\\u005Fproto\\u005f_", "__proto\\u005f\\u005f"];
      for (const name of names) {
        t.expect(await t.post(`{"${name}":{"isAdmin":true},${rest}`, { key }), "invalid-event", { what: name });
        const inBatch = JSON.stringify(t.batch(["EVENT"])).replace('"EVENT"', `{"${name}":{"success":true},${rest}`);
        t.expect(await t.postBatch(inBatch, { key }), "no-valid-event", { what: `${name} in an event` });
        const top = JSON.stringify(t.batch([t.event()])).replace("{", `{"${name}":[],`);
        t.expect(await t.postBatch(top, { key }), "invalid-event", { what: `${name} in a batch` });
      }
      for (const name of ["constructor", "\\u0063onstructor"]) {
        const body = `{"${name}":{"prototype":{"isAdmin":true}},${rest}`;
        t.expect(await t.post(body, { key }), "invalid-event", { what: name });
      }
      for (const name of [
        "constructor",
        "prototype",
        "toString",
        "valueOf",
        "hasOwnProperty",
        "__defineGetter__",
        "then",
        "toJSON",
      ]) {
        t.expect(await t.post(`{"${name}":"x",${rest}`, { key }), "invalid-event", { what: name });
      }
      for (const tool of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
        t.expect(await t.post(t.event({ tool }), { key }), "stored", { what: `${tool} as a name` });
        const failed = t.event({ tool, success: false, errorType: "constructor" });
        t.expect(await t.post(failed, { key }), "stored", { what: `${tool} of a failure` });
      }
      hold(({} as Record<string, unknown>).isAdmin === undefined, "a prototype was changed");
    }),

    attack("PL-7", "a member name twice: the last one counts, however it is written", async (t) => {
      const key = await t.key();
      const text = JSON.stringify(t.event());
      const rest = text.slice(1);
      for (const first of ['"tool":"other"', '"\\u0074ool":"other"', '"success":false', '"timestamp":1', '"tool":7']) {
        t.expect(await t.post(`{${first},${rest}`, { key }), "stored", { what: first });
      }
      for (const last of ['"timestamp":1', '"t\\u006f\\u006fl":""', '"tool":7']) {
        t.expect(await t.post(`${text.slice(0, -1)},${last}}`, { key }), "invalid-event", { what: `${last} last` });
      }
      const batch = JSON.stringify(t.batch([t.event()]));
      t.expect(await t.postBatch(`{"events":[],${batch.slice(1)}`, { key }), "stored");
      t.expect(await t.postBatch(`${batch.slice(0, -1)},"events":[]}`, { key }), "invalid-event");
    }),

    attack("PL-N1", "bytes that are no UTF-8, or another alphabet: 400", async (t) => {
      const key = await t.key();
      const good = Buffer.from(JSON.stringify(t.event()));
      const within = (bytes: number[]) => Buffer.concat([good.subarray(0, 12), Buffer.from(bytes), good.subarray(12)]);
      for (const bytes of [
        [0xff],
        [0xc0, 0xaf],
        [0xed, 0xa0, 0x80],
        [0xf5, 0x80, 0x80, 0x80],
        [0xe2, 0x82],
        [0x80],
        [0xf0, 0x9f, 0x98],
      ]) {
        t.expect(await t.post(within(bytes), { key }), "invalid-utf8", { what: bytes.join(" ") });
      }
      t.expect(await t.post(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good]), { key }), "malformed-json");
      t.expectStatus(await t.post(Buffer.from(good.toString(), "utf16le"), { key }), [400], "UTF-16");
      t.ledger.charge(key, 1, 0);
      const tools = ["caf\u00e9", "\u0430dmin", "a\u202eb", "a\u200bb", "\ud83d\ude00", "\uff41", "a\u0000", "\ufeffa"];
      for (const tool of tools) t.expect(await t.post(t.event({ tool }), { key }), "invalid-event", { what: tool });
      for (const text of ["\\ud800", "\\udfff", "\\u0000", "a\\n", "\\u200b"]) {
        const body = JSON.stringify(t.event()).replace(t.canary, text);
        t.expect(await t.post(body, { key }), "invalid-event", { what: text });
      }
    }),

    attack("PL-14", "compressed bodies, bombs among them: 415, nothing is decompressed", async (t) => {
      const key = await t.key();
      const bomb = Buffer.alloc(10_000_000);
      const bodies: [string, Uint8Array][] = [
        ["gzip", gzipSync(JSON.stringify(t.event()))],
        ["br", brotliCompressSync(bomb)],
        ["deflate", deflateSync(JSON.stringify(t.event()))],
        ["gzip", gzipSync(bomb)],
        ["zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
        ["identity", Buffer.from(JSON.stringify(t.event()))],
        ["gzip, gzip", gzipSync(gzipSync(bomb))],
        ["x-gzip", gzipSync("{}")],
        ["", Buffer.from(JSON.stringify(t.event()))],
        ["GZIP", gzipSync("{}")],
      ];
      for (const [encoding, bytes] of bodies) {
        const body = bytes.length > MAX_BATCH_BYTES ? bytes.subarray(0, MAX_BATCH_BYTES) : bytes;
        const answer = await t.postBatch(body, { key, headers: [["Content-Encoding", encoding]] });
        t.expect(answer, "unsupported-media-type", { what: `Content-Encoding: ${encoding}` });
      }
    }),

    attack("PL-N2", "any type but plain JSON, or two of them: 415", async (t) => {
      const key = await t.key();
      for (const type of [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/problem+json",
        "application/json\t; charset=utf-16",
        "application/json; charset=utf-16",
        "application/json; charset=utf-7",
        "application/json; charset=utf-8; charset=utf-16",
        "application/json; version=1",
        "application/json;",
        "application/json, text/plain",
        "application/json x",
        "*/*",
        "",
        `application/json${" ".repeat(5_000)}x`,
        `application/json;${" ".repeat(5_000)}x`,
      ]) {
        const answer = await t.post(t.event(), { key, headers: [["Content-Type", type]] });
        t.expect(answer, "unsupported-media-type", { what: type.slice(0, 40) });
      }
      for (const type of [
        "application/json",
        "APPLICATION/JSON",
        "application/json ; charset=UTF-8",
        'application/json;charset="utf-8"',
      ]) {
        t.expect(await t.post(t.event(), { key, headers: [["Content-Type", type]] }), "stored", { what: type });
      }
      const twice = [
        ["Content-Type", "text/plain"],
        ["Content-Type", "application/json"],
      ] as const;
      t.expect(await t.post(t.event(), { key, headers: twice }), "unsupported-media-type");
      t.expect(await t.post(t.event(), { key, headers: [...twice].reverse() }), "unsupported-media-type");
    }),

    attack(
      "PL-16",
      "100 events are taken, 101 and thousands are 413, one bad of ten gets its own verdict",
      async (t) => {
        const key = await t.key();
        const tiny = (count: number) => Array.from({ length: count }, () => t.event({ tool: "t" }));
        t.expect(await t.postBatch(t.batch(tiny(100)), { key }), "stored");
        t.expect(await t.postBatch(t.batch(tiny(101)), { key }), "too-many-events");
        t.expect(await t.postBatch(t.batch(Array(30_000).fill(1)), { key }), "too-many-events");
        for (const bad of [0, 4, 9]) {
          const events: unknown[] = tiny(10);
          events[bad] = { ...t.event(), email: "x" };
          const answer = await t.postBatch(t.batch(events), { key });
          t.expect(answer, "stored");
          hold(answer.json?.accepted === 9, "not nine were accepted");
          hold(
            JSON.stringify(answer.json?.rejected) === JSON.stringify([{ index: bad, reason: "unknown_field" }]),
            "another verdict",
          );
        }
        const none = await t.postBatch(t.batch(Array(100).fill({})), { key });
        t.expect(none, "no-valid-event");
        const details = none.json?.details;
        hold(Array.isArray(details) && details.length === 100, "not each event has a verdict");
      },
    ),

    attack(
      "PL-18",
      "names like array indexes, and thousands of members, take no longer than other bodies",
      { needs: "stack" },
      async (t) => {
        const key = await t.key();
        const members = (name: (i: number) => string) =>
          `{${Array.from({ length: 4_000 }, (_, i) => `"${name(i)}":0`).join(",")}}`;
        const time = async (body: string) =>
          bestMs(5, async () => t.expect(await t.postBatch(body, { key }), "invalid-event"));
        const ordinary = await time(`{"x":"${"y".repeat(60_000)}"}`);
        for (const [what, body] of [
          ["indexes", members(String)],
          ["sparse indexes", members((i) => String(i * 800_000))],
          ["words", members((i) => `k${i}`)],
        ] as const) {
          const taken = await time(body);
          // Ten milliseconds are a lot for 64 KiB; a second would be an attack.
          hold(
            taken < Math.max(100, ordinary * 30),
            `${what} take ${Math.round(taken)} ms, others ${Math.round(ordinary)} ms`,
          );
        }
      },
    ),

    attack("PL-12", "the window of time moves with the clock, not with the start", { needs: "stack" }, async (t) => {
      const lab = await openLab(t);
      const key = lab.key();
      const atStart = JSON.stringify(t.event({ timestamp: lab.nowMs }));
      t.judge(await lab.inject({ key, body: atStart }), "stored");
      lab.nowMs += 600_000;
      t.judge(await lab.inject({ key, body: atStart }), "invalid-event");
      t.judge(await lab.inject({ key, body: JSON.stringify(t.event({ timestamp: lab.nowMs })) }), "stored");
      await lab.close();
    }),

    ...payloadFields,
  ],
};
