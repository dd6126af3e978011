-- Logging in through the organisation, the second step, and tokens of programs.

-- Who somebody is at the provider: never by name, always by issuer and `sub`.
CREATE TABLE organisatie_account (
    uitgever TEXT NOT NULL,
    sub TEXT NOT NULL,
    gebruiker TEXT NOT NULL UNIQUE REFERENCES gebruiker(id),
    -- Groups as the provider named them last, JSON.
    groepen TEXT NOT NULL,
    -- Whether its roles come from those groups; else somebody gives them by hand.
    rollen_van_groepen INTEGER NOT NULL,
    gezien TEXT NOT NULL,
    PRIMARY KEY (uitgever, sub)
) STRICT, WITHOUT ROWID;

-- Sessions that were opened through the provider. Its tokens are never kept on disk.
CREATE TABLE organisatie_sessie (
    sleutel BLOB NOT NULL PRIMARY KEY REFERENCES sessie(sleutel) ON DELETE CASCADE,
    -- When the provider last said that it lasts.
    gecontroleerd TEXT NOT NULL,
    -- Whether it can be asked.
    vernieuwt INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The secret behind the codes of an app (RFC 6238). It has to be kept as it is.
CREATE TABLE tweede_stap (
    gebruiker TEXT NOT NULL PRIMARY KEY REFERENCES gebruiker(id),
    zaad BLOB NOT NULL,
    -- Whether a first code was right.
    bevestigd INTEGER NOT NULL,
    -- The last step of time of which a code was used: no code opens twice.
    stap INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Codes for who lost the app, as SHA-256. Each is used once and is gone then.
CREATE TABLE herstelcode (
    gebruiker TEXT NOT NULL REFERENCES gebruiker(id),
    code BLOB NOT NULL,
    PRIMARY KEY (gebruiker, code)
) STRICT, WITHOUT ROWID;

-- Tokens of programs, as SHA-256. They stay, withdrawn or not: the trail refers to them by number.
CREATE TABLE token (
    nummer INTEGER PRIMARY KEY AUTOINCREMENT,
    gebruiker TEXT NOT NULL REFERENCES gebruiker(id),
    naam TEXT NOT NULL,
    sleutel BLOB NOT NULL UNIQUE,
    bereik TEXT NOT NULL,
    gemaakt TEXT NOT NULL,
    verloopt TEXT NOT NULL,
    gebruikt TEXT,
    ingetrokken TEXT
) STRICT;

CREATE INDEX token_gebruiker ON token (gebruiker);
