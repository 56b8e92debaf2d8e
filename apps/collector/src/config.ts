import { type Static, type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { meantVariable } from "./config-names.ts";
import { CONFIG_VARIABLES, type ConfigVariable } from "./config-variables.ts";

/** Everything that can be set from outside. Flat; units stand at the end of each name. */
export const ConfigSchema = Type.Object({
  host: Type.String({ minLength: 1 }),
  /** 0 lets the system choose. */
  port: Type.Integer({ minimum: 0, maximum: 65_535 }),
  /** Absent: the embedded database in `dataDir`. */
  databaseUrl: Type.Union([Type.String({ pattern: "^postgres(ql)?://" }), Type.Undefined()]),
  dataDir: Type.String({ minLength: 1 }),
  redisUrl: Type.Union([Type.String({ pattern: "^rediss?://" }), Type.Undefined()]),
  /** Where limits are counted: in this process, or shared by all replicas. */
  limitStore: Type.Enum(["memory", "redis", "postgres"]),
  /** 32 bytes each; the first signs, the others are still accepted. Empty only before `withMasterSecret`. */
  masterSecrets: Type.Array(Type.Unsafe<Buffer>(Type.Any())),
  /** CIDRs of reverse proxies whose X-Forwarded-For is believed. */
  trustProxy: Type.Array(Type.String()),
  corsOrigins: Type.Array(Type.String({ pattern: "^https?://[^/]+$" })),
  publicUrl: Type.Union([Type.String({ pattern: "^https?://" }), Type.Undefined()]),
  logLevel: Type.Enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
  metricsPort: Type.Union([Type.Integer({ minimum: 0, maximum: 65_535 }), Type.Undefined()]),
  metricsHost: Type.String({ minLength: 1 }),
  rawRetentionDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
  maxConnections: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  shutdownDeadlineMs: Type.Integer({ minimum: 0, maximum: 600_000 }),
  ipLimitRequests: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
  ipLimitWindowSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
});
export type Config = Readonly<Static<typeof ConfigSchema>>;

/** A variable that cannot be used. The message is one line, names the variable and never its value. */
export class ConfigError extends Error {
  readonly variable: string;
  constructor(variable: string, expected: string, message = `${variable} must be ${expected}`) {
    super(message);
    this.name = "ConfigError";
    this.variable = variable;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that a command line gives; they win over the environment. */
export type ConfigOverrides = { readonly [Name in keyof Config]?: Config[Name] | undefined };

/**
 * Reads the configuration. The only reader of `process.env`.
 *
 * @param overrides win over the environment
 * @param env defaults to the environment of the process
 * @param fallbacks stand for variables that are not set
 * @throws {ConfigError} for the first bad variable
 */
export function loadConfig(
  overrides: ConfigOverrides = {},
  env: Environment = process.env,
  fallbacks: Environment = {},
): Config {
  refuseMisspelt(env);
  const values: Record<string, unknown> = {};
  for (const variable of CONFIG_VARIABLES) values[variable.property] = readVariable(variable, env, fallbacks);
  const given = { ...values, ...dropUndefined(overrides) } as Config;
  const config: Config = {
    ...given,
    limitStore: given.limitStore ?? (given.redisUrl === undefined ? "memory" : "redis"),
  };
  if (config.databaseUrl !== undefined && config.masterSecrets.length === 0) {
    throw new ConfigError("MASTER_SECRET", "set to 64 hexadecimal digits when DATABASE_URL is set");
  }
  for (const variable of CONFIG_VARIABLES) checkProperty(variable, config);
  checkLimitStore(config);
  return Object.freeze(config);
}

/** A misspelt variable would be ignored silently, and its default apply. */
function refuseMisspelt(env: Environment): void {
  for (const name of Object.keys(env)) {
    const meant = meantVariable(name, (known) => Boolean(env[known]?.trim()));
    if (meant === undefined) continue;
    throw new ConfigError(name, meant, `unknown variable ${name}: rename it to ${meant}, or unset it`);
  }
}

function checkLimitStore({ limitStore, redisUrl, databaseUrl }: Config): void {
  const lacks = (variable: string) =>
    new ConfigError("LIMIT_STORE", `accompanied by ${variable} when it is ${limitStore}`);
  if (limitStore === "redis" && redisUrl === undefined) throw lacks("REDIS_URL");
  if (limitStore === "postgres" && databaseUrl === undefined) throw lacks("DATABASE_URL");
}

function readVariable(variable: ConfigVariable, env: Environment, fallbacks: Environment): unknown {
  const texts = variable.names.map((name) => env[name]?.trim() || fallbacks[name]);
  const value = variable.parse(...texts);
  // NaN and the like are caught by the schema; a parser says "not readable at all" with null.
  if (value === null) throw new ConfigError(variable.names[0], variable.expected);
  return value;
}

function checkProperty(variable: ConfigVariable, config: Config): void {
  const schema: TSchema = ConfigSchema.properties[variable.property];
  if (!Value.Check(schema, config[variable.property])) throw new ConfigError(variable.names[0], variable.expected);
}

function dropUndefined(overrides: ConfigOverrides): ConfigOverrides {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
