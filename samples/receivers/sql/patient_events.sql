-- The table that a Sql.Table destination writes to. The engine's account needs INSERT on it, and SELECT on event_id to recognise a repeat.
-- PostgreSQL; for SQLite write TEXT for the times and for the data.
CREATE TABLE patient_events (
    event_id   VARCHAR(64) PRIMARY KEY,
    event_type VARCHAR(100) NOT NULL,
    subject    VARCHAR(200) NOT NULL,
    patient_id VARCHAR(100),                          -- NULL: about no patient
    happened   TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded   TIMESTAMP WITH TIME ZONE NOT NULL,     -- the order within a patient
    data       TEXT NOT NULL,                         -- JSON, as the schema of the type says
    status     VARCHAR(20) NOT NULL                   -- the engine writes 'new' and never touches the row again
);
CREATE INDEX patient_events_new ON patient_events (recorded) WHERE status = 'new';

-- A receiver takes what is new, in order, and says so in the transaction of what it does with it: take_events.sql.
