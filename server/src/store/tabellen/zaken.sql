-- People, cases, and what was searched in them. Times are RFC 3339 in UTC, days are JJJJ-MM-DD, lists are JSON.

CREATE TABLE gebruiker (
    id TEXT NOT NULL PRIMARY KEY,
    inlognaam TEXT NOT NULL UNIQUE COLLATE NOCASE,
    naam TEXT NOT NULL,
    wachtwoord TEXT NOT NULL,
    rollen TEXT NOT NULL,
    gemaakt TEXT NOT NULL,
    uit INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- The key is the SHA-256 of what the cookie holds: who reads this table can be nobody.
CREATE TABLE sessie (
    sleutel BLOB NOT NULL PRIMARY KEY,
    gebruiker TEXT NOT NULL REFERENCES gebruiker(id),
    begonnen TEXT NOT NULL,
    laatst TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE zaak (
    id TEXT NOT NULL PRIMARY KEY,
    nummer TEXT NOT NULL UNIQUE COLLATE NOCASE,
    soort TEXT NOT NULL,
    titel TEXT NOT NULL,
    verzoek TEXT NOT NULL,
    verzoeker TEXT NOT NULL,
    ontvangen TEXT NOT NULL,
    besluit_op TEXT,
    lokaal INTEGER NOT NULL DEFAULT 0,
    gemaakt TEXT NOT NULL,
    door TEXT NOT NULL,
    gesloten TEXT
) STRICT, WITHOUT ROWID;

-- Everything done without accounts belongs to this case, which says of itself that it is one.
INSERT INTO zaak VALUES ('lokaal', 'lokaal', 'lokaal', 'Zoeken op deze computer', '', '', '1970-01-01', NULL, 1,
    '1970-01-01T00:00:00Z', 'lokaal', NULL);

CREATE TABLE zaak_lid (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    gebruiker TEXT NOT NULL REFERENCES gebruiker(id),
    PRIMARY KEY (zaak, gebruiker)
) STRICT, WITHOUT ROWID;

-- What stretches the legal term: verdaging, opschorting. A row is never changed; an end date comes as a new row.
CREATE TABLE termijn (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    soort TEXT NOT NULL,
    van TEXT NOT NULL,
    tot TEXT,
    toelichting TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, nummer)
) STRICT, WITHOUT ROWID;

CREATE TABLE afbakening (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    versie INTEGER NOT NULL,
    inhoud TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, versie)
) STRICT, WITHOUT ROWID;

CREATE TABLE machtiging (
    id TEXT NOT NULL PRIMARY KEY,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    doel TEXT NOT NULL,
    bronnen TEXT NOT NULL,
    plafond TEXT NOT NULL,
    van TEXT NOT NULL,
    tot TEXT NOT NULL,
    wijze TEXT NOT NULL,
    verleend_door TEXT NOT NULL,
    verleend_op TEXT NOT NULL,
    ingetrokken_door TEXT,
    ingetrokken_op TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE machtiging_lid (
    machtiging TEXT NOT NULL REFERENCES machtiging(id),
    gebruiker TEXT NOT NULL REFERENCES gebruiker(id),
    PRIMARY KEY (machtiging, gebruiker)
) STRICT, WITHOUT ROWID;

-- How confidential a source may be at most; without a row it is departementaal vertrouwelijk.
CREATE TABLE bron_rubricering (
    bron TEXT NOT NULL PRIMARY KEY,
    rubricering TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE zoekplan (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    versie INTEGER NOT NULL,
    inhoud TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    goedgekeurd_door TEXT,
    goedgekeurd_op TEXT,
    PRIMARY KEY (zaak, versie)
) STRICT, WITHOUT ROWID;

-- What was asked of whom. An answer that comes later is a new version; none is ever changed.
CREATE TABLE navraag (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    versie INTEGER NOT NULL,
    inhoud TEXT NOT NULL,
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    PRIMARY KEY (zaak, nummer, versie)
) STRICT, WITHOUT ROWID;

CREATE TABLE zoekronde (
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    doel TEXT NOT NULL,
    door TEXT NOT NULL,
    geopend TEXT NOT NULL,
    conclusie TEXT,
    gesloten_door TEXT,
    gesloten TEXT,
    PRIMARY KEY (zaak, nummer)
) STRICT, WITHOUT ROWID;

ALTER TABLE zoekopdracht ADD COLUMN zaak TEXT NOT NULL DEFAULT 'lokaal';
ALTER TABLE zoekopdracht ADD COLUMN wie TEXT NOT NULL DEFAULT 'lokaal';
ALTER TABLE zoekopdracht ADD COLUMN stap_van TEXT;

-- A search that was really done: one question on one state of the index. `verslag` is what was known at once,
-- `telling` what was counted afterwards on the same state. Neither ever changes.
CREATE TABLE zoekactie (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zaak TEXT NOT NULL REFERENCES zaak(id),
    nummer INTEGER NOT NULL,
    zoekopdracht TEXT NOT NULL REFERENCES zoekopdracht(id),
    stand TEXT NOT NULL,
    verslag TEXT NOT NULL,
    hash TEXT NOT NULL,
    telling TEXT,
    telling_hash TEXT,
    ronde INTEGER,
    UNIQUE (zaak, nummer),
    UNIQUE (zoekopdracht, stand)
) STRICT;

CREATE INDEX zoekactie_zonder_telling ON zoekactie (id) WHERE telling IS NULL;

CREATE TRIGGER zoekactie_blijft BEFORE UPDATE ON zoekactie
WHEN NEW.zaak IS NOT OLD.zaak OR NEW.nummer IS NOT OLD.nummer OR NEW.zoekopdracht IS NOT OLD.zoekopdracht
    OR NEW.stand IS NOT OLD.stand OR NEW.verslag IS NOT OLD.verslag OR NEW.hash IS NOT OLD.hash
    OR (OLD.telling IS NOT NULL AND (NEW.telling IS NOT OLD.telling OR NEW.telling_hash IS NOT OLD.telling_hash))
    OR (OLD.ronde IS NOT NULL AND NEW.ronde IS NOT OLD.ronde)
BEGIN SELECT RAISE(ABORT, 'een zoekactie verandert niet'); END;

CREATE TRIGGER zoekactie_gaat_niet_weg BEFORE DELETE ON zoekactie
BEGIN SELECT RAISE(ABORT, 'een zoekactie gaat niet weg'); END;

-- What the audit trail has to take over: written with the change itself, so that none can be without its record.
CREATE TABLE audit_uit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sleutel TEXT NOT NULL,
    regel TEXT NOT NULL
) STRICT;

-- The head of the audit trail as this database knows it: a trail that is shorter was cut.
CREATE TABLE audit_hoofd (
    een INTEGER NOT NULL PRIMARY KEY CHECK (een = 1),
    nummer INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
