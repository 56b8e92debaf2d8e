import { BoundedMap } from "./bounded-map.ts";
import type { Refusal } from "./bucket-store.ts";
import { networkOf } from "./network-address.ts";
import { createTurns } from "./turns.ts";

const MAX_BLOCKED_NETWORKS = 10_000;
/** Look-ups of what may be guessed, per network. */
const GUESSES_AT_ONCE = 5;

/**
 * Looks up what a client presents, `null` when there is none, or refuses to.
 *
 * @param peek what has become known while the look-up waited for its turn: it costs nothing then
 */
export type Guess = <Found extends object>(
  address: string,
  lookUp: () => Promise<Found | null>,
  peek?: () => Found | null | undefined,
) => Promise<Found | null | Refusal>;

/**
 * Charges each look-up that finds nothing to the network it came from; a network that has guessed too often gets no further
 * look-up for a while, and costs the database nothing.
 *
 * @param charge of the bucket of bad guesses
 * @param now Unix ms
 */
export function createGuess(charge: (address: string) => Promise<Refusal | undefined>, now: () => number): Guess {
  // Memory only, and only of networks that guess.
  const blocked = new BoundedMap<string, Refusal>(MAX_BLOCKED_NETWORKS);
  // Guesses that come all at once would else be looked up before the first of them is charged.
  const inTurn = createTurns(GUESSES_AT_ONCE);

  return (address, lookUp, peek = () => undefined) => {
    const network = networkOf(address);
    return inTurn(network, async () => {
      const block = blocked.get(network);
      if (block !== undefined) {
        const retryAfterMs = block.resetAtMs - now();
        if (retryAfterMs > 0) return { ...block, retryAfterMs };
        blocked.delete(network);
      }
      const cached = peek();
      if (cached !== undefined) return cached;
      const found = await lookUp();
      if (found !== null) return found;
      const refusal = await charge(address);
      if (refusal === undefined) return null;
      blocked.set(network, refusal);
      return refusal;
    });
  };
}
