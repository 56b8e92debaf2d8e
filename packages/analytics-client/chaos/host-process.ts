import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type ChaosCase, type Ending, isAbrupt, type PeerName } from "./cases.ts";
import { API_KEY, SIGNING_SECRET } from "./credentials.ts";
import { connectHttp, connectStdio, type McpConnection } from "./mcp-connection.ts";

const HOST = fileURLToPath(new URL("./host.mjs", import.meta.url));

/** How a host ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the moment it was told to end. */
  readonly afterMs: number;
}

export interface HostProcess {
  readonly connection: McpConnection;
  /** Lines on stderr so far. */
  readonly errorLines: () => readonly string[];
  /** Tells it to end, and waits; one that will not is killed after ten seconds. */
  end(how: Ending): Promise<Exit>;
  /** SIGKILL, without any chance to say something. */
  kill(): Promise<void>;
}

const MAX_EXIT_MS = 10_000;

/** @param endpoint undefined: the host runs without analytics */
export async function startHost(
  { sdk, transport, ending }: Pick<ChaosCase, "sdk" | "transport" | "ending">,
  nodePath: string,
  endpoint: string | undefined,
  settings: Readonly<Record<string, string>> = {},
  peer?: PeerName,
): Promise<HostProcess> {
  const flags = [
    ...(endpoint ? [] : ["bare"]),
    ...(peer ? [peer] : []),
    ...(ending.includes("handled") ? ["graceful"] : []),
  ];
  const { CI: _ci, DO_NOT_TRACK: _dnt, NODE_OPTIONS: _options, ...env } = process.env;
  const child = spawn(nodePath, [HOST, sdk.module, String(sdk.major), transport, ...flags], {
    stdio: transport === "stdio" ? ["pipe", "pipe", "pipe"] : ["ignore", "pipe", "pipe", "ipc"],
    env: {
      ...env,
      ANALYTICS_API_KEY: API_KEY,
      ANALYTICS_SIGNING_SECRET: SIGNING_SECRET,
      ANALYTICS_ENDPOINT: endpoint ?? "",
      ...settings,
    },
  });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const exited = new Promise<Omit<Exit, "afterMs">>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const connected = transport === "stdio" ? connectStdio(child) : connectHttp(child);
  const connection = await Promise.race([
    connected,
    exited.then(({ code }) => {
      throw new Error(`the host ended with code ${code} before it was told to: ${stderr.slice(0, 500)}`);
    }),
  ]);
  return {
    connection,
    errorLines: () => stderr.split("\n").filter(Boolean),
    async end(how) {
      const startedAt = performance.now();
      tellToEnd(child, how, connection);
      const killer = setTimeout(() => child.kill("SIGKILL"), MAX_EXIT_MS);
      const exit = await exited;
      clearTimeout(killer);
      return { ...exit, afterMs: performance.now() - startedAt };
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function tellToEnd(child: ChildProcess, how: Ending, connection: McpConnection): void {
  if (how === "stdin closes") child.stdin?.end();
  // Its answer never comes.
  else if (isAbrupt(how)) connection.call(how === "crash" ? "crashes" : "exits").catch(() => {});
  else child.kill(how === "SIGINT" ? "SIGINT" : "SIGTERM");
}
