import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { weatherCli } from "./built-files.ts";
import type { ToolCall } from "./tool-calls.ts";

/** weather-mcp as an MCP client runs it: a child process that speaks over stdin and stdout. */
export class WeatherClient {
  readonly #client: Client;
  readonly #transport: StdioClientTransport;
  /** what the server wrote on stderr */
  stderr = "";
  /** what stood on stdout and was no MCP frame */
  readonly protocolErrors: string[] = [];

  private constructor(client: Client, transport: StdioClientTransport) {
    this.#client = client;
    this.#transport = transport;
  }

  /**
   * @param env settings of the server: base URLs of the upstreams, analytics; nothing else is inherited but PATH
   * @param node the Node.js that runs it; default: this one
   */
  static async start(env: Record<string, string>, node = process.execPath): Promise<WeatherClient> {
    const transport = new StdioClientTransport({
      command: node,
      args: [weatherCli()],
      env: { PATH: process.env.PATH ?? "", ...env },
      stderr: "pipe",
    });
    const weather = new WeatherClient(new Client({ name: "mcp-analytics-demo", version: "1.0.0" }), transport);
    transport.stderr?.on("data", (chunk: Buffer) => {
      weather.stderr += chunk.toString("utf8");
    });
    weather.#client.onerror = (error) => weather.protocolErrors.push(error.message);
    await weather.#client.connect(transport);
    return weather;
  }

  get pid(): number | null {
    return this.#transport.pid;
  }

  async toolNames(): Promise<string[]> {
    return (await this.#client.listTools()).tools.map((tool) => tool.name);
  }

  /** Calls a tool; true when it answered with a result, false when with an error of either kind. */
  async call({ tool, arguments: args }: ToolCall): Promise<boolean> {
    try {
      const result = await this.#client.callTool({ name: tool, arguments: args });
      return result.isError !== true;
    } catch {
      return false;
    }
  }

  /** Closes stdin as an MCP client does when it ends; the server sends what it still holds and exits. */
  async close(): Promise<void> {
    await this.#client.close();
  }
}
