/** The tables of the public guide as it gives them, with its indexes, for plain SQL (its `rate_limits` in SQL too). */
export const GUIDE_TABLES = `
create table api_keys (
  id uuid primary key,
  key_hash char(64) not null unique,
  user_id uuid,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  is_active boolean not null default true,
  tier varchar(20) not null default 'free',
  rate_limit_per_day integer not null default 1000
);
create table analytics_events (
  id bigserial primary key,
  api_key_id uuid not null references api_keys (id),
  tool_name varchar(50) not null,
  success boolean not null,
  error_type varchar(50),
  timestamp timestamptz not null,
  created_at timestamptz not null default now()
);
create index analytics_events_timestamp on analytics_events (timestamp);
create index analytics_events_api_key_id on analytics_events (api_key_id);
create table rate_limits (
  api_key_id uuid not null references api_keys (id),
  window_start date not null,
  request_count integer not null,
  primary key (api_key_id, window_start)
);
`;
