-- Each partition gets this index when its day is over: docs/decisions/0007-days-are-indexed-when-they-are-over.md.
DROP INDEX events_raw_occurred_at;
