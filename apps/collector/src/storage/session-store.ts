import type { SQL } from "drizzle-orm";
import { sql } from "./drizzle.ts";
import type { Pool } from "./pool.ts";

/** A token as the database knows it; the token itself is never stored. */
export interface TokenRef {
  readonly projectId: number;
  /** SHA-256, lower-case hex */
  readonly tokenHash: string;
}

export interface StoredSession {
  readonly projectName: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface SessionStore {
  addAdminLink(link: TokenRef, createdAtMs: number, expiresAtMs: number): Promise<void>;
  /** Uses up an admin link and opens a session in one statement. False when the link is unknown, used or expired. */
  exchangeAdminLink(link: TokenRef, session: TokenRef, nowMs: number, expiresAtMs: number): Promise<boolean>;
  findSession(session: TokenRef, nowMs: number): Promise<StoredSession | undefined>;
  extendSession(session: TokenRef, expiresAtMs: number): Promise<void>;
  deleteSession(session: TokenRef): Promise<void>;
  /** Deletes every admin link and session of a project that ended before `nowMs`. */
  deleteExpired(projectId: number, nowMs: number): Promise<void>;
}

const at = (atMs: number) => sql`${new Date(atMs).toISOString()}::text::timestamptz`;

/** Admin links and sessions in PostgreSQL. Every statement names its project. */
export function createSessionStore(pool: Pool): SessionStore {
  const run = <Row extends Record<string, unknown>>(statement: SQL) => pool.run(({ db }) => db.execute<Row>(statement));

  return {
    async addAdminLink({ projectId, tokenHash }, createdAtMs, expiresAtMs) {
      await run(sql`INSERT INTO admin_links (project_id, token_hash, created_at, expires_at)
        VALUES (${projectId}::int, ${tokenHash}, ${at(createdAtMs)}, ${at(expiresAtMs)})`);
    },

    async exchangeAdminLink(link, session, nowMs, expiresAtMs) {
      const rows = await run(sql`
        WITH used AS (
          DELETE FROM admin_links
          WHERE project_id = ${link.projectId}::int AND token_hash = ${link.tokenHash} AND expires_at > ${at(nowMs)}
          RETURNING project_id
        )
        INSERT INTO sessions (project_id, token_hash, created_at, expires_at)
        SELECT project_id, ${session.tokenHash}, ${at(nowMs)}, ${at(expiresAtMs)} FROM used
        RETURNING project_id`);
      return rows.length === 1;
    },

    async findSession({ projectId, tokenHash }, nowMs) {
      const [row] = await run<{ name: string; created_at_ms: number; expires_at_ms: number }>(sql`
        SELECT projects.name,
          (extract(epoch FROM sessions.created_at) * 1000)::float8 AS created_at_ms,
          (extract(epoch FROM sessions.expires_at) * 1000)::float8 AS expires_at_ms
        FROM sessions JOIN projects ON projects.id = sessions.project_id
        WHERE sessions.project_id = ${projectId}::int AND projects.id = ${projectId}::int
          AND sessions.token_hash = ${tokenHash} AND sessions.expires_at > ${at(nowMs)}`);
      if (row === undefined) return undefined;
      return { projectName: row.name, createdAtMs: row.created_at_ms, expiresAtMs: row.expires_at_ms };
    },

    async extendSession({ projectId, tokenHash }, expiresAtMs) {
      await run(sql`UPDATE sessions SET expires_at = ${at(expiresAtMs)}
        WHERE project_id = ${projectId}::int AND token_hash = ${tokenHash}`);
    },

    async deleteSession({ projectId, tokenHash }) {
      await run(sql`DELETE FROM sessions WHERE project_id = ${projectId}::int AND token_hash = ${tokenHash}`);
    },

    async deleteExpired(projectId, nowMs) {
      await run(sql`DELETE FROM sessions WHERE project_id = ${projectId}::int AND expires_at <= ${at(nowMs)}`);
      await run(sql`DELETE FROM admin_links WHERE project_id = ${projectId}::int AND expires_at <= ${at(nowMs)}`);
    },
  };
}
