import type { Sql } from "postgres";
import { hold } from "../../src/cases/run-cases.ts";
import { Sender } from "../wire/sender.ts";
import { Witness } from "../wire/witness.ts";
import { type Servers, Site, startServers } from "./site.ts";

/** Everything that is open in a run, opened when the first case asks for it and closed at the end. */
export class Sites {
  readonly seed: number;
  /** Share of the full length that long cases run for, from 0 to 1. */
  readonly effort: number;
  readonly #shared = new Map<string, Promise<unknown>>();
  readonly #sites: Promise<Site>[] = [];
  readonly #servers: Promise<Servers>[] = [];

  constructor(seed: number, effort: number) {
    this.seed = seed;
    this.effort = effort;
  }

  /** The same thing for all that ask under one name. */
  shared<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.#shared.get(name);
    if (known !== undefined) return known as Promise<T>;
    const made = make();
    this.#shared.set(name, made);
    return made;
  }

  /** Servers that may be hurt; those named `calm` are shared by sites that leave them alone. */
  servers(name: string, postgresSettings?: Readonly<Record<string, string>>): Promise<Servers> {
    return this.shared(`servers ${name}`, () => {
      const servers = startServers(postgresSettings);
      this.#servers.push(servers);
      return servers;
    });
  }

  /** A site of one case, without collectors. */
  async open(servers: Promise<Servers>): Promise<Site> {
    const site = servers.then((running) => Site.open(running));
    this.#sites.push(site);
    return site;
  }

  async close(): Promise<void> {
    for (const site of this.#sites.splice(0)) await (await site.catch(() => undefined))?.close();
    for (const servers of this.#servers.splice(0)) {
      const running = await servers.catch(() => undefined);
      await running?.postgres.resume().catch(() => {});
      await running?.redis.resume().catch(() => {});
      await running?.stop();
    }
  }
}

/** A sender, and the check that what it was told is true. */
export function witnessed(sql: Sql, now?: () => number) {
  const witness = new Witness();
  return {
    sender: new Sender(witness, now),
    async holdsTrue() {
      const wrong = await witness.findContradictions(sql);
      hold(wrong.length === 0, wrong.slice(0, 3).join("; "));
    },
  };
}
