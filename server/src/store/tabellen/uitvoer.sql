-- What left the program of a case, and what the public account of a case hides. Times are RFC 3339 in UTC.

CREATE TABLE uitvoer (
    id TEXT NOT NULL PRIMARY KEY,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    soort TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    aantal INTEGER NOT NULL,
    hoofd TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX uitvoer_van_zaak ON uitvoer (zaak, wanneer);

CREATE TRIGGER uitvoer_blijft BEFORE UPDATE ON uitvoer
BEGIN SELECT RAISE(ABORT, 'een uitvoer verandert niet'); END;

CREATE TRIGGER uitvoer_gaat_niet_weg BEFORE DELETE ON uitvoer
BEGIN SELECT RAISE(ABORT, 'een uitvoer gaat niet weg'); END;

CREATE TABLE gemaskeerde_term (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    term TEXT NOT NULL COLLATE NOCASE,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, term)
) STRICT, WITHOUT ROWID;
