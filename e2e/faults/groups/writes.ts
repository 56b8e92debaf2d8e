import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import type { Replica } from "../site/replica.ts";
import { witnessed } from "../site/sites.ts";
import { mountSmallDisk } from "../site/small-disk.ts";
import { type Sample, tally, underLoad } from "../wire/load.ts";
import type { Reply } from "../wire/send.ts";
import { until } from "../wire/until.ts";
import { type StorageSite, storageSite, survivesWithout } from "./storage-outage.ts";

const LANE = "postgres";
const LOCK_ANSWER_MS = 1_000;

/** Sends steadily while something is done to the database, and holds every answer to 201. */
async function allStored({ site, replicas }: StorageSite, meanwhile: () => Promise<unknown>): Promise<void> {
  await site.untilReady(...replicas);
  const { sender, holdsTrue } = witnessed(site.sql);
  const options = { sender, replicas, keys: await site.keys(20), requestsPerSecond: 80 };
  const { samples } = await underLoad(options, meanwhile);
  const wrong = samples.filter(({ reply }) => reply.status !== 201);
  hold(wrong.length === 0, `not all is stored: ${tally(wrong)}`);
  await holdsTrue();
}

const partitionsOf = async ({ site }: StorageSite) =>
  (
    await site.sql<{ name: string }[]>`
      SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events_raw'::regclass ORDER BY 1`
  ).map(({ name }) => name);

const DAY_MS = 86_400_000;
const partitionOf = (atMs: number) => `events_raw_${new Date(atMs).toISOString().slice(0, 10).replaceAll("-", "")}`;
const today = () => partitionOf(Date.now());

const is503 = ({ status, headers }: Reply) => status === 503 && headers["retry-after"] !== undefined;

export const writeFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "PF-5",
    "the table of events locked: 503 within a second, and stored again once it is free",
    async (sites) => {
      const storage = await storageSite(sites);
      const { site, replicas } = storage;
      await site.untilReady(...replicas);
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      await sender.single(replicas[0], key);
      const waits: number[] = [];
      await site.sql.begin(async (transaction) => {
        await transaction.unsafe("LOCK TABLE events_raw IN ACCESS EXCLUSIVE MODE");
        for (let i = 0; i < 4; i++) {
          const replies = await Promise.all([sender.single(replicas[0], key), sender.single(replicas[0], key)]);
          hold(replies.every(is503), `it is answered ${replies.map(({ status }) => status)}`);
          waits.push(...replies.map(({ tookMs }) => tookMs));
        }
      });
      waits.sort((a, b) => a - b);
      hold((waits[0] as number) <= LOCK_ANSWER_MS, `an answer takes ${Math.round(waits[0] as number)} ms at the least`);
      const middle = waits[waits.length >> 1] as number;
      hold(middle <= LOCK_ANSWER_MS, `an answer takes ${Math.round(middle)} ms`);
      const after = await sender.single(replicas[0], key);
      hold(after.status === 201, `it is answered ${after.status} once the table is free`);
      await holdsTrue();
    },
  ),

  fault(
    LANE,
    "PF-5a",
    "a long transaction that has written, and VACUUM FULL of other days: nothing is refused",
    async (sites) => {
      const storage = await storageSite(sites);
      await allStored(storage, () =>
        storage.site.sql.begin(async (transaction) => {
          await transaction`INSERT INTO deliveries VALUES (1, gen_random_uuid(), 1, now())`;
          for (const name of await partitionsOf(storage)) {
            if (name !== today()) await storage.site.sql.unsafe(`VACUUM FULL ${name}`);
          }
          await new Promise((next) => setTimeout(next, 1_000));
        }),
      );
    },
  ),

  fault(
    LANE,
    "PF-6",
    "the same batches sent to two replicas in opposite orders: no deadlock, each stored once",
    async (sites) => {
      const { site, replicas } = await storageSite(sites);
      await site.untilReady(...replicas);
      const deadlocks = async () =>
        (
          await site.sql<{ count: number }[]>`
          SELECT deadlocks::int AS count FROM pg_stat_database WHERE datname = current_database()`
        )[0]?.count;
      const before = await deadlocks();
      const { sender, holdsTrue } = witnessed(site.sql);
      const keys = await site.keys(8);
      for (let round = 0; round < 5; round++) {
        const batches = keys.flatMap((key) => [sender.batch(key, 3), sender.batch(key, 3)]);
        const replies = await Promise.all(
          replicas.flatMap((replica, index) =>
            (index === 0 ? batches : batches.toReversed()).map((batch) => sender.sendBatch(replica, batch)),
          ),
        );
        const wrong = replies.filter(({ status }) => status !== 201);
        hold(wrong.length === 0, `answered ${wrong[0]?.status} ${wrong[0]?.code}`);
        const fresh = replies.filter(({ json }) => json.duplicate !== true).length;
        hold(fresh === batches.length, `${fresh} of ${replies.length} are new instead of ${batches.length}`);
      }
      await holdsTrue();
      hold((await deadlocks()) === before, "there were deadlocks");
    },
  ),

  fault(
    LANE,
    "PF-11",
    "one batch sent a hundred times at once: one is new, a hundred are answered, it is stored once",
    async (sites) => {
      const { site, replicas } = await storageSite(sites);
      await site.untilReady(...replicas);
      const { sender, holdsTrue } = witnessed(site.sql);
      const batch = sender.batch(await site.key(), 20);
      const sent = Array.from({ length: 100 }, (_unused, index) =>
        sender.sendBatch(replicas[(index % 2) as 0 | 1], batch),
      );
      const replies = await Promise.all(sent);
      const wrong = replies.find(({ status }) => status !== 201);
      hold(wrong === undefined, `one is answered ${wrong?.status} ${wrong?.code}`);
      const fresh = replies.filter(({ json }) => json.duplicate !== true).length;
      hold(fresh === 1, `${fresh} are new`);
      await holdsTrue();
    },
  ),

  fault(LANE, "PF-7b", "disk full: 503, no batch in part; stored again once there is room", async (sites) => {
    const storage = await storageSite(sites);
    await fullDisk(storage);
  }),

  fault(LANE, "PF-9", "no partition for today: it is made on the spot, and nothing is lost", async (sites) => {
    const storage = await storageSite(sites);
    await storage.site.sql.unsafe(`DROP TABLE ${today()}`);
    await allStored(storage, () => new Promise((next) => setTimeout(next, 1_000)));
    hold((await partitionsOf(storage)).includes(today()), "there is no partition for today");
  }),

  fault(
    LANE,
    "PF-10",
    "a column and an index added, and a replica starting, under load: nothing is refused",
    async (sites) => {
      const storage = await storageSite(sites);
      const { site } = storage;
      await allStored(storage, async () => {
        await site.sql.unsafe("ALTER TABLE events_raw ADD COLUMN later integer");
        for (const name of await partitionsOf(storage)) {
          await site.sql.unsafe(`CREATE INDEX CONCURRENTLY ${name}_later ON ${name} USING brin (stored_at)`);
        }
        await (await site.start()).close();
        for (const name of await partitionsOf(storage)) await site.sql.unsafe(`DROP INDEX CONCURRENTLY ${name}_later`);
        await site.sql.unsafe("ALTER TABLE events_raw DROP COLUMN later");
      });
    },
  ),

  fault(LANE, "PF-12", "the connection cut after COMMIT: 503, and its repeat is a duplicate", async (sites) => {
    const { site, replicas } = await storageSite(sites);
    await site.untilReady(...replicas);
    const { sender, holdsTrue } = witnessed(site.sql);
    const key = await site.key();
    await sender.single(replicas[0], key);
    const batch = sender.batch(key, 9);
    // What PostgreSQL says once the statement of one new batch has committed.
    site.databaseProxy.cutBeforeAnswer("SELECT 1\0");
    const first = await sender.sendBatch(replicas[0], batch);
    hold(is503(first), `it is answered ${first.status}`);
    await site.databaseProxy.restore();
    await site.untilReady(...replicas);
    const again = await sender.sendBatch(replicas[1], batch);
    hold(again.status === 201 && again.json.duplicate === true, `its repeat is answered ${again.status}`);
    hold(again.json.accepted === 9, `its repeat says that ${again.json.accepted} were accepted`);
    await holdsTrue();
  }),

  fault(
    LANE,
    "PF-12a",
    "the connection cut in the middle of a statement: 503, nothing stored, its repeat is new",
    async (sites) => {
      const { site, replicas } = await storageSite(sites);
      await site.untilReady(...replicas);
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      await sender.single(replicas[0], key);
      const batch = sender.batch(key, 50);
      site.databaseProxy.cutAfterBytes(700);
      const first = await sender.sendBatch(replicas[0], batch);
      hold(is503(first), `it is answered ${first.status}`);
      await site.databaseProxy.restore();
      await site.untilReady(...replicas);
      const again = await sender.sendBatch(replicas[1], batch);
      hold(again.status === 201 && again.json.duplicate !== true, `its repeat is answered ${again.status}`);
      await holdsTrue();
    },
  ),
];

/**
 * The partitions of today and tomorrow on a disk in memory that is filled up. Where this user may not mount one, PostgreSQL is made to say
 * what it says then, in the same statement.
 */
async function fullDisk(storage: StorageSite): Promise<void> {
  const { site, replicas } = storage;
  const [row] = await site.sql<{ folder: string }[]>`SELECT current_setting('data_directory') AS folder`;
  const disk = mountSmallDisk((row as { folder: string }).folder);
  // Midnight may come meanwhile.
  const days = [today(), partitionOf(Date.now() + DAY_MS)];
  const move = async (tablespace: string) => {
    for (const day of days) await site.sql.unsafe(`ALTER TABLE ${day} SET TABLESPACE ${tablespace}`);
  };
  try {
    if (disk === undefined) {
      await site.sql.unsafe(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'could not extend file'; END $$`);
      await survivesWithout(storage, {
        hurt: () =>
          site.sql.unsafe(
            "CREATE TRIGGER full_disk BEFORE INSERT ON events_raw FOR EACH ROW EXECUTE FUNCTION full_disk()",
          ),
        heal: () => site.sql.unsafe("DROP TRIGGER full_disk ON events_raw"),
        answerMs: 5_500,
      });
      await site.sql.unsafe("DROP FUNCTION full_disk");
      return;
    }
    await site.sql.unsafe(`CREATE TABLESPACE small_disk LOCATION '${disk.folder}'`);
    await move("small_disk");
    const hurt = async (samples: readonly Sample[]) => {
      disk.fill();
      // What PostgreSQL has got in advance is used up first.
      const event = "INSERT INTO events_raw SELECT 0, 0, now(), now(), NULL, 0, 0 FROM generate_series(1, 500)";
      const tryMore = () =>
        site.sql.unsafe(event).then(
          () => false,
          () => true,
        );
      await until(tryMore, "the disk does not get full");
      // Each has a page of its own that it fills before it asks for another one.
      const isRefused = (replica: Replica) =>
        samples.some((sample) => sample.replica === replica && sample.reply.status === 503);
      await until(() => replicas.every(isRefused), "a collector is not refused");
    };
    await survivesWithout(storage, { hurt, heal: () => disk.free(), answerMs: 5_500 });
  } finally {
    disk?.free();
    await move("pg_default");
    await site.sql.unsafe("DROP TABLESPACE IF EXISTS small_disk");
    disk?.remove();
  }
}
