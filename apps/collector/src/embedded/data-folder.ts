import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { DatabaseAddress } from "../storage/pool.ts";
import { DataFolderInUseError, unusable } from "./data-folder-error.ts";
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
  const socketDir = socketFolder(join(path, "run"));
  try {
    // A first start that was cut off leaves half a database, in which nothing was stored yet.
    if (existsSync(creating)) rmSync(databaseDir, { recursive: true, force: true });
    if (!existsSync(join(databaseDir, "PG_VERSION"))) {
      writeFileSync(creating, "");
      // Before there is any file that it stands for.
      syncFolder(path);
    }
    makePrivate(databaseDir, dataDir);
    makePrivate(socketDir.path, dataDir);
  } catch (error) {
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
      if (!existsSync(creating)) return;
      // The engine unpacks or makes its first files without syncing them.
      await syncTree(databaseDir);
      rmSync(creating);
      // Were it back after a power cut, the next start would take what is stored until then for half a database.
      syncFolder(path);
    },
    announce: (announcement) => lock.announce(announcement),
    release() {
      if (socketDir.temporary) rmSync(socketDir.path, { recursive: true, force: true });
      lock.release();
    },
  };
}

function makePrivate(path: string, dataDir: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

function socketFolder(preferred: string): { path: string; temporary: boolean } {
  if (Buffer.byteLength(join(preferred, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES)
    return { path: preferred, temporary: false };
  return { path: mkdtempSync(join(tmpdir(), "collector-")), temporary: true };
}
