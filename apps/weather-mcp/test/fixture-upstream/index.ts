import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { cdoReply } from "./cdo-routes.ts";
import { type Fault, type FaultKind, misbehave } from "./fault.ts";
import { geocodingReply } from "./geocoding-routes.ts";
import { nceiReply } from "./ncei-routes.ts";
import { nwsReply } from "./nws-routes.ts";
import { refuse, seriesReply } from "./open-meteo-routes.ts";
import { type FixtureRequest, json, type Reply } from "./reply.ts";

export { CDO_TOKEN } from "./cdo-routes.ts";
export type { Fault, FaultKind } from "./fault.ts";

export interface FixtureUpstreamOptions {
  /** What the fixture takes for now, Unix ms; default the real time. */
  readonly now?: () => number;
}

/** A stand-in for all the weather services, on a private port of this machine. */
export interface FixtureUpstream {
  /** Environment that sends a weather-mcp here. */
  readonly env: Readonly<Record<string, string>>;
  /** Base URL of each service. */
  readonly urls: Readonly<Record<string, string>>;
  /** Requests whose path begins with `route`, as in "nws/points" or "open-meteo/v1/forecast"; all without it. */
  hits(route?: string): number;
  /** Paths with queries, in the order in which they came. */
  readonly requests: readonly string[];
  /** Resolves once `route` has had `count` requests. */
  whenHit(route: string, count?: number): Promise<void>;
  /** Resolves once the client has ended a request to `route` that was not answered. */
  whenClosed(route: string): Promise<void>;
  /** Makes requests whose path begins with `route`, or is it where it ends in "$", fail; returns what ends it. The newest fault wins. */
  fail(route: string, kind: FaultKind, times?: number): () => void;
  /** Answers requests whose path begins with `route` with this body; returns what ends it. */
  respond(route: string, body: unknown): () => void;
  /** Forgets counts, faults and canned answers. */
  reset(): void;
  close(): Promise<void>;
}

type Route = (request: FixtureRequest) => Reply;

const SERVICES: Readonly<Record<string, [variable: string, route: Route]>> = {
  nws: ["WEATHER_NWS_URL", nwsReply],
  "open-meteo": ["WEATHER_OPEN_METEO_URL", (request) => series("/v1/forecast", "forecast", request)],
  "open-meteo-archive": ["WEATHER_OPEN_METEO_ARCHIVE_URL", (request) => series("/v1/archive", "archive", request)],
  "open-meteo-air-quality": [
    "WEATHER_OPEN_METEO_AIR_QUALITY_URL",
    (request) => series("/v1/air-quality", "air-quality", request),
  ],
  "open-meteo-marine": ["WEATHER_OPEN_METEO_MARINE_URL", (request) => series("/v1/marine", "marine", request)],
  "open-meteo-geocoding": [
    "WEATHER_OPEN_METEO_GEOCODING_URL",
    (request) => (request.path === "/v1/search" ? geocodingReply(request) : refuse("Not Found", 404)),
  ],
  ncei: ["WEATHER_NCEI_URL", nceiReply],
  cdo: ["WEATHER_CDO_URL", cdoReply],
};

function series(path: string, service: Parameters<typeof seriesReply>[0], request: FixtureRequest): Reply {
  return request.path === path ? seriesReply(service, request) : refuse("Not Found", 404);
}

interface Rule {
  readonly route: string;
  readonly fault?: Fault;
  readonly body?: unknown;
  left: number;
}

export async function startFixtureUpstream(options: FixtureUpstreamOptions = {}): Promise<FixtureUpstream> {
  const now = options.now ?? Date.now;
  const requests: string[] = [];
  let rules: Rule[] = [];
  const abandoned: string[] = [];
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const watcher of watchers) watcher();
  };
  const when = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!condition()) return;
        watchers.delete(check);
        resolve();
      };
      watchers.add(check);
      check();
    });
  const hits = (route = "") => requests.filter((path) => path.startsWith(route)).length;

  const server = createServer((request, response) => {
    // The path without the leading slash: "<service>/<rest>?<query>".
    const target = (request.url ?? "/").slice(1);
    requests.push(target);
    notify();
    response.on("close", () => {
      if (!response.writableEnded) abandoned.push(target);
      notify();
    });
    const rule = rules.findLast((candidate) => candidate.left > 0 && matches(candidate.route, target));
    if (rule) rule.left -= 1;
    if (rule?.fault) misbehave(rule.fault.kind, request.url ?? "/", response);
    else if (rule) send(response, json(rule.body));
    else send(response, replyTo(request, now()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const add = (rule: Rule) => {
    rules.push(rule);
    return () => {
      rules = rules.filter((other) => other !== rule);
    };
  };
  return {
    env: Object.fromEntries(Object.entries(SERVICES).map(([id, [variable]]) => [variable, `${origin}/${id}`])),
    urls: Object.fromEntries(Object.keys(SERVICES).map((id) => [id, `${origin}/${id}`])),
    hits,
    requests,
    whenHit: (route, count = 1) => when(() => hits(route) >= count),
    whenClosed: (route) => when(() => abandoned.some((path) => path.startsWith(route))),
    fail: (route, kind, times = Number.POSITIVE_INFINITY) => add({ route, fault: { kind, times }, left: times }),
    respond: (route, body) => add({ route, body, left: Number.POSITIVE_INFINITY }),
    reset() {
      requests.length = 0;
      abandoned.length = 0;
      rules = [];
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function matches(route: string, target: string): boolean {
  return route.endsWith("$") ? target.split("?")[0] === route.slice(0, -1) : target.startsWith(route);
}

function replyTo(request: IncomingMessage, nowMs: number): Reply {
  const url = new URL(request.url ?? "/", "http://fixture");
  const [, id = "", ...rest] = url.pathname.split("/");
  const service = SERVICES[id];
  if (!service || request.method !== "GET") return json({ error: "no such service" }, 404);
  return service[1]({ path: `/${rest.join("/")}`, query: url.searchParams, headers: request.headers, nowMs });
}

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, reply.headers);
  response.end(reply.body);
}
