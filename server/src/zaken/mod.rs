//! Cases (zaken): a request with everything that is done to answer it, so that the search can be accounted for. Owns
//! the case itself; each thing in a case has a file of its own. Never searches, never knows HTTP.
//!
//! | file | owns |
//! |---|---|
//! | `termijn` | the legal clock |
//! | `afbakening` | what the request is about, version by version |
//! | `machtiging` | who may search which sources, until when |
//! | `overname` | cases on which nobody works any more |
//! | `plan` | the zoekplan, version by version |
//! | `navraag` | what was asked of whom |
//! | `rondes` | zoekrondes |
//! | `acties` | zoekacties: the searches that were done |
//! | `telling` | what is counted of a zoekactie afterwards |
//! | `termenrapport` | what each line of a list of terms finds |
//! | `vergelijking` | what two zoekacties or rounds found that the other did not |
//! | `herhaling` | what a zoekactie finds now against what it found then |
//! | `controle` | stored zoekacties against the audit trail |
//! | `maskering` | terms that the public account hides |
//! | `schifting` | which documents belong to the request |
//! | `beoordeling` | what of a document becomes public, and on which grounds |
//! | `rijen` | rows of documents that wait for somebody |
//! | `elders` | what the same document came to in other cases |
//! | `toewijzing` | who judges which document, and remarks |
//! | `verdeling` | sharing out what is to be judged, and how far everybody is |
//! | `tegenstrijdig` | the same content judged differently |
//! | `nummers` | document numbers |
//! | `steekproef` | random samples of what was found, and of what was not |
//! | `voortgang` | how far a case is, in a few figures |
//! | `woordenlijst` | lists with synonyms |
//! | `reeks` | what a case numbers and of which every change is kept |
//! | `deelbesluit` | parts of a request that are decided apart |
//! | `belanghebbende`, `zienswijze` | third parties, and what they were asked |
//! | `indeling` | which documents belong to a deelbesluit and to belanghebbenden |
//! | `vasthouden` | documents that cases hold when their files are gone |
//! | `zaakversie` | closing a case, opening it again, and what is kept of it |

pub mod acties;
pub mod afbakening;
pub mod belanghebbende;
pub mod beoordeling;
mod controle;
pub mod deelbesluit;
pub mod elders;
pub mod herhaling;
pub mod indeling;
pub mod machtiging;
pub mod maskering;
pub mod navraag;
pub mod nummers;
mod overname;
pub mod plan;
pub mod reeks;
pub mod rijen;
pub mod rondes;
pub mod schifting;
pub mod steekproef;
pub mod tegenstrijdig;
pub mod telling;
pub mod termenrapport;
pub mod termijn;
pub mod toewijzing;
pub mod vasthouden;
pub mod verdeling;
pub mod vergelijking;
pub mod voortgang;
pub mod woordenlijst;
pub mod zaakversie;
pub mod zienswijze;

use crate::audit::Event;
use crate::mensen::{Actor, Rol};
use crate::store::{Change, Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Id of the case of a computer without accounts.
pub const LOCAL: &str = "lokaal";

/// Wat voor zaak het is; dat bepaalt de termijn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Soort {
    /// Verzoek op grond van de Wet open overheid.
    WooVerzoek,
    /// Vragen van een lid van de Kamer.
    Kamervraag,
    /// Parlementaire enquête.
    ParlementaireEnquete,
    /// Inzage op grond van de AVG.
    InzageAvg,
    /// Iets anders, zonder wettelijke termijn.
    Anders,
    /// De zaak van een computer zonder accounts.
    Lokaal,
}

impl Soort {
    /// The kinds that somebody can open.
    pub const ALL: [Soort; 5] = [
        Soort::WooVerzoek,
        Soort::Kamervraag,
        Soort::ParlementaireEnquete,
        Soort::InzageAvg,
        Soort::Anders,
    ];

    /// The name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Soort::WooVerzoek => "woo-verzoek",
            Soort::Kamervraag => "kamervraag",
            Soort::ParlementaireEnquete => "parlementaire-enquete",
            Soort::InzageAvg => "inzage-avg",
            Soort::Anders => "anders",
            Soort::Lokaal => "lokaal",
        }
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Soort::WooVerzoek => "Woo-verzoek",
            Soort::Kamervraag => "Kamervraag",
            Soort::ParlementaireEnquete => "parlementaire enquête",
            Soort::InzageAvg => "inzageverzoek (AVG)",
            Soort::Anders => "andere zaak",
            Soort::Lokaal => "lokale zaak",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        let local = std::iter::once(Soort::Lokaal);
        Self::ALL
            .into_iter()
            .chain(local)
            .find(|soort| soort.name() == name)
    }
}

/// Wat van een zaak bij het openen bekend is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweZaak)]
pub struct Intake {
    /// Zaaknummer van de organisatie.
    #[schema(min_length = 1, max_length = 100, example = "2026-00123")]
    pub nummer: String,
    /// Wat voor zaak het is.
    pub soort: Soort,
    /// Waar het over gaat, in een regel.
    #[schema(min_length = 1, max_length = 500)]
    pub titel: String,
    /// De letterlijke tekst van het verzoek.
    #[serde(default)]
    #[schema(max_length = 100_000)]
    pub verzoek: String,
    /// Van wie het verzoek komt. Staat nooit in een verantwoording.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub verzoeker: String,
    /// De dag van ontvangst.
    #[schema(value_type = String, format = Date)]
    pub ontvangen: Date,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zaak {
    /// Opaque: 32 random hexadecimal digits, or [`LOCAL`].
    pub id: String,
    /// What was known when it was opened.
    pub intake: Intake,
    /// The day of the decision; decides which law's grounds hold.
    pub besluit_op: Option<Date>,
    /// When it was opened.
    pub gemaakt: Timestamp,
    /// Key of who opened it.
    pub door: String,
    /// When it was closed.
    pub gesloten: Option<Timestamp>,
}

impl Zaak {
    /// Whether it is the case of a computer without accounts.
    pub fn is_local(&self) -> bool {
        self.id == LOCAL
    }

    /// A record for the audit trail of something that `actor` did in it.
    pub fn did(
        &self,
        actor: &Actor,
        actie: &str,
        object: impl Into<String>,
        gegevens: serde_json::Value,
    ) -> Event {
        Event {
            zaak: self.id.clone(),
            ..Event::done(actor, actie, object, gegevens)
        }
    }

    /// Refuses a change to a closed case. It asks the database: somebody may have closed it since this was read.
    pub fn must_be_open(&self, connection: &Connection) -> Result<(), StoreError> {
        let open = "SELECT gesloten IS NULL FROM zaak WHERE id = ?";
        match connection.query_row(open, [&self.id], |row| row.get(0))? {
            true => Ok(()),
            false => Err(StoreError::refused(
                "deze zaak is gesloten; heropen hem eerst voor bezwaar of beroep",
            )),
        }
    }
}

const COLUMNS: &str =
    "id, nummer, soort, titel, verzoek, verzoeker, ontvangen, besluit_op, gemaakt, door, gesloten";

fn zaak(row: &Row<'_>) -> rusqlite::Result<Zaak> {
    let soort: String = row.get(2)?;
    Ok(Zaak {
        id: row.get(0)?,
        intake: Intake {
            nummer: row.get(1)?,
            soort: Soort::named(&soort).unwrap_or(Soort::Anders),
            titel: row.get(3)?,
            verzoek: row.get(4)?,
            verzoeker: row.get(5)?,
            ontvangen: parsed(&row.get::<_, String>(6)?)?,
        },
        besluit_op: optional(row.get(7)?)?,
        gemaakt: parsed(&row.get::<_, String>(8)?)?,
        door: row.get(9)?,
        gesloten: optional(row.get(10)?)?,
    })
}

/// A value that is stored as text; SQLite's own error when the text is not one.
pub(crate) fn parsed<T: std::str::FromStr<Err = jiff::Error>>(text: &str) -> rusqlite::Result<T> {
    text.parse().map_err(|error: jiff::Error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
    })
}

/// The same for a column that may be empty.
pub(crate) fn optional<T: std::str::FromStr<Err = jiff::Error>>(
    text: Option<String>,
) -> rusqlite::Result<Option<T>> {
    text.map(|text| parsed(&text)).transpose()
}

/// The text of a field: trimmed, not empty, not longer than `longest` characters.
pub(crate) fn filled(text: &str, name: &str, longest: usize) -> Result<String, StoreError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(StoreError::Refused(format!("vul in: {name}")));
    }
    at_most(text, name, longest)?;
    Ok(text.to_owned())
}

/// Refuses a text that is longer than described.
pub(crate) fn at_most(text: &str, name: &str, longest: usize) -> Result<(), StoreError> {
    match text.chars().nth(longest) {
        None => Ok(()),
        Some(_) => Err(StoreError::Refused(format!(
            "{name} heeft hoogstens {longest} tekens"
        ))),
    }
}

/// One version of something of which every change is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versie<T> {
    /// From 1.
    pub nummer: u32,
    /// What it says.
    pub inhoud: T,
    /// Key of who wrote it.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

/// All versions in `table`, the oldest first.
pub(crate) fn versions<T: DeserializeOwned>(
    connection: &Connection,
    table: &str,
    zaak: &str,
) -> Result<Vec<Versie<T>>, StoreError> {
    let sql =
        format!("SELECT versie, inhoud, door, wanneer FROM {table} WHERE zaak = ? ORDER BY versie");
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([zaak], |row| {
        let inhoud: String = row.get(1)?;
        Ok((
            row.get(0)?,
            inhoud,
            row.get(2)?,
            parsed(&row.get::<_, String>(3)?)?,
        ))
    })?;
    let whole = |row: rusqlite::Result<(u32, String, String, Timestamp)>| {
        let (nummer, inhoud, door, wanneer) = row?;
        let inhoud = serde_json::from_str(&inhoud)?;
        Ok(Versie {
            nummer,
            inhoud,
            door,
            wanneer,
        })
    };
    rows.map(whole).collect()
}

/// Adds a version after `seen`, the last one that its writer saw.
///
/// # Errors
/// [`StoreError::Conflict`] when there is a newer one.
pub(crate) fn add_version<T: Serialize>(
    change: &Change<'_>,
    table: &str,
    (actor, zaak): (&Actor, &Zaak),
    seen: u32,
    inhoud: &T,
) -> Result<u32, StoreError> {
    let nummer = next_number(change, table, "versie", &zaak.id)?;
    if nummer - 1 != seen {
        return Err(StoreError::Conflict(format!(
            "iemand anders heeft intussen versie {} opgeslagen; bekijk die eerst",
            nummer - 1
        )));
    }
    let sql =
        format!("INSERT INTO {table} (zaak, versie, inhoud, door, wanneer) VALUES (?, ?, ?, ?, ?)");
    let text = serde_json::to_string(inhoud)?;
    change.execute(
        &sql,
        params![
            zaak.id,
            nummer,
            text,
            actor.id,
            Timestamp::now().to_string()
        ],
    )?;
    Ok(nummer)
}

impl Store {
    /// Opens a case. Who opens it takes part in it.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without the role for it, or when the number is taken.
    pub fn open_zaak(&self, actor: &Actor, intake: &Intake) -> Result<Zaak, StoreError> {
        if !actor.is_any(&[Rol::Regisseur, Rol::WooJurist]) {
            return Err(StoreError::refused(
                "alleen een regisseur of Woo-jurist opent een zaak",
            ));
        }
        if intake.soort == Soort::Lokaal {
            return Err(StoreError::refused("er is maar een lokale zaak"));
        }
        at_most(&intake.verzoek, "het verzoek", 100_000)?;
        at_most(&intake.verzoeker, "de verzoeker", 500)?;
        let nummer = filled(&intake.nummer, "het zaaknummer", 100)?;
        let titel = filled(&intake.titel, "de titel", 500)?;
        self.change(|change| {
            let taken: bool = change.query_row(
                "SELECT EXISTS (SELECT 1 FROM zaak WHERE nummer = ?)",
                [&nummer],
                |row| row.get(0),
            )?;
            if taken {
                return Err(StoreError::refused(format!(
                    "zaaknummer {nummer} bestaat al"
                )));
            }
            let zaak = Zaak {
                id: change.new_id()?,
                intake: Intake {
                    nummer,
                    titel,
                    ..intake.clone()
                },
                besluit_op: None,
                gemaakt: Timestamp::now(),
                door: actor.id.clone(),
                gesloten: None,
            };
            insert(change, &zaak)?;
            if !actor.is_local() {
                change.execute("INSERT INTO zaak_lid VALUES (?, ?)", [&zaak.id, &actor.id])?;
            }
            change.log(&zaak.did(
                actor,
                "zaak.geopend",
                &zaak.id,
                json!({"soort": zaak.intake.soort}),
            ))?;
            Ok(zaak)
        })
    }

    /// The case with this id.
    pub fn zaak(&self, id: &str) -> Result<Option<Zaak>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM zaak WHERE id = ?");
        Ok(self.connection().query_row(&sql, [id], zaak).optional()?)
    }

    /// The case with this number of the organisation.
    pub fn zaak_numbered(&self, nummer: &str) -> Result<Option<Zaak>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM zaak WHERE nummer = ?");
        let connection = self.connection();
        Ok(connection.query_row(&sql, [nummer], zaak).optional()?)
    }

    /// The cases that somebody takes part in, and for an auditor or one who grants all of them; the newest first.
    pub fn zaken_of(&self, actor: &Actor) -> Result<Vec<Zaak>, StoreError> {
        let all = actor.is_local() || actor.is_any(&[Rol::Auditor, Rol::BeheerderAutorisatie]);
        let sql = format!(
            "SELECT {COLUMNS} FROM zaak WHERE lokaal = 0 AND (?1 OR EXISTS
             (SELECT 1 FROM zaak_lid WHERE zaak = id AND gebruiker = ?2)) ORDER BY gemaakt DESC, id"
        );
        let connection = self.connection();
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map(params![all, actor.id], zaak)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keys of who takes part in a case.
    pub fn members(&self, zaak: &str) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT gebruiker FROM zaak_lid WHERE zaak = ? ORDER BY gebruiker")?;
        let rows = statement.query_map([zaak], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Lets somebody take part in a case.
    pub fn add_member(&self, actor: &Actor, zaak: &Zaak, account: &str) -> Result<(), StoreError> {
        if !actor.is_any(&[Rol::Regisseur]) {
            return Err(StoreError::refused(
                "alleen een regisseur kiest wie aan een zaak werkt",
            ));
        }
        if self.account(account)?.is_none() {
            return Err(StoreError::Missing("dit account bestaat niet"));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            change.execute(
                "INSERT OR IGNORE INTO zaak_lid VALUES (?, ?)",
                [&zaak.id, account],
            )?;
            change.log(&zaak.did(actor, "zaak.lid", account, json!({})))
        })
    }

    /// Says on which day is decided: that day's law holds, the Woo from 1 May 2022 and the Wob before.
    pub fn set_besluit(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        day: Option<Date>,
    ) -> Result<(), StoreError> {
        if zaak.is_local() || !actor.is_any(&[Rol::Regisseur, Rol::WooJurist]) {
            return Err(StoreError::refused(
                "alleen een regisseur of Woo-jurist bepaalt de dag van het besluit",
            ));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            let before: Option<String> = change.query_row(
                "SELECT besluit_op FROM zaak WHERE id = ?",
                [&zaak.id],
                |row| row.get(0),
            )?;
            let day = day.map(|day| day.to_string());
            change.execute(
                "UPDATE zaak SET besluit_op = ? WHERE id = ?",
                params![day, zaak.id],
            )?;
            let gegevens = json!({"was": before, "wordt": day});
            change.log(&zaak.did(actor, "zaak.besluit", &zaak.id, gegevens))
        })
    }
}

fn insert(change: &Change<'_>, zaak: &Zaak) -> Result<(), StoreError> {
    let intake = &zaak.intake;
    change.execute(
        "INSERT INTO zaak VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 0, ?, ?, NULL)",
        params![
            zaak.id,
            intake.nummer,
            intake.soort.name(),
            intake.titel,
            intake.verzoek,
            intake.verzoeker,
            intake.ontvangen.to_string(),
            zaak.gemaakt.to_string(),
            zaak.door
        ],
    )?;
    Ok(())
}

/// The number that comes next in a case, in a table that numbers per case from 1.
pub(crate) fn next_number(
    change: &Change<'_>,
    table: &str,
    column: &str,
    zaak: &str,
) -> Result<u32, StoreError> {
    let sql = format!("SELECT coalesce(max({column}), 0) + 1 FROM {table} WHERE zaak = ?");
    Ok(change.query_row(&sql, [zaak], |row| row.get(0))?)
}
