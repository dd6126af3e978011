//! Moving the index to another engine, from the documents and texts that are stored: no source is read. Owns holding both
//! against each other before the other one counts: documents by source, and what every recorded search finds. Never
//! removes the index that was.

use super::{MotorError, place, remember, remembered};
use crate::audit::Event;
use crate::mensen::{Actor, Via};
use crate::state::{App, index_folder};
use crate::zaken::telling::{members, results_hash};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zv_indexer::rebuild::{RebuildError, Rebuilt, carry_over};
use zv_shared::index::generations::GenerationError;
use zv_shared::index::settings::{IndexSettings, Motor};
use zv_shared::index::{Collapse, Engine, IndexError, Scope, Search, Snapshot};
use zv_shared::query::Query;

/// The index was not moved; where it was, it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// It is there already.
    #[error("de index staat al in {0}")]
    There(String),
    /// There is an index already, which may be somebody else's.
    #[error(
        "in het cluster staat al een index met deze naam ({0}); kies een andere 'naam' in 'index.cluster', of verwijder \
         hem in het cluster als niemand hem gebruikt"
    )]
    Taken(String),
    /// The settings do not say where to.
    #[error(transparent)]
    Motor(#[from] MotorError),
    /// The other one could not be made.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// Something could not be asked.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The other one holds or finds something else.
    #[error(
        "de verplaatste index is niet gelijk aan de oude: {0}. Er is niets veranderd; meld dit aan de makers"
    )]
    Other(String),
    /// The record could not be written, or searches not be read.
    #[error("{0}")]
    Store(String),
    /// Somebody ended it.
    #[error("het verplaatsen is afgebroken; de index is gebleven waar hij was")]
    Stopped,
}

/// What was moved, and what was held against each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verplaatst {
    /// Where it was.
    pub van: String,
    /// Where it is.
    pub naar: String,
    /// What was carried over.
    pub overgezet: Rebuilt,
    /// Documents by source, the same on both sides.
    pub per_bron: BTreeMap<String, u64>,
    /// Recorded searches that find the same documents on both sides.
    pub zoekacties: u64,
    /// Recorded searches that this program cannot ask again: their rules or lists are others now.
    pub niet_te_herhalen: u64,
}

/// Moves the index of the state of `app` to `motor`. Whoever calls it holds the lock of the state.
///
/// # Errors
/// [`MoveError`]; then nothing has changed.
pub fn verplaats(app: &App, motor: Motor, stop: &AtomicBool) -> Result<Verplaatst, MoveError> {
    let state = app.folder.as_path();
    let settings = IndexSettings::load(state).map_err(MotorError::from)?;
    let is = remembered(state)?.ok_or(IndexError::Missing)?;
    let meant = place(&settings, motor);
    if is == meant {
        return Err(MoveError::There(is));
    }
    let of = |motor| {
        let settings = IndexSettings {
            motor,
            ..settings.clone()
        };
        super::opened(state, &settings)
    };
    if motor == Motor::Opensearch && settings.cluster.is_none() {
        const WHY: &str = "de instellingen noemen geen cluster: vul 'index.cluster' in";
        return Err(MoveError::Store(WHY.to_owned()));
    }
    let (from, to) = (super::engine(state)?, of(motor)?);
    room(to.as_ref(), motor)?;
    let overgezet = carry_over(from.as_ref(), to.as_ref(), &index_folder(state), stop)?;
    if overgezet.refused > 0 {
        return Err(MoveError::Other(format!(
            "documenten waarvan hij de tekst niet opneemt: {}",
            overgezet.refused
        )));
    }
    let (per_bron, zoekacties, niet_te_herhalen) = same(app, &from, &to, stop)?;
    let done = Verplaatst {
        van: is,
        naar: meant,
        overgezet,
        per_bron,
        zoekacties,
        niet_te_herhalen,
    };
    let actor = Actor::local(Via::Opdracht);
    let event = Event::done(&actor, "index.verplaatst", "", json!(done));
    let logged = app.store.log(&event);
    logged.map_err(|error| MoveError::Store(error.to_string()))?;
    remember(state, &done.naar)?;
    Ok(done)
}

/// Whether an index may be made there. One in a cluster may be somebody else's, and stands in the way; what an earlier move
/// left in the state folder is ours, and nobody searches it.
fn room(to: &dyn Engine, motor: Motor) -> Result<(), MoveError> {
    let there = to.generations()?;
    if motor == Motor::Opensearch && !there.all.is_empty() {
        let names = there.all.iter().map(|one| one.name.as_str());
        return Err(MoveError::Taken(names.collect::<Vec<_>>().join(", ")));
    }
    match to.confirm() {
        Ok(()) | Err(GenerationError::NoneKept) => {}
        Err(error) => return Err(RebuildError::from(error).into()),
    }
    match to.may_build() {
        Ok(()) | Err(GenerationError::Index(IndexError::Missing)) => Ok(()),
        Err(error) => Err(RebuildError::from(error).into()),
    }
}

/// Holds both indexes against each other: documents by source, and what recorded searches find.
fn same(
    app: &App,
    from: &Arc<dyn Engine>,
    to: &Arc<dyn Engine>,
    stop: &AtomicBool,
) -> Result<(BTreeMap<String, u64>, u64, u64), MoveError> {
    let (old, new) = (from.index().snapshot()?, to.index().snapshot()?);
    let (before, after) = (per_source(old.as_ref())?, per_source(new.as_ref())?);
    if before != after {
        return Err(MoveError::Other(format!(
            "de aantallen per bron verschillen ({before:?} en {after:?})"
        )));
    }
    let (mut asked, mut again, mut lost) = (BTreeSet::new(), 0, 0);
    let acties = app.store.all_zoekacties().map_err(stored)?;
    for (zaak, nummer) in acties {
        if stop.load(Ordering::Relaxed) {
            return Err(MoveError::Stopped);
        }
        let Some((scope, search)) = search_of(app, &zaak, nummer)? else {
            lost += 1;
            continue;
        };
        // The same question is asked again and again while somebody pages.
        if asked.insert(format!("{scope:?} {search:?}")) {
            let found = |snapshot: &Arc<dyn Snapshot>| -> Result<String, IndexError> {
                Ok(results_hash(&members(
                    snapshot.within(&scope)?.as_ref(),
                    &search,
                )?))
            };
            if found(&old)? != found(&new)? {
                let why = format!("zoekactie {nummer} van zaak {zaak} vindt andere documenten");
                return Err(MoveError::Other(why));
            }
        }
        again += 1;
    }
    Ok((before, again, lost))
}

fn stored(error: impl std::fmt::Display) -> MoveError {
    MoveError::Store(error.to_string())
}

/// What a recorded search asked and where; `None` when it cannot be asked again.
fn search_of(app: &App, zaak: &str, nummer: u32) -> Result<Option<(Scope, Search)>, MoveError> {
    let actie = app.store.zoekactie(zaak, nummer).map_err(stored)?;
    let Some(verslag) = actie.map(|actie| actie.verslag) else {
        return Ok(None);
    };
    let scope = match verslag.machtigingen.is_empty() {
        true => Scope::everything(),
        false => app.scope_of(&verslag).map_err(stored)?,
    };
    let search = app.search_again(&verslag).ok();
    Ok(search.map(|search| (scope, search)))
}

/// Documents of each source.
fn per_source(snapshot: &dyn Snapshot) -> Result<BTreeMap<String, u64>, IndexError> {
    let all = Search {
        collapse: Collapse::Geen,
        ..Search::of(Query::All)
    };
    Ok(snapshot.overlap(&[all])?.together.per_source)
}
