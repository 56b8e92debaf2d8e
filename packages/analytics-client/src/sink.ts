import type { Categorize } from "./errors/categorize.ts";
import type { Origin } from "./queue/origin.ts";
import type { Analytics, Level } from "./types.ts";

/** What the instrumentation of a server needs of an analytics object. Not public. */
export interface Sink {
  readonly level: Level;
  readonly categorize: Categorize;
  /** Says one thing to the person who runs the server, once. */
  readonly notice: (message: string) => void;
  /**
   * Takes one finished call.
   *
   * @param tool in wire form
   * @param errorType undefined: it worked; else from the closed list
   * @param durationMs measured; -1 where it is not collected
   */
  capture(tool: string, errorType: string | undefined, durationMs: number, origin: Origin | undefined): void;
  /** The transport of the server has ended: this may be the last chance. */
  ending(): void;
}

/** Carried under a registered symbol, so that two copies of this package understand each other. */
export const SINK = Symbol.for("@org/mcp-analytics-client/sink/1");

/** undefined: analytics is off, or this is no analytics object of ours. */
export function sinkOf(analytics: Analytics): Sink | undefined {
  return (analytics as { [SINK]?: Sink } | undefined)?.[SINK];
}
