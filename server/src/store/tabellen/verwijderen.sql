-- Documents of the archive that people decided about: held by a case while their file is gone, or removed by order. Only
-- ids and hashes: what was in them is not kept here.

-- Documents that a case holds and whose file is gone from the source, with the first time that a run saw that.
CREATE TABLE verdwenen (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    document BLOB NOT NULL,
    bron TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, document)
) STRICT, WITHOUT ROWID;

-- An order to remove documents: proposed by one person, decided by another, then carried out.
CREATE TABLE verwijderopdracht (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    grond TEXT NOT NULL,
    kenmerk TEXT NOT NULL,
    door TEXT NOT NULL,
    voorgesteld TEXT NOT NULL,
    besluit TEXT CHECK (besluit IN ('bevestigd', 'afgewezen')),
    besluit_door TEXT,
    besluit_op TEXT,
    uitgevoerd TEXT,
    verwijderd INTEGER
) STRICT;

-- The documents of an order. `genoemd` are those that somebody named, and their copies: their bytes do not come back. The
-- rest lies inside those.
CREATE TABLE verwijderd_document (
    opdracht INTEGER NOT NULL REFERENCES verwijderopdracht(id),
    document BLOB NOT NULL,
    inhoud BLOB,
    bron TEXT NOT NULL,
    genoemd INTEGER NOT NULL,
    PRIMARY KEY (opdracht, document)
) STRICT, WITHOUT ROWID;

CREATE INDEX verwijderd_document_document ON verwijderd_document (document);

CREATE TRIGGER verwijderd_document_blijft BEFORE UPDATE ON verwijderd_document
BEGIN SELECT RAISE(ABORT, 'wat verwijderd is, blijft bekend'); END;
CREATE TRIGGER verwijderd_document_gaat_niet_weg BEFORE DELETE ON verwijderd_document
BEGIN SELECT RAISE(ABORT, 'wat verwijderd is, blijft bekend'); END;
