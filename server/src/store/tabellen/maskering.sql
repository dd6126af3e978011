-- Terms that the public account of a case hides, and that it shows again: the last record of a term holds, and none is
-- ever changed.

CREATE TABLE maskering (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    term TEXT NOT NULL COLLATE NOCASE,
    gemaskeerd INTEGER NOT NULL CHECK (gemaskeerd IN (0, 1)),
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT;

CREATE INDEX maskering_van ON maskering (zaak, term, id);

INSERT INTO maskering (zaak, term, gemaskeerd, door, wanneer)
SELECT zaak, term, 1, door, wanneer FROM gemaskeerde_term ORDER BY wanneer, term;

DROP TABLE gemaskeerde_term;

CREATE TRIGGER maskering_blijft BEFORE UPDATE ON maskering
BEGIN SELECT RAISE(ABORT, 'een maskering verandert niet'); END;
CREATE TRIGGER maskering_gaat_niet_weg BEFORE DELETE ON maskering
BEGIN SELECT RAISE(ABORT, 'een maskering gaat niet weg'); END;
