-- What accounts are on the drives of the sources, and how a machtiging goes with the rights there.

-- What an account is, by who said so: the beheerder, or a login at the organisation.
CREATE TABLE principaal (
    gebruiker TEXT NOT NULL REFERENCES gebruiker(id),
    herkomst TEXT NOT NULL,
    lijst TEXT NOT NULL,
    kenmerk TEXT NOT NULL,
    PRIMARY KEY (gebruiker, herkomst)
) STRICT, WITHOUT ROWID;

-- With what rights something was searched, so that it can be done again: by the SHA-256 that the record of it names.
CREATE TABLE principaal_toen (
    kenmerk TEXT NOT NULL PRIMARY KEY,
    lijst TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE machtiging ADD COLUMN rechten TEXT NOT NULL DEFAULT '{}';
