import { ingestResult, ingestText } from "./figures/ingest-result.ts";
import { present, suiteOptions } from "./figures/suite-options.ts";
import { measureRound, type Round } from "./rounds/measure-round.ts";
import { withStage } from "./rounds/stage.ts";
import { measureStorage } from "./storage/measure-storage.ts";

const HELP = `
Usage: pnpm bench ingest [--json] [--rounds N]

Ingest of the built collector beside bare Fastify and the naive guide server, on real PostgreSQL and Redis, all on the
cores of this machine: 1,000 hot keys, and a fleet of 200,000 keys of tier free behind 5,000 addresses. Every server
starts afresh for each load in each round (default 3), one after the other. Ratios are taken within a round, and the result has their medians. Takes about three minutes a round.
The exit code is 1 when a figure misses its target.
`;

export async function run(args: readonly string[]): Promise<void> {
  const options = suiteOptions(args, HELP, { rounds: 3 });
  if (options === undefined) return;
  const rounds: Round[] = [];
  const storage = await withStage(async (stage) => {
    for (let number = 1; number <= options.rounds; number++) {
      rounds.push(await measureRound(stage, `round ${number} of ${options.rounds}`));
    }
    return await measureStorage(stage);
  });
  present(ingestResult(rounds, storage), options, ingestText);
}
