import { workerData } from "node:worker_threads";
import { lockFolder } from "../../src/embedded/folder-lock.ts";

/** One of several threads that ask for the same locks at the same moments; what it gets it keeps. */
interface Contest {
  readonly files: readonly string[];
  readonly contenders: number;
  /** Per file: how many have come to it. */
  readonly meeting: Int32Array;
  /** Per file: how many were let in. */
  readonly holders: Int32Array;
}

const { files, contenders, meeting, holders } = workerData as Contest;
for (const [round, file] of files.entries()) {
  let came = Atomics.add(meeting, round, 1) + 1;
  Atomics.notify(meeting, round);
  for (; came < contenders; came = Atomics.load(meeting, round)) Atomics.wait(meeting, round, came);
  if ((await lockFolder(file)) !== undefined) Atomics.add(holders, round, 1);
}
