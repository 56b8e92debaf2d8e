import type { AttackKey } from "../stack/attack-keys.ts";
import type { OwnStack } from "../stack/own-stack.ts";
import { type Endpoint, endpointOf } from "../wire/endpoint.ts";
import type { Need } from "./attack-case.ts";
import { Pace } from "./pace.ts";

/** What is attacked: a stack of our own with everything open to us, or somebody's deployment, seen from outside only. */
export interface Target {
  readonly endpoint: Endpoint;
  readonly stack: OwnStack | undefined;
  /** The key that the owner of a deployment gave. */
  readonly givenKey: AttackKey | undefined;
  /** of the given key */
  readonly pace: Pace | undefined;
  /** Why a case with this need cannot run; undefined when it can. */
  lacks(need: Need): string | undefined;
}

export function ownTarget(stack: OwnStack): Target {
  return {
    endpoint: endpointOf(stack.collectors.direct.url),
    stack,
    givenKey: undefined,
    pace: undefined,
    lacks: () => undefined,
  };
}

/** @param signingSecret of the key; without it the signing cases are left out */
export function deployedTarget(url: string, apiKey: string | undefined, signingSecret: string | undefined): Target {
  const givenKey: AttackKey | undefined =
    apiKey === undefined
      ? undefined
      : { apiKey, hash: "", signingSecret, projectId: 0, keyId: 0, apiKeyId: "", tier: "free" };
  return {
    endpoint: endpointOf(url),
    stack: undefined,
    givenKey,
    pace: givenKey === undefined ? undefined : new Pace(),
    lacks(need) {
      if (need === "stack") return "needs the database, the logs or keys of its own choice";
      if (need !== "nothing" && apiKey === undefined) return "needs a key: set ATTACK_API_KEY";
      if (need === "signing" && signingSecret === undefined) return "needs a signing secret: set ATTACK_SIGNING_SECRET";
      return undefined;
    },
  };
}
