-- A deed on very many documents is written part by part, so that nobody has to wait until all of it is written. As long
-- as a deed stands here, nobody sees it or its records: `schifting` and `schift_handeling` are what is not in the making.
-- Taking its line away is the one moment at which all of it holds. What a killed program left here is undone.
CREATE TABLE schift_bezig (
    handeling INTEGER NOT NULL PRIMARY KEY
        REFERENCES schift_handeling(id) DEFERRABLE INITIALLY DEFERRED,
    zaak TEXT NOT NULL UNIQUE REFERENCES zaak(id),
    -- The last record of all from before it.
    vanaf INTEGER NOT NULL
) STRICT;

ALTER TABLE schifting RENAME TO schifting_rij;
ALTER TABLE schift_handeling RENAME TO schift_handeling_rij;

CREATE INDEX schifting_zaak ON schifting_rij (zaak);

CREATE VIEW schifting AS
    SELECT * FROM schifting_rij WHERE handeling NOT IN (SELECT handeling FROM schift_bezig);
CREATE VIEW schift_handeling AS
    SELECT * FROM schift_handeling_rij WHERE id NOT IN (SELECT handeling FROM schift_bezig);

DROP TRIGGER schift_handeling_blijft;
DROP TRIGGER schift_handeling_gaat_niet_weg;
DROP TRIGGER schifting_gaat_niet_weg;

CREATE TRIGGER schift_handeling_blijft BEFORE UPDATE ON schift_handeling_rij
WHEN OLD.id NOT IN (SELECT handeling FROM schift_bezig)
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER schift_handeling_gaat_niet_weg BEFORE DELETE ON schift_handeling_rij
WHEN OLD.id NOT IN (SELECT handeling FROM schift_bezig)
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;
CREATE TRIGGER schifting_gaat_niet_weg BEFORE DELETE ON schifting_rij
WHEN OLD.handeling NOT IN (SELECT handeling FROM schift_bezig)
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, gaat niet weg'); END;
-- Only a deed that nobody has seen yet is in the making.
CREATE TRIGGER schift_bezig_is_nieuw BEFORE INSERT ON schift_bezig
WHEN EXISTS (SELECT 1 FROM schifting_rij WHERE handeling = NEW.handeling)
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;
CREATE TRIGGER schift_bezig_blijft BEFORE UPDATE ON schift_bezig
BEGIN SELECT RAISE(ABORT, 'wat geschift of beoordeeld is, verandert niet'); END;

-- What holds now changes at that one moment too. The rows of a deed in the making stand ready beside those that hold, and
-- each of these says by `vervangen` which deed takes its place, 0 for none; `schifting_nu` is what holds. What was replaced
-- goes away part by part after that. By its key a document has one row that nothing replaces.
DROP TRIGGER schifting_geldt;

CREATE TABLE schifting_nu_rij (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    document BLOB NOT NULL,
    vervangen INTEGER NOT NULL,
    handeling INTEGER NOT NULL,
    record INTEGER NOT NULL,
    inhoud BLOB,
    bron TEXT NOT NULL,
    waarde TEXT,
    PRIMARY KEY (zaak, document, vervangen)
) STRICT, WITHOUT ROWID;

INSERT INTO schifting_nu_rij
SELECT n.zaak, n.document, 0, s.handeling, n.record, n.inhoud, n.bron, n.waarde
FROM schifting_nu n JOIN schifting_rij s ON s.id = n.record;

DROP TABLE schifting_nu;

CREATE INDEX schifting_nu_waarde ON schifting_nu_rij (zaak, waarde, bron, record, handeling);
CREATE INDEX schifting_nu_document ON schifting_nu_rij (document);
CREATE INDEX schifting_nu_inhoud ON schifting_nu_rij (inhoud);
CREATE INDEX schifting_nu_vervangen ON schifting_nu_rij (vervangen) WHERE vervangen > 0;

CREATE VIEW schifting_nu AS
    SELECT zaak, document, record, inhoud, bron, waarde FROM schifting_nu_rij
    WHERE handeling NOT IN (SELECT handeling FROM schift_bezig)
        AND (vervangen = 0 OR vervangen IN (SELECT handeling FROM schift_bezig));

CREATE TRIGGER schifting_geldt AFTER INSERT ON schifting_rij
WHEN NEW.handeling NOT IN (SELECT handeling FROM schift_bezig)
BEGIN
    DELETE FROM schifting_nu_rij WHERE zaak = NEW.zaak AND document = NEW.document
        AND handeling NOT IN (SELECT handeling FROM schift_bezig);
    INSERT INTO schifting_nu_rij VALUES (NEW.zaak, NEW.document, 0, NEW.handeling, NEW.id, NEW.inhoud, NEW.bron,
        (SELECT waarde FROM schift_handeling_rij WHERE id = NEW.geldt));
END;

CREATE TRIGGER schifting_gaat_gelden AFTER INSERT ON schifting_rij
WHEN NEW.handeling IN (SELECT handeling FROM schift_bezig)
BEGIN
    UPDATE schifting_nu_rij SET vervangen = NEW.handeling
        WHERE zaak = NEW.zaak AND document = NEW.document AND vervangen = 0;
    INSERT INTO schifting_nu_rij VALUES (NEW.zaak, NEW.document, 0, NEW.handeling, NEW.id, NEW.inhoud, NEW.bron,
        (SELECT waarde FROM schift_handeling_rij WHERE id = NEW.geldt));
END;
