import { hash, randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import type { DatabaseAddress } from "../storage/pool.ts";
import { unusable } from "./data-folder-error.ts";

/** A lock without a running database yet counts for this long where processes cannot be told apart. */
const STARTING_MS = 60_000;
/** A record that cannot be read counts for this long: somebody may be writing it. */
const WRITING_MS = 5_000;

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
  /** No two records are the same, so that one seen twice has not changed hands in between. */
  readonly id: string;
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
  const record: LockRecord = {
    id: randomUUID(),
    pid: process.pid,
    startedAt: processStart(process.pid),
    announcement: undefined,
  };
  const own = `${file}.${record.id}`;
  try {
    writeRecord(own, serialize(record));
    if (!(await take(file, own))) return undefined;
  } catch (error) {
    throw unusable(dirname(file), error);
  } finally {
    rmSync(own, { force: true });
  }
  let text = serialize(record);
  return {
    announce(announcement) {
      text = serialize({ ...record, announcement });
      writeRecord(own, text);
      renameSync(own, file);
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

/** On the disk before it is linked to anything: a lock has its whole content from the first moment, also after a power cut. */
function writeRecord(path: string, text: string): void {
  writeFileSync(path, text, { flag: "wx", mode: 0o600, flush: true });
}

/**
 * Links a record to the place of a lock. A stale record there is replaced only by whoever holds the lock that is named after
 * that very record, so that of several who judged it stale one replaces it, and nobody a newer one.
 */
async function take(path: string, own: string): Promise<boolean> {
  for (;;) {
    if (tryLink(own, path)) return true;
    const text = readExisting(path);
    if (text === undefined) continue;
    if (await isHeld(path, text)) return false;
    const right = `${path}.${hash("sha256", text).slice(0, 16)}`;
    if (!(await take(right, own))) return false;
    const isStale = read(path) === text;
    if (isStale) replace(own, path);
    rmSync(right, { force: true });
    if (isStale) return true;
  }
}

function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Puts another name of a record in the place of a file, at once. */
function replace(own: string, path: string): void {
  const next = `${own}.next`;
  linkSync(own, next);
  renameSync(next, path);
}

async function isHeld(file: string, text: string): Promise<boolean> {
  const record = parse(text);
  if (record === undefined) return ageMs(file) < WRITING_MS;
  if (record.announcement !== undefined && (await answers(record.announcement.address))) return true;
  if (!isAlive(record.pid)) return false;
  const startedAt = processStart(record.pid);
  if (record.startedAt !== undefined && startedAt !== undefined) return record.startedAt === startedAt;
  return record.announcement === undefined && ageMs(file) < STARTING_MS;
}

/** Infinite when it is gone. */
function ageMs(file: string): number {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? Number.POSITIVE_INFINITY : Date.now() - stats.mtimeMs;
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

/** undefined when it is gone; throws when it is there and cannot be read. */
function readExisting(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
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
