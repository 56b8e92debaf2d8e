import { createHash } from "node:crypto";
import express, { type Request, type Response } from "express";
import { rateLimit } from "express-rate-limit";
import pg from "pg";
import { z } from "zod";

/**
 * The server that one gets by following the public guide to the letter: Express, express-rate-limit, zod and pg, with
 * four statements a request, each its own transaction: look the key up, count the request against its limit, insert
 * the event, set `last_used_at`. The guide has no batches; here they are the obvious loop.
 */
const FIFTEEN_MINUTES_MS = 15 * 60_000;

const eventSchema = z.object({
  tool: z.string().min(1).max(50),
  success: z.boolean(),
  errorType: z.string().max(50).optional(),
  timestamp: z.number().int().refine(isRecent),
});
const batchSchema = z.object({ batchId: z.uuid(), events: z.array(eventSchema).min(1).max(100) });
type GuideEvent = z.infer<typeof eventSchema>;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

function isRecent(timestamp: number): boolean {
  const now = Date.now();
  return timestamp > now - 60_000 && timestamp < now + 1_000;
}

/** The id of an admitted key; undefined when the request has been refused. */
async function admit(request: Request, response: Response): Promise<string | undefined> {
  const apiKey = request.header("x-api-key");
  if (apiKey === undefined) return refuse(response, 401, "API key required");
  const hash = createHash("sha256").update(apiKey).digest("hex");
  const found = await pool.query("select id, is_active, rate_limit_per_day from api_keys where key_hash = $1", [hash]);
  const key = found.rows[0];
  if (key === undefined) return refuse(response, 401, "Invalid API key");
  if (!key.is_active) return refuse(response, 403, "API key disabled");
  const counted = await pool.query(
    `insert into rate_limits (api_key_id, window_start, request_count) values ($1, current_date, 1)
     on conflict (api_key_id, window_start) do update set request_count = rate_limits.request_count + 1
     returning request_count`,
    [key.id],
  );
  if (counted.rows[0].request_count > key.rate_limit_per_day) return refuse(response, 429, "Rate limit exceeded");
  return key.id;
}

function refuse(response: Response, status: number, error: string): undefined {
  response.status(status).json({ error });
}

async function insert(keyId: string, event: GuideEvent): Promise<void> {
  await pool.query(
    `insert into analytics_events (api_key_id, tool_name, success, error_type, timestamp)
     values ($1, $2, $3, $4, $5)`,
    [keyId, event.tool, event.success, event.errorType ?? null, new Date(event.timestamp)],
  );
}

async function touch(keyId: string): Promise<void> {
  await pool.query("update api_keys set last_used_at = now() where id = $1", [keyId]);
}

const app = express();
app.get("/health", (_request, response) => {
  response.json({ status: "ok" });
});
app.use(rateLimit({ windowMs: FIFTEEN_MINUTES_MS, limit: 1_000_000_000, standardHeaders: true, legacyHeaders: false }));
app.use(express.json());

app.post("/v1/events", async (request, response) => {
  const keyId = await admit(request, response);
  if (keyId === undefined) return;
  const event = eventSchema.safeParse(request.body);
  if (!event.success) return refuse(response, 400, "Invalid event data");
  await insert(keyId, event.data);
  await touch(keyId);
  response.status(201).json({ success: true });
});

app.post("/v1/events/batch", async (request, response) => {
  const keyId = await admit(request, response);
  if (keyId === undefined) return;
  const batch = batchSchema.safeParse(request.body);
  if (!batch.success) return refuse(response, 400, "Invalid event data");
  for (const event of batch.data.events) await insert(keyId, event);
  await touch(keyId);
  response.status(201).json({ success: true, accepted: batch.data.events.length, rejected: [] });
});

const server = app.listen(Number(process.argv[2]), "127.0.0.1");
process.once("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
