CREATE TABLE tools (
  project_id integer NOT NULL,
  id smallint NOT NULL,
  name varchar(50) NOT NULL,
  state text NOT NULL DEFAULT 'learned',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tools_pk PRIMARY KEY (project_id, id),
  CONSTRAINT tools_name_unique UNIQUE (project_id, name),
  CONSTRAINT tools_state_known CHECK (state IN ('learned', 'declared', 'quarantined'))
);
--> statement-breakpoint
CREATE TABLE error_types (
  project_id integer NOT NULL,
  id smallint NOT NULL,
  name varchar(50) NOT NULL,
  state text NOT NULL DEFAULT 'learned',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT error_types_pk PRIMARY KEY (project_id, id),
  CONSTRAINT error_types_name_unique UNIQUE (project_id, name),
  CONSTRAINT error_types_state_known CHECK (state IN ('learned', 'declared', 'quarantined')),
  -- 0 and -1 stand in events_raw for a success and for a failure without a type.
  CONSTRAINT error_types_id_positive CHECK (id > 0)
);
--> statement-breakpoint
-- No key, no foreign key, no unique index: the hot table takes rows only. Column order leaves no padding.
CREATE TABLE events_raw (
  project_id integer NOT NULL,
  key_id integer NOT NULL,
  occurred_at timestamptz NOT NULL,
  stored_at timestamptz NOT NULL,
  duration_ms integer,
  tool_id smallint NOT NULL,
  error_id smallint NOT NULL
) PARTITION BY RANGE (occurred_at);
--> statement-breakpoint
CREATE INDEX events_raw_occurred_at ON events_raw USING brin (occurred_at) WITH (pages_per_range = 32);
--> statement-breakpoint
-- One row per delivery, in the same transaction as its events: what makes a repeated delivery store nothing.
CREATE TABLE deliveries (
  project_id integer NOT NULL,
  delivery_id uuid NOT NULL,
  accepted smallint NOT NULL,
  received_at timestamptz NOT NULL,
  CONSTRAINT deliveries_pk PRIMARY KEY (project_id, delivery_id)
);
--> statement-breakpoint
CREATE INDEX deliveries_received_at ON deliveries USING brin (received_at) WITH (pages_per_range = 32);
--> statement-breakpoint
-- The row that readiness writes: reading alone would not see a full disk or a standby.
CREATE TABLE write_probes (
  id smallint NOT NULL,
  probed_at timestamptz NOT NULL,
  CONSTRAINT write_probes_pk PRIMARY KEY (id)
);
