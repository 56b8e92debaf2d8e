import { OTHER_NAME } from "@org/mcp-analytics-schema/constants";
import { LRUCache } from "lru-cache";
import { type NameStore, OTHER_NAME_ID, type StoredName } from "./name-store.ts";

/**
 * Names that a project can have before it stops learning; what comes after is `__other__`. As many again can be declared, so
 * whoever floods a project with names takes no room from those that its owner means to see.
 */
export const NAME_CAPS = { tools: 200, error_types: 100 } as const;

/** Projects whose names stay in memory. */
const MAX_CACHED_PROJECTS = 10_000;

/** Id of a name, or undefined when `learn` has to be asked first. */
export type FindId = (name: string) => number | undefined;

interface CachedNames {
  readonly find: FindId;
  ids: ReadonlyMap<string, number>;
  /** Nothing more is learned: every name that is not in `ids` is `__other__`, without a look into the database. */
  closed: boolean;
  learning: Promise<void> | undefined;
}

const nothing: FindId = () => undefined;

/**
 * Ids of names, per project. Known names cost a look into a map. Replicas that learn at once agree, because the
 * database gives each id and each name once.
 */
export class Dictionary {
  readonly #store: NameStore;
  readonly #cap: number;
  readonly #builtIn: ReadonlySet<string>;
  readonly #projects = new LRUCache<number, CachedNames>({ max: MAX_CACHED_PROJECTS });

  /** @param builtIn names of the contract itself: few, and let in as if every project had declared them */
  constructor(store: NameStore, cap: number, builtIn: ReadonlySet<string> = new Set()) {
    this.#store = store;
    this.#cap = cap;
    this.#builtIn = builtIn;
  }

  /** The ids of a project for a moment: a batch has a hundred names of one. */
  idsOf(projectId: number): FindId {
    return this.#projects.get(projectId)?.find ?? nothing;
  }

  /** Names of a project may have been declared by somebody else: they are loaded again when they are next needed. */
  forget(projectId: number): void {
    this.#projects.delete(projectId);
  }

  forgetAll(): void {
    this.#projects.clear();
  }

  /**
   * Learns names, after which `find` knows each of them.
   *
   * @throws {StorageUnavailableError} when the database is out
   */
  async learn(projectId: number, names: ReadonlySet<string>): Promise<void> {
    let project = this.#projects.get(projectId);
    if (project === undefined) {
      project = this.#empty();
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

  #empty(): CachedNames {
    const project: CachedNames = {
      find: (name) => project.ids.get(name) ?? (project.closed && !this.#builtIn.has(name) ? OTHER_NAME_ID : undefined),
      ids: new Map(),
      closed: false,
      learning: undefined,
    };
    return project;
  }

  #missing({ ids, closed }: CachedNames, names: ReadonlySet<string>): string[] {
    return [...names].filter((name) => !ids.has(name) && (!closed || this.#builtIn.has(name)));
  }

  async #extend(projectId: number, project: CachedNames, names: readonly string[]): Promise<void> {
    // A client that sends the reserved name itself gets the reserved id.
    if (names.includes(OTHER_NAME)) await this.#store.addOther(projectId, OTHER_NAME);
    const wanted = names.filter((name) => name !== OTHER_NAME);
    let known = await this.#load(projectId);
    const fresh = wanted.filter((name) => !known.ids.has(name));
    const builtIn = fresh.filter((name) => this.#builtIn.has(name));
    const learnable = fresh.filter((name) => !this.#builtIn.has(name));
    if (builtIn.length > 0) await this.#store.declare(projectId, builtIn);
    if (learnable.length > 0 && !known.closed) await this.#store.learn(projectId, learnable, this.#cap);
    if (fresh.length > 0) known = await this.#load(projectId);
    if (known.closed && !known.ids.has(OTHER_NAME)) await this.#store.addOther(projectId, OTHER_NAME);
    Object.assign(project, known);
  }

  async #load(projectId: number): Promise<Pick<CachedNames, "ids" | "closed">> {
    const { names, learns } = await this.#store.load(projectId);
    const isLetIn = ({ name, state }: StoredName) =>
      state === "declared" || this.#builtIn.has(name) || (learns && state === "learned");
    const highestId = names.reduce((most, { id }) => (id === OTHER_NAME_ID ? most : Math.max(most, id)), 0);
    return {
      // A name that is known and not let in is one of the others.
      ids: new Map(names.map((stored) => [stored.name, isLetIn(stored) ? stored.id : OTHER_NAME_ID])),
      closed: !learns || highestId >= this.#cap,
    };
  }
}
