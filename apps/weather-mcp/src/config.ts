export const UPSTREAM_IDS = [
  "nws",
  "open-meteo",
  "open-meteo-archive",
  "open-meteo-geocoding",
  "open-meteo-air-quality",
  "open-meteo-marine",
  "ncei",
  "cdo",
] as const;
export type UpstreamId = (typeof UPSTREAM_IDS)[number];

export type UnitSystem = "metric" | "imperial";

export interface Config {
  readonly baseUrls: Readonly<Record<UpstreamId, string>>;
  /** NOAA CDO, used only when a caller asks for source "noaa-cdo". */
  readonly cdoToken: string | undefined;
  /** Commercial Open-Meteo plan. */
  readonly openMeteoApiKey: string | undefined;
  /** Overrides what `units: "auto"` means. */
  readonly units: UnitSystem | undefined;
  /** Goes into the User-Agent that the NWS asks for. */
  readonly contact: string | undefined;
  readonly toolSet: "default" | "all";
  readonly attemptTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly cacheBytes: number;
  /** Host names and origins that `--http` accepts beside loopback. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that cannot be used; the message names it and never shows its value. */
export class ConfigError extends Error {}

const UPSTREAM_VARIABLES: Record<UpstreamId, [variable: string, defaultUrl: string]> = {
  nws: ["WEATHER_NWS_URL", "https://api.weather.gov"],
  "open-meteo": ["WEATHER_OPEN_METEO_URL", "https://api.open-meteo.com"],
  "open-meteo-archive": ["WEATHER_OPEN_METEO_ARCHIVE_URL", "https://archive-api.open-meteo.com"],
  "open-meteo-geocoding": ["WEATHER_OPEN_METEO_GEOCODING_URL", "https://geocoding-api.open-meteo.com"],
  "open-meteo-air-quality": ["WEATHER_OPEN_METEO_AIR_QUALITY_URL", "https://air-quality-api.open-meteo.com"],
  "open-meteo-marine": ["WEATHER_OPEN_METEO_MARINE_URL", "https://marine-api.open-meteo.com"],
  ncei: ["WEATHER_NCEI_URL", "https://www.ncei.noaa.gov/access/services"],
  cdo: ["WEATHER_CDO_URL", "https://www.ncei.noaa.gov/cdo-web/api/v2"],
};

/** Reads the environment; an unset or empty variable means its default. Throws ConfigError on a value that cannot be used. */
export function readConfig(env: Environment = process.env): Config {
  const openMeteoApiKey = text(env, "OPEN_METEO_API_KEY");
  const baseUrls = {} as Record<UpstreamId, string>;
  for (const id of UPSTREAM_IDS) {
    const [variable, defaultUrl] = UPSTREAM_VARIABLES[id];
    const given = text(env, variable);
    // Paid plans of Open-Meteo answer on hosts of their own.
    const paid = openMeteoApiKey && id.startsWith("open-meteo");
    baseUrls[id] = given ? upstreamUrl(variable, given) : paid ? defaultUrl.replace("://", "://customer-") : defaultUrl;
  }
  const units = choice(env, "WEATHER_UNITS", ["auto", "metric", "imperial"], "auto");
  return {
    baseUrls,
    cdoToken: headerValue(env, "NOAA_CDO_TOKEN"),
    openMeteoApiKey,
    units: units === "auto" ? undefined : units,
    contact: headerValue(env, "WEATHER_USER_AGENT_CONTACT"),
    toolSet: choice(env, "WEATHER_TOOLS", ["default", "all"], "default"),
    attemptTimeoutMs: integer(env, "WEATHER_ATTEMPT_TIMEOUT_MS", 8_000, 100, 60_000),
    callTimeoutMs: integer(env, "WEATHER_TIMEOUT_MS", 20_000, 100, 120_000),
    cacheBytes: integer(env, "WEATHER_CACHE_BYTES", 32 * 1024 * 1024, 0, 1024 * 1024 * 1024),
    allowedHosts: list(env, "WEATHER_HTTP_ALLOWED_HOSTS"),
    allowedOrigins: list(env, "WEATHER_HTTP_ALLOWED_ORIGINS"),
  };
}

function text(env: Environment, variable: string): string | undefined {
  return env[variable]?.trim() || undefined;
}

function headerValue(env: Environment, variable: string): string | undefined {
  const value = text(env, variable);
  if (value && !/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(value)) {
    throw new ConfigError(`${variable} must be printable ASCII on one line`);
  }
  return value;
}

function list(env: Environment, variable: string): string[] {
  return (env[variable] ?? "")
    .split(",")
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== "");
}

function choice<T extends string>(env: Environment, variable: string, allowed: readonly T[], fallback: T): T {
  const value = text(env, variable)?.toLowerCase() ?? fallback;
  const found = allowed.find((item) => item === value);
  if (!found) throw new ConfigError(`${variable} must be one of: ${allowed.join(", ")}`);
  return found;
}

function integer(env: Environment, variable: string, fallback: number, min: number, max: number): number {
  const value = text(env, variable);
  if (value === undefined) return fallback;
  const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) {
    throw new ConfigError(`${variable} must be a whole number from ${min} to ${max}`);
  }
  return number;
}

function upstreamUrl(variable: string, value: string): string {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw new ConfigError(`${variable} must be a URL`);
  }
  const loopback = ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) {
    throw new ConfigError(`${variable} must be an https URL (plain http only to this machine)`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new ConfigError(`${variable} must be a plain base URL without user, query or fragment`);
  }
  return url.href.replace(/\/+$/, "");
}
