//! The generations of the index as who looks after sources sees them: what is searched, what is kept from before, what is
//! being built; going back and confirming, with their records. Never builds one itself: a child process does.

use crate::audit::Event;
use crate::mensen::Actor;
use crate::problem::Problem;
use crate::rooster::{Soort, looks_after_sources};
use crate::state::{index_folder, texts_folder};
use crate::store::{Store, StoreError};
use crate::web::labels::bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use utoipa::ToSchema;
use zv_indexer::account::Account;
use zv_indexer::lock::StateLock;
use zv_indexer::rebuild::Building;
use zv_shared::index::IndexError;
use zv_shared::index::generations::{self, GenerationError, Generations};

/// Een index op schijf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Generatie {
    /// Naam van de map.
    pub naam: String,
    /// huidig: hierin wordt gezocht; vorige: bewaard om naar terug te gaan; half: in aanbouw, of niet afgemaakt.
    #[schema(example = "huidig")]
    pub rol: &'static str,
    /// Grootte op schijf.
    pub bytes: u64,
    /// Documenten erin.
    pub documenten: u64,
    /// Versie van het programma dat er het laatst in schreef.
    pub programma: String,
    /// Of dit programma erin kan zoeken.
    pub doorzoekbaar: bool,
}

/// Een index die nu gemaakt wordt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IndexInAanbouw)]
pub struct InAanbouw {
    /// Begin (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub begonnen: Timestamp,
    /// Documenten die erin staan.
    pub documenten: u64,
    /// Documenten die erin komen.
    pub totaal: u64,
}

/// Hoe het met de index staat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IndexStand)]
pub struct IndexStand {
    /// Alle generaties, de oudste eerst.
    pub generaties: Vec<Generatie>,
    /// Sinds wanneer de huidige in de plaats van de vorige is (UTC); alleen zolang er een vorige is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub gewisseld: Option<Timestamp>,
    /// Of er sinds de wisseling is ingelezen; dat ontbreekt in de vorige.
    pub ingelezen_sinds: bool,
    /// Wat er nu gemaakt wordt.
    pub in_aanbouw: Option<InAanbouw>,
}

/// What lies in the state folder now.
///
/// # Errors
/// [`StoreError::Io`] when it cannot be read.
pub fn stand(state: &Path) -> Result<IndexStand, StoreError> {
    let folder = index_folder(state);
    let found = Generations::of(&folder).map_err(GenerationError::from)?;
    let building = Building::now(&folder);
    Ok(IndexStand {
        generaties: found
            .all
            .into_iter()
            .map(|one| Generatie {
                rol: one.role.name(),
                naam: one.name,
                bytes: one.bytes,
                documenten: one.documents,
                programma: one.program,
                doorzoekbaar: one.ours,
            })
            .collect(),
        gewisseld: found.switched,
        ingelezen_sinds: found.written,
        in_aanbouw: building.map(|building| InAanbouw {
            begonnen: building.begonnen,
            documenten: building.documenten,
            totaal: building.totaal,
        }),
    })
}

impl From<GenerationError> for StoreError {
    fn from(error: GenerationError) -> Self {
        match error {
            GenerationError::Index(error) => StoreError::Io(std::io::Error::other(error)),
            GenerationError::Room { needed, free } => StoreError::Refused(format!(
                "voor een nieuwe index naast de oude is naar schatting {} nodig, en er is {} vrij",
                bytes(needed),
                bytes(free)
            )),
            other => StoreError::Refused(other.to_string()),
        }
    }
}

/// Asks to make the index anew, when it may be: what cannot be is told at once and not by a job that fails at night.
///
/// # Errors
/// [`StoreError::Refused`] for who has not the role, when one from before waits for a decision, or the disk is too full.
pub fn ask(state: &Path, store: &Store, actor: &Actor) -> Result<u32, StoreError> {
    looks_after_sources(actor)?;
    match generations::may_build(&index_folder(state), &texts_folder(state)) {
        Err(GenerationError::Index(IndexError::Missing)) => Err(StoreError::refused(
            "er is nog geen index; lees eerst een bron in",
        )),
        result => {
            result?;
            store.ask_rebuild(actor)
        }
    }
}

/// The runs that changed the index since the last switch: what they found is not in the generation from before.
fn since(state: &Path) -> Result<Vec<Account>, StoreError> {
    let found = Generations::of(&index_folder(state)).map_err(GenerationError::from)?;
    let Some(switched) = found.switched.filter(|_| found.written) else {
        return Ok(Vec::new());
    };
    let mut accounts = crate::runs::all(state)?;
    accounts.retain(|account| account.begonnen >= switched);
    Ok(accounts)
}

/// Goes back to the generation from before, and removes the one of now. With `toch` also when something was read since:
/// then the sources of those runs are read again. Gives their names.
///
/// # Errors
/// [`StoreError::Refused`] for who has not the role, when there is none to go back to, or when it would be without what
/// was read since.
pub fn terug(
    state: &Path,
    store: &Store,
    actor: &Actor,
    toch: bool,
) -> Result<BTreeSet<String>, StoreError> {
    looks_after_sources(actor)?;
    let _lock = lock(state)?;
    let runs = since(state)?;
    let numbers: Vec<u64> = runs.iter().map(|account| account.run).collect();
    store.change(|change| {
        let gegevens = json!({"toch": toch, "runs_sinds_wisseling": numbers});
        change.log(&Event::done(actor, "index.terug", "", gegevens))?;
        match generations::go_back(&index_folder(state), toch) {
            Err(GenerationError::Written) => Err(StoreError::Refused(missing(&runs))),
            result => Ok(result?),
        }
    })?;
    let bronnen: BTreeSet<String> = runs.into_iter().map(|account| account.bron).collect();
    for bron in &bronnen {
        match store.ask_run(actor, bron, Soort::Bijwerken) {
            // It waits already.
            Ok(_) | Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bronnen)
}

/// What would not be found in the generation from before, and what to do about it.
fn missing(runs: &[Account]) -> String {
    let of = |account: &Account| {
        format!(
            "run {} van bron {} ({} nieuw, {} gewijzigd, {} verwijderd)",
            account.run, account.bron, account.nieuw, account.gewijzigd, account.verwijderd
        )
    };
    let runs: Vec<String> = runs.iter().map(of).collect();
    let what = match runs.is_empty() {
        true => "documenten die sinds de wisseling veranderden".to_owned(),
        false => runs.join(", "),
    };
    format!(
        "in de vorige index ontbreekt {what}. Wilt u toch terug, dan worden deze bronnen daarna opnieuw ingelezen \
         (op de opdrachtregel: index --terug --toch)"
    )
}

/// Confirms that the generation of now is right: the one from before is removed.
///
/// # Errors
/// [`StoreError::Refused`] for who has not the role, or when there is none from before.
pub fn bevestig(state: &Path, store: &Store, actor: &Actor) -> Result<(), StoreError> {
    looks_after_sources(actor)?;
    let _lock = lock(state)?;
    store.change(|change| {
        change.log(&Event::done(actor, "index.bevestigd", "", json!({})))?;
        Ok(generations::confirm(&index_folder(state))?)
    })
}

/// Tidies up what a killed program left half built, unless somebody is building.
pub fn tidy(state: &Path) -> Result<(), Problem> {
    match StateLock::take(state) {
        Ok(_lock) => generations::clean(&index_folder(state)).map_err(Problem::fault),
        Err(_) => Ok(()),
    }
}

fn lock(state: &Path) -> Result<StateLock, StoreError> {
    StateLock::take(state).map_err(|error| StoreError::Conflict(error.to_string()))
}
