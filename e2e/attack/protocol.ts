import { BATCH_PATH, EVENTS_PATH } from "@org/mcp-analytics-schema";
import { protocolConnections } from "./protocol-connections.ts";
import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { Trial } from "./runner/trial.ts";
import type { AttackKey } from "./stack/attack-keys.ts";
import { readCharges } from "./stack/buckets.ts";
import type { Answer } from "./wire/answer.ts";
import { chunks, type HeaderList } from "./wire/request.ts";

const chunked: HeaderList = [["Transfer-Encoding", "chunked"]];

/** Sends bytes and takes every answer until the connection ends or has been quiet after the first. */
async function answersTo(t: Trial, bytes: string | Uint8Array): Promise<Answer[]> {
  const connection = t.connect();
  connection.send(bytes);
  const first = await connection.answer().catch(() => undefined);
  if (first === undefined) return [];
  // A further request on the same connection shows whether the two sides still agree on where one ends.
  if (!connection.isEnded) connection.send(t.bytes({ method: "GET", path: "/livez", bare: true }));
  const second = await connection.answer().catch(() => undefined);
  connection.end();
  return [first, ...(second === undefined ? [] : [second])].map((answer) => t.note(answer));
}

/** Sends a request with a body in odd framing; it must be refused once and store nothing. */
async function expectRefused(t: Trial, what: string, bytes: string | Uint8Array, statuses = [400, 413]) {
  const [first, ...more] = await answersTo(t, bytes);
  if (first === undefined) return;
  t.expectStatus(first, statuses, what);
  hold(
    more.every(({ status }) => status === 200 || statuses.includes(status)),
    `${what}: a second answer`,
  );
}

/** The head of a good request, with these framing headers only. */
const head = (t: Trial, key: AttackKey, framing: HeaderList, body: string) => {
  const own = t.bytes({ key, headers: [["Content-Length", "@"], ...framing], body });
  return own.toString("latin1").replace("Content-Length: @\r\n", "");
};

export const protocol: AttackGroup = {
  name: "protocol",
  cases: [
    attack("PR-5", "a body that is framed in two ways is refused: no request hides in another", async (t) => {
      const key = await t.key();
      const body = JSON.stringify(t.event());
      const hidden = t.bytes({ key, body }).toString("latin1");
      const framings: [string, HeaderList, string][] = [
        ["Content-Length and chunked", [["Content-Length", "4"], ...chunked], `0\r\n\r\n${hidden}`],
        ["chunked and Content-Length", [...chunked, ["Content-Length", "4"]], `0\r\n\r\n${hidden}`],
        [
          "two lengths",
          [
            ["Content-Length", "2"],
            ["Content-Length", String(body.length)],
          ],
          body,
        ],
        ["two lengths in one", [["Content-Length", `2, ${body.length}`]], body],
        ["+length", [["Content-Length", `+${body.length}`]], body],
        ["hexadecimal length", [["Content-Length", "0x10"]], body],
        ["negative length", [["Content-Length", "-1"]], body],
        ["length of words", [["Content-Length", "ten"]], body],
        ["a space in the name", [["Content-Length ", String(body.length)]], body],
        ["xchunked", [["Transfer-Encoding", "xchunked"]], chunks([body])],
        ["chunked, identity", [["Transfer-Encoding", "chunked, identity"]], chunks([body])],
        ["gzip, chunked", [["Transfer-Encoding", "gzip, chunked"]], chunks([body])],
        ["chunked twice", [["Transfer-Encoding", "chunked, chunked"]], chunks([body])],
        ["identity", [["Transfer-Encoding", "identity"]], body],
        [
          "a tab before chunked and a length",
          [
            ["Transfer-Encoding", "\tchunked"],
            ["Content-Length", "3"],
          ],
          chunks([body]),
        ],
        ["two codings", [...chunked, ["Transfer-Encoding", "identity"]], chunks([body])],
        [
          "a folded header",
          [
            ["Content-Length", `${body.length}`],
            ["X-Folded", "a\r\n b"],
          ],
          body,
        ],
      ];
      for (const [what, framing, text] of framings) await expectRefused(t, what, head(t, key, framing, text));
      // Where the headers alone are sound the key was let in before the body broke: that costs a request, and no event.
      if (t.target.stack === undefined) return;
      t.areChargesStated = false;
      const { redis } = t.stack;
      await t.until(async () => (await readCharges(redis, key)).events === 0, "events were charged");
      hold((await readCharges(redis, key)).requests <= framings.length, "more was charged than was sent");
    }),

    attack("PR-6", "broken chunks are refused, extensions and trailers mean nothing", async (t) => {
      const key = await t.key();
      const body = JSON.stringify(t.event());
      const send = (text: string) => t.bytes({ key, headers: chunked, body: text });
      for (const [what, text] of [
        ["a size of words", `zz\r\n${body}\r\n0\r\n\r\n`],
        ["a negative size", `-1\r\n${body}\r\n0\r\n\r\n`],
        ["a size beyond counting", `fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`],
        ["0x", `0x10\r\n${body}\r\n0\r\n\r\n`],
        ["no line end after it", `2\r\n{}0\r\n\r\n`],
        ["bare line feeds", chunks([body]).replaceAll("\r\n", "\n")],
        ["a length in a trailer", chunks([body], "0\r\nContent-Length: 5\r\n\r\n")],
        ["an extension of 20 KB", `2;${"x".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
      ] as const) {
        const connection = t.connect();
        connection.send(send(text));
        const answer = await connection.answer().catch(() => undefined);
        // The key was let in before the first chunk came.
        t.ledger.charge(key, 1, 0);
        if (answer !== undefined) t.expectStatus(t.note(answer), [400, 413], what);
        await connection.closed();
      }
      for (const [what, text] of [
        ["an extension", `${body.length.toString(16)};a=b\r\n${body}\r\n0\r\n\r\n`],
        ["trailers", chunks([body], "0\r\n__proto__: x\r\nX-API-Key: y\r\nX-Signature: z\r\n\r\n")],
        ["zeros before the size", `000${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
      ] as const) {
        const connection = t.connect();
        connection.send(send(text));
        t.expect(t.note(await connection.answer(), { key, body }), "stored", { what });
      }
    }),

    attack("PR-9", "a hundred requests at once over one connection: answered in order, each counted", async (t) => {
      const key = await t.key();
      const good = JSON.stringify(t.event());
      const connection = t.connect();
      const bodies = Array.from({ length: 100 }, (_, i) => (i % 7 === 3 ? "{}" : good));
      connection.send(Buffer.concat(bodies.map((body) => t.bytes({ key, body }))));
      for (const body of bodies) {
        t.expect(t.note(await connection.answer(), { key, body }), body === good ? "stored" : "invalid-event");
      }
      hold(connection.rest === "", "more answers than requests");
    }),

    attack(
      "PR-9a",
      "more requests over one connection than it may carry: it ends, and nothing behind is done",
      async (t) => {
        const key = await t.key();
        const connection = t.connect();
        const live = t.bytes({ method: "GET", path: "/livez", bare: true });
        const body = JSON.stringify(t.event());
        connection.send(Buffer.concat([...Array<Buffer>(1_000).fill(live), t.bytes({ key, body })]));
        const answers = await connection.answersUntilClosed();
        for (const answer of answers) t.expectStatus(t.note(answer), [200], "one of a thousand");
        hold(answers.length === 1_000, `${answers.length} answers`);
      },
    ),

    attack("PR-10", "other protocols and versions: refused, without effect", { needs: "nothing" }, async (t) => {
      const { authority } = t.endpoint();
      for (const [what, bytes] of [
        ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
        ["the hello of TLS", Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
        ["HTTP/0.9", "GET /livez\r\n\r\n"],
        ["HTTP/3.7", `GET /livez HTTP/3.7\r\nHost: ${authority}\r\n\r\n`],
        ["no method", ` /livez HTTP/1.1\r\nHost: ${authority}\r\n\r\n`],
        ["SSH", "SSH-2.0-x\r\n"],
        ["Redis", "*1\r\n$4\r\nPING\r\n"],
        ["NULs", Buffer.alloc(64)],
      ] as const) {
        const connection = t.connect();
        connection.send(bytes);
        const answers = await connection.answersUntilClosed();
        hold(answers.length <= 1, `${what}: more than one answer`);
        for (const answer of answers) t.expectStatus(t.note(answer), [400], what);
      }
    }),

    attack("PR-10a", "Host: none, two, or one that is no host is 400", { needs: "nothing" }, async (t) => {
      for (const headers of [[], ["Host: a", "Host: b"]]) {
        const connection = t.connect();
        connection.send(`GET /livez HTTP/1.1\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`);
        t.expectStatus(t.note(await connection.answer()), [400], `${headers.length} hosts`);
      }
      for (const host of [
        "a b",
        "a, b",
        "user@host",
        "host/path",
        "host\\path",
        "host?x",
        "host#x",
        "<script>",
        "host:port",
        "host:123456",
      ]) {
        const connection = t.connect();
        connection.send(`GET /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        t.expectStatus(t.note(await connection.answer()), [400], host);
      }
    }),

    attack("PR-10b", "upgrades, tunnels and traces lead nowhere", async (t) => {
      const key = await t.key();
      for (const headers of [
        [
          ["Connection", "Upgrade, HTTP2-Settings"],
          ["Upgrade", "h2c"],
          ["HTTP2-Settings", "AAMAAABkAAQAAP__"],
        ],
        [
          ["Connection", "Upgrade"],
          ["Upgrade", "websocket"],
          ["Sec-WebSocket-Version", "13"],
          ["Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="],
        ],
      ] as HeaderList[]) {
        const connection = t.connect();
        const body = JSON.stringify(t.event());
        connection.send(t.bytes({ key, headers, body }));
        t.expect(t.note(await connection.answer(), { key, body }), "stored");
      }
      const tunnel = t.connect();
      // A request line without a version and with headers is taken for HTTP/1.0 by some parsers; it has no effect.
      const old = t.connect();
      old.send(`GET /livez\r\nHost: ${t.endpoint().authority}\r\n\r\n`);
      for (const answer of await old.answersUntilClosed()) t.expectStatus(t.note(answer), [200, 400], "no version");
      tunnel.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
      for (const answer of await tunnel.answersUntilClosed())
        t.expectStatus(t.note(answer), [400, 404, 405], "CONNECT");
      const trace = await t.request({ method: "TRACE", bare: true, headers: [["X-Canary", t.canary]] });
      t.expectStatus(trace, [404, 405], "TRACE");
      hold(!trace.body.includes(t.canary), "TRACE echoes");
    }),

    attack("PR-10c", "an expectation that nobody knows is ignored; who waits for 100 gets the refusal", async (t) => {
      const key = await t.key();
      t.expect(await t.post(t.event(), { key, headers: [["Expect", "x-unknown"]] }), "stored");
      t.expect(await t.post(t.event(), { key, headers: [["Expect", "100-continue"]] }), "stored");
      t.judge(await t.post(t.event(), { headers: [["Expect", "100-continue"]] }), "key-required");
    }),

    attack("PR-11", "headers over 8 KiB, thousands of them, or a path of 16 KiB: 431 or 414", async (t) => {
      const key = await t.key();
      t.expect(await t.post(t.event(), { key, headers: [["X-Long", "x".repeat(7_000)]] }), "stored");
      const many: HeaderList = Array.from({ length: 3_000 }, (_, i) => [`x${i}`, "y"]);
      for (const parts of [
        { headers: [["X-Long", "x".repeat(9_000)]] as HeaderList },
        { headers: many },
        { path: `/${"x".repeat(16_384)}` },
      ]) {
        const connection = t.connect();
        connection.send(t.bytes({ key, ...parts, body: JSON.stringify(t.event()) }));
        const answer = await connection.answer().catch(() => undefined);
        if (answer !== undefined) t.expectStatus(t.note(answer), [431, 414], "too much");
        await connection.closed();
      }
    }),

    attack(
      "PR-13",
      "paths in odd characters are 400 or 404, and none is said back",
      { needs: "nothing" },
      async (t) => {
        for (const path of [
          "/%zz",
          "/%",
          "/%00",
          "/v1/%2e%2e/%2e%2e/etc/passwd",
          "/../../etc/passwd",
          "//evil.example/x",
          "/\\evil.example",
          "/v1/events;a=b",
          "/v1/caf\u00e9",
          "/%ff%fe",
          "/%c0%ae%c0%ae/",
          `/problems/${"x".repeat(200)}`,
          "/problems/%2e%2e%2fx",
          "/problems/<script>",
          "/__proto__",
          "/constructor",
          "/.env",
          "/.git/config",
          `/${t.canary}`,
        ]) {
          const answer = await t.request({ method: "GET", path, bare: true });
          t.expectStatus(answer, [400, 404, 414], path.slice(0, 30));
          hold(!answer.body.includes(path) && !answer.body.includes(t.canary), `${path.slice(0, 30)} is said back`);
        }
      },
    ),

    attack("PR-14", "other methods on the routes: 405 with Allow, whatever a header says the method is", async (t) => {
      const key = await t.key();
      for (const path of [EVENTS_PATH, BATCH_PATH]) {
        for (const method of ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]) {
          for (const name of ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]) {
            const body = method === "PUT" || method === "PATCH" ? JSON.stringify(t.event()) : "";
            const answer = await t.request({ method, path, key, headers: [[name, "POST"]], body });
            t.expectStatus(answer, [405], `${method} ${path}`);
            hold(answer.headers.allow === "POST", `${method}: Allow is ${answer.headers.allow}`);
            if (method === "HEAD") t.answers.pop();
          }
        }
        const query = await t.request({ method: "QUERY", path, key, body: "{}" });
        t.expectStatus(query, [400, 404, 405], "QUERY");
        const stored = await t.request({
          path: `${path}?_method=DELETE`,
          key,
          headers: [["X-HTTP-Method-Override", "DELETE"]],
          body: "{",
        });
        t.expect(stored, "malformed-json", { what: "an override on POST" });
      }
    }),

    attack("PR-18", "headers of caches and negotiation change nothing", async (t) => {
      const key = await t.key();
      for (const headers of [
        [["Range", "bytes=0-1"]],
        [["If-None-Match", "*"]],
        [["If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"]],
        [["Accept", "text/html"]],
        [["Accept", "application/xml;q=1, */*;q=0"]],
        [["Accept-Encoding", "gzip, br"]],
        [["Accept-Version", "9.9.9"]],
        [["Prefer", "return=minimal"]],
        [["Cache-Control", "only-if-cached"]],
        [["Cookie", "a=b; a=c"]],
      ] as HeaderList[]) {
        const answer = await t.post(t.event(), { key, headers });
        t.expect(answer, "stored", { what: headers[0]?.[0] });
        hold(answer.body === '{"success":true}', "another body");
      }
      for (let i = 0; i < 40; i++) {
        const headers: HeaderList = [
          ["Accept", `x/${i}`],
          ["Accept-Version", `${i}`],
          ["User-Agent", `${t.canary}${i}`],
        ];
        t.expect(await t.post(t.event(), { key, headers }), "stored");
      }
    }),

    ...protocolConnections,
  ],
};
