import { lastDateOfMonth, monthOf } from "../time/calendar.ts";
import { HISTORY_FIELDS, type HistoryField, type HistoryRow } from "./history-rows.ts";

/** Share of a month's days that must have a value for the month to have one. */
const MIN_SHARE = 0.8;

/** Months out of days: amounts are added up, everything else is averaged. A month with too many gaps stays null. */
export function monthlyRows(days: readonly HistoryRow[]): HistoryRow[] {
  const byMonth = new Map<string, HistoryRow[]>();
  for (const day of days) {
    const month = monthOf(day.at);
    const list = byMonth.get(month);
    if (list) list.push(day);
    else byMonth.set(month, [day]);
  }
  return [...byMonth].map(([month, rows]) => {
    const length = Number(lastDateOfMonth(month).slice(8));
    const values: Partial<Record<HistoryField, number | null>> = {};
    for (const field of Object.keys(HISTORY_FIELDS) as HistoryField[]) {
      const known = rows.map((row) => row.values[field] ?? null).filter((value) => value !== null);
      if (known.length === 0) continue;
      const sum = known.reduce((a, b) => a + b, 0);
      const enough = known.length >= length * MIN_SHARE;
      values[field] = enough ? (HISTORY_FIELDS[field].total ? sum : sum / known.length) : null;
    }
    return { at: month, values };
  });
}
