-- Random samples of what a zoekactie found (precisie), and of what it searched and did not find (elusie). Which documents
-- were drawn follows from the seed. Nothing here ever changes or goes away: a later judgement holds.

CREATE TABLE steekproef (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    zoekactie INTEGER NOT NULL,
    soort TEXT NOT NULL,
    zaad TEXT NOT NULL,
    stand TEXT NOT NULL,
    omvang INTEGER NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, nummer),
    FOREIGN KEY (zaak, zoekactie) REFERENCES zoekactie(zaak, nummer)
) STRICT, WITHOUT ROWID;

CREATE TABLE steekproef_document (
    zaak TEXT NOT NULL,
    steekproef INTEGER NOT NULL,
    volgnummer INTEGER NOT NULL,
    document BLOB NOT NULL,
    inhoud BLOB,
    PRIMARY KEY (zaak, steekproef, volgnummer),
    UNIQUE (zaak, steekproef, document),
    FOREIGN KEY (zaak, steekproef) REFERENCES steekproef(zaak, nummer)
) STRICT, WITHOUT ROWID;

CREATE TABLE steekproef_oordeel (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL,
    steekproef INTEGER NOT NULL,
    document BLOB NOT NULL,
    oordeel TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    FOREIGN KEY (zaak, steekproef, document) REFERENCES steekproef_document(zaak, steekproef, document)
) STRICT;

CREATE INDEX steekproef_oordeel_van ON steekproef_oordeel (zaak, steekproef, document, id);

CREATE TRIGGER steekproef_blijft BEFORE UPDATE ON steekproef
BEGIN SELECT RAISE(ABORT, 'een steekproef verandert niet'); END;
CREATE TRIGGER steekproef_gaat_niet_weg BEFORE DELETE ON steekproef
BEGIN SELECT RAISE(ABORT, 'een steekproef gaat niet weg'); END;
CREATE TRIGGER steekproef_document_blijft BEFORE UPDATE ON steekproef_document
BEGIN SELECT RAISE(ABORT, 'een steekproef verandert niet'); END;
CREATE TRIGGER steekproef_document_gaat_niet_weg BEFORE DELETE ON steekproef_document
BEGIN SELECT RAISE(ABORT, 'een steekproef gaat niet weg'); END;
CREATE TRIGGER steekproef_oordeel_blijft BEFORE UPDATE ON steekproef_oordeel
BEGIN SELECT RAISE(ABORT, 'een oordeel over een steekproef verandert niet'); END;
CREATE TRIGGER steekproef_oordeel_gaat_niet_weg BEFORE DELETE ON steekproef_oordeel
BEGIN SELECT RAISE(ABORT, 'een oordeel over een steekproef gaat niet weg'); END;
