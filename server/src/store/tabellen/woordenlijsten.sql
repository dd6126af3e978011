-- The rows of lists with synonyms, by their SHA-256: what was searched with once can be searched with again, also when
-- the list has changed or its file is gone. Nothing here ever changes or goes away.

CREATE TABLE woordenlijst_inhoud (
    hash TEXT NOT NULL PRIMARY KEY,
    rijen TEXT NOT NULL,
    termen INTEGER NOT NULL
) STRICT;

-- The lists of a case. Every change is a new version: other rows, switched off, switched on again.
CREATE TABLE woordenlijst (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    versie INTEGER NOT NULL,
    naam TEXT NOT NULL,
    inhoud TEXT NOT NULL REFERENCES woordenlijst_inhoud(hash),
    bron TEXT NOT NULL,
    opgegeven TEXT,
    aan INTEGER NOT NULL,
    reden TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    goedgekeurd_door TEXT,
    goedgekeurd_op TEXT,
    PRIMARY KEY (zaak, nummer, versie)
) STRICT, WITHOUT ROWID;

-- With which lists a question was asked; NULL when that was not noted yet.
ALTER TABLE zoekopdracht ADD COLUMN lijsten TEXT;

CREATE TRIGGER woordenlijst_inhoud_blijft BEFORE UPDATE ON woordenlijst_inhoud
BEGIN SELECT RAISE(ABORT, 'de inhoud van een woordenlijst verandert niet'); END;
CREATE TRIGGER woordenlijst_inhoud_gaat_niet_weg BEFORE DELETE ON woordenlijst_inhoud
BEGIN SELECT RAISE(ABORT, 'de inhoud van een woordenlijst gaat niet weg'); END;
CREATE TRIGGER woordenlijst_blijft BEFORE UPDATE ON woordenlijst
WHEN NEW.zaak IS NOT OLD.zaak OR NEW.nummer IS NOT OLD.nummer OR NEW.versie IS NOT OLD.versie
    OR NEW.naam IS NOT OLD.naam OR NEW.inhoud IS NOT OLD.inhoud OR NEW.bron IS NOT OLD.bron
    OR NEW.opgegeven IS NOT OLD.opgegeven OR NEW.aan IS NOT OLD.aan OR NEW.reden IS NOT OLD.reden
    OR NEW.door IS NOT OLD.door OR NEW.wanneer IS NOT OLD.wanneer
    OR (OLD.goedgekeurd_op IS NOT NULL AND (NEW.goedgekeurd_op IS NOT OLD.goedgekeurd_op
        OR NEW.goedgekeurd_door IS NOT OLD.goedgekeurd_door))
BEGIN SELECT RAISE(ABORT, 'een versie van een woordenlijst verandert niet'); END;
CREATE TRIGGER woordenlijst_gaat_niet_weg BEFORE DELETE ON woordenlijst
BEGIN SELECT RAISE(ABORT, 'een versie van een woordenlijst gaat niet weg'); END;
