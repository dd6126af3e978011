-- What people judged in a case. Nothing here ever changes or goes away: a later record holds instead of an earlier one.
-- Documents stand as the 16 bytes of their id, content as its SHA-256. The source stands beside it: who may not see the
-- source does not see the record.

-- One deed: a value given to one document or to many at once, or (`herstelt`) a value taken back.
CREATE TABLE schift_handeling (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    omvang TEXT NOT NULL,
    van TEXT NOT NULL,
    waarde TEXT,
    inhoud TEXT,
    aantal INTEGER NOT NULL,
    hash TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    UNIQUE (zaak, nummer),
    CHECK ((waarde IS NULL) = (inhoud IS NULL))
) STRICT;

-- The last record of a document says by `geldt` which deed's value holds; without one it has no value any more.
CREATE TABLE schifting (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    document BLOB NOT NULL,
    inhoud BLOB,
    bron TEXT NOT NULL,
    handeling INTEGER NOT NULL REFERENCES schift_handeling(id),
    geldt INTEGER REFERENCES schift_handeling(id)
) STRICT;

CREATE INDEX schifting_van ON schifting (zaak, document, id);
CREATE INDEX schifting_inhoud ON schifting (inhoud);
CREATE INDEX schifting_handeling ON schifting (handeling);

-- What became of the copy of an original that was found relevant.
CREATE TABLE veiligstelling (
    schifting INTEGER NOT NULL PRIMARY KEY REFERENCES schifting(id),
    zaak TEXT NOT NULL REFERENCES zaak(id),
    sha256 TEXT,
    bytes INTEGER,
    reden TEXT,
    wanneer TEXT NOT NULL,
    CHECK ((sha256 IS NULL) != (reden IS NULL))
) STRICT;

CREATE TABLE beoordeling (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    document BLOB NOT NULL,
    inhoud BLOB,
    bron TEXT NOT NULL,
    datum TEXT,
    oordeel TEXT NOT NULL,
    gegevens TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT;

CREATE INDEX beoordeling_van ON beoordeling (zaak, document, id);

CREATE TABLE beoordeling_definitief (
    beoordeling INTEGER NOT NULL PRIMARY KEY REFERENCES beoordeling(id),
    wijze TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT;

-- Who judges a document; the last row holds, and without `aan` it is nobody's any more.
CREATE TABLE toewijzing (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    document BLOB NOT NULL,
    bron TEXT NOT NULL,
    aan TEXT REFERENCES gebruiker(id),
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT;

CREATE INDEX toewijzing_van ON toewijzing (zaak, document, id);

CREATE TABLE opmerking (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    document BLOB NOT NULL,
    bron TEXT NOT NULL,
    tekst TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT;

CREATE INDEX opmerking_van ON opmerking (zaak, document, id);

-- How a case numbers: chosen when the first numbers are given.
CREATE TABLE nummering (
    zaak TEXT NOT NULL PRIMARY KEY REFERENCES zaak(id),
    families INTEGER NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `deel` is 0 for a number without a part (0012), else the part behind the dot (0012.1).
CREATE TABLE documentnummer (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    document BLOB NOT NULL,
    nummer INTEGER NOT NULL,
    deel INTEGER NOT NULL,
    familie BLOB NOT NULL,
    bron TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, document),
    UNIQUE (zaak, nummer, deel)
) STRICT, WITHOUT ROWID;

CREATE INDEX documentnummer_familie ON documentnummer (zaak, familie);

CREATE TRIGGER schift_handeling_blijft BEFORE UPDATE ON schift_handeling
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER schift_handeling_gaat_niet_weg BEFORE DELETE ON schift_handeling
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;

CREATE TRIGGER schifting_blijft BEFORE UPDATE ON schifting
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER schifting_gaat_niet_weg BEFORE DELETE ON schifting
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;

CREATE TRIGGER veiligstelling_blijft BEFORE UPDATE ON veiligstelling
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER veiligstelling_gaat_niet_weg BEFORE DELETE ON veiligstelling
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;

CREATE TRIGGER beoordeling_blijft BEFORE UPDATE ON beoordeling
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER beoordeling_gaat_niet_weg BEFORE DELETE ON beoordeling
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;

CREATE TRIGGER beoordeling_definitief_blijft BEFORE UPDATE ON beoordeling_definitief
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER beoordeling_definitief_gaat_niet_weg BEFORE DELETE ON beoordeling_definitief
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;

CREATE TRIGGER toewijzing_blijft BEFORE UPDATE ON toewijzing
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER toewijzing_gaat_niet_weg BEFORE DELETE ON toewijzing
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;

CREATE TRIGGER opmerking_blijft BEFORE UPDATE ON opmerking
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER opmerking_gaat_niet_weg BEFORE DELETE ON opmerking
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;

CREATE TRIGGER nummering_blijft BEFORE UPDATE ON nummering
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER nummering_gaat_niet_weg BEFORE DELETE ON nummering
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;

CREATE TRIGGER documentnummer_blijft BEFORE UPDATE ON documentnummer
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER documentnummer_gaat_niet_weg BEFORE DELETE ON documentnummer
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;
