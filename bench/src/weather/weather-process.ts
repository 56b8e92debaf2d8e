import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../../apps/weather-mcp/dist/cli.js", import.meta.url));

interface Answer {
  readonly id: number;
  readonly result: Readonly<Record<string, unknown>>;
}

/** The built weather-mcp as an MCP client starts it, spoken to in plain frames: no client library is measured with it. */
export class WeatherProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #nextId = 1;

  private constructor(env: Readonly<Record<string, string>>) {
    const { PATH = "" } = process.env;
    this.#child = spawn(process.execPath, [CLI], { env: { PATH, ...env }, stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  /** Started, and its `initialize` answered. */
  static async start(env: Readonly<Record<string, string>>): Promise<WeatherProcess> {
    const weather = new WeatherProcess(env);
    const clientInfo = { name: "bench", version: "1.0.0" };
    await weather.request("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo });
    weather.#send({ method: "notifications/initialized" });
    return weather;
  }

  async request(method: string, params: object = {}): Promise<Answer["result"]> {
    const id = this.#nextId++;
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ id, method, params });
    return (await answer).result;
  }

  /** Calls a tool; throws when it answers with an error. */
  async call(name: string, args: object): Promise<Answer["result"]> {
    const result = await this.request("tools/call", { name, arguments: args });
    if (result.isError) throw new Error(`${name} ${JSON.stringify(args)}: ${JSON.stringify(result.content)}`);
    return result;
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    await once(this.#child, "close");
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }
}
