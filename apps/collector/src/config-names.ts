import { closest, distance } from "fastest-levenshtein";
import { CONFIG_VARIABLES } from "./config-variables.ts";

/** Shorter names, such as HOST and PORT, have neighbours in any environment. */
const MIN_LENGTH = 8;
/** Names from this length on may differ by two letters, shorter ones by one. */
const LONG_LENGTH = 10;

/** Names that other programs use as well: where the right one is set, its neighbour belongs to another program. */
const SHARED: ReadonlySet<string> = new Set(["DATABASE_URL", "REDIS_URL", "LOG_LEVEL", "PUBLIC_URL", "DATA_DIR"]);

const KNOWN: readonly string[] = CONFIG_VARIABLES.flatMap(({ names }) => names);

/**
 * The variable that a name in the environment was probably meant to be: it differs by one letter (by two in a long name), in
 * case or underscores, or begins like it.
 *
 * @param isSet whether a variable is set
 * @returns undefined for a name that is known, or near none
 */
export function meantVariable(name: string, isSet: (known: string) => boolean): string | undefined {
  if (KNOWN.includes(name) || name.length < MIN_LENGTH - 1) return undefined;
  const written = name.toUpperCase();
  const near = KNOWN.filter((known) => known.length >= MIN_LENGTH && isNear(written, known));
  if (near.length === 0) return undefined;
  const meant = closest(written, near);
  return SHARED.has(meant) && isSet(meant) ? undefined : meant;
}

function isNear(written: string, known: string): boolean {
  if (plain(written) === plain(known)) return true;
  if (!SHARED.has(known) && written.slice(0, LONG_LENGTH) === known.slice(0, LONG_LENGTH))
    return written.length >= LONG_LENGTH;
  return distance(written, known) <= (known.length >= LONG_LENGTH ? 2 : 1);
}

const plain = (name: string) => name.replaceAll("_", "");
