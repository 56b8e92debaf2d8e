import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fetchPage, sendBatch, sendEvent, shownCalls, type Target, unknownKey } from "../collector-client.ts";
import { runCommand, tryCommand } from "../command.ts";
import { type Engine, engineCommand, inspectContainer, stopContainer, waitUntilHealthy } from "../engine.ts";
import { expectEqual, expectTrue } from "../expect.ts";
import { expectHardened } from "../hardening.ts";
import { CHECKED_IMAGE, REPOSITORY_FOLDER } from "../image.ts";
import { keepCheckingHealth } from "../keep-checking-health.ts";
import type { Case } from "../report.ts";

export const COMPOSE_TITLE = "compose";

const COMPOSE_FILE = join(REPOSITORY_FOLDER, "deploy", "compose.yaml");
/** A .env that someone keeps in deploy/ is theirs; the example has every setting, and no secret. */
const NO_SETTINGS_OF_OTHERS = ["--env-file", join(REPOSITORY_FOLDER, "deploy", ".env.example")];
const SERVICES = ["postgres", "redis", "collector"] as const;
type Service = (typeof SERVICES)[number];

export interface ComposeState {
  engine: Engine;
  project: string;
  port: number;
  target: Target;
  secrets: Readonly<Record<"POSTGRES_PASSWORD" | "MASTER_SECRET", string>>;
}

const BATCH_SIZE = 60;
const STOP_DEADLINE_SECONDS = 15;

/** Secrets as .env.example has people make them. */
export function madeSecrets(): ComposeState["secrets"] {
  return { POSTGRES_PASSWORD: randomBytes(32).toString("hex"), MASTER_SECRET: randomBytes(32).toString("hex") };
}

function composeCommand(state: ComposeState, args: readonly string[]) {
  const { engine, project, port, secrets } = state;
  const [command = "", ...first] = engine.compose ?? [];
  const settings = { ...engine.composeImages, COLLECTOR_IMAGE: CHECKED_IMAGE, COLLECTOR_PORT: String(port) };
  return {
    command,
    args: [...first, "--project-name", project, "--file", COMPOSE_FILE, ...NO_SETTINGS_OF_OTHERS, ...args],
    options: { env: { ...engine.env, ...secrets, ...settings }, timeoutMs: 300_000 },
  };
}

export function compose(state: ComposeState, ...args: string[]): Promise<string> {
  const { command, args: all, options } = composeCommand(state, args);
  return runCommand(command, all, options);
}

/** Name or id of the container of a service, running or not. */
async function containerOf(state: ComposeState, service: Service): Promise<string> {
  const labels = [`com.docker.compose.project=${state.project}`, `com.docker.compose.service=${service}`];
  const filters = labels.flatMap((label) => ["--filter", `label=${label}`]);
  const ids = (await engineCommand(state.engine, ["ps", "--all", "--quiet", ...filters])).trim().split("\n");
  if (ids.length !== 1 || ids[0] === undefined || ids[0] === "")
    throw new Error(`${ids.length} containers of ${service}`);
  return ids[0];
}

async function up(state: ComposeState): Promise<void> {
  const stopChecking = state.engine.healthChecksByHand ? keepCheckingHealth(state.engine) : undefined;
  try {
    await compose(state, "up", "--detach", "--no-build");
  } finally {
    await stopChecking?.();
  }
  await waitUntilHealthy(state.engine, await containerOf(state, "collector"));
}

async function execIn(state: ComposeState, service: Service, ...args: string[]): Promise<string> {
  return engineCommand(state.engine, ["exec", await containerOf(state, service), ...args]);
}

async function expectStored(state: ComposeState): Promise<void> {
  const sql = "SELECT count(*) FROM analytics_events";
  const psql = ["psql", "--username=collector", "--dbname=analytics", "--tuples-only", "--no-align", "--command", sql];
  expectEqual("rows of the view", Number(await execIn(state, "postgres", ...psql)), state.target.sent);
  const adminLink = await execIn(state, "collector", "collector", "admin-link");
  expectEqual("calls on the dashboard", await shownCalls(state.target, adminLink), state.target.sent);
}

export const COMPOSE_CASES: readonly Case<ComposeState>[] = [
  {
    name: "refuses to start without each of its secrets, and names it",
    async check(state) {
      for (const name of ["POSTGRES_PASSWORD", "MASTER_SECRET"] as const) {
        const { command, args, options } = composeCommand(state, ["config"]);
        const { code, stderr } = await tryCommand(command, args, { ...options, env: { ...options.env, [name]: "" } });
        expectTrue(`compose refuses an empty ${name}`, code !== 0 && stderr.includes(`set ${name}`));
      }
    },
  },
  { name: "comes up healthy, PostgreSQL and Redis first", opensTheWay: true, check: up },
  {
    name: "runs every service as someone who may nothing",
    async check(state) {
      for (const service of SERVICES) await expectHardened(state.engine, await containerOf(state, service));
    },
  },
  {
    name: "publishes the collector alone, on this machine alone",
    async check(state) {
      const { HostConfig: own } = await inspectContainer(state.engine, await containerOf(state, "collector"));
      const addresses = Object.values(own.PortBindings ?? {}).flatMap((bindings) => bindings ?? []);
      expectEqual("addresses", addresses.map((binding) => binding.HostIp).join(), "127.0.0.1");
      for (const service of ["postgres", "redis"] as const) {
        const { HostConfig: host } = await inspectContainer(state.engine, await containerOf(state, service));
        // Podman also lists ports that are exposed and bound to nothing.
        const bound = Object.entries(host.PortBindings ?? {}).filter(([, bindings]) => (bindings ?? []).length > 0);
        expectEqual(`published ports of ${service}`, bound.map(([port]) => port).join(), "");
      }
    },
  },
  {
    name: "hands out an API key",
    opensTheWay: true,
    async check(state) {
      const created = await execIn(state, "collector", "collector", "keys", "create", "--name", "checked", "--json");
      state.target.apiKey = /wmc_[0-9a-f]{64}/.exec(created)?.[0] ?? "";
      expectTrue("an API key is printed", state.target.apiKey !== "");
    },
  },
  {
    name: "answers 401 to a key that nobody was given",
    check: async ({ target }) => expectEqual("status", await sendEvent(target, unknownKey()), 401),
  },
  {
    name: "answers 201 to one event",
    check: async ({ target }) => expectEqual("status", await sendEvent(target), 201),
  },
  { name: "accepts a whole batch", check: ({ target }) => sendBatch(target, BATCH_SIZE) },
  {
    name: "serves the dashboard",
    check: async ({ target }) => expectTrue("the page is HTML", /<div id=/.test(await fetchPage(target))),
  },
  { name: "has as many rows in PostgreSQL, and shows as many calls, as were sent", check: expectStored },
  {
    name: "counts the limits in Redis",
    check: async (state) =>
      expectTrue("Redis holds keys", Number(await execIn(state, "redis", "redis-cli", "dbsize")) > 0),
  },
  {
    name: "exits with 0 on SIGTERM, in time",
    async check(state) {
      const container = await containerOf(state, "collector");
      expectEqual("exit code", await stopContainer(state.engine, container, STOP_DEADLINE_SECONDS), 0);
    },
  },
  {
    name: "has every event after all of it was taken down and brought up again",
    async check(state) {
      await compose(state, "down");
      await up(state);
      await expectStored(state);
      expectEqual("status", await sendEvent(state.target), 201);
    },
  },
];
