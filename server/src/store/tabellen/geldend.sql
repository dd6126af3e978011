-- What holds now of the schifting of each document: its last record. Kept by the database itself with every record that
-- comes, so that no page has to look through all of them. Nothing stands here that `schifting` does not say.

CREATE TABLE schifting_nu (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    document BLOB NOT NULL,
    record INTEGER NOT NULL REFERENCES schifting(id),
    inhoud BLOB,
    bron TEXT NOT NULL,
    waarde TEXT,
    PRIMARY KEY (zaak, document)
) STRICT, WITHOUT ROWID;

CREATE INDEX schifting_nu_waarde ON schifting_nu (zaak, waarde, bron, record);
CREATE INDEX schifting_nu_document ON schifting_nu (document);
CREATE INDEX schifting_nu_inhoud ON schifting_nu (inhoud);

CREATE TRIGGER schifting_geldt AFTER INSERT ON schifting
BEGIN
    INSERT INTO schifting_nu (zaak, document, record, inhoud, bron, waarde)
    VALUES (NEW.zaak, NEW.document, NEW.id, NEW.inhoud, NEW.bron,
        (SELECT waarde FROM schift_handeling WHERE id = NEW.geldt))
    ON CONFLICT (zaak, document) DO UPDATE SET record = excluded.record, inhoud = excluded.inhoud,
        bron = excluded.bron, waarde = excluded.waarde;
END;

INSERT INTO schifting_nu (zaak, document, record, inhoud, bron, waarde)
SELECT s.zaak, s.document, s.id, s.inhoud, s.bron, g.waarde FROM schifting s
LEFT JOIN schift_handeling g ON g.id = s.geldt
WHERE s.id = (SELECT max(l.id) FROM schifting l WHERE l.zaak = s.zaak AND l.document = s.document);

-- The same content or the same document in another case.
CREATE INDEX beoordeling_document ON beoordeling (document);
CREATE INDEX beoordeling_inhoud ON beoordeling (inhoud);
CREATE INDEX toewijzing_aan ON toewijzing (zaak, aan);
