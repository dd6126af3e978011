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

-- What holds of each document changes with the deed: at once, or when a deed in the making ends.
DROP TRIGGER schifting_geldt;
CREATE TRIGGER schifting_geldt AFTER INSERT ON schifting_rij
WHEN NEW.handeling NOT IN (SELECT handeling FROM schift_bezig)
BEGIN
    INSERT INTO schifting_nu (zaak, document, record, inhoud, bron, waarde)
    VALUES (NEW.zaak, NEW.document, NEW.id, NEW.inhoud, NEW.bron,
        (SELECT waarde FROM schift_handeling_rij WHERE id = NEW.geldt))
    ON CONFLICT (zaak, document) DO UPDATE SET record = excluded.record, inhoud = excluded.inhoud,
        bron = excluded.bron, waarde = excluded.waarde;
END;
CREATE TRIGGER schift_bezig_geldt AFTER DELETE ON schift_bezig
BEGIN
    INSERT INTO schifting_nu (zaak, document, record, inhoud, bron, waarde)
    SELECT s.zaak, s.document, s.id, s.inhoud, s.bron, g.waarde FROM schifting_rij s
    LEFT JOIN schift_handeling_rij g ON g.id = s.geldt WHERE s.handeling = OLD.handeling
    ON CONFLICT (zaak, document) DO UPDATE SET record = excluded.record, inhoud = excluded.inhoud,
        bron = excluded.bron, waarde = excluded.waarde;
END;
