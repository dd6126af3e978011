//! What all requests share: the state folder, the stored searches, the index, and a short memory of result
//! pages. Never answers a request itself.

use crate::deel;
use crate::http::metingen::Tally;
use crate::mensen::eerste::EersteCode;
use crate::mensen::organisatie::Aanbieder;
use crate::mensen::principalen::Remembered;
use crate::mensen::rem::Rem;
use crate::problem::Problem;
use crate::proefscan::Proefscans;
use crate::settings::ServerSettings;
use crate::store::Store;
use crate::toegang::{Ogen, Zicht};
use crate::uitvoer::bestand::work_folder;
use crate::unreadable::{self, Reason};
use crate::zaken::schifting::veilig::{self, Keeper};
use crate::zaken::telling::{Counter, results_folder};
use crate::zaken::woordenlijst::gebruik::ReadyLists;
use crate::zaken::zaakversie::versies_folder;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zv_shared::index::{Cursor, Index, IndexError, Scope, Snapshot};
use zv_shared::lists::Lists;

/// Where the index lies in the state folder.
pub fn index_folder(state: &Path) -> PathBuf {
    state.join("index")
}

/// Where the extracted texts lie in the state folder.
pub fn texts_folder(state: &Path) -> PathBuf {
    state.join("teksten")
}

/// Where the lists of synonyms of an installation lie in the state folder.
pub fn lists_folder(state: &Path) -> PathBuf {
    state.join("lijsten")
}

/// What all requests share.
pub struct App {
    /// The state folder.
    pub folder: PathBuf,
    /// People, cases, and what they leave behind.
    pub store: Arc<Store>,
    /// Whether the index is on a cluster, and so not on this computer.
    pub op_cluster: bool,
    /// The settings of the server.
    pub settings: ServerSettings,
    /// Where people of the organisation log in, when the settings name it.
    pub organisatie: Option<Aanbieder>,
    /// Slows down who guesses or asks too much.
    pub rem: Rem,
    /// With what the first account is made over the network; none where that is not needed.
    pub eerste: Option<EersteCode>,
    /// The index; the way to it leads through a [`Zicht`].
    index: Arc<dyn Index>,
    /// Synonyms and abbreviations of the program and the installation; what a question is asked with, its case adds
    /// to ([`App::lists_now`]).
    pub lists_of_installation: Arc<Lists>,
    /// Lists of cases and of former searches, ready to be asked.
    pub ready_lists: ReadyLists,
    /// What a monitor asks for.
    pub tally: Tally,
    /// Counts what was searched.
    pub counter: Counter,
    /// Keeps the originals that were found relevant.
    pub keeper: Keeper,
    /// The way back through result pages.
    pub trail: Trail,
    /// Hits in documents that were opened lately.
    pub marks: Marks,
    /// Why documents could not be read.
    pub reasons: Reasons,
    /// What accounts are on the drives.
    pub principals: Remembered,
    /// Sources that somebody looks at before they are read.
    pub proefscans: Proefscans,
}

impl App {
    /// The parts that all requests share. Starts the threads that count what was searched and keep
    /// originals.
    pub fn new(
        folder: PathBuf,
        store: Store,
        index: Arc<dyn Index>,
        lists: Lists,
        settings: ServerSettings,
    ) -> Self {
        let store = Arc::new(store);
        let counter = Counter::start(folder.clone(), Arc::clone(&store));
        let keeper = Keeper::start(folder.clone(), Arc::clone(&store), Arc::clone(&index));
        App {
            folder,
            store,
            rem: Rem::default(),
            eerste: None,
            op_cluster: false,
            organisatie: settings.inloggen.organisatie.clone().map(Aanbieder::new),
            settings,
            index,
            lists_of_installation: Arc::new(lists),
            ready_lists: ReadyLists::default(),
            tally: Tally::default(),
            counter,
            keeper,
            trail: Trail::default(),
            marks: Marks::default(),
            reasons: Reasons::default(),
            principals: Remembered::default(),
            proefscans: Proefscans::default(),
        }
    }

    /// Why what is searched is not the newest state of the index; `None` when it is.
    pub fn index_behind(&self) -> Option<String> {
        // Looking is what notices it.
        let _ = self.index.snapshot();
        self.index.behind()
    }

    /// Whether the index can be opened now, for who may know no more.
    pub fn index_answers(&self) -> Result<(), IndexError> {
        self.index.snapshot().map(drop)
    }

    /// Goes to the newest state of the index, and lets go of every other: what was removed is nowhere any more.
    pub fn forget_older(&self) {
        // A state that cannot be had is told to who asks for it.
        let _ = self.index.snapshot();
        self.index.forget_older();
    }

    /// The newest state of the index, as far as it exists for who looks.
    pub fn snapshot(&self, zicht: &Zicht) -> Result<Arc<dyn Snapshot>, IndexError> {
        self.index.snapshot()?.within(zicht.scope())
    }

    /// The snapshot that `place` belongs to, or the newest one, with the cursor for it.
    pub fn at(
        &self,
        zicht: &Zicht,
        place: Option<&str>,
    ) -> Result<(Arc<dyn Snapshot>, Option<Cursor>), IndexError> {
        let Some(place) = place else {
            return Ok((self.snapshot(zicht)?, None));
        };
        let cursor = Cursor(place.to_owned());
        Ok((
            self.index.snapshot_of(&cursor)?.within(zicht.scope())?,
            Some(cursor),
        ))
    }
}

impl App {
    /// Takes up what was left when the program stopped, whatever stopped it, and says so in the log. Only for a program
    /// that stays: one that ends at once would leave it again.
    pub fn take_up_rest(&self) -> Result<(), Problem> {
        let folders = [
            results_folder(&self.folder),
            veilig::folder(&self.folder),
            work_folder(&self.folder),
            versies_folder(&self.folder),
        ];
        let mut files = 0;
        crate::generaties::tidy(&self.folder)?;
        for folder in folders {
            files += deel::clear(&folder).map_err(Problem::fault)?;
        }
        let searches = self.count_rest()?;
        let judgements = self.store.undo_unfinished()?;
        let originals = self.store.count_to_keep()?;
        self.keeper.wake();
        let versions = self.bewaar_rest()?;
        let waits = [
            files,
            searches as u64,
            originals,
            versions as u64,
            judgements,
        ];
        if waits.iter().any(|count| *count > 0) {
            tracing::warn!(
                searches_to_count = searches,
                originals_to_copy = originals,
                closed_cases_to_keep = versions,
                half_files_removed = files,
                half_judgements_undone = judgements,
                "takes up work that was left"
            );
        }
        Ok(())
    }

    /// The state of the index that a record names, while it is there, with only what is in `scope`.
    pub fn snapshot_again(
        &self,
        stand: &str,
        scope: &Scope,
    ) -> Result<Arc<dyn Snapshot>, IndexError> {
        let snapshot = self.index.snapshot()?;
        if snapshot.id() != stand {
            return Err(IndexError::SnapshotGone);
        }
        snapshot.within(scope)
    }

    /// The newest state of the index for a recorded search that is done again, with only what is in `scope`.
    pub fn snapshot_for_repeat(&self, scope: &Scope) -> Result<Arc<dyn Snapshot>, IndexError> {
        self.index.snapshot()?.within(scope)
    }

    /// Who looks documents up for what is kept of them.
    pub fn ogen(&self, scope: Scope) -> Ogen {
        Ogen::new(Arc::clone(&self.index), scope)
    }
}

/// Remembers which result page came before which, so that "vorige" works although cursors only go forward.
/// Forgetting is harmless: then only the way to the first page is left.
#[derive(Default)]
pub struct Trail {
    steps: Mutex<HashMap<String, Step>>,
}

/// Where a result page stands in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The place of the page before; `None` when that is the first page.
    pub previous: Option<String>,
    /// Number of hits before this page.
    pub skipped: u64,
}

impl Trail {
    const MAX: usize = 20_000;

    /// Notes that `next` follows the page at `here`, which shows `shown` hits.
    pub fn note(&self, here: Option<&str>, shown: u64, next: &str) {
        let mut steps = lock(&self.steps);
        if steps.len() >= Self::MAX {
            steps.clear();
        }
        let skipped = match here {
            None => Some(0),
            Some(here) => steps.get(here).map(|step| step.skipped),
        };
        if let Some(skipped) = skipped {
            steps.insert(
                next.to_owned(),
                Step {
                    previous: here.map(str::to_owned),
                    skipped: skipped + shown,
                },
            );
        }
    }

    /// What is known of the page at `place`.
    pub fn step(&self, place: Option<&str>) -> Option<Step> {
        match place {
            None => Some(Step::default()),
            Some(place) => lock(&self.steps).get(place).cloned(),
        }
    }
}

/// Byte ranges of hits.
type Found = Arc<Vec<Range<usize>>>;

/// The hits in the texts that were opened lately: a text of 200 MB is analysed once, not at every part of it.
#[derive(Default)]
pub struct Marks {
    latest: Mutex<Vec<(String, Found)>>,
}

impl Marks {
    const MAX: usize = 8;

    /// The hits under `key`, computed when they are not known.
    pub fn get_or(&self, key: String, compute: impl FnOnce() -> Vec<Range<usize>>) -> Found {
        if let Some((_, marks)) = lock(&self.latest).iter().find(|(known, _)| *known == key) {
            return Arc::clone(marks);
        }
        let marks = Arc::new(compute());
        let mut latest = lock(&self.latest);
        if latest.len() >= Self::MAX {
            latest.remove(0);
        }
        latest.push((key, Arc::clone(&marks)));
        marks
    }
}

/// The counted reasons of the state of the index that was asked for last.
#[derive(Default)]
pub struct Reasons {
    latest: Mutex<Option<(String, Arc<Vec<Reason>>)>>,
}

impl Reasons {
    /// The reasons in this state of the index, counted when they are not known.
    pub fn of(
        &self,
        snapshot: &dyn Snapshot,
        zicht: &Zicht,
    ) -> Result<Arc<Vec<Reason>>, IndexError> {
        let id = format!("{} {}", snapshot.id(), zicht.key());
        if let Some((known, reasons)) = &*lock(&self.latest)
            && *known == id
        {
            return Ok(Arc::clone(reasons));
        }
        let reasons = Arc::new(unreadable::reasons(snapshot)?);
        *lock(&self.latest) = Some((id, Arc::clone(&reasons)));
        Ok(reasons)
    }
}

// What these locks guard is replaced whole: a panic elsewhere leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_known_page_by_page() {
        let trail = Trail::default();
        trail.note(None, 20, "b");
        trail.note(Some("b"), 20, "c");
        assert_eq!(
            trail.step(Some("c")),
            Some(Step {
                previous: Some("b".into()),
                skipped: 40
            })
        );
        assert_eq!(
            trail.step(Some("b")),
            Some(Step {
                previous: None,
                skipped: 20
            })
        );
        assert_eq!(trail.step(None), Some(Step::default()));
        trail.note(Some("unknown"), 20, "d");
        assert_eq!(trail.step(Some("d")), None);
    }
}
