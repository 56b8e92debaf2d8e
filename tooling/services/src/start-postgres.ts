import { randomBytes } from "node:crypto";
import { appendFileSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import { runProgram } from "./run-program.ts";
import { type RunningService, ServerProcess } from "./running-service.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

const START_DEADLINE_MS = 60_000;

export interface PostgresOptions {
  /** Gets everything the server logs. */
  readonly logFile?: string | undefined;
  /** Folder to keep the cluster in, such as a small disk; defaults to that of temporary files. */
  readonly parentFolder?: string | undefined;
  /** Lines of `postgresql.conf`, which win over ours. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

/** Starts the machine's PostgreSQL on a free loopback port with an empty cluster. Durability (fsync) stays as in production. */
export async function startPostgres(program: string, options: PostgresOptions = {}): Promise<RunningService> {
  const { logFile, parentFolder = tmpdir(), settings = {} } = options;
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(parentFolder, "mcp-analytics-postgres-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const password = randomBytes(24).toString("hex");
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
    const data = join(folder, "data");
    const init = await runProgram(
      initdbBeside(program),
      ["--pgdata", data, "--username", "postgres", "--pwfile", passwordFile, "--auth", "scram-sha-256"].concat(
        // The server itself syncs as always; only the making of the empty cluster is not worth the wait.
        ["--encoding", "UTF8", "--no-locale", "--no-sync"],
      ),
      { ...user, cwd: folder },
    );
    if (init.exitCode !== 0) throw new Error(`initdb failed: ${init.output.trim().split("\n").slice(-3).join(" | ")}`);
    const port = await freePort();
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    const server = new ServerProcess({
      name: "PostgreSQL",
      program,
      args: ["-D", data, "-p", String(port), "-k", folder, ...settingArguments(settings)],
      cwd: folder,
      user,
      input: "",
      // The immediate shutdown: right for data that is thrown away.
      crashSignal: "SIGQUIT",
      isUp: () => accepts(url),
      startDeadlineMs: START_DEADLINE_MS,
      onLog: (chunk) => logFile !== undefined && appendFileSync(logFile, chunk),
    });
    const stop = async () => {
      await server.crash();
      remove();
    };
    await server.start().catch(async (error: unknown) => {
      await server.crash();
      throw error;
    });
    return {
      url,
      stop,
      crash: () => server.crash(),
      start: () => server.start(),
      pause: () => server.pause(),
      resume: () => server.resume(),
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function settingArguments(own: Readonly<Record<string, string>>): string[] {
  const values = {
    listen_addresses: "127.0.0.1",
    max_connections: "200",
    shared_buffers: "128MB",
    fsync: "on",
    ...own,
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** `initdb` of the same installation as `postgres`; Debian keeps only some of both on PATH. */
function initdbBeside(program: string): string {
  const path = findProgram("initdb");
  const beside = join(dirname(program), "initdb");
  try {
    readFileSync(beside);
    return beside;
  } catch {
    if (path === undefined) throw new Error(`No initdb beside ${program}`);
    return path;
  }
}

async function accepts(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
