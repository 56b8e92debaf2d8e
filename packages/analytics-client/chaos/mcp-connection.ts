import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** A conversation with a server that runs as a child process. */
export interface McpConnection {
  call(tool: string): Promise<void>;
  /** What the server wrote that was no JSON-RPC message. */
  readonly strayLines: readonly string[];
}

const HELLO = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "chaos", version: "1.0.0" } };

/** Over the child's stdin and stdout. */
export async function connectStdio(child: ChildProcess): Promise<McpConnection> {
  const waiting = new Map<number, () => void>();
  const strayLines: string[] = [];
  let nextId = 1;
  if (!child.stdout || !child.stdin) throw new Error("no pipes to the child");
  createInterface({ input: child.stdout }).on("line", (line) => {
    try {
      const message = JSON.parse(line);
      if (message.jsonrpc !== "2.0") throw new Error("no frame");
      waiting.get(message.id)?.();
    } catch {
      strayLines.push(line);
    }
  });
  const request = (method: string, params: unknown): Promise<void> =>
    new Promise((resolve) => {
      const id = nextId++;
      waiting.set(id, resolve);
      child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    });
  await request("initialize", HELLO);
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);
  return { strayLines, call: (name) => request("tools/call", { name, arguments: {} }) };
}

/** Over HTTP, to the port that the child reports. */
export async function connectHttp(child: ChildProcess): Promise<McpConnection> {
  const strayLines: string[] = [];
  if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => strayLines.push(line));
  const port = await new Promise((resolve) => child.once("message", resolve));
  let nextId = 1;
  const request = async (method: string, params: unknown): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: nextId++, method, params }),
    });
    await response.text();
    if (!response.ok) throw new Error(`the host answered ${response.status}`);
  };
  await request("initialize", HELLO);
  return { strayLines, call: (name) => request("tools/call", { name, arguments: {} }) };
}
