import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPartitions } from "../../src/storage/partitions.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { openPostgres, type TestDatabase } from "./targets.ts";

/** Small tables that every shard would hold whole; they are looked up without a project, or belong to none. */
const REFERENCE_TABLES = ["api_keys", "tools", "error_types", "write_probes", "master_secret_fingerprint"];
/** Distributed on its own id, which is what `project_id` of the others points to. */
const PROJECTS = "projects";

describe("the catalog keeps the rules that let the store be sharded later", () => {
  let database: TestDatabase;
  let pools: Pools;
  let tenantTables: string[];

  beforeAll(async () => {
    database = await openPostgres();
    pools = openPools(database.address);
    const partitions = createPartitions(pools.upkeep);
    const noonMs = Date.UTC(2026, 10, 22, 12);
    await partitions.ensure(noonMs);
    // On the next day two of the five are over.
    await partitions.indexPast(noonMs + 86_400_000);
    const rows = await query<{ name: string }>(`
      SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`);
    tenantTables = rows.map(({ name }) => name).filter((name) => name !== PROJECTS && !REFERENCE_TABLES.includes(name));
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
  });

  const query = <Row extends object>(text: string) =>
    pools.read.run(async ({ sql }) => (await sql.unsafe<Row[]>(text)).map((row) => ({ ...row }) as Row));

  it("finds the tenant tables", () => {
    expect(tenantTables.sort()).toEqual(expect.arrayContaining(["deliveries", "events_raw"]));
  });

  it("rule 1: each tenant table has project_id int NOT NULL, the same everywhere", async () => {
    const rows = await query<{ name: string; type: string; required: boolean }>(`
      SELECT c.relname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE a.attname = 'project_id' AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition`);
    const columns = new Map(rows.map(({ name, ...column }) => [name, column]));
    for (const name of tenantTables)
      expect([name, columns.get(name)]).toEqual([name, { type: "integer", required: true }]);
  });

  it("rules 1 and 2: every key of a tenant table begins with project_id", async () => {
    const rows = await query<{ name: string; index: string; first: string }>(`
      SELECT c.relname AS name, i.relname AS index, a.attname AS first
      FROM pg_index x
      JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
      JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
      WHERE c.relnamespace = 'public'::regnamespace AND (x.indisunique OR x.indisexclusion)`);
    const wrong = rows.filter(({ name, first }) => tenantTables.includes(name) && first !== "project_id");
    expect(wrong).toEqual([]);
    expect(rows.filter(({ name }) => name === PROJECTS)).toEqual([
      { name: PROJECTS, index: "projects_pk", first: "id" },
    ]);
  });

  it("rule 3: foreign keys are named, composite and lead with project_id; none stands on the hot table", async () => {
    const rows = await query<{ name: string; target: string; constraint: string; first: string; columns: number }>(`
      SELECT k.conrelid::regclass::text AS name, k.confrelid::regclass::text AS target, k.conname AS constraint,
        (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[1]) AS first,
        cardinality(k.conkey) AS columns
      FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace`);
    for (const key of rows) {
      expect(key.name).not.toMatch(/^events_raw/);
      expect(REFERENCE_TABLES).not.toContain(key.name);
      expect(key.first).toBe("project_id");
      expect(key.target === PROJECTS || key.columns >= 2).toBe(true);
      expect(key.constraint).not.toMatch(/_fkey\d*$/);
    }
  });

  it("rule 4: no identity or sequence of a small type", async () => {
    const rows = await query(`
      SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE c.relnamespace = 'public'::regnamespace AND a.atttypid IN ('int2'::regtype, 'int4'::regtype)
        AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%')`);
    expect(rows).toEqual([]);
  });

  it("rules 7 and 9: no trigger, no rule, no user function", async () => {
    const triggers = await query(`
      SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace`);
    const volatile = await query(`
      SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.provolatile <> 'i'`);
    expect([...triggers, ...volatile]).toEqual([]);
  });

  it("keeps the hot table small: 32 bytes of data a row, no default partition, nothing but BRIN on past days", async () => {
    const [row] = await query<{ bytes: number }>(`
      SELECT sum(attlen)::int AS bytes FROM pg_attribute WHERE attrelid = 'events_raw'::regclass AND attnum > 0`);
    expect(row).toEqual({ bytes: 32 });
    const indexes = await query<{ method: string | null }>(`
      SELECT p.inhrelid::regclass::text AS day, m.amname AS method FROM pg_inherits p
      LEFT JOIN pg_index x ON x.indrelid = p.inhrelid LEFT JOIN pg_class i ON i.oid = x.indexrelid LEFT JOIN pg_am m ON m.oid = i.relam
      WHERE p.inhparent = 'events_raw'::regclass ORDER BY 1`);
    expect(indexes.map(({ method }) => method)).toEqual(["brin", "brin", null, null, null]);
    const defaults = await query("SELECT partdefid::int FROM pg_partitioned_table WHERE partdefid <> 0");
    expect(defaults).toEqual([]);
  });
});
