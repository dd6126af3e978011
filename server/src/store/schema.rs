//! The tables of `toestand.db` and how they came to be. A step that was released never changes: a new one is added.

/// The changes to the tables in order; `user_version` counts how many were made.
pub const MIGRATIONS: &[&str] = &[
    "CREATE TABLE zoekopdracht (
    id TEXT NOT NULL PRIMARY KEY,
    gemaakt TEXT NOT NULL,
    vraag TEXT NOT NULL,
    wijze TEXT NOT NULL,
    filters TEXT NOT NULL,
    sorteer TEXT NOT NULL,
    datumveld TEXT NOT NULL,
    ongedateerd INTEGER NOT NULL,
    facetten TEXT NOT NULL
) STRICT, WITHOUT ROWID",
    "ALTER TABLE zoekopdracht ADD COLUMN samenvoegen TEXT NOT NULL DEFAULT '\"geen\"'",
    "CREATE TABLE bekeken (
    document TEXT NOT NULL PRIMARY KEY,
    inhoud TEXT NOT NULL,
    wie TEXT NOT NULL,
    notitie TEXT NOT NULL,
    wanneer TEXT NOT NULL
) STRICT, WITHOUT ROWID",
    "ALTER TABLE zoekopdracht ADD COLUMN breedte TEXT NOT NULL DEFAULT '\"normaal\"'",
    include_str!("tabellen/zaken.sql"),
    include_str!("tabellen/uitvoer.sql"),
    include_str!("tabellen/schifting.sql"),
    include_str!("tabellen/steekproef.sql"),
    include_str!("tabellen/vergeten.sql"),
    include_str!("tabellen/woordenlijsten.sql"),
    include_str!("tabellen/deelbesluiten.sql"),
    include_str!("tabellen/rooster.sql"),
    include_str!("tabellen/geldend.sql"),
    include_str!("tabellen/maskering.sql"),
    include_str!("tabellen/bezig.sql"),
    include_str!("tabellen/tegenstrijdig.sql"),
    include_str!("tabellen/rechten.sql"),
    include_str!("tabellen/verwijderen.sql"),
    include_str!("tabellen/inloggen.sql"),
    include_str!("tabellen/nakijken.sql"),
];
