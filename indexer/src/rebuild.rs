//! Builds a new generation of the index from the documents and texts of the old one, beside it. Never reads a
//! source: what cannot be carried over is marked, so that the next run reads it again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use zv_shared::index::generations::{GenerationError, Role};
use zv_shared::index::{Blobs, Engine, Entry, IndexError, Write};
use zv_shared::{DocId, Document};

/// Where the progress is told, in the folder of the index.
const PROGRESS: &str = "BOUW.json";
/// How often it is told.
const PACE: Duration = Duration::from_millis(500);

/// Why there is no new generation. The old one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// It may not be built, or not made the current one.
    #[error(transparent)]
    Generation(#[from] GenerationError),
    /// Somebody ended it.
    #[error("het opnieuw maken van de index is afgebroken; de oude index is gebleven")]
    Stopped,
}

impl From<IndexError> for RebuildError {
    fn from(error: IndexError) -> Self {
        RebuildError::Generation(error.into())
    }
}

/// What a rebuild did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuilt {
    /// Documents carried over.
    pub documents: u64,
    /// Of these, documents of which the text was lost: the next run reads their file again.
    pub without_text: u64,
    /// Documents that this program does not understand any more: found again by the next run.
    pub not_understood: u64,
    /// Documents that the new index has without their text, because it did not take that.
    pub refused: u64,
}

/// How far a rebuild is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Building {
    /// Its process.
    pub pid: u32,
    /// When it began.
    pub begonnen: Timestamp,
    /// Documents carried over so far.
    pub documenten: u64,
    /// Documents in the old generation.
    pub totaal: u64,
}

impl Building {
    /// The rebuild that is busy in the index in `folder`.
    pub fn now(folder: &Path) -> Option<Building> {
        let bytes = std::fs::read(folder.join(PROGRESS)).ok()?;
        let told: Building = serde_json::from_slice(&bytes).ok()?;
        // A process that was killed says nothing itself.
        let alive = Path::new("/proc").join(told.pid.to_string()).exists();
        alive.then_some(told)
    }

    fn tell(&self, folder: &Path) {
        let (new, file) = (folder.join("BOUW.nieuw"), folder.join(PROGRESS));
        let told = serde_json::to_vec(self).map_err(io::Error::from);
        let told = told.and_then(|text| std::fs::write(&new, text));
        if let Err(error) = told.and_then(|()| std::fs::rename(new, file)) {
            // The work itself does not depend on it.
            tracing::warn!(%error, "cannot tell how far the new index is");
        }
    }

    fn done(folder: &Path) {
        // Told of a process that is gone it means nothing.
        let _ = std::fs::remove_file(folder.join(PROGRESS));
    }
}

/// Rebuilds the index of `engine` and switches to the new generation. The old one stays until it is confirmed or gone
/// back to. Ends early, with everything as it was, once `stop` is set. How far it is, is told in `folder`.
///
/// # Errors
/// Also when one from before still waits for that, or the disk is too full.
pub fn rebuild(
    engine: &dyn Engine,
    folder: &Path,
    stop: &AtomicBool,
) -> Result<Rebuilt, RebuildError> {
    engine.clean()?;
    engine.may_build()?;
    carry_over(engine, engine, folder, stop)
}

/// Makes a new generation of `to` from the documents of `from`, which may be another engine; both have the same texts.
///
/// # Errors
/// Those of the engines. Then everything is as it was.
pub fn carry_over(
    from: &dyn Engine,
    to: &dyn Engine,
    folder: &Path,
    stop: &AtomicBool,
) -> Result<Rebuilt, RebuildError> {
    let result = build(from, to, folder, stop);
    Building::done(folder);
    if result.is_err() {
        to.clean()?;
    }
    result
}

fn build(
    from: &dyn Engine,
    to: &dyn Engine,
    folder: &Path,
    stop: &AtomicBool,
) -> Result<Rebuilt, RebuildError> {
    let old = from.generations()?;
    let blobs = to.blobs();
    let mut building = Building {
        pid: std::process::id(),
        begonnen: Timestamp::now(),
        documenten: 0,
        totaal: old.with(Role::Huidig).map_or(0, |old| old.documents),
    };
    building.tell(folder);
    let mut told = Instant::now();
    let writer = to.new_generation()?;
    let mut done = Rebuilt::default();
    let mut damaged = BTreeSet::new();
    let ended = from.stored_documents(&mut |document| {
        if stop.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let Some(document) = document else {
            done.not_understood += 1;
            return Ok(true);
        };
        let family = document.family;
        let (entry, whole) = with_text(document, blobs);
        if !whole {
            done.without_text += 1;
            damaged.insert(family);
        }
        done.documents += 1;
        if told.elapsed() > PACE {
            building.documenten = done.documents;
            building.tell(folder);
            told = Instant::now();
        }
        writer.add_to_family(vec![entry])?;
        Ok(true)
    })?;
    if !ended {
        return Err(RebuildError::Stopped);
    }
    writer.commit("opnieuw")?;
    mark(writer.as_ref(), damaged, blobs)?;
    writer.commit("opnieuw")?;
    done.refused = writer.refused().len() as u64;
    writer.finish()?;
    Ok(done)
}

/// Marks families of which a text is lost: the next run reads their file again.
fn mark(writer: &dyn Write, damaged: BTreeSet<DocId>, blobs: &Blobs) -> Result<(), IndexError> {
    for family in damaged {
        let mut entries: Vec<Entry> = writer
            .family(family)?
            .into_iter()
            .map(|member| with_text(member, blobs).0)
            .collect();
        if let Some(file) = entries.first_mut() {
            file.document.complete = false;
        }
        writer.put_family(family, entries)?;
    }
    Ok(())
}

/// The document with its text, and whether that text was still there.
fn with_text(mut document: Document, blobs: &Blobs) -> (Entry, bool) {
    let (text, whole) = match document.text.as_deref().map(|key| blobs.read(key)) {
        None => (String::new(), true),
        Some(Ok((_, text))) => (text, true),
        Some(Err(_)) => {
            document.text = None;
            (String::new(), false)
        }
    };
    (
        Entry {
            document,
            text: text.into(),
        },
        whole,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use zv_shared::index::{Claim, Embedded, Extract, Search, Sort};
    use zv_shared::{Dates, Fingerprint, Place, Query, Readability};

    fn document(name: &str) -> Document {
        let id = DocId::of_file("bron", name.as_bytes(), 0);
        Document {
            id,
            bron: "bron".into(),
            place: Place {
                path: name.into(),
                inner: Vec::new(),
            },
            title: name.into(),
            format: "txt".into(),
            kind: "document".into(),
            authors: Vec::new(),
            from: Vec::new(),
            to: Vec::new(),
            dates: Dates::default(),
            language: None,
            readability: Readability::Leesbaar,
            reason: None,
            metadata: Vec::new(),
            family: id,
            parent: None,
            ordinal: 0,
            complete: true,
            fingerprint: Fingerprint::default(),
            content: None,
            text: Some(format!("{id}-txt")),
            size: 1,
            pages: 1,
            people: Vec::new(),
            custodian: None,
            days: Vec::new(),
            relations: Default::default(),
            archief: Default::default(),
            access: Default::default(),
            gone: None,
            earlier_of: None,
        }
    }

    #[test]
    fn an_index_of_another_generation_lives_on_without_its_source() {
        let state = tempfile::tempdir().expect("state");
        let index = state.path().join("index");
        let blobs = Blobs::open(&state.path().join("blobs")).expect("blobs");
        let engine = Embedded::new(&index, blobs.clone());
        let writer = engine.writer(Claim::All).expect("writer");
        for name in ["a.txt", "kwijt.txt"] {
            let document = document(name);
            let key = document.text.clone().expect("key");
            let extract = Extract {
                format: "txt".into(),
                properties: Vec::new(),
                readability: Readability::Leesbaar,
                reason: None,
                pages: 1,
                has_children: false,
            };
            if name == "a.txt" {
                blobs.write(&key, &extract, "vergunning").expect("blob");
            }
            let text = "vergunning".into();
            writer
                .put_family(document.id, vec![Entry { document, text }])
                .expect("put");
        }
        writer.commit("1").expect("commit");
        drop(writer);
        let meta = index.join("generatie-1/meta.json");
        let text = std::fs::read_to_string(&meta).expect("meta");
        std::fs::write(&meta, text.replace("tantivy-7", "tantivy-6")).expect("meta");
        let reader = engine.index();
        assert!(matches!(
            reader.snapshot(),
            Err(IndexError::OtherGeneration)
        ));

        // What a killed program left half built does not stand in the way, and nobody is left waiting.
        std::fs::create_dir(index.join("generatie-2")).expect("half");
        let stopped = AtomicBool::new(true);
        let ended = rebuild(&engine, &index, &stopped);
        assert!(matches!(ended, Err(RebuildError::Stopped)), "{ended:?}");
        assert!(Building::now(&index).is_none() && !index.join("generatie-2").exists());

        let go_on = AtomicBool::new(false);
        let done = rebuild(&engine, &index, &go_on).expect("rebuild");
        assert_eq!(
            done,
            Rebuilt {
                documents: 2,
                without_text: 1,
                not_understood: 0,
                refused: 0
            }
        );
        let snapshot = reader.snapshot().expect("snapshot");
        let word = Query::Word("vergunning".into());
        assert_eq!(snapshot.count(&Search::of(word)).expect("count").total, 1);
        let all = snapshot
            .hits(&Search::of(Query::All), Sort::Pad, None, 9)
            .expect("hits")
            .hits;
        assert_eq!(
            all.iter()
                .map(|hit| hit.document.complete)
                .collect::<Vec<_>>(),
            [true, false]
        );
    }
}
