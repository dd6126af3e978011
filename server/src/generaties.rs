//! The generations of the index as who looks after sources sees them: what is searched, what is kept from before, what is
//! being built; going back and confirming, with their records. Never builds one itself: a child process does.

use crate::audit::Event;
use crate::mensen::Actor;
use crate::motor::{MotorError, engine};
use crate::problem::Problem;
use crate::rooster::{Soort, looks_after_sources};
use crate::state::index_folder;
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
use zv_shared::index::engine::{Colour, Health};
use zv_shared::index::generations::{GenerationError, Generations};

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

/// Hoe het gaat met het cluster waarin de index staat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ClusterStand)]
pub struct Cluster {
    /// Of het antwoordt; zo niet, dan is de rest leeg.
    pub bereikbaar: bool,
    /// Wat er mis is.
    pub melding: Option<&'static str>,
    /// Naam van de index in het cluster.
    pub naam: String,
    /// Knooppunten die meedoen.
    pub knooppunten: u64,
    /// Delen van de index die er zijn, kopieën meegeteld.
    pub delen: u64,
    /// Delen en kopieën die ontbreken.
    pub delen_kwijt: u64,
    /// Delen die onderweg zijn.
    pub delen_onderweg: u64,
    /// Vrije ruimte van alle knooppunten samen, in bytes.
    pub vrij: u64,
    /// Hoeveel procent van zijn geheugen het volste knooppunt gebruikt.
    pub geheugen_procent: u64,
}

impl From<Result<Health, IndexError>> for Cluster {
    fn from(health: Result<Health, IndexError>) -> Self {
        let (bereikbaar, melding) = match &health {
            Err(_) => (
                false,
                Some(
                    "Geen knooppunt van het cluster antwoordt. Er kan nu niet gezocht en niet ingelezen worden.",
                ),
            ),
            Ok(health) => (
                true,
                match health.colour {
                    Colour::Groen => None,
                    Colour::Geel => Some(
                        "Alle documenten zijn er, maar niet elke kopie. Valt er nog een knooppunt uit, dan kan een deel wegvallen.",
                    ),
                    Colour::Rood => Some(
                        "Een deel van de index is weg. Zoeken geeft een fout tot het knooppunt met dat deel terug is.",
                    ),
                },
            ),
        };
        let health = health.ok();
        let of = |part: fn(&Health) -> u64| health.as_ref().map_or(0, part);
        Cluster {
            bereikbaar,
            melding,
            knooppunten: of(|health| health.nodes),
            delen: of(|health| health.parts),
            delen_kwijt: of(|health| health.missing),
            delen_onderweg: of(|health| health.moving),
            vrij: of(|health| health.free),
            geheugen_procent: of(|health| health.memory_percent),
            naam: health.map_or_else(String::new, |health| health.name),
        }
    }
}

/// How it goes with the cluster; `None` when the index is in the program.
///
/// # Errors
/// When the settings cannot be used.
pub fn cluster(state: &Path) -> Result<Option<Cluster>, StoreError> {
    let health = engine(state)?.health().transpose();
    Ok(health.map(Cluster::from))
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
    /// Het cluster waarin de index staat; leeg als hij op deze computer staat.
    pub cluster: Option<Cluster>,
}

/// What lies in the state folder now.
///
/// # Errors
/// [`StoreError::Io`] when it cannot be read.
pub fn stand(state: &Path) -> Result<IndexStand, StoreError> {
    let cluster = cluster(state)?;
    let found = match cluster.as_ref().is_none_or(|cluster| cluster.bereikbaar) {
        true => engine(state)?
            .generations()
            .map_err(GenerationError::from)?,
        false => Generations::default(),
    };
    let building = Building::now(&index_folder(state));
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
        cluster,
    })
}

impl From<GenerationError> for StoreError {
    fn from(error: GenerationError) -> Self {
        match error {
            GenerationError::Index(IndexError::Busy(who)) => {
                StoreError::Conflict(IndexError::Busy(who).to_string())
            }
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

impl From<MotorError> for StoreError {
    fn from(error: MotorError) -> Self {
        StoreError::Io(std::io::Error::other(error))
    }
}

/// Asks to make the index anew, when it may be: what cannot be is told at once and not by a job that fails at night.
///
/// # Errors
/// [`StoreError::Refused`] for who has not the role, when one from before waits for a decision, or the disk is too full.
pub fn ask(state: &Path, store: &Store, actor: &Actor) -> Result<u32, StoreError> {
    looks_after_sources(actor)?;
    match engine(state)?.may_build() {
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
    let found = engine(state)?.generations();
    let found = found.map_err(GenerationError::from)?;
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
    let engine = engine(state)?;
    let numbers: Vec<u64> = runs.iter().map(|account| account.run).collect();
    store.change(|change| {
        let gegevens = json!({"toch": toch, "runs_sinds_wisseling": numbers});
        change.log(&Event::done(actor, "index.terug", "", gegevens))?;
        match engine.go_back(toch) {
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
    let engine = engine(state)?;
    store.change(|change| {
        change.log(&Event::done(actor, "index.bevestigd", "", json!({})))?;
        Ok(engine.confirm()?)
    })
}

/// Tidies up what a killed program left half built, unless somebody is building.
pub fn tidy(state: &Path) -> Result<(), Problem> {
    match StateLock::take(state) {
        Ok(_lock) => {
            let engine = engine(state).map_err(Problem::fault)?;
            engine.clean().map_err(Problem::fault)
        }
        Err(_) => Ok(()),
    }
}

fn lock(state: &Path) -> Result<StateLock, StoreError> {
    StateLock::take(state).map_err(|error| StoreError::Conflict(error.to_string()))
}
