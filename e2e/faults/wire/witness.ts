import type { Sql } from "postgres";
import type { Reply } from "./send.ts";

/** What a sender knows of what it sent. */
export type Verdict = "stored" | "refused" | "unknown";

interface Sent {
  readonly owner: string;
  readonly marks: readonly number[];
  readonly what: string;
  verdict: Verdict;
}

/** Something that was sent, perhaps more than once. */
export interface Testimony {
  /** Whatever came before, it is stored from now on. */
  stored(): void;
  /** This try was not stored; an earlier one may have been. */
  refused(): void;
  /** Nobody can tell. */
  unknown(): void;
  readonly verdict: Verdict;
}

export interface Owner {
  readonly projectId: number;
  readonly keyId: number;
}

/** Refusals that come after nothing has been tried. */
const NEVER_TRIED: ReadonlySet<string | undefined> = new Set(["overloaded", "shutting-down"]);

/** What a reply says about storage: only a 201 says yes, and only a refusal before the attempt says no. */
export function verdictOf({ status, code }: Reply): Verdict {
  if (status === 201) return "stored";
  if (status !== undefined && (status < 500 || NEVER_TRIED.has(code))) return "refused";
  return "unknown";
}

/**
 * Remembers everything that was sent and what was said to it, and compares it with what is stored. An event is known by its
 * key and its duration, which is a number that no other event of that key has.
 */
export class Witness {
  readonly #sent: Sent[] = [];
  readonly #lastMarks = new Map<string, number>();

  get count(): number {
    return this.#sent.length;
  }

  /** Numbers that no event of this key has had. */
  marks({ projectId, keyId }: Owner, count: number): number[] {
    const owner = `${projectId}/${keyId}`;
    const last = this.#lastMarks.get(owner) ?? 0;
    this.#lastMarks.set(owner, last + count);
    return Array.from({ length: count }, (_unused, index) => last + 1 + index);
  }

  /**
   * Enters something that is about to be sent.
   *
   * @param marks durations of its events that are valid
   */
  enter({ projectId, keyId }: Owner, marks: readonly number[], what: string): Testimony {
    // Until something is heard of it, it may be anything.
    const sent: Sent = { owner: `${projectId}/${keyId}`, marks, what, verdict: "refused" };
    this.#sent.push(sent);
    return {
      stored() {
        sent.verdict = "stored";
      },
      refused() {},
      unknown() {
        if (sent.verdict === "refused") sent.verdict = "unknown";
      },
      get verdict() {
        return sent.verdict;
      },
    };
  }

  /** Enters a reply. */
  note(testimony: Testimony, reply: Reply): Verdict {
    const verdict = verdictOf(reply);
    testimony[verdict]();
    return verdict;
  }

  /** Everything stored against everything said. Returns what does not fit. */
  async findContradictions(sql: Sql): Promise<string[]> {
    const rows = await sql<{ owner: string; mark: number; count: number }[]>`
      SELECT project_id || '/' || key_id AS owner, duration_ms AS mark, count(*)::int AS count
      FROM events_raw WHERE duration_ms IS NOT NULL GROUP BY project_id, key_id, duration_ms`;
    const stored = new Map(rows.map(({ owner, mark, count }) => [`${owner}/${mark}`, count]));
    const wrong: string[] = [];
    for (const { owner, marks, verdict, what } of this.#sent) {
      const counts = marks.map((mark) => stored.get(`${owner}/${mark}`) ?? 0);
      for (const mark of marks) stored.delete(`${owner}/${mark}`);
      const sum = counts.reduce((total, count) => total + count, 0);
      const describe = () => `${what} of ${marks.length} that was ${verdict} is stored ${sum} times`;
      if (counts.some((count) => count > 1)) wrong.push(`${describe()}: twice`);
      else if (verdict === "stored" ? sum !== marks.length : verdict === "refused" ? sum !== 0 : false)
        wrong.push(describe());
      else if (sum !== 0 && sum !== marks.length) wrong.push(`${describe()}: in part`);
    }
    const owners = new Set(this.#sent.map(({ owner }) => owner));
    const strange = [...stored.keys()].filter((id) => owners.has(id.slice(0, id.lastIndexOf("/"))));
    if (strange.length > 0) wrong.push(`${strange.length} rows that nobody sent, such as ${strange[0]}`);
    return wrong;
  }
}
