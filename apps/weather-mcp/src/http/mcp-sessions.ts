import { randomUUID } from "node:crypto";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Clock } from "../time/clock.ts";

interface Session {
  readonly transport: StreamableHTTPServerTransport;
  usedAt: number;
}

/** Most sessions that are kept; one more ends the one that was used longest ago. */
const MAX_SESSIONS = 200;
const IDLE_MS = 30 * 60_000;

/** MCP sessions over HTTP. Each has a server of its own; what they fetch is shared. */
export class McpSessions {
  readonly #sessions = new Map<string, Session>();
  readonly #createServer: () => McpServer;
  readonly #clock: Clock;

  constructor(createServer: () => McpServer, clock: Clock) {
    this.#createServer = createServer;
    this.#clock = clock;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The transport of a session; undefined when there is none of that id. */
  find(id: string): StreamableHTTPServerTransport | undefined {
    const session = this.#sessions.get(id);
    if (session) session.usedAt = this.#clock.now();
    return session?.transport;
  }

  /** A transport for a session that begins with the request it is given next. */
  async open(): Promise<StreamableHTTPServerTransport> {
    await this.#makeRoom();
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: true,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, { transport, usedAt: this.#clock.now() });
      },
      onsessionclosed: (id) => {
        this.#sessions.delete(id);
      },
    });
    // The SDK's types of its own interface are at odds with exactOptionalPropertyTypes.
    await this.#createServer().connect(transport as Parameters<McpServer["connect"]>[0]);
    return transport;
  }

  async closeAll(): Promise<void> {
    const open = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(open.map(({ transport }) => transport.close()));
  }

  async #makeRoom(): Promise<void> {
    const now = this.#clock.now();
    const byUse = [...this.#sessions].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    const surplus = byUse.length - MAX_SESSIONS + 1;
    for (const [index, [id, session]] of byUse.entries()) {
      if (index >= surplus && now - session.usedAt < IDLE_MS) break;
      this.#sessions.delete(id);
      await session.transport.close();
    }
  }
}
