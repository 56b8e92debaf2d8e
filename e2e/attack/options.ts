import { parseArgs } from "node:util";

export const HELP = `Usage: pnpm attack [--url U] [--group G] [--json] [--list] [--fuzz N]

Attacks the ingest of a collector and says what held. Without --url it starts collectors, PostgreSQL and Redis of its own and
looks into their data and logs after each case; no case is left out then.

  --url U     attack your own deployment at this origin instead, such as http://127.0.0.1:3000. Only ever one that is yours.
              Cases that need its database or logs are skipped, and so are those that its limits stop: give a key of tier
              enterprise (the run keeps to its limits and takes a few minutes), and set IP_LIMIT_REQUESTS
              of the deployment to 10000 or more meanwhile.
  --group G   only this group (authentication, signature, replay, limits, payload, protocol, pollution,
              privacy, timing, fuzz), prefix (AU) or case (AU-1); may be repeated
  --json      print {"cases", "passed", "skipped", "failed", "repeated", "seconds"} and nothing else on stdout
  --list      name the cases and end
  --fuzz N    inputs of each fuzzing case (300); the full run is 100000
  --help      this text

Environment, with --url: ATTACK_API_KEY (the key to attack with), ATTACK_SIGNING_SECRET (its signing secret).
Exit code 0 when nothing failed, 1 when something did, 2 when the arguments are wrong.
`;

export interface AttackOptions {
  readonly url: string | undefined;
  readonly groups: readonly string[];
  readonly json: boolean;
  readonly list: boolean;
  readonly help: boolean;
  readonly fuzzRuns: number;
}

/** @throws Error with one line for people */
export function readOptions(args: readonly string[]): AttackOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: "string" },
      group: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      fuzz: { type: "string", default: "300" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { url, group, json, list, fuzz, help } = values;
  if (!/^[1-9]\d{0,6}$/.test(fuzz)) throw new Error("--fuzz must be a whole number from 1 to 9999999");
  return {
    url: url === undefined ? undefined : originOf(url),
    groups: group,
    json,
    list,
    help,
    fuzzRuns: Number(fuzz),
  };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.username !== "")
    throw new Error("--url must be an origin such as http://127.0.0.1:3000");
  return url.origin;
}
