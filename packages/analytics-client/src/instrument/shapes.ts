/** The parts of the MCP SDKs that are looked at, v1 and v2 alike. Nothing of either SDK is imported. */
export type Handler = (this: unknown, ...args: unknown[]) => unknown;

export interface Tool {
  /** v2: compiled from the callback at registration. */
  executor?: unknown;
  /** v1 since 1.24: the callback, or an object with `createTask`. */
  handler?: unknown;
  /** v1 before that. */
  callback?: unknown;
  readonly enabled?: unknown;
  readonly execution?: { readonly taskSupport?: unknown };
}

export interface LowLevelServer {
  readonly _requestHandlers: Map<string, Handler>;
  setRequestHandler: Handler;
  onclose?: Handler | undefined;
  readonly transport?: { readonly _stdin?: Partial<NodeJS.EventEmitter> } | undefined;
  readonly _serverInfo?: { readonly name?: unknown; readonly version?: unknown };
  getClientVersion?(): { readonly name?: unknown } | undefined;
}

export interface ServerShape {
  readonly low: LowLevelServer;
  /** Registered tools by name; undefined for a low-level server, which has no registry. */
  readonly tools: Readonly<Record<string, Tool>> | undefined;
}

/** What `instrument` was given, where it is an `McpServer` or a `Server`; else undefined. */
export function readShape(server: unknown): ServerShape | undefined {
  const outer = Object(server);
  const low = Object(outer.server ?? outer);
  const handlers = Object(low._requestHandlers);
  const known =
    typeof handlers.get === "function" &&
    typeof handlers.set === "function" &&
    typeof low.setRequestHandler === "function";
  if (!known) return undefined;
  const tools = outer._registeredTools;
  return { low, tools: typeof tools === "object" && tools !== null ? tools : undefined };
}
