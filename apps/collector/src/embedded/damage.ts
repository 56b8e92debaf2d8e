import { closeSync, existsSync, openSync, readSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";

/** Major version of the PostgreSQL inside PGlite, as it stands in `PG_VERSION`. */
export const EMBEDDED_POSTGRES_MAJOR = "18";

const CONTROL_FILE = join("global", "pg_control");
const CONTROL_BYTES = 8_192;
/** Fields of `ControlFileData` in PostgreSQL's src/include/catalog/pg_control.h, after 8 bytes of identifier. */
const REDO_LSN_AT = 40;
const TIMELINE_AT = 48;
const WAL_SEGMENT_BYTES = 16 * 1024 * 1024;
const SEGMENTS_PER_LOG = 2n ** 32n / BigInt(WAL_SEGMENT_BYTES);
/** A start writes a few files and perhaps one segment of WAL. */
const ROOM_BYTES = 2 * WAL_SEGMENT_BYTES;

/** Why a database does not start, as far as its files show it; undefined when they look whole. */
export function findDamage(databaseDir: string): string | undefined {
  const { bavail, bsize } = statfsSync(databaseDir);
  if (bavail * bsize < ROOM_BYTES) return `the disk has ${Math.floor((bavail * bsize) / 1e6)} MB left: make room`;
  const problem = controlProblem(databaseDir) ?? walProblem(databaseDir);
  return problem === undefined ? undefined : `${problem}: restore the folder from a backup`;
}

function controlProblem(databaseDir: string): string | undefined {
  const bytes = sizeOf(join(databaseDir, CONTROL_FILE));
  if (bytes === undefined) return `${CONTROL_FILE} is missing`;
  return bytes === CONTROL_BYTES ? undefined : `${CONTROL_FILE} has ${bytes} bytes instead of ${CONTROL_BYTES}`;
}

/** The segment from which a start replays: without it no start is possible. */
function walProblem(databaseDir: string): string | undefined {
  const control = readAt(join(databaseDir, CONTROL_FILE), 0, TIMELINE_AT + 4);
  const redo = control.readBigUInt64LE(REDO_LSN_AT);
  const name = join("pg_wal", segmentName(control.readUInt32LE(TIMELINE_AT), redo));
  const file = join(databaseDir, name);
  const bytes = sizeOf(file);
  if (bytes === undefined) return `${name} is missing`;
  const offset = Number(redo % BigInt(WAL_SEGMENT_BYTES));
  if (bytes <= offset) return `${name} is truncated`;
  return readAt(file, offset, 8).every((byte) => byte === 0)
    ? `${name} is empty where the last checkpoint was`
    : undefined;
}

function segmentName(timeline: number, lsn: bigint): string {
  const segment = lsn / BigInt(WAL_SEGMENT_BYTES);
  return [BigInt(timeline), segment / SEGMENTS_PER_LOG, segment % SEGMENTS_PER_LOG]
    .map((part) => part.toString(16).toUpperCase().padStart(8, "0"))
    .join("");
}

function sizeOf(file: string): number | undefined {
  return existsSync(file) ? statSync(file).size : undefined;
}

function readAt(file: string, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, bytes, 0, length, position);
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}
