/**
 * Loaded into a collector before its own code (`node --import`): plays faults that come from inside. On SIGUSR2 it reads one
 * order from the file that FAULTS_ORDERS names, and says that it has done it in the file beside.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import { isMainThread } from "node:worker_threads";

const RealDate = Date;
const realNow = Date.now;
let clockOffsetMs = Number(process.env.FAULTS_CLOCK_OFFSET_MS ?? 0);

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(realNow() + clockOffsetMs);
    else super(...args);
  }

  static now() {
    return realNow() + clockOffsetMs;
  }
};

/** @type {number[][]} */
let ballast = [];

function fillHeap(mebibytes) {
  if (mebibytes === 0) ballast = [];
  while (getHeapStatistics().used_heap_size < mebibytes * 2 ** 20) ballast.push(Array(4_096).fill(0.5));
}

const file = process.env.FAULTS_ORDERS;
if (isMainThread && file !== undefined) {
  // Whoever breaks things may break down as well: nothing of it stays behind.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  }, 1_000).unref();
  process.on("SIGUSR2", () => {
    const { id, clockOffsetMs: offset, blockMs, throws, heapMiB } = JSON.parse(readFileSync(file, "utf8"));
    if (offset !== undefined) clockOffsetMs = offset;
    if (heapMiB !== undefined) fillHeap(heapMiB);
    writeFileSync(`${file}.done`, String(id));
    // The clock of this loop is no part of the fault.
    if (blockMs !== undefined) for (const end = performance.now() + blockMs; performance.now() < end; );
    if (throws === "exception") setImmediate(() => JSON.parse("{"));
    if (throws === "rejection") Promise.reject(new Error("nobody handles this"));
  });
}
