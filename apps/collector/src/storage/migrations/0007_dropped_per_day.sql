-- Events that clients gave up before they sent them, as their batches report: how complete the numbers of a day are.
CREATE TABLE dropped_per_day (
  project_id integer NOT NULL,
  day date NOT NULL,
  reason varchar(20) NOT NULL,
  events bigint NOT NULL,
  CONSTRAINT dropped_per_day_pk PRIMARY KEY (project_id, day, reason)
);
