const ROLLED_BACK = "TR000";

/**
 * Wraps a statement so that PostgreSQL runs it and rolls it back within one statement; an error of it is thrown as usual.
 * A transaction block of postgres.js would do the same, but its ROLLBACK on a closed socket throws outside every handler
 * and ends the process: https://github.com/porsager/postgres/issues/1208.
 *
 * @param statement an INSERT, UPDATE or DELETE without parameters and without RETURNING
 */
export function trialRun(statement: string): string {
  return `
    DO $trial$ BEGIN
      ${statement};
      RAISE EXCEPTION USING ERRCODE = '${ROLLED_BACK}';
    EXCEPTION WHEN SQLSTATE '${ROLLED_BACK}' THEN NULL;
    END $trial$`;
}

/**
 * Replaces `$1`, `$2` ... by literals, because a DO block takes no parameters.
 *
 * @param parameters numbers, or texts of `flushStatement`: both hold nothing that has to be escaped
 */
export function withLiterals(text: string, parameters: readonly (string | number)[]): string {
  return text.replace(/\$(\d+)/g, (_match, place: string) => `'${parameters[Number(place) - 1]}'`);
}
