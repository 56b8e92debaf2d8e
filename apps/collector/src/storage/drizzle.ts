import { createRequire } from "node:module";

/**
 * drizzle-orm, taken as CommonJS: Node parses the 130 kB of `exports` in its package.json anew for each of its ES modules,
 * which costs a second of start-up and leaves the process with 150 MB more memory.
 */
const require = createRequire(import.meta.url);

export const { and, asc, eq, ne, sql } = require("drizzle-orm") as typeof import("drizzle-orm");
export const {
  bigint,
  boolean,
  char,
  date,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
  varchar,
} = require("drizzle-orm/pg-core") as typeof import("drizzle-orm/pg-core");
export const { drizzle } = require("drizzle-orm/postgres-js") as typeof import("drizzle-orm/postgres-js");
