-- Deelbesluiten, belanghebbenden with their zienswijzen, which documents belong to them, and what is kept of each version
-- of a case. Nothing here ever changes or goes away: a later record holds instead of an earlier one.

CREATE TABLE deelbesluit (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    versie INTEGER NOT NULL,
    inhoud TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, nummer, versie)
) STRICT, WITHOUT ROWID;

CREATE TABLE belanghebbende (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    versie INTEGER NOT NULL,
    inhoud TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, nummer, versie)
) STRICT, WITHOUT ROWID;

-- A request for a zienswijze, and later what came of it. That the term stands still is a row of `termijn`.
CREATE TABLE zienswijze (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    versie INTEGER NOT NULL,
    inhoud TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, nummer, versie)
) STRICT, WITHOUT ROWID;

-- One deed: documents put with a deelbesluit or belanghebbende, taken out of it, or such a deed taken back.
CREATE TABLE indeling (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    soort TEXT NOT NULL CHECK (soort IN ('deelbesluit', 'belanghebbende')),
    deel INTEGER NOT NULL,
    wat TEXT NOT NULL CHECK (wat IN ('erbij', 'eruit', 'terug')),
    omvang TEXT NOT NULL,
    van TEXT NOT NULL,
    aantal INTEGER NOT NULL,
    hash TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    UNIQUE (zaak, nummer)
) STRICT;

-- The last record of a document says by `deel` where it belongs; without one nowhere. `spoor` keeps apart what does not
-- exclude each other: 0 for deelbesluiten, of which a document has one, and for a belanghebbende its number.
CREATE TABLE indeling_stuk (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    spoor INTEGER NOT NULL,
    document BLOB NOT NULL,
    inhoud BLOB,
    bron TEXT NOT NULL,
    indeling INTEGER NOT NULL REFERENCES indeling(id),
    deel INTEGER
) STRICT;

CREATE INDEX indeling_stuk_van ON indeling_stuk (zaak, spoor, document, id);
CREATE INDEX indeling_stuk_deel ON indeling_stuk (zaak, spoor, deel);
CREATE INDEX indeling_stuk_indeling ON indeling_stuk (indeling);

-- Each time that a case was closed: the end of a version of it, with the day of its decision.
CREATE TABLE zaak_sluiting (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    versie INTEGER NOT NULL,
    besluit_op TEXT,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, versie)
) STRICT, WITHOUT ROWID;

INSERT INTO zaak_sluiting SELECT id, 1, besluit_op, door, gesloten FROM zaak WHERE gesloten IS NOT NULL;

-- Each time that a case was opened again: the beginning of a version of it.
CREATE TABLE zaak_heropening (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    versie INTEGER NOT NULL,
    reden TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, versie)
) STRICT, WITHOUT ROWID;

-- That all of a closed version is kept: its figures are here, its files in the state folder.
CREATE TABLE zaak_bewaard (
    zaak TEXT NOT NULL,
    versie INTEGER NOT NULL,
    cijfers TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, versie),
    FOREIGN KEY (zaak, versie) REFERENCES zaak_sluiting(zaak, versie)
) STRICT, WITHOUT ROWID;

-- A kept file. Who may not see one of its sources does not get it.
CREATE TABLE zaak_bestand (
    zaak TEXT NOT NULL,
    versie INTEGER NOT NULL,
    naam TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    bronnen TEXT NOT NULL,
    PRIMARY KEY (zaak, versie, naam),
    FOREIGN KEY (zaak, versie) REFERENCES zaak_bewaard(zaak, versie)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER deelbesluit_blijft BEFORE UPDATE ON deelbesluit
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, verandert niet'); END;
CREATE TRIGGER deelbesluit_gaat_niet_weg BEFORE DELETE ON deelbesluit
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, gaat niet weg'); END;
CREATE TRIGGER belanghebbende_blijft BEFORE UPDATE ON belanghebbende
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, verandert niet'); END;
CREATE TRIGGER belanghebbende_gaat_niet_weg BEFORE DELETE ON belanghebbende
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, gaat niet weg'); END;
CREATE TRIGGER zienswijze_blijft BEFORE UPDATE ON zienswijze
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, verandert niet'); END;
CREATE TRIGGER zienswijze_gaat_niet_weg BEFORE DELETE ON zienswijze
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, gaat niet weg'); END;
CREATE TRIGGER indeling_blijft BEFORE UPDATE ON indeling
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, verandert niet'); END;
CREATE TRIGGER indeling_gaat_niet_weg BEFORE DELETE ON indeling
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, gaat niet weg'); END;
CREATE TRIGGER indeling_stuk_blijft BEFORE UPDATE ON indeling_stuk
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, verandert niet'); END;
CREATE TRIGGER indeling_stuk_gaat_niet_weg BEFORE DELETE ON indeling_stuk
BEGIN SELECT RAISE(ABORT, 'wat over deelbesluiten en belanghebbenden is vastgelegd, gaat niet weg'); END;
CREATE TRIGGER zaak_sluiting_blijft BEFORE UPDATE ON zaak_sluiting
BEGIN SELECT RAISE(ABORT, 'wat van een gesloten zaak bewaard is, verandert niet'); END;
CREATE TRIGGER zaak_sluiting_gaat_niet_weg BEFORE DELETE ON zaak_sluiting
BEGIN SELECT RAISE(ABORT, 'wat van een gesloten zaak bewaard is, gaat niet weg'); END;
CREATE TRIGGER zaak_heropening_blijft BEFORE UPDATE ON zaak_heropening
BEGIN SELECT RAISE(ABORT, 'wat van een gesloten zaak bewaard is, verandert niet'); END;
CREATE TRIGGER zaak_heropening_gaat_niet_weg BEFORE DELETE ON zaak_heropening
BEGIN SELECT RAISE(ABORT, 'wat van een gesloten zaak bewaard is, gaat niet weg'); END;
CREATE TRIGGER zaak_bewaard_blijft BEFORE UPDATE ON zaak_bewaard
BEGIN SELECT RAISE(ABORT, 'wat van een gesloten zaak bewaard is, verandert niet'); END;
CREATE TRIGGER zaak_bewaard_gaat_niet_weg BEFORE DELETE ON zaak_bewaard
BEGIN SELECT RAISE(ABORT, 'wat van een gesloten zaak bewaard is, gaat niet weg'); END;
CREATE TRIGGER zaak_bestand_blijft BEFORE UPDATE ON zaak_bestand
BEGIN SELECT RAISE(ABORT, 'wat van een gesloten zaak bewaard is, verandert niet'); END;
CREATE TRIGGER zaak_bestand_gaat_niet_weg BEFORE DELETE ON zaak_bestand
BEGIN SELECT RAISE(ABORT, 'wat van een gesloten zaak bewaard is, gaat niet weg'); END;
