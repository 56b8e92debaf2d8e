import type { AddressInfo } from "node:net";
import type { Analytics } from "@org/mcp-analytics-client";
import { ConfigError } from "./config.ts";
import { createHttpServer, MCP_PATH } from "./http/http-server.ts";
import { McpSessions } from "./http/mcp-sessions.ts";
import { createWeatherServer } from "./server.ts";
import type { WeatherServices } from "./upstream/weather-services.ts";

export interface HttpOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
}

export interface RunningHttp {
  /** Where clients connect to. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves MCP over Streamable HTTP. Throws ConfigError when the address cannot be used. */
export async function serveHttp(
  { host, port }: HttpOptions,
  services: WeatherServices,
  analytics: Analytics,
): Promise<RunningHttp> {
  const { allowedHosts, allowedOrigins } = services.config;
  const loopback = ["127.0.0.1", "::1", "localhost"].includes(host);
  if (!loopback && allowedHosts.length === 0) {
    throw new ConfigError(`WEATHER_HTTP_ALLOWED_HOSTS must name the hosts that clients use when --host is ${host}`);
  }
  const sessions = new McpSessions(() => createWeatherServer(services, analytics), services.clock);
  const server = createHttpServer(sessions, { allowedHosts, allowedOrigins });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new ConfigError(listenProblem(error, host, port))));
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}${MCP_PATH}`,
    async close() {
      await sessions.closeAll();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listenProblem({ code }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === "EADDRINUSE") return `port ${port} on ${host} is taken; choose another with --port`;
  if (code === "EACCES") return `port ${port} on ${host} is not allowed for this user; choose another with --port`;
  return `cannot listen on ${host} port ${port} (${code ?? "unknown error"})`;
}
