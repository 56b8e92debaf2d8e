import { setInterval as ticks } from "node:timers/promises";
import type { Sql } from "postgres";
import { hashOf, inventedKey } from "../../attack/stack/attack-keys.ts";
import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import type { Replica } from "../site/replica.ts";

const KEYS = 30_000;
const FIRST_GUESSES = 60;
const GUESSES_PER_SECOND = 50;
const CONNECTIONS = 64;
const PROJECT_ID = 900;

/** Adds keys of tier `free` to a project of their own. */
async function addKeys(sql: Sql, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, inventedKey);
  await sql`INSERT INTO projects (id, name) VALUES (${PROJECT_ID}, 'guessed at')`;
  await sql`
    INSERT INTO api_keys (project_id, key_id, id, key_hash, key_prefix, last_four, name, tier)
    SELECT ${PROJECT_ID}, position, gen_random_uuid(), key_hash, 'wmc_0000', '0000', 'guessed at', 'free'
    FROM unnest(${keys.map(hashOf)}::text[]) WITH ORDINALITY AS u(key_hash, position)`;
  return keys;
}

async function post({ url }: Replica, apiKey: string): Promise<number> {
  const response = await fetch(`${url}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": apiKey },
    body: JSON.stringify({ tool: "get_forecast", success: true, timestamp: Date.now() }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Presents invented keys at a steady rate until it is aborted. */
async function guess(replica: Replica, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of ticks(1_000 / GUESSES_PER_SECOND, undefined, { signal })) await post(replica, inventedKey());
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Sends one event with each key; returns how many got another status than 201. */
async function sendEach(replica: Replica, keys: readonly string[]): Promise<number> {
  const queue = keys.values();
  let refused = 0;
  const worker = async () => {
    for (const key of queue) if ((await post(replica, key)) !== 201) refused++;
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return refused;
}

export const guessFaults: readonly FaultCase[] = [
  fault(
    "guesses",
    "C-2",
    "30,000 keys behind an address that guesses get 201 each, also right after a restart",
    async (sites) => {
      const site = await sites.open(sites.servers("calm"));
      const env = { REDIS_URL: site.redisProxy.url };
      let replica = await site.start({ env });
      const keys = await addKeys(site.sql, KEYS);
      for (const when of ["at first", "after a restart"]) {
        const guessing = new AbortController();
        const statuses = await Promise.all(Array.from({ length: FIRST_GUESSES }, () => post(replica, inventedKey())));
        hold(
          statuses.every((status) => status === 401 || status === 429),
          `${when} an invented key is not refused`,
        );
        const guesser = guess(replica, guessing.signal);
        const refused = await sendEach(replica, keys);
        guessing.abort();
        await guesser;
        hold(refused === 0, `${when} ${refused} of ${KEYS} keys that exist were refused`);
        await replica.close();
        if (when === "at first") replica = await site.start({ env });
      }
      const [stored] = await site.sql<{ count: number }[]>`
        SELECT count(*)::int AS count FROM events_raw WHERE project_id = ${PROJECT_ID}`;
      hold(stored?.count === 2 * KEYS, `${stored?.count} events are stored`);
    },
  ),
];
