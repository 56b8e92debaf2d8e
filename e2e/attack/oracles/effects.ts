import { setTimeout as wait } from "node:timers/promises";
import type { Event } from "@org/mcp-analytics-schema";
import { readCharges } from "../stack/buckets.ts";
import type { OwnStack } from "../stack/own-stack.ts";
import { type Ledger, rowOf } from "./ledger.ts";

/** Tokens are given back after the answer, so the sums may come a moment later. */
const SETTLING_MS = 3_000;
const LOOK_AGAIN_MS = 25;
const KNOWN_KEYS = /^collector:tokens:\{(?:k:\d+\.\d+|[a-z]:[0-9a-f]{32})\}$/;
const LONGEST_TTL_MS = 26 * 3_600_000;

/** Compares what a case stated with the rows of PostgreSQL and the buckets of Redis. Returns what differs. */
export async function findWrongEffects(
  stack: OwnStack,
  ledger: Ledger,
  projectId: number | undefined,
  areChargesStated: boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  if (projectId !== undefined) wrong.push(...(await findWrongRows(stack, ledger, projectId)));
  if (areChargesStated) wrong.push(...(await findWrongCharges(stack, ledger)));
  return [...wrong, ...(await findStrangeBuckets(stack))];
}

async function findWrongRows({ sql }: OwnStack, ledger: Ledger, projectId: number): Promise<string[]> {
  const [stored, deliveries] = await Promise.all([
    sql<StoredRow[]>`
      SELECT e.key_id, t.name AS tool, e.error_id, x.name AS error_type, e.duration_ms,
        round(extract(epoch FROM e.occurred_at) * 1000)::float8 AS occurred_ms
      FROM events_raw e
      LEFT JOIN tools t ON t.project_id = e.project_id AND t.id = e.tool_id
      LEFT JOIN error_types x ON x.project_id = e.project_id AND x.id = e.error_id
      WHERE e.project_id = ${projectId}`,
    sql<{ count: number }[]>`SELECT count(*)::int AS count FROM deliveries WHERE project_id = ${projectId}`,
  ]);
  const rows = stored.map(toRow).sort();
  const wrong: string[] = [];
  const missing = ledger.rows.filter((row) => !rows.includes(row));
  if (rows.length !== ledger.rows.length || missing.length > 0) {
    const extra = rows.filter((row) => !ledger.rows.includes(row));
    wrong.push(
      `${rows.length} rows instead of ${ledger.rows.length}; missing ${missing[0] ?? "none"}; extra ${extra[0] ?? "none"}`,
    );
  }
  const count = deliveries[0]?.count ?? 0;
  if (count !== ledger.deliveries) wrong.push(`${count} deliveries instead of ${ledger.deliveries}`);
  return wrong;
}

interface StoredRow {
  readonly key_id: number;
  readonly tool: string;
  readonly error_id: number;
  readonly error_type: string | null;
  readonly duration_ms: number | null;
  readonly occurred_ms: number;
}

function toRow({ key_id, tool, error_id, error_type, duration_ms, occurred_ms }: StoredRow): string {
  const common = { tool, timestamp: occurred_ms, ...(duration_ms !== null && { durationMs: duration_ms }) };
  const event: Event =
    error_id === 0
      ? { ...common, success: true }
      : { ...common, success: false, ...(error_type !== null && { errorType: error_type }) };
  return rowOf(key_id, event);
}

async function findWrongCharges({ redis }: OwnStack, ledger: Ledger): Promise<string[]> {
  const endMs = performance.now() + SETTLING_MS;
  for (;;) {
    const wrong: string[] = [];
    for (const key of ledger.keys) {
      const { requests, events } = await readCharges(redis, key);
      const stated = ledger.chargesOf(key);
      if (requests !== stated.requests) wrong.push(`${requests} requests charged instead of ${stated.requests}`);
      if (events !== stated.events) wrong.push(`${events} events charged instead of ${stated.events}`);
    }
    if (wrong.length === 0 || performance.now() > endMs) return wrong;
    await wait(LOOK_AGAIN_MS);
  }
}

/** Every key in Redis is of a known form and ends by itself; every value is numbers. */
async function findStrangeBuckets({ redis }: OwnStack): Promise<string[]> {
  const wrong: string[] = [];
  const keys = await redis.keys("*");
  const ttlsMs = await Promise.all(keys.map((key) => redis.pttl(key)));
  if (!keys.every((key) => KNOWN_KEYS.test(key))) wrong.push("Redis has a key of a form that no bucket has");
  for (const ttlMs of ttlsMs) if (ttlMs === -1 || ttlMs > LONGEST_TTL_MS) wrong.push(`a bucket lives for ${ttlMs} ms`);
  return wrong;
}
