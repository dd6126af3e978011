-- That somebody looked at what an account may do, once a year at least. Only added to.
CREATE TABLE nagekeken (
    nummer INTEGER PRIMARY KEY AUTOINCREMENT,
    gebruiker TEXT NOT NULL REFERENCES gebruiker(id),
    door TEXT NOT NULL,
    wanneer TEXT NOT NULL,
    opmerking TEXT NOT NULL
) STRICT;
CREATE INDEX nagekeken_gebruiker ON nagekeken (gebruiker);
CREATE TRIGGER nagekeken_blijft BEFORE UPDATE ON nagekeken
BEGIN SELECT RAISE(ABORT, 'wat nagekeken is, verandert niet'); END;
CREATE TRIGGER nagekeken_gaat_niet_weg BEFORE DELETE ON nagekeken
BEGIN SELECT RAISE(ABORT, 'wat nagekeken is, gaat niet weg'); END;
