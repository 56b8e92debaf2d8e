import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { DatabaseAddress } from "../storage/pool.ts";
import { EMBEDDED_POSTGRES_MAJOR } from "./damage.ts";
import { DataFolderError, DataFolderInUseError, unusable } from "./data-folder-error.ts";
import { type Announcement, type FolderLock, lockFolder } from "./folder-lock.ts";
import { makeFolder } from "./make-folder.ts";
import { syncFolder, syncTree } from "./sync-to-disk.ts";

/** Longest path of a Unix socket on every system: macOS allows 103 bytes, Linux 107. */
const MAX_SOCKET_PATH_BYTES = 103;
const SOCKET_NAME = ".s.PGSQL.5432";

/** A data folder held by this process. */
export interface DataFolder {
  /** Holds the files of the database. */
  readonly databaseDir: string;
  /** Where the database is to listen. It has no password, so nobody else may enter the folder of the socket. */
  readonly listenAt: DatabaseAddress;
  /** Call when the database has started: what there is of it now is whole. Resolves when it would also survive a power cut. */
  created(): Promise<void>;
  /** Tells other processes where to reach this one. */
  announce(announcement: Announcement): void;
  release(): void;
}

/**
 * Takes a data folder for this process; makes it where it does not exist.
 *
 * @throws {DataFolderError} when it cannot be written, or another process has it
 */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  const path = resolve(dataDir);
  makePrivate(path, dataDir);
  const lock: FolderLock | undefined = await lockFolder(join(path, "lock"));
  if (lock === undefined) {
    throw new DataFolderInUseError(dataDir);
  }
  const databaseDir = join(path, "database");
  const creating = join(path, "creating");
  const initialized = join(path, "initialized");
  let socketDir: SocketFolder | undefined;
  try {
    // A first start that was cut off leaves half a database, in which nothing was stored yet.
    if (existsSync(creating)) rmSync(databaseDir, { recursive: true, force: true });
    else refuseForeign({ path, dataDir, databaseDir, initialized });
    if (!existsSync(join(databaseDir, "PG_VERSION"))) {
      writeFileSync(creating, "");
      // Before there is any file that it stands for.
      syncFolder(path);
    }
    makePrivate(databaseDir, dataDir);
    socketDir = socketFolder(join(path, "run"));
    makePrivate(socketDir.path, dataDir);
  } catch (error) {
    if (socketDir?.temporary) rmSync(socketDir.path, { recursive: true, force: true });
    lock.release();
    throw error;
  }
  const socketPath = join(socketDir.path, SOCKET_NAME);
  rmSync(socketPath, { force: true });
  return {
    databaseDir,
    // Windows has no Unix sockets that postgres.js could use.
    listenAt: process.platform === "win32" ? { host: "127.0.0.1", port: 0 } : { path: socketPath },
    async created() {
      // The engine unpacks or makes its first files without syncing them.
      if (existsSync(creating)) await syncTree(databaseDir);
      if (!existsSync(initialized)) writeFileSync(initialized, "", { flush: true });
      // If the marker reappeared after a power cut, the next start would delete a good database.
      rmSync(creating, { force: true });
      syncFolder(path);
    },
    announce: (announcement) => lock.announce(announcement),
    release() {
      if (socketDir.temporary) rmSync(socketDir.path, { recursive: true, force: true });
      lock.release();
    },
  };
}

interface Places {
  readonly path: string;
  readonly dataDir: string;
  readonly databaseDir: string;
  /** Marks a folder whose database was made whole once. */
  readonly initialized: string;
}

/**
 * A folder that was in use is never initialised again: what is missing may be in a backup, or on a disk that is not mounted.
 * Folders of earlier releases have no marker; their socket folder was made with their database.
 *
 * @throws {DataFolderError} when the database is missing, or of another version of PostgreSQL
 */
function refuseForeign({ path, dataDir, databaseDir, initialized }: Places): void {
  const versionFile = join(databaseDir, "PG_VERSION");
  const wasUsed = existsSync(initialized) || existsSync(join(path, "run")) || hasFiles(databaseDir);
  if (!existsSync(versionFile)) {
    if (!wasUsed) return;
    const missing = existsSync(databaseDir) ? "database/PG_VERSION" : "database";
    throw new DataFolderError(
      `The data folder ${dataDir} was in use, and ${missing} is missing: restore it from a backup, or choose an empty folder with --data-dir or DATA_DIR`,
    );
  }
  const version = readFileSync(versionFile, "utf8").trim();
  if (version === EMBEDDED_POSTGRES_MAJOR) return;
  const found = /^\d{1,3}$/.test(version) ? `PostgreSQL ${version}` : "an unknown version";
  throw new DataFolderError(
    `The database in ${dataDir} is of ${found}, and this release has PostgreSQL ${EMBEDDED_POSTGRES_MAJOR}: start it with the release that made it, or choose another folder with --data-dir or DATA_DIR`,
  );
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

/** Whether a database was made in this data folder, whatever has become of it. */
export function hasDatabase(dataDir: string): boolean {
  const path = resolve(dataDir);
  return existsSync(join(path, "initialized")) || existsSync(join(path, "database"));
}

function makePrivate(path: string, dataDir: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

interface SocketFolder {
  readonly path: string;
  readonly temporary: boolean;
}

function socketFolder(preferred: string): SocketFolder {
  if (Buffer.byteLength(join(preferred, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES)
    return { path: preferred, temporary: false };
  return { path: mkdtempSync(join(tmpdir(), "collector-")), temporary: true };
}
