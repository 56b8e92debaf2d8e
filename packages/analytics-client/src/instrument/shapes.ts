import type { KEY } from "../sink.ts";
import type { OnEnd } from "./observe.ts";

/** The parts of the MCP SDKs that are looked at, v1 and v2 alike. Nothing of either SDK is imported. */
export type Handler = (this: unknown, ...args: unknown[]) => unknown;

/** Told of the beginning of a request, takes its end. */
export type BeginRequest = (request: unknown, context: unknown) => OnEnd;

export interface Tool {
  /** v2: compiled from the callback at registration. */
  executor?: unknown;
  /** v1 since 1.24: the callback, or an object with `createTask`. */
  handler?: unknown;
  /** v1 before that. */
  callback?: unknown;
  readonly enabled?: unknown;
}

export interface LowLevelServer {
  readonly _requestHandlers: Map<string, Handler>;
  setRequestHandler: Handler;
  readonly transport?: { readonly _stdin?: Partial<NodeJS.EventEmitter> } | undefined;
  readonly _serverInfo?: { readonly name?: string; readonly version?: string };
  /** Set here, and seen by all copies of this package in the process: a server is instrumented once. */
  [KEY]?: boolean;
  getClientVersion?(): { readonly name?: unknown } | undefined;
}

export interface ServerShape {
  readonly low: LowLevelServer;
  /** Registered tools by name; empty for a low-level server, which has no registry. */
  readonly tools: Readonly<Record<string, Tool>>;
}

/** What `instrument` was given, where it is an `McpServer` or a `Server`; else undefined. */
export function readShape(server: unknown): ServerShape | undefined {
  const outer = Object(server);
  const low = outer.server ?? outer;
  const known = low._requestHandlers?.set && low.setRequestHandler;
  return known && { low, tools: Object(outer._registeredTools) };
}
