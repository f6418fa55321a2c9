-- A receiver in one statement: takes the oldest new events, makes calls of those that a person or the patient must hear of, and says that they are taken. All or nothing:
-- killed in between, the rows are still new. Run it again until it takes none, e.g. every minute: psql -f take_events.sql
-- PostgreSQL. The list of calls is yours:
--   CREATE TABLE call_list (event_id VARCHAR(64) PRIMARY KEY, patient_id VARCHAR(100), rule TEXT NOT NULL, team TEXT NOT NULL, due TIMESTAMPTZ NOT NULL);
WITH fresh AS (
    SELECT event_id, event_type, patient_id, recorded, data::json AS data
    FROM patient_events WHERE status = 'new' ORDER BY recorded LIMIT 100 FOR UPDATE
), calls AS (
    INSERT INTO call_list (event_id, patient_id, rule, team, due)
    SELECT event_id, patient_id, data ->> 'rule', data ->> 'team', (data ->> 'due')::timestamptz
    FROM fresh WHERE event_type = 'followUp.due' ORDER BY recorded
    ON CONFLICT (event_id) DO NOTHING
)
UPDATE patient_events SET status = 'done' FROM fresh WHERE patient_events.event_id = fresh.event_id;
