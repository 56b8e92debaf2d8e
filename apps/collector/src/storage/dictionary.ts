import { OTHER_NAME } from "@org/mcp-analytics-schema/constants";
import { LRUCache } from "lru-cache";
import { type NameStore, OTHER_NAME_ID } from "./name-store.ts";

/** Names that a project can learn by itself; what comes after is `__other__`. */
export const NAME_CAPS = { tools: 200, error_types: 100 } as const;

/** Projects whose names stay in memory. */
const MAX_CACHED_PROJECTS = 10_000;

interface ProjectNames {
  ids: ReadonlyMap<string, number>;
  /** No id is left: every name that is not in `ids` is `__other__`, without a look into the database. */
  full: boolean;
  learning: Promise<void> | undefined;
}

/**
 * Ids of names, per project. Known names cost a look into a map. Replicas that learn at once agree, because the
 * database gives each id and each name once.
 */
export class Dictionary {
  readonly #store: NameStore;
  readonly #cap: number;
  readonly #projects = new LRUCache<number, ProjectNames>({ max: MAX_CACHED_PROJECTS });

  constructor(store: NameStore, cap: number) {
    this.#store = store;
    this.#cap = cap;
  }

  /** Id of a name, or undefined when `learn` has to be asked first. */
  find(projectId: number, name: string): number | undefined {
    const project = this.#projects.get(projectId);
    if (project === undefined) return undefined;
    return project.ids.get(name) ?? (project.full ? OTHER_NAME_ID : undefined);
  }

  /**
   * Learns names, after which `find` knows each of them.
   *
   * @throws {StorageUnavailableError} when the database is out
   */
  async learn(projectId: number, names: ReadonlySet<string>): Promise<void> {
    let project = this.#projects.get(projectId);
    if (project === undefined) {
      project = { ids: new Map(), full: false, learning: undefined };
      this.#projects.set(projectId, project);
    }
    for (;;) {
      const missing = this.#missing(project, names);
      if (missing.length === 0) return;
      // One statement at a time per project: who comes while one runs looks again after it.
      project.learning ??= this.#extend(projectId, project, missing).finally(() => {
        project.learning = undefined;
      });
      await project.learning;
    }
  }

  #missing(project: ProjectNames, names: ReadonlySet<string>): string[] {
    if (project.full) return [];
    return [...names].filter((name) => !project.ids.has(name));
  }

  async #extend(projectId: number, project: ProjectNames, names: readonly string[]): Promise<void> {
    // A client that sends the reserved name itself gets the reserved id.
    if (names.includes(OTHER_NAME)) await this.#store.addOther(projectId, OTHER_NAME);
    const learnable = names.filter((name) => name !== OTHER_NAME);
    let ids = await this.#store.load(projectId);
    if (learnable.some((name) => !ids.has(name)) && highestId(ids) < this.#cap) {
      await this.#store.learn(projectId, learnable, this.#cap);
      ids = await this.#store.load(projectId);
    }
    const full = highestId(ids) >= this.#cap;
    if (full && !ids.has(OTHER_NAME)) await this.#store.addOther(projectId, OTHER_NAME);
    project.ids = ids;
    project.full = full;
  }
}

/** Ids are counted up from 1 without reuse, so the highest says how many are left. */
function highestId(ids: ReadonlyMap<string, number>): number {
  let highest = 0;
  for (const id of ids.values()) if (id > highest && id !== OTHER_NAME_ID) highest = id;
  return highest;
}
