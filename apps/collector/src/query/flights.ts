import { OverloadedError } from "../storage/errors.ts";

/** Questions that run or wait at once, each different from the others. */
const MAX_FLIGHTS = 16;

/**
 * Runs a question, or joins the one that is in flight under the same name.
 *
 * @throws {OverloadedError} at once, when too many different questions are in flight
 */
export type Flights<Answer> = (name: string, ask: () => Promise<Answer>) => Promise<Answer>;

/** Equal questions share one flight. A reader that disconnects ends nothing: others may wait for the same answer. */
export function createFlights<Answer>(maxFlights = MAX_FLIGHTS): Flights<Answer> {
  const flights = new Map<string, Promise<Answer>>();
  return (name, ask) => {
    const joined = flights.get(name);
    if (joined !== undefined) return joined;
    if (flights.size >= maxFlights) return Promise.reject(new OverloadedError());
    const flight = ask().finally(() => flights.delete(name));
    flights.set(name, flight);
    return flight;
  };
}
