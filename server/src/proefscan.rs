//! Proefscans that somebody asked for: one at a time for each source, in a thread of this program, and what the last one
//! found, kept beside the runs. Owns that a scan has a record and can be ended. Never reads a document itself: descriptions
//! go to a reader process.

use crate::audit::{Event, hex};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::runs;
use crate::state::App;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zv_indexer::proefscan::{DescriptionReader, Proefscan, Scan, proefscan};
use zv_indexer::settings::Settings;
use zv_indexer::source::Source;
use zv_indexer::worker::{Reader, ReaderSettings};

/// In the state folder: what scans found.
const FOLDER: &str = "proefscans";

/// What a scan found, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bewaard {
    /// When it began.
    pub begonnen: Timestamp,
    /// When it ended.
    pub klaar: Timestamp,
    /// What it found; nothing when it failed.
    pub uitkomst: Option<Proefscan>,
    /// Why it failed.
    pub melding: Option<String>,
}

/// A scan that is busy.
#[derive(Debug)]
pub struct Bezig {
    /// When it began.
    pub begonnen: Timestamp,
    /// Files so far.
    gezien: AtomicU64,
    stop: AtomicBool,
}

impl Bezig {
    /// Files so far.
    pub fn gezien(&self) -> u64 {
        self.gezien.load(Ordering::Relaxed)
    }
}

/// The scans that are busy, by source.
#[derive(Debug, Default)]
pub struct Proefscans(Mutex<HashMap<String, Arc<Bezig>>>);

impl Proefscans {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Bezig>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one of a source.
    pub fn of(&self, bron: &str) -> Option<Arc<Bezig>> {
        self.lock().get(bron).cloned()
    }
}

/// The last one of a source that ended; one that cannot be read is as none.
pub fn last(state: &Path, bron: &str) -> Option<Bewaard> {
    let bytes = std::fs::read(path(state, bron)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn path(state: &Path, bron: &str) -> PathBuf {
    let name = hex(&Sha256::digest(bron)[..16]);
    state.join(FOLDER).join(format!("{name}.json"))
}

/// Looks at a source now.
///
/// # Errors
/// A Dutch sentence.
pub fn look(
    state: &Path,
    source: &Source,
    stop: &(dyn Fn() -> bool + Sync),
    seen: &(dyn Fn(u64) + Sync),
) -> Result<Proefscan, String> {
    let settings = Settings::load(state).map_err(|error| error.to_string())?;
    let reader = Reader::new(ReaderSettings {
        memory: settings.limits().most_memory(),
        // Not the folder of index runs: that one is emptied when a run starts.
        ..ReaderSettings::new(state.join("spool-server"))
    });
    // Without one descriptions are counted by their names alone.
    let reader: Option<DescriptionReader> =
        reader.ok().map(|reader| Mutex::new(Box::new(reader) as _));
    let earlier = runs::all(state).map_err(|error| error.to_string())?;
    let scan = Scan {
        source,
        settings: &settings,
        earlier: &earlier,
        measured: zv_indexer::run::measured(state),
        reader: reader.as_ref(),
        stop,
        seen,
    };
    proefscan(&scan).map_err(|error| error.to_string())
}

/// Begins to look at a source. False when that is under way already.
pub fn begin(app: &Arc<App>, actor: &Actor, source: Source) -> Result<bool, Problem> {
    app.must_be(actor, &[Rol::BeheerderBronnen])?;
    let bron = source.name.clone();
    let busy = Arc::new(Bezig {
        begonnen: Timestamp::now(),
        gezien: AtomicU64::new(0),
        stop: AtomicBool::new(false),
    });
    {
        let mut all = app.proefscans.lock();
        if all.contains_key(&bron) {
            return Ok(false);
        }
        all.insert(bron.clone(), Arc::clone(&busy));
    }
    let event = Event::done(actor, "bron.proefscan", &bron, json!({}));
    let (shared, name) = (Arc::clone(app), bron.clone());
    let started = app.store.log(&event).map_err(Problem::from).and_then(|()| {
        let thread = std::thread::Builder::new().name("proefscan".to_owned());
        let started = thread.spawn(move || work(&shared, &source, &busy));
        started.map(drop).map_err(Problem::fault)
    });
    if started.is_err() {
        app.proefscans.lock().remove(&name);
    }
    started.map(|()| true)
}

fn work(app: &App, source: &Source, busy: &Bezig) {
    let found = look(
        &app.folder,
        source,
        &|| busy.stop.load(Ordering::Relaxed),
        &|files| busy.gezien.store(files, Ordering::Relaxed),
    );
    let (uitkomst, melding) = match found {
        Ok(found) => (Some(found), None),
        Err(why) => (None, Some(why)),
    };
    let kept = Bewaard {
        begonnen: busy.begonnen,
        klaar: Timestamp::now(),
        uitkomst,
        melding,
    };
    if let Err(error) = keep(&app.folder, &source.name, &kept) {
        tracing::error!(%error, "what a trial scan found cannot be kept");
    }
    app.proefscans.lock().remove(&source.name);
}

fn keep(state: &Path, bron: &str, kept: &Bewaard) -> io::Result<()> {
    let path = path(state, bron);
    std::fs::create_dir_all(state.join(FOLDER))?;
    let new = path.with_extension("nieuw");
    std::fs::write(&new, serde_json::to_vec(kept)?)?;
    std::fs::rename(new, path)
}

/// Ends the scan of a source, if it is busy: what it found by then is kept.
pub fn end(app: &App, actor: &Actor, bron: &str) -> Result<(), Problem> {
    app.must_be(actor, &[Rol::BeheerderBronnen])?;
    if let Some(busy) = app.proefscans.of(bron) {
        busy.stop.store(true, Ordering::Relaxed);
    }
    Ok(())
}
