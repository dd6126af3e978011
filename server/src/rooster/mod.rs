//! Schedules: when which source is read by itself, and the jobs that come of it. Owns the schedule of each source and
//! the list of jobs; every change is in the audit trail. Never reads a source itself: a child process does.
//!
//! | file | owns |
//! |---|---|
//! | `tijd` | turns and windows, by the clock of here |
//! | `opdrachten` | the jobs: waiting, running, done |
//! | `uitvoerder` | gives each job its child process, one at a time |

mod opdrachten;
#[cfg(test)]
mod tests;
pub mod tijd;
mod uitvoerder;

pub use opdrachten::{Aanleiding, Opdracht, Stand};
pub use uitvoerder::work;

use crate::audit::Event;
use crate::mensen::{Actor, Rol};
use crate::store::{Change, Store, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Hoe een bron wordt ingelezen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Inleessoort)]
pub enum Soort {
    /// Wat nieuw of gewijzigd is, naar grootte en tijden.
    #[default]
    Bijwerken,
    /// Ook de inhoud van elk bestand vergelijken.
    Volledig,
    /// Bijwerken, en opnieuw proberen wat niet leesbaar was.
    Onleesbaar,
    /// De index als geheel opnieuw maken, zonder bronnen te lezen.
    Opnieuw,
}

/// What stands as the source of a job on the index as a whole: no source has this name.
pub const INDEX: &str = "";

impl Soort {
    /// All of them.
    const ALL: [Soort; 4] = [
        Soort::Bijwerken,
        Soort::Volledig,
        Soort::Onleesbaar,
        Soort::Opnieuw,
    ];
    /// Those in which a source is read.
    pub const READING: [Soort; 3] = [Soort::Bijwerken, Soort::Volledig, Soort::Onleesbaar];

    /// The name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Soort::Bijwerken => "bijwerken",
            Soort::Volledig => "volledig",
            Soort::Onleesbaar => "onleesbaar",
            Soort::Opnieuw => "opnieuw",
        }
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Soort::Bijwerken => "bijwerken",
            Soort::Volledig => "volledig vergelijken",
            Soort::Onleesbaar => "onleesbare bestanden opnieuw proberen",
            Soort::Opnieuw => "de index opnieuw maken",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|soort| soort.name() == name)
    }
}

/// Wanneer een bron vanzelf wordt ingelezen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rooster {
    /// Minuut, uur, dag, maand en weekdag, zoals in crontab; leeg voor nooit vanzelf.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub tijden: String,
    /// Hoe er wordt ingelezen.
    #[serde(default)]
    pub soort: Soort,
    /// Van dit uur (`20:00`) mag er worden ingelezen; leeg voor altijd.
    #[serde(default)]
    #[schema(max_length = 5)]
    pub venster_van: String,
    /// Tot dit uur (`06:00`); een run die dan bezig is, gaat verder als het venster weer opengaat.
    #[serde(default)]
    #[schema(max_length = 5)]
    pub venster_tot: String,
    /// Of een gemiste beurt later alsnog komt.
    #[serde(default)]
    pub inhalen: bool,
    /// Of het rooster stilstaat.
    #[serde(default)]
    pub pauze: bool,
}

impl Rooster {
    /// The hours in which the source may be read; `None` is always.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when they are no hours, or only one of both is given.
    pub fn window(&self) -> Result<Option<tijd::Window>, StoreError> {
        let hour = |text: &str| {
            let time = jiff::civil::Time::strptime("%H:%M", text);
            time.map_err(|_| StoreError::Refused(format!("'{text}' is geen tijd; schrijf 20:00")))
        };
        match (self.venster_van.as_str(), self.venster_tot.as_str()) {
            ("", "") => Ok(None),
            (from, to) if from == to => Err(StoreError::Refused(
                "een venster van en tot hetzelfde uur gaat nooit open of nooit dicht".to_owned(),
            )),
            (from, to) => Ok(Some(tijd::Window {
                from: hour(from)?,
                to: hour(to)?,
            })),
        }
    }

    /// The first turn after `after`; `None` when there is none.
    fn next(&self, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        if self.tijden.is_empty() {
            return Ok(None);
        }
        let times = tijd::parse(&self.tijden).map_err(StoreError::Refused)?;
        Ok(tijd::next(&times, after))
    }
}

/// The schedule of a source as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bewaard {
    /// How many times it was written; 0 when it never was.
    pub versie: u32,
    /// What it says.
    pub rooster: Rooster,
    /// The next turn.
    pub volgende: Option<Timestamp>,
}

impl Store {
    /// Writes the schedule of a source. `gezien` is the version that the writer saw.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for times that are none, [`StoreError::Conflict`] when somebody else wrote meanwhile.
    pub fn set_rooster(
        &self,
        actor: &Actor,
        bron: &str,
        gezien: u32,
        rooster: &Rooster,
    ) -> Result<u32, StoreError> {
        looks_after_sources(actor)?;
        rooster.window()?;
        let next = rooster.next(Timestamp::now())?;
        self.change(|change| {
            let known = read(change, bron)?.unwrap_or_default();
            if known.versie != gezien {
                return Err(StoreError::Conflict(
                    "het rooster is intussen door iemand anders gewijzigd".to_owned(),
                ));
            }
            write(change, bron, known.versie + 1, rooster, next)?;
            let gegevens = json!({"rooster": rooster, "versie": known.versie + 1});
            change.log(&Event::done(actor, "bron.rooster", bron, gegevens))?;
            Ok(known.versie + 1)
        })
    }

    /// The schedule of a source.
    pub fn rooster(&self, bron: &str) -> Result<Bewaard, StoreError> {
        Ok(read(&self.connection(), bron)?.unwrap_or_default())
    }

    /// Takes every turn that is due: makes its job, and sets the next. Gives the number of jobs.
    pub(crate) fn take_turns(&self, now: Timestamp) -> Result<u32, StoreError> {
        let due = {
            let connection = self.connection();
            let mut statement = connection.prepare_cached(
                "SELECT bron FROM rooster WHERE volgende IS NOT NULL AND volgende <= ? ORDER BY volgende, bron",
            )?;
            let rows = statement.query_map([stored(now)], |row| row.get::<_, String>(0))?;
            rows.collect::<Result<Vec<_>, _>>()?
        };
        let mut jobs = 0;
        for bron in due {
            jobs += u32::from(self.take_turn(&bron, now)?);
        }
        Ok(jobs)
    }

    fn take_turn(&self, bron: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.change(|change| {
            let Some(known) = read(change, bron)? else {
                return Ok(false);
            };
            // Another process may have taken it since.
            let Some(due) = known.volgende.filter(|due| *due <= now) else {
                return Ok(false);
            };
            let rooster = &known.rooster;
            write(change, bron, known.versie, rooster, rooster.next(now)?)?;
            let turn = tijd::turn(rooster, due, now);
            opdrachten::of_turn(change, bron, rooster.soort, due, turn, now)
        })
    }
}

/// Only who looks after sources decides when they are read.
pub(crate) fn looks_after_sources(actor: &Actor) -> Result<(), StoreError> {
    match actor.is_any(&[Rol::BeheerderBronnen]) {
        true => Ok(()),
        false => Err(StoreError::refused(
            "alleen een beheerder bronnen kan dit wijzigen",
        )),
    }
}

/// Whole seconds of one length, so that text compares as time does.
fn stored(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn read(connection: &Connection, bron: &str) -> Result<Option<Bewaard>, StoreError> {
    let row = connection
        .prepare_cached("SELECT versie, inhoud, volgende FROM rooster WHERE bron = ?")?
        .query_row([bron], |row| {
            Ok((
                row.get::<_, u32>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, Option<String>>(2)?,
            ))
        })
        .optional()?;
    let Some((versie, inhoud, volgende)) = row else {
        return Ok(None);
    };
    Ok(Some(Bewaard {
        versie,
        rooster: serde_json::from_str(&inhoud)?,
        // What is written here is always a time.
        volgende: volgende.and_then(|moment| moment.parse().ok()),
    }))
}

fn write(
    change: &Change<'_>,
    bron: &str,
    versie: u32,
    rooster: &Rooster,
    next: Option<Timestamp>,
) -> Result<(), StoreError> {
    change.execute(
        "INSERT INTO rooster (bron, versie, inhoud, volgende) VALUES (?, ?, ?, ?) ON CONFLICT (bron) DO UPDATE
         SET versie = excluded.versie, inhoud = excluded.inhoud, volgende = excluded.volgende",
        params![bron, versie, serde_json::to_string(rooster)?, next.map(stored)],
    )?;
    Ok(())
}
