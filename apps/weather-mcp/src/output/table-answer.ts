import type { UnitSystem } from "../config.ts";
import type { Located } from "../location/locate.ts";
import { frameText, locationMember, type Provenance, placeText, provenanceMembers, type TimeWord } from "./answer.ts";
import { type Answer, fitRows } from "./fit-rows.ts";
import { pastEndWarnings } from "./past-end.ts";
import { type BuiltTable, buildTable, type Column, sliceTable, tableText } from "./table.ts";

export interface TableAnswerParts {
  readonly located: Located;
  readonly title: string;
  readonly provenance: Provenance;
  readonly warnings: readonly string[];
  readonly nowMs: number;
  readonly system: UnitSystem;
  readonly columns: readonly Column[];
  /** First row to show. */
  readonly offset: number;
  /** Most rows to show; default all. */
  readonly limit?: number;
  /** Member that holds the table. */
  readonly tableKey: string;
  /** Member that holds the number of rows that there are. */
  readonly totalKey: string;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly extraUnits?: Readonly<Record<string, string>>;
  /** What the time in the text's first line is; default "issued". */
  readonly timeWord?: TimeWord;
  /** Lines of the text that stand before the table, for members in `extra`. */
  readonly bodyText?: readonly string[];
  /** One or two sentences over the whole table, whatever part of it is shown. */
  readonly summarize: (whole: BuiltTable) => string;
}

/** An answer about one place whose body is a table, with as many rows as fit. */
export function tableAnswer(parts: TableAnswerParts): Answer {
  const { located, offset } = parts;
  const whole = buildTable(parts.columns, parts.system);
  const total = whole.table.rows.length;
  const missing = whole.missing.length > 0 ? [`Not available here: ${whole.missing.join(", ")}.`] : [];
  const wanted = Math.max(0, Math.min(parts.limit ?? total, total - offset));
  const summaryText = parts.summarize(whole);
  return fitRows(wanted, (count) => {
    const table = sliceTable(whole.table, offset, count);
    const next = offset + count < total ? offset + count : null;
    const cut = count < wanted ? [`Cut to ${count} rows for size; go on with offset ${next}.`] : [];
    const members = provenanceMembers(
      {
        provenance: parts.provenance,
        units: { ...whole.units, ...parts.extraUnits },
        warnings: [...parts.warnings, ...missing, ...pastEndWarnings(offset, total), ...cut],
        summaryText,
      },
      located.place.timezone,
      parts.nowMs,
    );
    const rows = { [parts.tableKey]: table, [parts.totalKey]: total, truncated: count < wanted, next_offset: next };
    const shown =
      count === 0 || (next === null && offset === 0)
        ? []
        : [`Rows ${offset + 1} to ${offset + count} of ${total}; next_offset ${next ?? "-"}`];
    return {
      structured: { ...members, location: locationMember(located), ...parts.extra, ...rows },
      text: frameText(
        `${parts.title}: ${placeText(located)}`,
        members,
        [...(parts.bodyText ?? []), ...shown, tableText(table)],
        parts.timeWord,
      ),
    };
  });
}
