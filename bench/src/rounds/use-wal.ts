import pg from "pg";

const MESSAGES = 50;
const MESSAGE_BYTES = 15 * 1024 * 1024;

/**
 * Brings PostgreSQL into the state of one that has been up for a while. It writes its log over files that a checkpoint has
 * freed; a new one has none, and fills a file of 16 MB with zeros and syncs it in the middle of every so many commits.
 */
export async function useWal(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (let i = 0; i < MESSAGES; i++) {
      await client.query("select pg_logical_emit_message(true, 'bench', repeat('x', $1::int))", [MESSAGE_BYTES]);
    }
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}
