import type { Any, AnyServer } from "./sdks.ts";

export interface Reply {
  readonly result?: Any;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A client reduced to what goes over the wire, so that nothing but the server is under test. */
export interface Wire {
  request(method: string, params?: unknown): Promise<Reply>;
  /** Sends a request and gives its id, without waiting for an answer. */
  start(method: string, params?: unknown): { readonly id: number; readonly reply: Promise<Reply> };
  notify(method: string, params?: unknown): void;
  call(name: string, args?: unknown): Promise<Reply>;
  /** What the server sent as text, in order. */
  readonly received: string[];
  close(): Promise<void>;
}

export interface WireOptions {
  readonly clientInfo?: { readonly name: string; readonly version: string };
  /** Properties that the transport shows beside the usual ones. */
  readonly transport?: object;
}

/** Connects a server of any SDK version to a pair of functions and shakes hands. */
export async function connect(server: AnyServer, options: WireOptions = {}): Promise<Wire> {
  const waiting = new Map<number, (reply: Reply) => void>();
  const received: string[] = [];
  let nextId = 1;
  const transport: Any = {
    ...options.transport,
    start: async () => {},
    close: async () => transport.onclose?.(),
    send: async (message: Any) => {
      received.push(JSON.stringify(message));
      if (message.id !== undefined && !message.method) waiting.get(message.id)?.(message);
    },
  };
  await server.connect(transport);

  const start: Wire["start"] = (method, params) => {
    const id = nextId++;
    const reply = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    transport.onmessage({ jsonrpc: "2.0", id, method, ...(params !== undefined && { params }) });
    return { id, reply };
  };
  const wire: Wire = {
    start,
    received,
    request: (method, params) => start(method, params).reply,
    notify: (method, params) =>
      transport.onmessage({ jsonrpc: "2.0", method, ...(params !== undefined && { params }) }),
    call: (name, args = {}) => wire.request("tools/call", { name, arguments: args }),
    close: () => server.close(),
  };
  await wire.request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: options.clientInfo ?? { name: "test-client", version: "1.0.0" },
  });
  wire.notify("notifications/initialized");
  return wire;
}
