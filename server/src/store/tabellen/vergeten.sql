-- Accounts whose name was erased: they are called `persoon` with this number from then on, which no other ever gets.
CREATE TABLE vergeten (
    nummer INTEGER PRIMARY KEY AUTOINCREMENT,
    gebruiker TEXT NOT NULL UNIQUE REFERENCES gebruiker(id),
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT;
