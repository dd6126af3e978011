-- When sources are read by themselves, and the jobs that come of it or of somebody's asking. Times are RFC 3339 in UTC,
-- in whole seconds, so that they compare as text.

CREATE TABLE rooster (
    bron TEXT NOT NULL PRIMARY KEY,
    versie INTEGER NOT NULL,
    inhoud TEXT NOT NULL,
    volgende TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE opdracht (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    bron TEXT NOT NULL,
    soort TEXT NOT NULL,
    aanleiding TEXT NOT NULL,
    door TEXT NOT NULL,
    gevraagd TEXT NOT NULL,
    stand TEXT NOT NULL,
    afbreken INTEGER NOT NULL DEFAULT 0,
    begonnen TEXT,
    klaar TEXT,
    run INTEGER,
    melding TEXT NOT NULL DEFAULT ''
) STRICT;

-- A source waits for at most one job and is read by at most one.
CREATE UNIQUE INDEX opdracht_een_tegelijk ON opdracht (bron, stand) WHERE stand IN ('wacht', 'loopt');
CREATE INDEX opdracht_van_bron ON opdracht (bron, id);
