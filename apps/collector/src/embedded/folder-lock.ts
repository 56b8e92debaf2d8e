import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import type { DatabaseAddress } from "../storage/pool.ts";
import { unusable } from "./data-folder-error.ts";

/** A lock without a running database yet counts for this long where processes cannot be told apart. */
const STARTING_MS = 60_000;

/** What the holder of a folder tells other processes. */
export interface Announcement {
  /** Where its database listens. */
  readonly address: DatabaseAddress;
  /** Where its HTTP server listens, once it does. */
  readonly url?: string | undefined;
}

export interface FolderLock {
  announce(announcement: Announcement): void;
  release(): void;
}

interface LockRecord {
  readonly pid: number;
  /** Start of the process as the system counts it: a pid alone comes back, above all in containers. */
  readonly startedAt: string | undefined;
  readonly announcement: Announcement | undefined;
}

/**
 * Takes the lock file of a folder; undefined when a living process has it. A lock left behind by a killed process is
 * taken over.
 *
 * @throws {DataFolderError} when the folder cannot be written
 */
export async function lockFolder(file: string): Promise<FolderLock | undefined> {
  const record: LockRecord = { pid: process.pid, startedAt: processStart(process.pid), announcement: undefined };
  for (;;) {
    if (tryCreate(file, record)) break;
    const text = read(file);
    if (text === undefined) continue;
    if (await isHeld(file, text)) return undefined;
    removeStale(file, text);
  }
  let text = serialize(record);
  return {
    announce(announcement) {
      text = serialize({ ...record, announcement });
      const next = `${file}.${process.pid}`;
      writeFileSync(next, text, { mode: 0o600 });
      renameSync(next, file);
    },
    release() {
      if (read(file) === text) rmSync(file, { force: true });
    },
  };
}

/** What the holder of a folder announced, when its database answers. */
export async function findHolder(file: string): Promise<Announcement | undefined> {
  const text = read(file);
  const announcement = text === undefined ? undefined : parse(text)?.announcement;
  return announcement !== undefined && (await answers(announcement.address)) ? announcement : undefined;
}

function tryCreate(file: string, record: LockRecord): boolean {
  try {
    writeFileSync(file, serialize(record), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw unusable(dirname(file), error);
  }
}

async function isHeld(file: string, text: string): Promise<boolean> {
  const record = parse(text);
  if (record === undefined) return false;
  if (record.announcement !== undefined && (await answers(record.announcement.address))) return true;
  if (!isAlive(record.pid)) return false;
  const startedAt = processStart(record.pid);
  if (record.startedAt !== undefined && startedAt !== undefined) return record.startedAt === startedAt;
  return record.announcement === undefined && Date.now() - statSync(file).mtimeMs < STARTING_MS;
}

/** Moves the lock away before deleting it: if another process has renewed it in between, it gets it back. */
function removeStale(file: string, text: string): void {
  const moved = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, moved);
  } catch {
    return;
  }
  if (read(moved) !== text) {
    try {
      linkSync(moved, file);
    } catch {
      // A third process holds it by now.
    }
  }
  rmSync(moved, { force: true });
}

function answers(address: DatabaseAddress): Promise<boolean> {
  return new Promise((resolve) => {
    if ("url" in address) return resolve(false);
    const socket = connect({ ...address, timeout: 1_000 });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
    // A process that accepts nothing for a second is busy, not gone.
    socket.once("timeout", () => finish(true));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Linux only: boot and start tick of a process. */
function processStart(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const boot = read("/proc/sys/kernel/random/boot_id");
  if (stat === undefined || boot === undefined) return undefined;
  // The name of the program stands in parentheses and may hold spaces; start time is the 20th field after it.
  return `${boot.trim()}/${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

const serialize = (record: LockRecord) => JSON.stringify(record);

function parse(text: string): LockRecord | undefined {
  try {
    const record = JSON.parse(text) as LockRecord;
    return Number.isInteger(record.pid) ? record : undefined;
  } catch {
    return undefined;
  }
}
