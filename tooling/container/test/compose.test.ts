import { join } from "node:path";
import { DCLinter } from "dclint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { REPOSITORY_FOLDER, readText } from "./repository.ts";

interface Service {
  image: string;
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  privileged?: boolean;
  security_opt?: string[];
  ports?: string[];
  networks: string[];
  healthcheck?: object;
  depends_on?: Record<string, { condition: string }>;
}

const TEXT = readText("deploy", "compose.yaml");
const COMPOSE = parse(TEXT) as { services: Record<string, Service>; networks: Record<string, { internal?: boolean }> };
const SERVICES = Object.entries(COMPOSE.services);

// Order and style are ours; docker-compose 1.29 knows no "name"; the linter does not see the interface inside a variable.
const RULES_OFF = [
  "service-keys-order",
  "services-alphabetical-order",
  "service-dependencies-alphabetical-order",
  "no-build-and-image",
  "require-project-name-field",
  "require-quotes-in-ports",
  "no-unbound-port-interfaces",
];

/** Keys that docker-compose 1.29 does not know, at any depth. */
const KEYS_TOO_NEW = [
  ...["name", "include", "develop", "attach", "start_interval", "post_start", "pre_stop", "required", "restart_on"],
  ...["content", "environment_file", "additional_contexts", "annotations", "uts"],
];

function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "environment" ? [key] : [key, ...keysOf(inner)]));
}

/** Variables of the compose file, with what stands behind the name. */
function variables(): Map<string, string> {
  return new Map([...TEXT.matchAll(/\$\{(\w+)([^}]*)\}/g)].map(([, name = "", rest = ""]) => [name, rest]));
}

describe("deploy/compose.yaml", () => {
  it("is valid by today's schema of compose files and by the linter's rules", () => {
    const rules = Object.fromEntries(RULES_OFF.map((rule) => [rule, 0 as const]));
    const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
    const results = linter.lintFiles([join(REPOSITORY_FOLDER, "deploy", "compose.yaml")], false);
    expect(results).toHaveLength(1);
    expect(results.flatMap((result: { messages: unknown[] }) => result.messages)).toEqual([]);
  });

  it("uses nothing that docker-compose 1.29 does not know", () => {
    expect(keysOf(COMPOSE).filter((key) => KEYS_TOO_NEW.includes(key))).toEqual([]);
  });

  it.each(SERVICES)("lets %s do no more than it must", (_name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.cap_add).toBeUndefined();
    expect(service.privileged).toBeUndefined();
    expect(service.security_opt).toContain("no-new-privileges:true");
  });

  it.each(SERVICES.filter(([name]) => name !== "collector"))("hides %s in the internal network", (_name, service) => {
    expect(service.ports).toBeUndefined();
    expect(service.networks.map((network) => COMPOSE.networks[network]?.internal)).toEqual([true]);
    expect(service.user).toMatch(/^(postgres|redis)$/);
    expect(service.healthcheck).toBeDefined();
  });

  it("publishes the collector on this machine only, unless told otherwise", () => {
    expect(COMPOSE.services.collector?.ports).toEqual([
      expect.stringMatching(/^\$\{COLLECTOR_ADDRESS:-127\.0\.0\.1\}:/),
    ]);
  });

  it("starts the collector once its database and Redis are healthy", () => {
    const conditions = Object.values(COMPOSE.services.collector?.depends_on ?? {}).map(({ condition }) => condition);
    expect(conditions).toEqual(["service_healthy", "service_healthy"]);
  });

  it("asks for each secret by name and has a default for none", () => {
    for (const [name, rest] of variables())
      if (/^(POSTGRES_PASSWORD|MASTER_SECRET)$/.test(name)) expect(TEXT).toContain(`\${${name}:?set ${name}`);
      else expect(rest, name).toMatch(/^:-/);
  });

  it("has each of its settings in .env.example, which has no other", () => {
    const documented = [...readText("deploy", ".env.example").matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    const images = /_IMAGE$/;
    const used = [...variables().keys()].filter((name) => !images.test(name));
    expect(documented.filter((name) => !images.test(name ?? "")).sort()).toEqual(used.sort());
  });

  it("passes each setting through with the default that the collector has without it", () => {
    const described = readText("apps", "collector", ".env.example");
    for (const name of ["IP_LIMIT_REQUESTS", "IP_LIMIT_WINDOW_SECONDS", "MAX_CONNECTIONS", "METRICS_HOST"]) {
      const [, fallback = ""] = new RegExp(`^#?${name}=(.*)$`, "m").exec(described) ?? [];
      expect(fallback, name).not.toBe("");
      expect(TEXT).toContain(`      ${name}: \${${name}:-${fallback}}\n`);
    }
    expect(TEXT).toContain(`      METRICS_PORT: \${METRICS_PORT:-}\n`);
  });

  it("keeps secrets out of .env.example", () => {
    expect(readText("deploy", ".env.example")).not.toMatch(/^#?\w*(PASSWORD|SECRET)\w*=\S/m);
  });
});
