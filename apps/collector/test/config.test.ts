import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "../src/config.ts";
import { CONFIG_VARIABLES } from "../src/config-variables.ts";

const SECRET = "0123456789abcdef".repeat(4);

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
    const env = { TRUST_PROXY: "10.0.0.0/8, ::1", MASTER_SECRET: SECRET, MASTER_SECRET_PREVIOUS: "ff".repeat(32) };
    const config = loadConfig({}, env);
    expect(config.trustProxy).toEqual(["10.0.0.0/8", "::1"]);
    expect(config.masterSecrets.map((secret) => secret.toString("hex"))).toEqual([SECRET, "ff".repeat(32)]);
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
    expect(error.message).toMatch(new RegExp(`^${variable} must be [^\\n]+$`));
    expect(error.message).not.toContain(value.length > 4 ? value : `=${value}`);
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
