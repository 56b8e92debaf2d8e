-- The public guide's columns, for anyone with SQL.
CREATE VIEW analytics_events AS
SELECT
  k.id AS api_key_id,
  t.name AS tool_name,
  e.error_id = 0 AS success,
  x.name AS error_type,
  e.occurred_at AS "timestamp",
  e.stored_at AS created_at
FROM events_raw e
JOIN api_keys k ON k.project_id = e.project_id AND k.key_id = e.key_id
LEFT JOIN tools t ON t.project_id = e.project_id AND t.id = e.tool_id
LEFT JOIN error_types x ON x.project_id = e.project_id AND x.id = e.error_id;
