import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInProcessBucketStore } from "@org/mcp-analytics-collector/dist/limits/in-process-bucket-store.js";
import { StorageUnavailableError } from "@org/mcp-analytics-collector/dist/storage/errors.js";
import { collectorCli } from "../src/built-files.ts";
import { freshAddress } from "./runner/addresses.ts";
import { type AttackGroup, attack } from "./runner/attack-case.ts";
import { hold } from "./runner/attack-error.ts";
import { inventedKey } from "./stack/attack-keys.ts";
import { type LabOptions, openLab } from "./stack/lab.ts";

/** Starts a collector with settings that must keep it from starting; resolves with what it said. */
async function startBadly(env: Record<string, string>): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(process.execPath, [collectorCli(), "serve"], {
    env: { PATH: process.env.PATH ?? "", PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // One that starts all the same is ended.
    timeout: 30_000,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
  }
  const [exitCode] = await once(child, "close");
  return { exitCode, output };
}

/** What Node says of itself: a series comes with the first garbage collection or handle of its kind, whatever is sent. */
const OF_THE_RUNTIME = /^collector_(?:nodejs|process)_/;

const SECRET = randomBytes(32).toString("hex");

/** Messages that a fault must not carry to the outside. */
const fault = () => new TypeError(`canary: select * from api_keys at /srv/collector/dist/x.js`);

const fail = async (): Promise<never> => {
  throw fault();
};

export const timing: AttackGroup = {
  name: "timing",
  cases: [
    attack(
      "MX-1",
      "keys and paths cannot be enumerated: all unknown ones are alike, and limited",
      { needs: "stack" },
      async (t) => {
        const address = freshAddress();
        const answers = [];
        for (let i = 0; i < 30; i++) {
          answers.push(await t.post(t.event(), { headers: [["X-API-Key", inventedKey()]], address }));
        }
        hold(answers.filter(({ status }) => status === 401).length <= 21, "guesses are not limited");
        hold(answers.at(-1)?.status === 429, "guesses never end in 429");
        const unknown = answers.filter(({ status }) => status === 401);
        hold(new Set(unknown.map(({ body }) => body)).size === 1, "unknown keys differ");
        const paths = [
          "/v1/projects",
          "/v1/projects/1",
          "/v1/keys",
          "/v1/keys/1",
          "/admin",
          "/metrics",
          "/debug/pprof",
          "/swagger.json",
          "/v1/events/1",
        ];
        const bodies = new Set<string>();
        for (const path of paths) {
          const answer = await t.request({ method: "GET", path, bare: true, address: freshAddress() });
          t.expectStatus(answer, [404], path);
          bodies.add(answer.body);
        }
        hold(bodies.size === 1, "unknown paths differ");
      },
    ),

    attack("MX-3", "an id that a client gives its request is ignored", async (t) => {
      const key = await t.key();
      for (const name of ["X-Request-Id", "Request-Id", "X-Correlation-Id", "Traceparent"]) {
        const value = t.keepFromStorage(`evil-${t.canary}-${name.length}`);
        const answer = await t.post(t.event({ tool: "t" }), { key, headers: [[name, value]] });
        t.expect(answer, "stored");
        hold(!JSON.stringify(answer.headers).includes(value), `${name} comes back`);
      }
    }),

    attack("MX-4", "labels of metrics come from closed sets, whatever is sent", { needs: "stack" }, async (t) => {
      const key = await t.key();
      const names = async () => {
        const text = await (await fetch(t.stack.metricsUrl)).text();
        hold(!text.includes(t.canary) && !text.includes(key.apiKey), "the metrics name what was sent");
        return new Set(
          text
            .split("\n")
            .filter((line) => line !== "" && !line.startsWith("#") && !OF_THE_RUNTIME.test(line))
            .map((line) => line.replace(/ [^ ]*$/, "")),
        );
      };
      const before = await names();
      for (let i = 0; i < 30; i++) {
        const tool = `${t.canary}${i}`;
        const address = freshAddress();
        const headers = [["User-Agent", tool]] as const;
        t.expect(await t.post(t.event({ tool }), { key, via: "spare", address, headers }), "stored");
        const path = `/${tool}?${tool}`;
        t.expectStatus(await t.request({ method: "GET", path, bare: true, via: "spare", address }), [404], "a path");
      }
      const added = [...(await names())].filter((name) => !before.has(name));
      hold(added.length === 0, `new series: ${added[0]}`);
    }),

    attack(
      "MX-8",
      "a fault in any stage: a plain 500 or 503 that says nothing",
      { needs: "stack", isFault: true },
      async (t) => {
        const store = createInProcessBucketStore({ now: Date.now });
        const writer = { depth: 0, close: async () => {} };
        const seams: [string, LabOptions["deps"], number][] = [
          ["the look-up of keys", { keyStore: { findByHash: fail } }, 500],
          ["the limits", { buckets: { ...store, take: fail } }, 500],
          ["the write", { writer: { ...writer, write: fail } }, 500],
          [
            "the signing secrets",
            {
              signingSecretsFor: () => {
                throw fault();
              },
            },
            500,
          ],
          [
            "the clock of last use",
            {
              touchKey: () => {
                throw fault();
              },
            },
            500,
          ],
          ["giving back", { buckets: { ...store, refund: fail }, writer: { ...writer, write: fail } }, 500],
          [
            "storage that is out",
            {
              writer: {
                ...writer,
                write: async () => {
                  throw new StorageUnavailableError("57P01");
                },
              },
            },
            503,
          ],
          [
            "something that is no error",
            {
              writer: {
                ...writer,
                write: async () => {
                  throw "canary";
                },
              },
            },
            500,
          ],
          [
            "nothing at all",
            {
              writer: {
                ...writer,
                write: async () => {
                  throw undefined;
                },
              },
            },
            500,
          ],
        ];
        for (const [what, deps, status] of seams) {
          const lab = await openLab(t, deps === undefined ? {} : { deps });
          const key = lab.key();
          for (const [path, value] of [
            ["/v1/events", t.event()],
            ["/v1/events/batch", t.batch([t.event()])],
          ] as const) {
            const body = JSON.stringify(value);
            const answer = await lab.inject({ key, path, body, headers: t.sign(key, body, lab.nowMs) });
            t.expectStatus(answer, [status], `${what}, ${path}`);
            if (status === 503) hold(Number(answer.headers["retry-after"]) >= 1, "no Retry-After");
          }
          await lab.close();
        }
        hold(!t.ownLog.includes("canary") && !t.ownLog.includes("select *"), "the log quotes the fault");
      },
    ),

    attack(
      "MX-9",
      "settings that would open a door keep the collector from starting, and are not quoted",
      { needs: "stack", lane: "beside" },
      async (t) => {
        const { databaseUrl, redisUrl } = t.stack;
        const good = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, MASTER_SECRET: SECRET };
        const settings: [string, Record<string, string>][] = [
          ["MASTER_SECRET", { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }],
          ["MASTER_SECRET", { ...good, MASTER_SECRET: "changeme" }],
          ["MASTER_SECRET", { ...good, MASTER_SECRET: SECRET.slice(2) }],
          ["MASTER_SECRET", { ...good, MASTER_SECRET_PREVIOUS: "x" }],
          ["TRUST_PROXY", { ...good, TRUST_PROXY: "true" }],
          ["TRUST_PROXY", { ...good, TRUST_PROXY: "1" }],
          ["TRUST_PROXY", { ...good, TRUST_PROXY: "10.0.0.0/33" }],
          ["TRUST_PROXY", { ...good, TRUST_PROXY: "*" }],
          ["IP_LIMIT_REQUESTS", { ...good, IP_LIMIT_REQUESTS: "0" }],
          ["MAX_CONNECTIONS", { ...good, MAX_CONNECTIONS: "-1" }],
        ];
        for (let from = 0; from < settings.length; from += 2) {
          const some = settings.slice(from, from + 2);
          const results = await Promise.all(some.map(([, env]) => startBadly(env)));
          for (const [index, { exitCode, output }] of results.entries()) {
            const [variable, env] = some[index] as [string, Record<string, string>];
            const what = `${variable}=${env[variable]?.slice(0, 8)}`;
            hold(exitCode === 1, `${what}: exit code ${exitCode}`);
            hold(output.includes(variable), `${what}: it is not named`);
            hold(output.trim().split("\n").length === 1, `${what}: more than one line`);
            hold(!output.includes(SECRET.slice(0, 16)) && !output.includes("changeme"), `${what}: a value is quoted`);
          }
        }
      },
    ),
  ],
};
