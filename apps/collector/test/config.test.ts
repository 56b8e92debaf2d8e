import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "../src/config.ts";
import { CONFIG_VARIABLES } from "../src/config-variables.ts";

/** SHA-256 of nothing: no placeholder. */
const SECRET = createHash("sha256").digest("hex");

const FORMER = createHash("sha256").update("former").digest("hex");

describe("the configuration", () => {
  it("has a default for everything", () => {
    expect(loadConfig({}, {})).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      databaseUrl: undefined,
      dataDir: "./.data",
      masterSecrets: [],
      trustProxy: [],
      rawRetentionDays: 30,
      shutdownDeadlineMs: 10_000,
      ipLimitRequests: 100,
      ipLimitWindowSeconds: 900,
    });
  });

  it("takes an empty variable for none, and overrides before the environment", () => {
    expect(loadConfig({ port: 4000, dataDir: undefined }, { PORT: "1", DATA_DIR: "", REDIS_URL: " " })).toMatchObject({
      port: 4000,
      dataDir: "./.data",
      redisUrl: undefined,
    });
  });

  it("reads lists and secrets", () => {
    const env = { TRUST_PROXY: "10.0.0.0/8, ::1", MASTER_SECRET: SECRET, MASTER_SECRET_PREVIOUS: FORMER };
    const config = loadConfig({}, env);
    expect(config.trustProxy).toEqual(["10.0.0.0/8", "::1"]);
    expect(config.masterSecrets.map((secret) => secret.toString("hex"))).toEqual([SECRET, FORMER]);
  });

  it.each([
    ["PORT", "70000"],
    ["PORT", "80a"],
    ["PORT", "1e3"],
    ["DATABASE_URL", "mysql://localhost/x"],
    ["DATABASE_URL", "localhost"],
    ["REDIS_URL", "http://localhost"],
    ["LIMIT_STORE", "file"],
    ["MASTER_SECRET", "short"],
    ["MASTER_SECRET", `${SECRET}00`],
    ["MASTER_SECRET", "0".repeat(64)],
    ["MASTER_SECRET", "f".repeat(64)],
    ["MASTER_SECRET", "0123456789abcdef".repeat(4)],
    ["MASTER_SECRET", "deadbeef".repeat(8)],
    ["MASTER_SECRET", `${"0".repeat(63)}1`],
    ["MASTER_SECRET", "0123456789abcdefABCDEF0123456789".repeat(2)],
    ["MASTER_SECRET_PREVIOUS", "0".repeat(64)],
    ["TRUST_PROXY", "::ffff:10.0.0.0/8"],
    ["TRUST_PROXY", "::ffff:0:0/96"],
    ["TRUST_PROXY", "::ffff:10.0.0.0/103"],
    ["TRUST_PROXY", "64:ff9b::/96"],
    ["TRUST_PROXY", "::ffff:0:0:0/96"],
    ["TRUST_PROXY", "2002::/16"],
    ["TRUST_PROXY", "2600::/16"],
    ["TRUST_PROXY", "64:ff9b:1::/48"],
    ["TRUST_PROXY", "::/64"],
    ["TRUST_PROXY", "::/1"],
    ["TRUST_PROXY", "0.0.0.0/1"],
    ["TRUST_PROXY", "11.0.0.0/7"],
    ["TRUST_PROXY", "2001::/15"],
    ["TRUST_PROXY", "fe80::1%eth0"],
    ["TRUST_PROXY", "true"],
    ["TRUST_PROXY", "1"],
    ["TRUST_PROXY", "10.0.0.0/33"],
    ["TRUST_PROXY", "10.0.0.0/8, 0.0.0.0/0"],
    ["TRUST_PROXY", "::/0"],
    ["TRUST_PROXY", "10.0.0.0/8/8"],
    ["CORS_ORIGINS", "*"],
    ["CORS_ORIGINS", "https://a.example/path"],
    ["PUBLIC_URL", "ftp://a.example"],
    ["LOG_LEVEL", "loud"],
    ["METRICS_PORT", "-1"],
    ["RAW_RETENTION_DAYS", "0"],
    ["MAX_CONNECTIONS", "none"],
    ["SHUTDOWN_DEADLINE_MS", "-1"],
    ["IP_LIMIT_REQUESTS", "0"],
    ["IP_LIMIT_WINDOW_SECONDS", "86401"],
  ])("stops at %s=%s with one line that names the variable and not the value", (variable, value) => {
    const error = catchError(() => loadConfig({}, { MASTER_SECRET: SECRET, [variable]: value }));
    expect(error).toBeInstanceOf(ConfigError);
    // One parser reads both secrets, and its error names the first.
    const named = variable === "MASTER_SECRET_PREVIOUS" ? "MASTER_SECRET" : variable;
    expect(error.message).toMatch(new RegExp(`^${named} must be [^\\n]+$`));
    expect(error.message).not.toContain(value.length > 4 ? value : `=${value}`);
  });

  it.each([
    "10.0.0.0/8",
    "::ffff:10.0.0.0/104",
    "fc00::/7",
    "fd12:3456::/32",
    "2001:db8::/32",
    "2002:c000:200::/48",
    "64:ff9b::a00:0/104",
    "::1",
    "172.16.0.0/12",
  ])("takes %s for a network of proxies", (network) => {
    expect(loadConfig({}, { TRUST_PROXY: network }).trustProxy).toEqual([network]);
  });

  it.each([
    ["RAW_RETENTION_DAY", "RAW_RETENTION_DAYS"],
    ["RAW_RETENTION", "RAW_RETENTION_DAYS"],
    ["TRUST_PROXI", "TRUST_PROXY"],
    ["TRUST_PROXIES", "TRUST_PROXY"],
    ["IP_LIMIT_WINDOW_MS", "IP_LIMIT_WINDOW_SECONDS"],
    ["RAW_RETENTION_HOURS", "RAW_RETENTION_DAYS"],
    ["TURST_PROXY", "TRUST_PROXY"],
    ["TRUSTED_PROXY", "TRUST_PROXY"],
    ["trust_proxy", "TRUST_PROXY"],
    ["MASTER_SECRETS", "MASTER_SECRET"],
    ["MASTER_SECRET_PREV", "MASTER_SECRET_PREVIOUS"],
    ["DATABASEURL", "DATABASE_URL"],
    ["DATABASE_URI", "DATABASE_URL"],
    ["DATADIR", "DATA_DIR"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["IP_LIMIT_REQUEST", "IP_LIMIT_REQUESTS"],
    ["SHUTDOWN_DEADLINE", "SHUTDOWN_DEADLINE_MS"],
  ])("stops at %s, which is unknown, and names %s", (name, meant) => {
    for (const env of [{ [name]: "5" }, { [name]: "5", METRICS_PORT: "1" }]) {
      expect(catchError(() => loadConfig({}, env)).message).toBe(
        `unknown variable ${name}: rename it to ${meant}, or unset it`,
      );
    }
  });

  it("takes a neighbour of a name that is set and that other programs use for one of theirs", () => {
    const secret = { MASTER_SECRET: SECRET };
    const env = {
      ...secret,
      DATABASE_URL: "postgres://localhost/x",
      DATABASE_URI: "y",
      LOG_LEVEL: "info",
      LOGLEVEL: "z",
    };
    expect(loadConfig({}, env).databaseUrl).toBe("postgres://localhost/x");
    const own = { ...secret, TRUST_PROXY: "10.0.0.0/8", TRUST_PROXI: "1" };
    expect(catchError(() => loadConfig({}, own)).message).toContain("rename it to TRUST_PROXY");
  });

  it("starts beside variables of other programs", () => {
    const names =
      `PATH HOME HOSTNAME HOSTTYPE LOGNAME USER SHELL PWD OLDPWD TERM LANG LC_ALL TZ TMPDIR EDITOR PAGER DISPLAY CI PORTS SPORT
      HTTP_PORT POSTGRES_PORT POSTGRES_HOST PGHOST PGPORT PGDATABASE PGDATA NODE_ENV NODE_OPTIONS NODE_VERSION npm_config_user_agent
      npm_lifecycle_event npm_package_json PNPM_HOME XDG_DATA_DIRS XDG_DATA_HOME XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK
      HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy no_proxy SECRET SECRET_KEY DATABASE DATABASE_HOST DATABASE_NAME REDIS_HOST
      REDIS_PORT REDIS_TLS_URL REDIS_PASSWORD LOG_FORMAT LOG_FILE DEBUG_LEVEL RUST_LOG KUBERNETES_SERVICE_HOST KUBERNETES_PORT
      COLLECTOR_PORT COLLECTOR_SERVICE_HOST PUBLIC_HOST BASE_URL MAX_OLD_SPACE METRICS_ENABLED METRICS_PATH SHLVL COLUMNS LINES
      GITHUB_ACTIONS GITHUB_TOKEN RUNNER_OS VSCODE_PID WSL_DISTRO_NAME APPDATA ProgramData USERPROFILE COMPUTERNAME SystemRoot
      ANALYTICS_ENDPOINT ANALYTICS_API_KEY ANALYTICS_LEVEL OTEL_SERVICE_NAME SENTRY_DSN CONTAINER_ID DOCKER_HOST`.split(
        /\s+/,
      );
    expect(names.length).toBeGreaterThan(80);
    for (const name of names) expect(() => loadConfig({}, { [name]: "1" })).not.toThrow();
  });

  it("counts limits in Redis where there is one, else in memory, and elsewhere only when told to", () => {
    const redis = { REDIS_URL: "redis://localhost" };
    const postgres = { DATABASE_URL: "postgres://localhost/x", MASTER_SECRET: SECRET };
    const storeOf = (env: Record<string, string>) => loadConfig({}, env).limitStore;
    expect([storeOf({}), storeOf(redis), storeOf(postgres)]).toEqual(["memory", "redis", "memory"]);
    expect(storeOf({ ...postgres, ...redis, LIMIT_STORE: "postgres" })).toBe("postgres");
    expect(storeOf({ ...redis, LIMIT_STORE: "memory" })).toBe("memory");
    expect(loadConfig({ redisUrl: "redis://localhost" }, {}).limitStore).toBe("redis");
  });

  it.each([
    [{ LIMIT_STORE: "redis" }, "REDIS_URL"],
    [{ LIMIT_STORE: "postgres" }, "DATABASE_URL"],
  ])("stops at %o without %s", (env, missing) => {
    const error = catchError(() => loadConfig({}, env));
    expect(error.message).toMatch(/^LIMIT_STORE must be /);
    expect(error.message).toContain(missing);
  });

  it("wants a master secret where the database is not its own", () => {
    const error = catchError(() => loadConfig({}, { DATABASE_URL: "postgres://localhost/x" }));
    expect(error.message).toMatch(/^MASTER_SECRET must be/);
  });

  it("is documented in .env.example, variable by variable", () => {
    const example = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
    const documented = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(documented.sort()).toEqual(CONFIG_VARIABLES.flatMap(({ names }) => names).sort());
    const values = Object.fromEntries(
      [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    expect(loadConfig({}, values)).toEqual(loadConfig({}, {}));
  });
});

function catchError(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
