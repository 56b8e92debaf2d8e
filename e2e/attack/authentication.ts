import { createApiKey } from "@org/mcp-analytics-collector/dist/accounts/api-keys.js";
import { BATCH_PATH, EVENTS_PATH } from "@org/mcp-analytics-schema";
import { keyRevocation } from "./key-revocation.ts";
import { probabilityOfLonger } from "./oracles/time-samples.ts";
import { freshAddress } from "./runner/addresses.ts";
import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { PostOptions, Trial } from "./runner/trial.ts";
import { hashOf, inventedKey } from "./stack/attack-keys.ts";
import type { HeaderList } from "./wire/request.ts";

const hex = "0123456789abcdef".repeat(4);

/** Texts that look like keys and are none. */
const MALFORMED: readonly (readonly [string, string])[] = [
  ["63 digits", `wmc_${hex.slice(1)}`],
  ["65 digits", `wmc_${hex}0`],
  ["upper-case digits", `wmc_${hex.toUpperCase()}`],
  ["an upper-case prefix", `WMC_${hex}`],
  ["another prefix", `abc_${hex}`],
  ["a signing secret", `wms_${hex}`],
  ["a read token", `wmr_${hex}`],
  ["no prefix", hex],
  ["an encoded NUL at its end", `wmc_${hex}%00`],
  ["a digit of another script", `wmc_${hex.slice(2)}\u00b2\u00b3`],
  ["a digit outside Latin-1", Buffer.from(`wmc_${hex.slice(1)}\u0663`).toString("latin1")],
  ["a space inside", `wmc_${hex.slice(0, 32)} ${hex.slice(32)}`],
  ["a tab inside", `wmc_${hex.slice(0, 32)}\t${hex.slice(33)}`],
  ["a comma after it", `wmc_${hex},`],
  ["quotes around it", `"wmc_${hex}"`],
];

const METACHARACTERS = [
  "' OR 1=1 --",
  "'; DROP TABLE api_keys; --",
  `wmc_${hex.slice(8)}' OR '1`,
  "$1",
  "*",
  "{k:1.1}",
  "collector:tokens:{k:1.1}",
  "%s%n",
  "../../../etc/passwd",
  "$(id)",
  "{{7*7}}",
  "[object Object]",
];

/** Sends a good event with these headers and no key of its own. */
const sendWith = (t: Trial, headers: HeaderList, options: PostOptions = {}) =>
  t.post(t.event(), { headers, ...options });

export const authentication: AttackGroup = {
  name: "authentication",
  cases: [
    attack("AU-1", "no credentials: 401 before a byte of the body is read", { needs: "nothing" }, async (t) => {
      for (const path of [EVENTS_PATH, BATCH_PATH]) {
        const connection = t.connect();
        connection.send(t.bytes({ path, headers: [["Content-Length", "100"]] }));
        const answer = t.note(await connection.answer());
        t.judge(answer, "key-required");
        hold(answer.headers["www-authenticate"] === "Bearer", "no WWW-Authenticate: Bearer");
      }
    }),

    attack("AU-2", "an Authorization that is not Bearer and one key: 401; the scheme in any case: 201", async (t) => {
      const key = await t.key();
      const { apiKey } = key;
      for (const scheme of ["Bearer", "bearer", "BEARER", "bEaReR"]) {
        const answer = await t.post(t.event(), { key, headers: [["Authorization", `${scheme} ${apiKey}`]] });
        t.expect(answer, "stored", { what: scheme });
      }
      for (const value of [
        "Bearer",
        "Bearer ",
        `Bearer  ${apiKey}`,
        `Basic ${apiKey}`,
        `Basic ${Buffer.from(`:${apiKey}`).toString("base64")}`,
        `Bearer ${apiKey} x`,
        `Bearer ${apiKey},`,
        `Bearer ${apiKey}, Bearer ${apiKey}`,
        `Bearer\t${apiKey}`,
        `Bearer${apiKey}`,
        `Token ${apiKey}`,
        apiKey,
        `Bearer "${apiKey}"`,
      ]) {
        t.judge(await sendWith(t, [["Authorization", value]]), "invalid-key", value.replace(apiKey, "<key>"));
      }
      t.expectStatus(await sendWith(t, [["Authorization", ""]]), [401], "an empty Authorization");
    }),

    attack("AU-3", "texts that are no key: 401, nothing hashed or looked up", { needs: "stack" }, async (t) => {
      const bodies = new Set<string>();
      for (const [what, text] of MALFORMED) {
        const answer = await sendWith(t, [["X-API-Key", text]]);
        t.judge(answer, "invalid-key", what);
        bodies.add(answer.body);
        hold(t.stack.tap.count(hashOf(text)) === 0, `${what}: its hash was looked up`);
        hold(t.stack.tap.count(text) === 0, `${what}: it was sent to PostgreSQL`);
      }
      hold(bodies.size === 1, "malformed keys get different bodies");
    }),

    attack("AU-3a", "a key with a real NUL or line break in it is no HTTP", { needs: "nothing" }, async (t) => {
      for (const bad of ["\0", "\r", "\x0b", "\x7f"]) {
        const connection = t.connect();
        connection.send(t.bytes({ headers: [["X-API-Key", `wmc_${hex}${bad}`]], body: "{}" }));
        t.expectStatus(t.note(await connection.answer()), [400, 401], JSON.stringify(bad));
      }
    }),

    attack("AU-3b", "spaces around a key are HTTP's, so it is the same key with the same bucket", async (t) => {
      const key = await t.key();
      const headers: HeaderList = [["X-API-Key", ` \t${key.apiKey} \t`]];
      t.expect(await t.post(t.event(), { key, headers }), "stored");
      t.expect(await t.post(t.event(), { key }), "stored");
    }),

    attack("AU-4", "an unknown key: 401 and one look-up, the second time none", { needs: "stack" }, async (t) => {
      const unknown = t.keepFromStorage(inventedKey());
      const stranger = t.stranger();
      for (let i = 0; i < 3; i++) {
        t.judge(await sendWith(t, [["X-API-Key", unknown]], stranger), "invalid-key");
        hold(t.stack.tap.count(hashOf(unknown)) === 1, "it was not looked up exactly once");
      }
    }),

    attack("AU-6", "a key in the URL, a cookie, the body or a header of another name: 401", async (t) => {
      const { apiKey } = await t.key();
      const body = t.event();
      const places: [string, PostOptions, unknown][] = [
        ["query", { path: `${EVENTS_PATH}?api_key=${apiKey}&x-api-key=${apiKey}&access_token=${apiKey}` }, body],
        ["cookie", { headers: [["Cookie", `x-api-key=${apiKey}; api_key=${apiKey}`]] }, body],
        ["body", {}, { ...body, apiKey, "x-api-key": apiKey }],
        ["X_API_Key", { headers: [["X_API_Key", apiKey]] }, body],
        ["Proxy-Authorization", { headers: [["Proxy-Authorization", `Bearer ${apiKey}`]] }, body],
        ["X-Api-Token", { headers: [["X-Api-Token", apiKey]] }, body],
      ];
      for (const [what, options, value] of places) t.judge(await t.post(value, options), "key-required", what);
    }),

    attack("AU-8", "a disabled or revoked key: 403, whatever else is wrong", { needs: "stack" }, async (t) => {
      for (const status of ["disabled", "revoked"] as const) {
        const key = await t.newKey({ status });
        t.expect(await t.post(t.event(), { key }), "key-disabled", { what: status });
        t.expect(await t.post("{", { key }), "key-disabled", { what: "with a broken body" });
        const forged: HeaderList = [
          ["X-Timestamp", String(Date.now())],
          ["X-Signature", "0".repeat(64)],
        ];
        t.expect(await t.post(t.event(), { key, headers: forged }), "key-disabled", {
          what: "with a forged signature",
        });
      }
    }),

    attack("AU-9", "malformed, unknown and deleted keys get the same bytes", { needs: "stack" }, async (t) => {
      const deleted = await t.newKey();
      const orphan = await t.newKey({ otherProject: true });
      const { sql } = t.stack;
      await sql`DELETE FROM api_keys WHERE id IN ${sql([deleted.apiKeyId, orphan.apiKeyId])}`;
      await sql`DELETE FROM projects WHERE id = ${orphan.projectId}`;
      const answers = [];
      for (const apiKey of ["x", inventedKey(), deleted.apiKey, orphan.apiKey]) {
        const answer = await sendWith(t, [["X-API-Key", apiKey]], t.stranger());
        t.judge(answer, "invalid-key");
        const { date: _, ...headers } = answer.headers;
        answers.push(JSON.stringify([headers, answer.body]));
      }
      hold(new Set(answers).size === 1, `they differ: ${answers.join(" / ")}`);
    }),

    attack("AU-13", "a key of ingest opens no route of the dashboard", async (t) => {
      const { apiKey } = await t.key();
      const credentials: HeaderList[] = [
        [["X-API-Key", apiKey]],
        [["Authorization", `Bearer ${apiKey}`]],
        [["Cookie", `session=${apiKey}; __Host-session=${apiKey}`]],
      ];
      for (const headers of credentials) {
        for (const [method, path] of [
          ["GET", "/api/v1/usage"],
          ["GET", "/api/v1/usage?range=24h"],
          ["GET", "/api/v1/session"],
          ["POST", "/api/v1/session"],
          ["DELETE", "/api/v1/session"],
        ] as const) {
          const body = method === "POST" ? JSON.stringify({ token: apiKey }) : "";
          const answer = t.note(await t.request({ method, path, headers, body }));
          t.expectStatus(answer, [401, 403], `${method} ${path}`);
        }
      }
    }),

    attack(
      "AU-16",
      "unknown and deleted keys take equally long, however often one asks",
      { needs: "stack" },
      async (t) => {
        const deleted = await t.newKey();
        await t.stack.sql`DELETE FROM api_keys WHERE id = ${deleted.apiKeyId}`;
        const unknown = inventedKey();
        const samples: Record<"unknown" | "deleted", number[]> = { unknown: [], deleted: [] };
        const connection = t.connect("spare");
        const address = t.keepFromStorage(freshAddress());
        for (let i = 0; i < 420; i++) {
          const kind = i % 2 === 0 ? "unknown" : "deleted";
          const headers: HeaderList = [
            ["X-API-Key", kind === "unknown" ? unknown : deleted.apiKey],
            ["X-Forwarded-For", address],
          ];
          const bytes = t.bytes({ headers, body: JSON.stringify(t.event()) }, "spare");
          const startedAtMs = performance.now();
          connection.send(bytes);
          t.judge(t.note(await connection.answer()), "invalid-key");
          // The first ones are looked up, and warm the code up.
          if (i >= 20) samples[kind].push(performance.now() - startedAtMs);
        }
        const longer = probabilityOfLonger(samples.unknown, samples.deleted);
        hold(Math.abs(longer - 0.5) < 0.15, `one is longer in ${Math.round(longer * 100)} % of pairs`);
      },
    ),

    attack("AU-17", "a list of keys shows of each its beginning and end only", { needs: "stack" }, async (t) => {
      const { direct } = t.stack.collectors;
      const created = await direct.createKey("--name", "listed");
      t.keepSecret(created.apiKey.slice(8, -4));
      for (const args of [
        ["keys", "list"],
        ["keys", "list", "--json"],
      ]) {
        const list = await direct.cli(...args);
        hold(list.includes(created.id) && list.includes(created.apiKey.slice(-4)), "the key is not listed");
        for (const secret of [created.apiKey.slice(8, -4), hashOf(created.apiKey), created.signingSecret.slice(4)])
          hold(!list.includes(secret), "the list shows more than the beginning and end of a key");
      }
    }),

    attack("AU-18", "ten thousand generated keys: all different, every bit even", { needs: "stack" }, async () => {
      const made = new Set<string>();
      const ones = new Array<number>(256).fill(0);
      const deps = { store: { add: async () => {} }, masterSecret: Buffer.alloc(32, 1), now: Date.now };
      for (let i = 0; i < 10_000; i++) {
        const { key } = await createApiKey(deps, { projectId: 1 });
        hold(/^wmc_[0-9a-f]{64}$/.test(key), "a key breaks the grammar");
        made.add(key);
        const bytes = Buffer.from(key.slice(4), "hex");
        for (let bit = 0; bit < 256; bit++) ones[bit] = (ones[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1);
      }
      hold(made.size === 10_000, "two keys are the same");
      // Six standard deviations: a fair bit is outside once in two million runs of all 256.
      for (const [bit, count] of ones.entries())
        hold(Math.abs(count - 5_000) < 300, `bit ${bit} is one ${count} times`);
    }),

    attack(
      "AU-19",
      "metacharacters of SQL, Redis and shells as a key: 401 by the grammar",
      { needs: "nothing" },
      async (t) => {
        for (const text of METACHARACTERS) {
          t.judge(await sendWith(t, [["X-API-Key", text]]), "invalid-key", text);
          t.judge(await sendWith(t, [["Authorization", `Bearer ${text}`]]), "invalid-key", text);
        }
      },
    ),

    attack("AU-20", "no web page of another origin is let in", async (t) => {
      const key = await t.key();
      const origins = ["https://example.com", "null", "http://127.0.0.1", `http://${t.endpoint().authority}`];
      for (const origin of origins) {
        const preflight = await t.request({
          method: "OPTIONS",
          bare: true,
          headers: [
            ["Origin", origin],
            ["Access-Control-Request-Method", "POST"],
            ["Access-Control-Request-Headers", "x-api-key, content-type"],
            ["Access-Control-Request-Private-Network", "true"],
          ],
        });
        t.judge(preflight, "method-not-allowed");
        const simple = await t.post(t.event(), { key, headers: [["Origin", origin]] });
        t.expect(simple, "stored");
        for (const { headers } of [preflight, simple]) {
          const opened = Object.keys(headers).filter((name) => name.startsWith("access-control-"));
          hold(opened.length === 0, `${opened[0]} is sent`);
        }
        const plain: HeaderList = [
          ["Origin", origin],
          ["Content-Type", "text/plain"],
        ];
        t.judge(await t.post(t.event(), { key, headers: plain }), "unsupported-media-type");
      }
    }),

    attack("AU-N1", "a repeated X-API-Key or Authorization is no key", async (t) => {
      const { apiKey } = await t.key();
      t.judge(
        await sendWith(t, [
          ["X-API-Key", apiKey],
          ["X-API-Key", apiKey],
        ]),
        "invalid-key",
      );
      t.judge(
        await sendWith(t, [
          ["X-API-Key", inventedKey()],
          ["x-api-key", apiKey],
        ]),
        "invalid-key",
      );
      t.judge(
        await sendWith(t, [
          ["Authorization", `Bearer ${apiKey}`],
          ["Authorization", "Bearer x"],
        ]),
        "invalid-key",
      );
    }),

    attack("AU-N2", "a key in both headers: 400, whichever of them is good", async (t) => {
      const { apiKey } = await t.key();
      for (const [plain, bearer] of [
        [apiKey, apiKey],
        [apiKey, "x"],
        ["", apiKey],
        ["x", apiKey],
      ] as const) {
        const headers: HeaderList = [
          ["X-API-Key", plain],
          ["Authorization", `Bearer ${bearer}`],
        ];
        t.judge(await sendWith(t, headers), "conflicting-credentials");
      }
    }),

    attack("AU-N3", "what is stored of a key is no key", { needs: "stack" }, async (t) => {
      const { hash, signingSecret, apiKeyId } = await t.key();
      for (const text of [`wmc_${hash}`, hash, signingSecret ?? "", `wmc_${signingSecret?.slice(4)}`, apiKeyId])
        t.judge(await sendWith(t, [["X-API-Key", text]], t.stranger()), "invalid-key");
    }),

    attack("AU-N4", "fifty first requests of a key at once: one look-up, all stored", { needs: "stack" }, async (t) => {
      const key = await t.key();
      const answers = await Promise.all(Array.from({ length: 50 }, () => t.post(t.event(), { key })));
      for (const answer of answers) t.expect(answer, "stored");
      hold(t.stack.tap.count(key.hash) === 1, `${t.stack.tap.count(key.hash)} look-ups`);
    }),

    ...keyRevocation,
  ],
};
