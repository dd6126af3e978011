//! The jobs: each is one reading of a source, asked for by a schedule or by somebody, or the index as a whole made anew.
//! A source waits for at most one job and is read by at most one. Never starts a process.

use super::tijd::Turn;
use super::{INDEX, Soort, looks_after_sources, stored};
use crate::audit::Event;
use crate::mensen::Actor;
use crate::store::{Change, Store, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// Waardoor een opdracht er kwam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Aanleiding {
    /// Het rooster van de bron.
    Rooster,
    /// Iemand vroeg erom.
    Hand,
}

/// Hoe een opdracht ervoor staat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stand {
    /// Nog niet begonnen.
    Wacht,
    /// Bezig.
    Loopt,
    /// Tot het einde gekomen.
    Klaar,
    /// Niet gelukt; de melding zegt waarom.
    Mislukt,
    /// Gestopt voor het einde.
    Afgebroken,
    /// Nooit begonnen; de melding zegt waarom.
    Vervallen,
}

impl Stand {
    const ALL: [Stand; 6] = [
        Stand::Wacht,
        Stand::Loopt,
        Stand::Klaar,
        Stand::Mislukt,
        Stand::Afgebroken,
        Stand::Vervallen,
    ];

    /// The name in the API and the database, and as it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Stand::Wacht => "wacht",
            Stand::Loopt => "loopt",
            Stand::Klaar => "klaar",
            Stand::Mislukt => "mislukt",
            Stand::Afgebroken => "afgebroken",
            Stand::Vervallen => "vervallen",
        }
    }
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opdracht {
    /// Its number.
    pub id: u32,
    /// Which source.
    pub bron: String,
    /// How.
    pub soort: Soort,
    /// Why it is there.
    pub aanleiding: Aanleiding,
    /// Key of who asked.
    pub door: String,
    /// When it was asked, or was due.
    pub gevraagd: Timestamp,
    /// How it stands.
    pub stand: Stand,
    /// Somebody asked to end it.
    pub afbreken: bool,
    /// When it began.
    pub begonnen: Option<Timestamp>,
    /// When it ended.
    pub klaar: Option<Timestamp>,
    /// The run it became.
    pub run: Option<u64>,
    /// What there is to say of it, in Dutch.
    pub melding: String,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Einde {
    pub stand: Stand,
    pub run: Option<u64>,
    pub melding: String,
}

const COLUMNS: &str =
    "id, bron, soort, aanleiding, door, gevraagd, stand, afbreken, begonnen, klaar, run, melding";

fn job(row: &Row<'_>) -> rusqlite::Result<Opdracht> {
    let moment = |text: Option<String>| text.and_then(|text| text.parse().ok());
    let (soort, stand): (String, String) = (row.get(2)?, row.get(6)?);
    let run: Option<i64> = row.get(10)?;
    Ok(Opdracht {
        id: row.get(0)?,
        bron: row.get(1)?,
        soort: Soort::named(&soort).unwrap_or_default(),
        aanleiding: match row.get::<_, String>(3)?.as_str() {
            "rooster" => Aanleiding::Rooster,
            _ => Aanleiding::Hand,
        },
        door: row.get(4)?,
        gevraagd: moment(row.get(5)?).unwrap_or_default(),
        stand: Stand::ALL
            .into_iter()
            .find(|known| known.name() == stand)
            .unwrap_or(Stand::Mislukt),
        afbreken: row.get(7)?,
        begonnen: moment(row.get(8)?),
        klaar: moment(row.get(9)?),
        run: run.map(i64::unsigned_abs),
        melding: row.get(11)?,
    })
}

fn busy(connection: &Connection, bron: &str, stand: Stand) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM opdracht WHERE bron = ? AND stand = ?")?
        .exists(params![bron, stand.name()])
}

fn add(change: &Change<'_>, job: &Opdracht) -> Result<u32, StoreError> {
    change.execute(
        "INSERT INTO opdracht (bron, soort, aanleiding, door, gevraagd, stand, melding) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            job.bron,
            job.soort.name(),
            match job.aanleiding {
                Aanleiding::Rooster => "rooster",
                Aanleiding::Hand => "hand",
            },
            job.door,
            stored(job.gevraagd),
            job.stand.name(),
            job.melding
        ],
    )?;
    u32::try_from(change.last_insert_rowid())
        .map_err(|_| StoreError::refused("er zijn te veel opdrachten"))
}

fn new(
    bron: &str,
    soort: Soort,
    aanleiding: Aanleiding,
    door: &str,
    gevraagd: Timestamp,
) -> Opdracht {
    Opdracht {
        id: 0,
        bron: bron.to_owned(),
        soort,
        aanleiding,
        door: door.to_owned(),
        gevraagd,
        stand: Stand::Wacht,
        afbreken: false,
        begonnen: None,
        klaar: None,
        run: None,
        melding: String::new(),
    }
}

/// What comes of a turn: a job that waits, or one that lapsed and says why. True when one waits.
pub(super) fn of_turn(
    change: &Change<'_>,
    bron: &str,
    soort: Soort,
    due: Timestamp,
    turn: Turn,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let program = Actor::program();
    let mut job = new(bron, soort, Aanleiding::Rooster, &program.id, due);
    let lapsed = match turn {
        Turn::Missed => Some("het programma draaide toen niet"),
        Turn::Paused => Some("het rooster stond op pauze"),
        Turn::Taken if busy(change, bron, Stand::Wacht)? => Some("er wachtte al een opdracht"),
        Turn::Taken if busy(change, bron, Stand::Loopt)? => Some("de vorige run was nog bezig"),
        Turn::Taken => None,
    };
    if let Some(why) = lapsed {
        job.stand = Stand::Vervallen;
        job.melding = why.to_owned();
    }
    let id = add(change, &job)?;
    if lapsed.is_some() {
        change.execute(
            "UPDATE opdracht SET klaar = ? WHERE id = ?",
            params![stored(now), id],
        )?;
    }
    let gegevens = json!({"bron": bron, "soort": soort.name(), "vervallen": lapsed});
    change.log(&Event::done(
        &program,
        "opdracht.rooster",
        id.to_string(),
        gegevens,
    ))?;
    Ok(lapsed.is_none())
}

impl Store {
    /// Asks to read a source now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a job of this source waits or runs already.
    pub fn ask_run(&self, actor: &Actor, bron: &str, soort: Soort) -> Result<u32, StoreError> {
        if !Soort::READING.contains(&soort) {
            return Err(StoreError::refused(
                "de index wordt als geheel opnieuw gemaakt, niet voor een bron",
            ));
        }
        let twice = "deze bron wordt al ingelezen, of staat daarvoor klaar";
        self.add_job(actor, bron, soort, twice)
    }

    /// Asks to make the index anew, beside the one of now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when that waits or is busy already.
    pub fn ask_rebuild(&self, actor: &Actor) -> Result<u32, StoreError> {
        let twice = "de index wordt al opnieuw gemaakt, of staat daarvoor klaar";
        self.add_job(actor, INDEX, Soort::Opnieuw, twice)
    }

    fn add_job(
        &self,
        actor: &Actor,
        bron: &str,
        soort: Soort,
        twice: &str,
    ) -> Result<u32, StoreError> {
        looks_after_sources(actor)?;
        self.change(|change| {
            if busy(change, bron, Stand::Wacht)? || busy(change, bron, Stand::Loopt)? {
                return Err(StoreError::Conflict(twice.to_owned()));
            }
            let job = new(bron, soort, Aanleiding::Hand, &actor.id, Timestamp::now());
            let id = add(change, &job)?;
            let gegevens = json!({"bron": bron, "soort": soort.name()});
            change.log(&Event::done(
                actor,
                "opdracht.gevraagd",
                id.to_string(),
                gegevens,
            ))?;
            Ok(id)
        })
    }

    /// Asks to end a job: one that waits lapses, one that runs commits what it has and ends.
    pub fn cancel_run(&self, actor: &Actor, id: u32) -> Result<(), StoreError> {
        looks_after_sources(actor)?;
        self.change(|change| {
            let now = stored(Timestamp::now());
            let lapsed = change.execute(
                "UPDATE opdracht SET stand = 'vervallen', klaar = ?, melding = 'afgezegd' WHERE id = ? AND stand = 'wacht'",
                params![now, id],
            )?;
            let ended = change.execute(
                "UPDATE opdracht SET afbreken = 1 WHERE id = ? AND stand = 'loopt'",
                [id],
            )?;
            if lapsed + ended == 0 {
                return Err(StoreError::refused("deze opdracht wacht niet en loopt niet"));
            }
            change.log(&Event::done(actor, "opdracht.afgebroken", id.to_string(), json!({})))
        })
    }

    /// The newest jobs, of one source or of all.
    pub fn opdrachten(&self, bron: Option<&str>, most: u32) -> Result<Vec<Opdracht>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM opdracht WHERE ?1 IS NULL OR bron = ?1 ORDER BY id DESC LIMIT ?2"
        ))?;
        let rows = statement.query_map(params![bron, most], job)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The jobs that wait, the oldest first.
    pub(super) fn waiting_jobs(&self) -> Result<Vec<Opdracht>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM opdracht WHERE stand = 'wacht' ORDER BY id"
        ))?;
        let rows = statement.query_map([], job)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes a job that waits; false when it lapsed meanwhile.
    pub(super) fn begin_job(&self, job: &Opdracht, now: Timestamp) -> Result<bool, StoreError> {
        self.change(|change| {
            let begun = change.execute(
                "UPDATE opdracht SET stand = 'loopt', begonnen = ?, melding = '' WHERE id = ? AND stand = 'wacht'",
                params![stored(now), job.id],
            )?;
            if begun == 0 {
                return Ok(false);
            }
            let gegevens = json!({"bron": job.bron, "soort": job.soort.name()});
            change.log(&Event::done(&Actor::program(), "opdracht.begonnen", job.id.to_string(), gegevens))?;
            Ok(true)
        })
    }

    /// Whether somebody asked to end a job that runs.
    pub(super) fn must_end(&self, id: u32) -> Result<bool, StoreError> {
        let connection = self.connection();
        let asked = connection
            .prepare_cached("SELECT afbreken FROM opdracht WHERE id = ?")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        Ok(asked.unwrap_or(false))
    }

    /// Notes how a job ended.
    pub(super) fn end_job(&self, job: &Opdracht, einde: &Einde) -> Result<(), StoreError> {
        self.change(|change| {
            let run = einde.run.and_then(|run| i64::try_from(run).ok());
            let ended = (einde.stand != Stand::Wacht).then(|| stored(Timestamp::now()));
            change.execute(
                "UPDATE opdracht SET stand = ?, klaar = ?, run = coalesce(?, run), melding = ? WHERE id = ?",
                params![einde.stand.name(), ended, run, einde.melding, job.id],
            )?;
            let gegevens = json!({"bron": job.bron, "stand": einde.stand.name(), "run": einde.run});
            change.log(&Event::done(&Actor::program(), "opdracht.klaar", job.id.to_string(), gegevens))
        })
    }

    /// Jobs of which the program stopped while they ran wait again: a run goes on where the last one was. Gives their
    /// number.
    pub(super) fn take_up_jobs(&self) -> Result<usize, StoreError> {
        Ok(self.writing().execute(
            "UPDATE opdracht SET stand = 'wacht', melding = 'het programma stopte tijdens het inlezen' WHERE stand = 'loopt'",
            [],
        )?)
    }
}
