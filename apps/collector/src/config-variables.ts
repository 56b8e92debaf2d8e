import { BlockList, isIP } from "node:net";
import type { Config } from "./config.ts";

/** How one property of the configuration is read from the environment. */
export interface ConfigVariable {
  readonly property: keyof Config;
  /** Names in the environment; the first stands in error messages. */
  readonly names: readonly [string, ...string[]];
  /** Ends the sentence "NAME must be ...". */
  readonly expected: string;
  /** Takes the texts of `names`, each undefined when unset or empty; null when they cannot be read. */
  readonly parse: (...texts: (string | undefined)[]) => unknown;
}

const integer = (fallback: number | undefined) => (text?: string) =>
  text === undefined ? fallback : /^-?\d{1,15}$/.test(text) ? Number(text) : null;
const string =
  (fallback?: string) =>
  (text = fallback) =>
    text;
const list = (text?: string): string[] =>
  (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

/** A number of hops or `true` would let a client choose its own address; only networks are taken. */
function cidrs(text?: string): string[] | null {
  const networks = list(text);
  return networks.every(isCidr) ? networks : null;
}

/** Widest networks of proxies: a /8 of IPv4, a /32 of IPv6, or all of its private range. Wider ones hold clients, too. */
const MIN_IPV4_PREFIX = 8;
const MIN_IPV6_PREFIX = 32;
const PRIVATE_IPV6 = subnet("fc00::", 7);
/** Networks of IPv6 that hold all of IPv4, with one address of each: mapped, NAT64 (RFC 6052 and 8215) and 6to4. */
const IPV4_HOLDERS = [
  ["::ffff:0:0", 96, "::ffff:192.0.2.1"],
  ["::ffff:0:0:0", 96, "::ffff:0:192.0.2.1"],
  ["64:ff9b::", 96, "64:ff9b::192.0.2.1"],
  ["64:ff9b:1::", 48, "64:ff9b:1::192.0.2.1"],
  ["2002::", 16, "2002:c000:201::1"],
] as const;

/** An address, or a network narrow enough to hold proxies and no clients: a trusted peer chooses the address that counts. */
function isCidr(text: string): boolean {
  const [address = "", prefixText, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || rest.length > 0) return false;
  if (prefixText === undefined) return true;
  if (!/^\d{1,3}$/.test(prefixText)) return false;
  const prefix = Number(prefixText);
  if (version === 4) return prefix >= MIN_IPV4_PREFIX && prefix <= 32;
  if (prefix > 128) return false;
  const network = subnet(address, prefix);
  for (const [holder, bits, sample] of IPV4_HOLDERS) {
    const overlaps = network.check(sample, "ipv6") || subnet(holder, bits).check(address, "ipv6");
    if (overlaps) return prefix >= bits + MIN_IPV4_PREFIX;
  }
  return prefix >= MIN_IPV6_PREFIX || (prefix >= 7 && PRIVATE_IPV6.check(address, "ipv6"));
}

function subnet(address: string, prefix: number): BlockList {
  const list = new BlockList();
  list.addSubnet(address, prefix, "ipv6");
  return list;
}

/** A repeated block is a placeholder: 64 zeros, `0123456789abcdef` four times. */
const REPEATED_BLOCK = /^(.{1,32})\1+$/i;
/** 64 random digits have fewer different ones than this once in 10^12 times; zeros with a 1 behind them always do. */
const MIN_DISTINCT_DIGITS = 10;

function isSecret(text: string): boolean {
  const isRandom = !REPEATED_BLOCK.test(text) && new Set(text.toLowerCase()).size >= MIN_DISTINCT_DIGITS;
  return /^[0-9a-f]{64}$/i.test(text) && isRandom;
}

function secrets(current?: string, previous?: string): Buffer[] | null {
  const texts = [...(current === undefined ? [] : [current]), ...list(previous)];
  return texts.every(isSecret) ? texts.map((text) => Buffer.from(text, "hex")) : null;
}

function url(text?: string): string | undefined | null {
  if (text === undefined) return undefined;
  return URL.canParse(text) ? text : null;
}

/** Every variable there is; `.env.example` documents them (a test compares the two). */
export const CONFIG_VARIABLES: readonly ConfigVariable[] = [
  { property: "host", names: ["HOST"], expected: "an address to listen on", parse: string("127.0.0.1") },
  { property: "port", names: ["PORT"], expected: "a port from 0 to 65535", parse: integer(3000) },
  { property: "databaseUrl", names: ["DATABASE_URL"], expected: "a postgres:// URL", parse: url },
  { property: "dataDir", names: ["DATA_DIR"], expected: "a folder", parse: string("./.data") },
  { property: "redisUrl", names: ["REDIS_URL"], expected: "a redis:// or rediss:// URL", parse: url },
  { property: "limitStore", names: ["LIMIT_STORE"], expected: "one of memory, redis, postgres", parse: string() },
  {
    property: "masterSecrets",
    names: ["MASTER_SECRET", "MASTER_SECRET_PREVIOUS"],
    expected:
      "64 random hexadecimal digits, as `openssl rand -hex 32` prints (MASTER_SECRET_PREVIOUS: a comma list of them)",
    parse: secrets,
  },
  {
    property: "trustProxy",
    names: ["TRUST_PROXY"],
    expected: "a comma list of addresses or CIDRs no wider than a /8 of IPv4 or a /32 of IPv6",
    parse: cidrs,
  },
  { property: "corsOrigins", names: ["CORS_ORIGINS"], expected: "a comma list of origins", parse: list },
  { property: "publicUrl", names: ["PUBLIC_URL"], expected: "an http:// or https:// URL", parse: url },
  {
    property: "logLevel",
    names: ["LOG_LEVEL"],
    expected: "one of fatal, error, warn, info, debug, trace, silent",
    parse: string("info"),
  },
  { property: "metricsPort", names: ["METRICS_PORT"], expected: "a port from 0 to 65535", parse: integer(undefined) },
  { property: "metricsHost", names: ["METRICS_HOST"], expected: "an address to listen on", parse: string("127.0.0.1") },
  {
    property: "rawRetentionDays",
    names: ["RAW_RETENTION_DAYS"],
    expected: "a number of days from 1 to 3650",
    parse: integer(30),
  },
  { property: "maxConnections", names: ["MAX_CONNECTIONS"], expected: "a number from 1", parse: integer(10_000) },
  {
    property: "shutdownDeadlineMs",
    names: ["SHUTDOWN_DEADLINE_MS"],
    expected: "milliseconds from 0 to 600000",
    parse: integer(10_000),
  },
  { property: "ipLimitRequests", names: ["IP_LIMIT_REQUESTS"], expected: "a number from 1", parse: integer(100) },
  {
    property: "ipLimitWindowSeconds",
    names: ["IP_LIMIT_WINDOW_SECONDS"],
    expected: "seconds from 1 to 86400",
    parse: integer(900),
  },
];
