import { randomBytes } from "node:crypto";
import { BATCH_PATH, EVENTS_PATH, IP_LIMIT } from "@org/mcp-analytics-schema";
import { freshAddress, freshIpv6Site } from "./runner/addresses.ts";
import { type AttackCase, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import type { Trial } from "./runner/trial.ts";
import { inventedKey } from "./stack/attack-keys.ts";
import { addressPartition, readBucket } from "./stack/buckets.ts";
import type { HeaderList } from "./wire/request.ts";

const onStack = { needs: "stack" } as const;
const word = () => randomBytes(2).readUInt16BE().toString(16);

/** Requests that Redis has counted against a network; undefined when it has no bucket. */
async function usedBy(t: Trial, network: string): Promise<number | undefined> {
  const state = await readBucket(t.stack.redis, `i:${addressPartition(t.stack.masterSecret, network)}`);
  return state === undefined ? undefined : Math.round(state.numbers[0] ?? 0);
}

/** Sends requests one after the other over one connection to `proxied`; returns how often each status came. */
async function statuses(t: Trial, requests: readonly { path?: string; method?: string; headers: HeaderList }[]) {
  const counts = new Map<number, number>();
  for (let from = 0; from < requests.length; from += 200) {
    const connection = t.connect("proxied");
    const some = requests.slice(from, from + 200);
    connection.send(Buffer.concat(some.map((request) => t.bytes({ ...request, body: "" }, "proxied"))));
    for (const { method } of some) {
      const answer = t.note(await connection.answer(method !== "HEAD"));
      if (method === "HEAD") t.answers.pop();
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
    }
    connection.end();
  }
  return counts;
}

/** Whether so many were let in as a limit of this size lets in, with what it gains in the moment that it takes to ask. */
const isLimit = (count: number | undefined, limit: number) =>
  count !== undefined && count >= limit && count <= limit * 1.03;

const from = (address: string): HeaderList => [["X-Forwarded-For", address]];

/** Headers with which clients, or proxies of others, claim an address. */
const CLAIMS = [
  "X-Forwarded-For",
  "X-Real-IP",
  "Forwarded",
  "CF-Connecting-IP",
  "True-Client-IP",
  "X-Client-IP",
  "X-Cluster-Client-IP",
  "Fastly-Client-IP",
  "X-Original-Forwarded-For",
  "X-Remote-Addr",
];

export const limitsByAddress: readonly AttackCase[] = [
  attack("RL-7", "an address that a client claims for itself is ignored", onStack, async (t) => {
    const key = await t.key();
    for (const name of CLAIMS) {
      const address = t.keepFromStorage(freshAddress());
      const value = name === "Forwarded" ? `for=${address}` : address;
      t.expect(await t.post(t.event(), { key, headers: [[name, value]] }), "stored", { what: name });
      hold((await usedBy(t, address)) === undefined, `${name} is believed`);
    }
    // A trusted proxy is asked for X-Forwarded-For only, and for its last entry.
    const [real, claimed] = [freshAddress(), freshAddress()];
    const headers: HeaderList = [
      ["X-Real-IP", claimed],
      ["Forwarded", `for=${claimed}`],
      ["X-Forwarded-For", `${claimed}, ${real}`],
    ];
    t.expect(await t.post(t.event(), { key, via: "proxied", headers }), "stored");
    hold((await usedBy(t, claimed)) === undefined, "what the client put into X-Forwarded-For is believed");
    hold((await usedBy(t, real)) === 1, "the address that the proxy added is not charged");
  }),

  attack("RL-9", "an IPv4 address is one client however it is written; two are two", onStack, async (t) => {
    const key = await t.key();
    const address = freshAddress();
    const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
    const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
    const spellings = [
      address,
      `::ffff:${address}`,
      `::FFFF:${address}`,
      `::ffff:${hex}`,
      `0:0:0:0:0:ffff:${hex}`,
      `0000:0000:0000:0000:0000:ffff:${address}`,
      `64:ff9b::${address}`,
      `64:ff9b::${hex}`,
      `64:ff9b:0:0:0:0:${hex}`,
      `0064:ff9b::${address}`,
    ];
    for (const [index, spelling] of spellings.entries()) {
      t.expect(await t.post(t.event(), { key, via: "proxied", headers: from(spelling) }), "stored");
      hold(
        (await usedBy(t, address)) === index + 1,
        `${spelling.replace(address, "<IPv4>").replace(hex, "<hex>")} is another client`,
      );
    }
    const other = freshAddress();
    t.expect(await t.post(t.event(), { key, via: "proxied", headers: from(`::ffff:${other}`) }), "stored");
    hold((await usedBy(t, other)) === 1, "two clients share a bucket");
  }),

  attack("RL-10", "addresses of one /64 without end have the limit of one client", onStack, async (t) => {
    const site = `${freshIpv6Site()}:${word()}`;
    const requests = Array.from({ length: 150 }, () => ({
      path: "/nothing",
      headers: from(`${site}:${word()}:${word()}:${word()}:${word()}`),
    }));
    const counts = await statuses(t, requests);
    hold(isLimit(counts.get(404), IP_LIMIT.requests), `${counts.get(404)} were let in`);
  }),

  attack("RL-10a", "the 256 networks of one /56 have ten times that, not 256 times", onStack, async (t) => {
    const site = freshIpv6Site();
    const requests = Array.from({ length: 1_280 }, (_, i) => ({
      path: "/nothing",
      headers: from(`${site}:${(0xab00 + (i % 256)).toString(16)}::${word()}`),
    }));
    const counts = await statuses(t, requests);
    hold(isLimit(counts.get(404), 10 * IP_LIMIT.requests), `${counts.get(404)} were let in`);
    const beside = await statuses(t, [{ path: "/nothing", headers: from(`${site}:ac00::1`) }]);
    hold(beside.get(404) === 1, "the next /56 is refused with it");
  }),

  attack(
    "RL-13",
    "no other spelling of key, header, path or request line has tokens of its own",
    onStack,
    async (t) => {
      const key = await t.newKey({ tier: "free" });
      const body = JSON.stringify(t.event());
      const { authority } = t.endpoint("direct");
      const good: [string, Parameters<Trial["bytes"]>[0]][] = [
        ["X-API-KEY", { headers: [["X-API-KEY", key.apiKey]] }],
        ["x-api-key", { headers: [["x-api-key", key.apiKey]] }],
        ["Bearer", { headers: [["Authorization", `Bearer ${key.apiKey}`]] }],
        ["a query", { key, path: `${EVENTS_PATH}?${Date.now()}` }],
        ["the absolute form", { key, path: `http://${authority}${EVENTS_PATH}` }],
        ["HTTP/1.0", { key, version: "1.0" }],
        ["HTTP/1.0 without Host", { key, version: "1.0", headers: [["Host", authority]] }],
        ["another Host", { key, headers: [["Host", "collector.example"]] }],
        ["a fragment", { key, path: `${EVENTS_PATH}#x` }],
      ];
      for (const [what, parts] of good) {
        const connection = t.connect();
        connection.send(t.bytes({ ...parts, body }));
        const answer = t.note(await connection.answer(), { body, key });
        t.expectStatus(answer, [201, 400, 404], what);
        if (answer.status === 201) t.expect(answer, "stored", { what, key });
      }
      const { requests } = t.ledger.chargesOf(key);
      for (let i = requests; i < 10; i++) t.expect(await t.post(t.event(), { key }), "stored");
      for (const [what, parts] of good) {
        const connection = t.connect();
        connection.send(t.bytes({ ...parts, body }));
        t.expectStatus(t.note(await connection.answer(), { body }), [429, 400, 404], what);
      }
      t.judge(await t.post(body, { headers: [["X-API-Key", key.apiKey.toUpperCase()]] }), "invalid-key");
    },
  ),

  attack("RL-13a", "paths that are nearly the route are 404, and charged to the address", onStack, async (t) => {
    const key = await t.key();
    const address = freshAddress();
    const paths = [
      "/v1/events/",
      "//v1/events",
      "/v1//events",
      "/V1/events",
      "/v1/Events",
      "/v1%2fevents",
      "/v1/events%2f",
      "/v1/events%20",
      "/v1/events/.",
      "/v1/./events",
      "/v1/x/../events",
      "/v1/events;x=1",
      "/v1/events/batch/",
      "/v1/events//batch",
      "/v1/events\\batch",
      "/v2/events",
      "/",
    ];
    for (const path of paths) {
      const answer = await t.post(t.event(), { key, via: "proxied", path, headers: from(address) });
      t.expectStatus(answer, path === "/" ? [404, 405] : [404], path);
    }
    hold((await usedBy(t, address)) === paths.length, "not each of them was charged");
    // Letters written as percent codes are the same path, and the same limits.
    const encoded = await t.post(t.event(), { key, via: "proxied", path: "/v1/%65vents", headers: from(address) });
    t.expectStatus(encoded, [201, 404], "an encoded letter");
    if (encoded.status === 201) t.expect(encoded, "stored");
  }),

  attack("RL-23", "nothing of a header becomes part of a name in Redis", onStack, async (t) => {
    const key = await t.key();
    for (const value of [
      "{k:1.1}",
      "1.2.3.4}:{k:1.1",
      "::1%{k:1.1}",
      "fe80::1%eth0",
      "* * *",
      "1.2.3.4:5555",
      '"; drop',
      "unknown",
      "_hidden",
      "127.0.0.1, {x}",
      `${"1.2.3.4, ".repeat(500)}1.2.3.4`,
      "999.999.999.999",
      "0x7f.1",
      "",
      ",",
    ]) {
      const answer = await t.post(t.event(), {
        key,
        via: "spare",
        headers: [...from(value), ["X-Request-Id", "{k:1.1}"]],
      });
      t.expect(answer, "stored", { what: value.slice(0, 20) });
    }
  }),

  attack(
    "RL-24",
    "floods of other methods and unknown paths are charged to the address and end in 429",
    onStack,
    async (t) => {
      for (const [method, path] of [
        ["GET", EVENTS_PATH],
        ["OPTIONS", BATCH_PATH],
        ["HEAD", EVENTS_PATH],
        ["GET", "/wp-login.php"],
        ["POST", "/graphql"],
        ["TRACE", EVENTS_PATH],
      ] as const) {
        const headers = from(freshAddress());
        const counts = await statuses(t, Array(120).fill({ method, path, headers }));
        hold(
          isLimit(120 - (counts.get(429) ?? 0), IP_LIMIT.requests),
          `${method} ${path}: ${JSON.stringify([...counts])}`,
        );
      }
    },
  ),

  attack(
    "RL-24a",
    "requests without a key, or with text that is none, are charged to the address",
    onStack,
    async (t) => {
      for (const headers of [[], [["X-API-Key", "x"]], [["X-API-Key", "wmc_"]]] as HeaderList[]) {
        const counts = await statuses(t, Array(120).fill({ headers: [...headers, ...from(freshAddress())] }));
        hold(isLimit(counts.get(401), IP_LIMIT.requests), JSON.stringify([...counts]));
      }
    },
  ),

  attack(
    "RL-N5",
    "who is limited by the address learns nothing of a key, and the key pays nothing",
    onStack,
    async (t) => {
      const key = await t.newKey({ tier: "free" });
      const address = freshAddress();
      await statuses(t, Array(IP_LIMIT.requests).fill({ path: "/nothing", headers: from(address) }));
      const answers = [
        await t.post(t.event(), { key, address }),
        await t.post(t.event(), { headers: [["X-API-Key", inventedKey()]], address }),
        await t.post(t.event(), { address }),
      ];
      for (const answer of answers) {
        t.expect(answer, "rate-limited");
        hold(answer.headers.ratelimit === undefined, "it has rate headers");
        hold(Number(answer.headers["retry-after"]) >= 1, "no Retry-After");
      }
      const shapes = answers.map(({ headers, json }) =>
        JSON.stringify([Object.keys(headers), { ...json, resetAt: 0 }]),
      );
      hold(new Set(shapes).size === 1, "the answers differ");
    },
  ),

  attack(
    "RL-21",
    "a Redis that is full refuses no event; buckets made by strangers end by themselves",
    { needs: "stack", lane: "alone", isFault: true },
    async (t) => {
      const { redis } = t.stack;
      const key = await t.key();
      await Promise.all(
        Array.from({ length: 300 }, async () => {
          const answer = await t.post(t.event(), { headers: [["X-API-Key", "x"]], ...t.stranger() });
          t.judge(answer, "invalid-key");
        }),
      );
      const ttlsMs = await Promise.all((await redis.keys("*")).map((name) => redis.pttl(name)));
      hold(
        ttlsMs.every((ttlMs) => ttlMs > 0),
        "a bucket has no end",
      );
      const [, maxmemory = "0"] = (await redis.config("GET", "maxmemory")) as string[];
      await redis.config("SET", "maxmemory", "1mb");
      try {
        const started = Date.now();
        for (let i = 0; i < 8; i++) t.expect(await t.post(t.event(), { key }), "stored", { charged: 0 });
        hold(Date.now() - started < 5_000, "requests wait for the full Redis");
      } finally {
        await redis.config("SET", "maxmemory", maxmemory);
      }
      // While Redis is out the limits are counted in the process, and the breaker needs a moment to close.
      t.areChargesStated = false;
      const other = await t.newKey();
      await t.until(async () => {
        const answer = await t.post(t.event(), { key: other });
        t.expect(answer, "stored");
        return (await readBucket(redis, `k:${other.projectId}.${other.keyId}`)) !== undefined;
      }, "limits are not shared again");
    },
  ),
];
