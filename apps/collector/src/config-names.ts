import { distance } from "fastest-levenshtein";
import { CONFIG_VARIABLES } from "./config-variables.ts";

/** Shorter names, such as HOST and PORT, have neighbours in any environment. */
const MIN_LENGTH = 8;
/** Names from this length on may differ by two letters, shorter ones by one. */
const LONG_LENGTH = 10;

const KNOWN: readonly string[] = CONFIG_VARIABLES.flatMap(({ names }) => names);

/**
 * The variable that a name in the environment was probably meant to be: it differs by one letter (by two in a long name), in
 * case or underscores, or is a long beginning of it.
 *
 * @returns undefined for a name that is known, or near none
 */
export function meantVariable(name: string): string | undefined {
  if (KNOWN.includes(name) || name.length < MIN_LENGTH - 1) return undefined;
  const written = name.toUpperCase();
  return KNOWN.find((known) => known.length >= MIN_LENGTH && isNear(written, known));
}

function isNear(written: string, known: string): boolean {
  if (plain(written) === plain(known)) return true;
  if (written.length >= LONG_LENGTH && known.startsWith(written)) return true;
  return distance(written, known) <= (known.length >= LONG_LENGTH ? 2 : 1);
}

const plain = (name: string) => name.replaceAll("_", "");
