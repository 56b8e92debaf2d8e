import { OverloadedError } from "../storage/errors.ts";

/** Reads of one group that run or wait at once, each different from the others. */
const MAX_FLIGHTS = 16;

/**
 * Runs a read, or joins the one that is in flight under the same name.
 *
 * @param group has a bound of its own, such as a project: its readers cannot crowd out those of another
 * @throws {OverloadedError} at once, when too many different reads of the group are in flight
 */
export type Flights<Result> = (group: number, name: string, read: () => Promise<Result>) => Promise<Result>;

/** Equal reads share one flight. A reader that disconnects ends nothing: others may wait for the same result. */
export function createFlights<Result>(maxFlights = MAX_FLIGHTS): Flights<Result> {
  const groups = new Map<number, Map<string, Promise<Result>>>();
  return (group, name, read) => {
    const flights = groups.get(group) ?? new Map<string, Promise<Result>>();
    const joined = flights.get(name);
    if (joined !== undefined) return joined;
    if (flights.size >= maxFlights) return Promise.reject(new OverloadedError());
    const flight = read().finally(() => {
      flights.delete(name);
      if (flights.size === 0) groups.delete(group);
    });
    flights.set(name, flight);
    groups.set(group, flights);
    return flight;
  };
}
