import {
  bigint,
  boolean,
  char,
  date,
  integer,
  pgTable,
  primaryKey,
  smallint,
  sql,
  text,
  timestamp,
  unique,
  uuid,
  varchar,
} from "./drizzle.ts";

/**
 * The tables as drizzle sees them; `migrations/*.sql` makes them. Every tenant table leads with `project_id`; `api_keys`,
 * `tools` and `error_types` are small and read by every shard (reference tables), `projects` is distributed on its id.
 */
const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

export const projects = pgTable("projects", {
  id: integer("id").primaryKey(),
  name: text("name").notNull(),
  /** Highest `api_keys.key_id` given out: an id is never given twice, even after a key is deleted. */
  lastKeyId: integer("last_key_id").notNull().default(0),
  createdAt: at("created_at").notNull().defaultNow(),
  /** Whether names that keys send and nobody has declared are let in. */
  learnsNames: boolean("learns_names").notNull().default(true),
  namesChangedAt: at("names_changed_at"),
});

export const apiKeys = pgTable(
  "api_keys",
  {
    projectId: integer("project_id").notNull(),
    keyId: integer("key_id").notNull(),
    id: uuid("id").notNull().unique(),
    /** Lower-case SHA-256 hex of the key; the key itself is nowhere. */
    keyHash: char("key_hash", { length: 64 }).notNull().unique(),
    keyPrefix: varchar("key_prefix", { length: 8 }).notNull(),
    lastFour: char("last_four", { length: 4 }).notNull(),
    userId: uuid("user_id"),
    name: text("name").notNull(),
    status: text("status", { enum: ["active", "disabled", "revoked"] })
      .notNull()
      .default("active"),
    isActive: boolean("is_active").notNull().generatedAlwaysAs(sql`status = 'active'`),
    tier: text("tier", { enum: ["free", "pro", "enterprise"] })
      .notNull()
      .default("free"),
    /** null: what the tier says. */
    rateLimitPerDay: integer("rate_limit_per_day"),
    requireSignature: boolean("require_signature").notNull().default(false),
    secretVersion: integer("secret_version").notNull().default(1),
    createdAt: at("created_at").notNull().defaultNow(),
    /** Whole hours. */
    lastUsedAt: at("last_used_at"),
    revokedAt: at("revoked_at"),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.keyId] })],
);

const names = (table: "tools" | "error_types") =>
  pgTable(
    table,
    {
      projectId: integer("project_id").notNull(),
      id: smallint("id").notNull(),
      name: varchar("name", { length: 50 }).notNull(),
      state: text("state", { enum: ["learned", "declared", "quarantined"] })
        .notNull()
        .default("learned"),
      createdAt: at("created_at").notNull().defaultNow(),
    },
    (columns) => [
      primaryKey({ columns: [columns.projectId, columns.id] }),
      unique().on(columns.projectId, columns.name),
    ],
  );
export const tools = names("tools");
export const errorTypes = names("error_types");

/** Partitioned by day of `occurred_at`, UTC. 32 bytes of data a row, in this order. */
export const eventsRaw = pgTable("events_raw", {
  projectId: integer("project_id").notNull(),
  keyId: integer("key_id").notNull(),
  occurredAt: at("occurred_at").notNull(),
  storedAt: at("stored_at").notNull(),
  durationMs: integer("duration_ms"),
  toolId: smallint("tool_id").notNull(),
  /** 0: success; -1: failure without a type; above: `error_types.id`. */
  errorId: smallint("error_id").notNull(),
});

/** What clients report to have given up. */
export const droppedPerDay = pgTable(
  "dropped_per_day",
  {
    projectId: integer("project_id").notNull(),
    day: date("day").notNull(),
    reason: varchar("reason", { length: 20 }).notNull(),
    events: bigint("events", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.day, table.reason] })],
);

export const deliveries = pgTable(
  "deliveries",
  {
    projectId: integer("project_id").notNull(),
    deliveryId: uuid("delivery_id").notNull(),
    accepted: smallint("accepted").notNull(),
    receivedAt: at("received_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.deliveryId] })],
);
