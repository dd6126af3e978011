//! What is counted of a zoekactie after the searcher has her answer, on the same state of the index: per term, per
//! source, and the list of what was found with its hash. One thread works through the searches in order; what it had
//! not done when the program stopped is done at the next start, and what another program recorded within seconds, as
//! long as the index is still the same.

use super::Zaak;
use super::acties::{Woord, woorden};
use crate::audit::hex;
use crate::mensen::{Actor, Rol};
use crate::schijf::Kwaal;
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use utoipa::ToSchema;
use zv_shared::Document;
use zv_shared::index::{Collapse, IndexError, Search, Snapshot, Sort, term_searches};

/// Wat van een zoekactie achteraf geteld is, op dezelfde stand van de index. Het verandert nooit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Telling {
    /// Waarom er niet geteld kon worden; dan is de rest leeg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gemist: Option<String>,
    /// Treffers per bron.
    pub per_bron: BTreeMap<String, u64>,
    /// Per term in hoeveel treffers die staat.
    pub termen: Vec<Term>,
    /// Waar elk woord voor stond: alle woorden uit de documenten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub woorden: Vec<Woord>,
    /// Per bron hoeveel treffers dicht bleven door rechten op bestanden of door een uitzondering in de machtiging. Alleen
    /// voor een regisseur en een auditor; leeg als er niets dicht bleef of het niet te tellen was.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub achtergehouden: BTreeMap<String, u64>,
    /// Per bron hoeveel documenten voor iedereen gesloten zijn. Alleen voor een regisseur en een auditor.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gesloten: BTreeMap<String, u64>,
    /// Families waarin iets gevonden is.
    pub families: u64,
    /// Treffers zonder wat dezelfde inhoud heeft als een andere.
    pub na_ontdubbelen: u64,
    /// Documenten in de doorzochte bronnen die niet, of niet geheel, gelezen konden worden.
    pub onleesbaar: u64,
    /// SHA-256 over de gevonden documenten: kenmerk en inhoud van elk, op volgorde van kenmerk.
    pub uitkomst: String,
}

/// In hoeveel treffers een term staat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TermTelling)]
pub struct Term {
    /// De term.
    pub tekst: String,
    /// Treffers waarin hij staat.
    pub treffers: u64,
    /// Treffers waarin van alle termen alleen deze staat.
    pub uniek: u64,
    /// Families met zo'n treffer.
    pub families: u64,
}

/// One found document in the list of a zoekactie: its id and the SHA-256 of its bytes (zeros when it has none).
pub type Member = ([u8; 16], [u8; 32]);

/// Where the lists of what was found lie in the state folder.
pub fn results_folder(state: &Path) -> PathBuf {
    state.join("uitkomsten")
}

/// Where the list of one zoekactie lies: 48 bytes for each document, whose SHA-256 is [`Telling::uitkomst`].
pub fn results_file(state: &Path, zaak: &str, nummer: u32) -> PathBuf {
    results_folder(state)
        .join(zaak)
        .join(format!("{nummer:06}"))
}

/// Every document that a search finds, in order of id.
pub fn members(snapshot: &dyn Snapshot, search: &Search) -> Result<Vec<Member>, IndexError> {
    let mut found = Vec::new();
    snapshot.each(
        &uncollapsed(search),
        Sort::Pad,
        &mut |document: Document| {
            found.push(member(&document));
            Ok(true)
        },
    )?;
    found.sort_unstable();
    Ok(found)
}

/// A document as the list has it.
pub fn member(document: &Document) -> Member {
    (
        document.id.0,
        document.content.map_or([0; 32], |content| content.0),
    )
}

fn uncollapsed(search: &Search) -> Search {
    Search {
        collapse: Collapse::Geen,
        ..search.clone()
    }
}

/// SHA-256 of the list, as its file has it.
pub fn results_hash(members: &[Member]) -> String {
    let mut hasher = Sha256::new();
    for (id, content) in members {
        hasher.update(id);
        hasher.update(content);
    }
    hex(&hasher.finalize())
}

/// Keeps the list; there whole, or not at all.
pub fn save_results(path: &Path, members: &[Member]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let part = crate::deel::part(path);
    let mut file = io::BufWriter::new(File::create(&part)?);
    for (id, content) in members {
        file.write_all(id)?;
        file.write_all(content)?;
    }
    file.into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?;
    fs::rename(&part, path)?;
    File::open(folder)?.sync_all()
}

/// Reads a list back, of which `uitkomst` is the recorded hash.
///
/// # Errors
/// `InvalidData` when it is another list.
pub fn load_results(path: &Path, uitkomst: &str) -> io::Result<Vec<Member>> {
    let bytes = fs::read(path)?;
    let (rows, rest) = bytes.as_chunks::<48>();
    if !rest.is_empty() || hex(&Sha256::digest(&bytes)) != uitkomst {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "hij past niet bij de vastgelegde SHA-256",
        ));
    }
    let row = |row: &[u8; 48]| {
        let (mut id, mut content) = ([0; 16], [0; 32]);
        id.copy_from_slice(&row[..16]);
        content.copy_from_slice(&row[16..]);
        (id, content)
    };
    Ok(rows.iter().map(row).collect())
}

/// Counts all of it; also gives the list.
pub fn count(
    snapshot: &dyn Snapshot,
    search: &Search,
) -> Result<(Telling, Vec<Member>), IndexError> {
    let search = uncollapsed(search);
    let (texts, searches): (Vec<_>, Vec<_>) = term_searches(&search).into_iter().unzip();
    let terms = snapshot.overlap(&searches)?;
    let whole = snapshot.overlap(std::slice::from_ref(&search))?;
    let members = members(snapshot, &search)?;
    let words = woorden(snapshot, &snapshot.plan(&search)?)?;
    let hidden = snapshot
        .count(&Search {
            collapse: Collapse::Dubbel,
            ..search
        })?
        .hidden;
    let telling = Telling {
        gemist: None,
        termen: texts
            .into_iter()
            .zip(terms.searches)
            .map(|(tekst, found)| Term {
                tekst,
                treffers: found.extent.total,
                uniek: found.unique,
                families: found.extent.families,
            })
            .collect(),
        woorden: words,
        families: whole.together.families,
        per_bron: whole.together.per_source,
        na_ontdubbelen: whole.together.total - hidden,
        achtergehouden: BTreeMap::new(),
        gesloten: BTreeMap::new(),
        onleesbaar: snapshot.count(&crate::unreadable::search())?.total,
        uitkomst: results_hash(&members),
    };
    Ok((telling, members))
}

/// A search that waits to be counted, with the state of the index that it was done on.
pub struct Waiting {
    /// Number of the record in the database.
    pub id: i64,
    /// Its case.
    pub zaak: Zaak,
    /// Number of the zoekactie in its case.
    pub nummer: u32,
    /// The state, as the searcher saw it, and the question; or why that cannot be had any more.
    pub work: Result<Work, String>,
}

/// What is counted.
pub struct Work {
    /// The state of the index as the searcher saw it.
    pub snapshot: Arc<dyn Snapshot>,
    /// The question.
    pub search: Search,
    /// The same sources as a whole, when the searcher saw some of them in part.
    pub opened: Option<Arc<dyn Snapshot>>,
}

impl Work {
    fn count(&self) -> Result<(Telling, Vec<Member>), IndexError> {
        let (mut telling, members) = count(&*self.snapshot, &self.search)?;
        if let Some(opened) = &self.opened {
            let search = uncollapsed(&self.search);
            let all = opened.overlap(&[search])?.together.per_source.into_iter();
            let shut = all.map(|(bron, count)| {
                let seen = telling.per_bron.get(&bron).copied().unwrap_or(0);
                (bron, count.saturating_sub(seen))
            });
            telling.achtergehouden = shut.filter(|(_, count)| *count > 0).collect();
        }
        telling.gesloten = self.snapshot.closed()?;
        Ok((telling, members))
    }
}

impl Telling {
    /// As `actor` may read it: what stayed shut is for who leads the case or checks it.
    #[must_use]
    pub fn for_reader(mut self, actor: &Actor) -> Self {
        if !(actor.is_local() || actor.is_any(&[Rol::Regisseur, Rol::Auditor])) {
            self.achtergehouden.clear();
            self.gesloten.clear();
        }
        self
    }
}

/// The thread that counts. It ends with the program: what waits then is taken up at the next start.
pub struct Counter {
    sender: mpsc::Sender<Waiting>,
    /// Numbers in the database of what waits here, and of what failed: that is left to the next start.
    waiting: Arc<Mutex<BTreeSet<i64>>>,
}

impl Counter {
    /// Starts it.
    pub fn start(state: PathBuf, store: Arc<Store>) -> Self {
        let (sender, receiver) = mpsc::channel::<Waiting>();
        let waiting = Arc::new(Mutex::new(BTreeSet::new()));
        let done = Arc::clone(&waiting);
        std::thread::spawn(move || {
            for waiting in receiver {
                let id = waiting.id;
                match count_one(&state, &store, waiting) {
                    Ok(()) => drop(lock(&done).remove(&id)),
                    Err(error) => {
                        tracing::error!(%error, "a search could not be counted");
                        // When there is room again, it is taken up as one that nobody counted yet.
                        if Kwaal::of(&error).is_some() {
                            lock(&done).remove(&id);
                        }
                    }
                }
            }
        });
        Counter { sender, waiting }
    }

    /// Counts a search when the ones before it are done; once, however often it is asked.
    pub fn add(&self, waiting: Waiting) {
        if lock(&self.waiting).insert(waiting.id) {
            // Fails only when the thread is gone: then the next start does it.
            let _ = self.sender.send(waiting);
        }
    }

    /// Whether it knows of this search.
    pub fn knows(&self, id: i64) -> bool {
        lock(&self.waiting).contains(&id)
    }
}

// A number is put in or taken out whole: a panic elsewhere leaves nothing half done.
fn lock(waiting: &Mutex<BTreeSet<i64>>) -> MutexGuard<'_, BTreeSet<i64>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

fn count_one(state: &Path, store: &Store, waiting: Waiting) -> Result<(), StoreError> {
    let counted = waiting
        .work
        .and_then(|work| work.count().map_err(|error| error.to_string()));
    let telling = match counted {
        Ok((telling, members)) => {
            save_results(
                &results_file(state, &waiting.zaak.id, waiting.nummer),
                &members,
            )?;
            telling
        }
        Err(error) => Telling {
            gemist: Some(format!("er kon niet geteld worden: {error}")),
            ..Telling::default()
        },
    };
    store.complete(waiting.id, &waiting.zaak, &telling)
}
