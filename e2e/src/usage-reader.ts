export interface StoredUsage {
  readonly stored: number;
  readonly succeeded: number;
  readonly failed: number;
  /** failed calls by error type; a failure without a type stands under "none" */
  readonly byErrorType: Readonly<Record<string, number>>;
  /** calls by tool */
  readonly byTool: Readonly<Record<string, number>>;
}

interface UsageOverview {
  totals: { succeeded: number; failed: number };
  tools: { name: string; succeeded: number; failed: number }[];
  errors: { errorType: string | null; calls: number }[];
}

/** Reads what a collector has stored through the API that its own pages use. */
export class UsageReader {
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  /** @param adminLink is used up by this */
  static async signIn(url: string, adminLink: string): Promise<UsageReader> {
    const token = new URL(adminLink).hash.replace(/^#sign-in=/, "");
    const answer = await fetch(`${url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: new URL(url).origin },
      body: JSON.stringify({ token }),
    });
    if (!answer.ok) throw new Error(`Signing in was answered with ${answer.status}: ${await answer.text()}`);
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
    if (cookie === undefined) throw new Error("Signing in set no cookie");
    return new UsageReader(url, cookie);
  }

  /** `Cookie` header of its session. */
  get cookie(): string {
    return this.#cookie;
  }

  async read(): Promise<StoredUsage> {
    const answer = await fetch(`${this.#url}/api/v1/usage?range=24h`, { headers: { cookie: this.#cookie } });
    if (!answer.ok) throw new Error(`The usage was answered with ${answer.status}: ${await answer.text()}`);
    const { totals, tools, errors } = (await answer.json()) as UsageOverview;
    return {
      stored: totals.succeeded + totals.failed,
      succeeded: totals.succeeded,
      failed: totals.failed,
      byErrorType: Object.fromEntries(errors.map(({ errorType, calls }) => [errorType ?? "none", calls])),
      byTool: Object.fromEntries(tools.map(({ name, succeeded, failed }) => [name, succeeded + failed])),
    };
  }

  /** Reads until `count` events are stored or `deadlineMs` is over, and returns the last answer. */
  async readUntil(count: number, deadlineMs: number): Promise<StoredUsage> {
    const giveUpAt = Date.now() + deadlineMs;
    for (;;) {
      const usage = await this.read();
      if (usage.stored >= count || Date.now() > giveUpAt) return usage;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
