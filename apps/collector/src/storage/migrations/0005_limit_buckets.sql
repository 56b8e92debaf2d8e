-- What LIMIT_STORE=postgres keeps of each partition of the limits. Unlogged: limits may be forgotten in a crash, and a commit
-- that writes nothing else waits for no disk. Rows are updated in place again and again, hence the free half of each page.
CREATE UNLOGGED TABLE limit_buckets (
  -- 0: of no project, such as the limit of an address
  project_id integer NOT NULL,
  partition text NOT NULL,
  -- Unix ms
  asked_at double precision NOT NULL,
  asked double precision[] NOT NULL,
  -- {expires at, up to date at, day, {used of each bucket}, {count of each window}, {4 numbers for each take that was asked}}
  outcome double precision[] NOT NULL,
  CONSTRAINT limit_buckets_pk PRIMARY KEY (project_id, partition)
) WITH (fillfactor = 50);
--> statement-breakpoint
-- The arithmetic of limits/token-bucket.ts. `asked` are the operations in their order, each
-- {day of the take to undo, or -1 to take; buckets; windows; cost; {capacity, refill per ms}; {limit, cost}};
-- the numbers for a take are: allowed, place of the policy, remaining, wait in ms.
CREATE FUNCTION take_tokens(before double precision[], asked double precision[], now_ms double precision)
RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  day_ms CONSTANT double precision := 86400000;
  max_fallback_ms CONSTANT double precision := 3600000;
  grace_ms CONSTANT double precision := 60000;
  epsilon CONSTANT double precision := 1e-9;
  buckets integer := asked[2];
  windows integer := asked[3];
  state_at double precision := coalesce(before[2], 0);
  state_day double precision := coalesce(before[3], 0);
  state_used double precision[] := coalesce(before[4:3 + buckets], '{}');
  state_counts double precision[] := coalesce(before[4 + buckets:3 + buckets + windows], '{}');
  replies double precision[] := '{}';
  spec integer := 0;
  cost double precision;
  at_ms double precision;
  day double precision;
  elapsed double precision;
  fell_back boolean;
  day_left double precision;
  used double precision[];
  counts double precision[];
  capacity double precision;
  refill double precision;
  spare double precision;
  wait double precision;
  place integer;
  remaining double precision;
  ttl double precision := 1;
BEGIN
  WHILE spec < cardinality(asked) LOOP
    cost := asked[spec + 4];
    IF asked[spec + 1] >= 0 THEN
      IF state_at > 0 THEN
        FOR b IN 1 .. buckets LOOP
          state_used[b] := greatest(0, coalesce(state_used[b], 0) - cost);
        END LOOP;
        FOR w IN 1 .. windows LOOP
          state_counts[w] := greatest(0, coalesce(state_counts[w], 0)
            - CASE WHEN state_day = asked[spec + 1] THEN asked[spec + 4 + 2 * buckets + 2 * w] ELSE 0 END);
        END LOOP;
      END IF;
    ELSE
      elapsed := greatest(0, now_ms - state_at);
      fell_back := state_at - now_ms > max_fallback_ms;
      at_ms := CASE WHEN now_ms > state_at OR fell_back THEN now_ms ELSE state_at END;
      day := floor(at_ms / day_ms);
      day_left := (day + 1) * day_ms - at_ms;
      used := '{}';
      counts := '{}';
      wait := 0;
      place := 0;
      FOR b IN 1 .. buckets LOOP
        capacity := asked[spec + 3 + 2 * b];
        refill := asked[spec + 4 + 2 * b];
        used[b] := greatest(0, coalesce(state_used[b], 0) - elapsed * refill) + cost;
        IF cost > 0 AND used[b] - capacity > epsilon THEN
          spare := greatest(1, ceil((used[b] - capacity) / refill - epsilon));
          IF spare > wait THEN
            wait := spare;
            place := b;
          END IF;
        END IF;
      END LOOP;
      FOR w IN 1 .. windows LOOP
        spare := asked[spec + 4 + 2 * buckets + 2 * w];
        counts[w] := CASE WHEN day > state_day THEN 0 ELSE coalesce(state_counts[w], 0) END + spare;
        IF spare > 0 AND counts[w] > asked[spec + 3 + 2 * buckets + 2 * w] AND day_left > wait THEN
          wait := day_left;
          place := buckets + w;
        END IF;
      END LOOP;
      IF wait > 0 THEN
        IF fell_back THEN
          state_at := at_ms;
          state_day := day;
        END IF;
        replies := replies || ARRAY[0, place, 0, wait + at_ms - now_ms];
      ELSE
        state_at := at_ms;
        state_day := day;
        state_used := used;
        state_counts := counts;
        remaining := -1;
        FOR b IN 1 .. buckets LOOP
          spare := asked[spec + 3 + 2 * b] - used[b];
          IF remaining < 0 OR greatest(0, floor(spare + epsilon)) < remaining THEN
            remaining := greatest(0, floor(spare + epsilon));
            place := b;
            wait := greatest(1, ceil((remaining + 1 - spare) / asked[spec + 4 + 2 * b] - epsilon));
          END IF;
        END LOOP;
        FOR w IN 1 .. windows LOOP
          spare := greatest(0, asked[spec + 3 + 2 * buckets + 2 * w] - counts[w]);
          IF remaining < 0 OR spare < remaining THEN
            remaining := spare;
            place := buckets + w;
            wait := day_left;
          END IF;
        END LOOP;
        replies := replies || ARRAY[1, place, remaining, wait + at_ms - now_ms];
      END IF;
    END IF;
    spec := spec + 4 + 2 * buckets + 2 * windows;
  END LOOP;
  FOR b IN 1 .. buckets LOOP
    state_used[b] := coalesce(state_used[b], 0);
    ttl := greatest(ttl, state_used[b] / asked[4 + 2 * b]);
  END LOOP;
  FOR w IN 1 .. windows LOOP
    state_counts[w] := coalesce(state_counts[w], 0);
    ttl := greatest(ttl, (state_day + 1) * day_ms - state_at);
  END LOOP;
  RETURN ARRAY[ceil(state_at + ttl) + grace_ms, state_at, state_day] || state_used || state_counts || replies;
END
$$;
