import type { ChildProcess } from "node:child_process";

/** A server started for one run, with throw-away data. */
export interface RunningService {
  /** Connection URL on loopback, password included. */
  readonly url: string;
  /** Ends the server and deletes its data. */
  stop(): Promise<void>;
}

/** Resolves once the process has ended; at once when it already has. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** Calls `isUp` until it is true; rejects when the process ends first or `deadlineMs` passes. */
export async function untilUp(
  child: ChildProcess,
  isUp: () => Promise<boolean>,
  options: { name: string; deadlineMs: number; log: () => string },
): Promise<void> {
  const giveUpAt = Date.now() + options.deadlineMs;
  while (!(await isUp())) {
    const gone = child.exitCode !== null || child.signalCode !== null;
    if (gone || Date.now() > giveUpAt) {
      const why = gone ? "ended while starting" : `was not up after ${options.deadlineMs} ms`;
      throw new Error(`${options.name} ${why}: ${options.log().trim().split("\n").slice(-5).join(" | ")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
