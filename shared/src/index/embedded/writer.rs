//! The write side of the embedded engine: families in, commits out, and what the last commit knows.

use super::entry::{IndexedDocument, indexed};
use super::generations::{current, new_name, switch_to, uses_text};
use super::reader::EmbeddedSnapshot;
use super::relations::Table;
use super::room::Room;
use super::schema::{Fields, column};
use super::{Payload, create, io, mapped, open};
use crate::index::layout::{identity_key, place_key, size_and_time_key, state_of};
use crate::index::{Blobs, Entry, IndexError, KnownFile, RelationTable, Snapshot, Write};
use crate::{ContentHash, DocId, Document, Fingerprint};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tantivy::collector::Count;
use tantivy::columnar::Column;
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy, UserOperation};
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{
    Directory, DocSet, Index, IndexReader, IndexWriter, ReloadPolicy, SegmentReader, TERMINATED,
    Term,
};

/// How much an index run may use.
#[derive(Clone, Copy, Debug)]
pub struct WriterSettings {
    /// Threads that analyse and write.
    pub threads: usize,
    /// Bytes of memory per thread before a segment is written out.
    pub memory_per_thread: usize,
    /// Bytes of text that may wait to be analysed.
    pub waiting_text: u64,
}

impl Default for WriterSettings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        WriterSettings {
            threads: cores.min(8),
            memory_per_thread: 22 << 20,
            waiting_text: 8 << 20,
        }
    }
}

/// Unpacked blocks of stored documents that are kept in memory for each segment.
const STORE_BLOCKS: usize = 2;
/// Deleted documents may be this part of a segment before it is rewritten: what is deleted must leave the disk.
const DELETED_SHARE: f32 = 0.2;

/// How often it is tried to rewrite segments that another merge has, and how long that is waited for: a merge of a
/// large index takes minutes.
const TRIES: u32 = 3_000;
const AGAIN: Duration = Duration::from_millis(200);

/// The writer of one index. One process at a time has it.
pub struct Writer {
    folder: PathBuf,
    /// When set, this generation becomes the current one on `finish`.
    new_generation: Option<String>,
    index: Index,
    fields: Arc<Fields>,
    blobs: Blobs,
    room: Room,
    reader: IndexReader,
    /// One at a time: tantivy first stamps operations and then queues their deletions, in two steps. When two
    /// families pass each other between those steps, a deletion that belongs before a document is queued behind
    /// it, and the document is gone (about one in a thousand, seen with two readers).
    queue: Mutex<Queue>,
}

/// What waits for the next commit.
struct Queue {
    writer: IndexWriter<IndexedDocument>,
    /// Families written since the last commit.
    uncommitted: HashSet<DocId>,
}

impl Writer {
    /// Opens the current generation in `folder`, or creates the first one.
    pub fn open(folder: &Path, blobs: Blobs, settings: WriterSettings) -> Result<Self, IndexError> {
        let generation = match current(folder)? {
            Some(generation) => generation,
            None => {
                let name = new_name(folder)?;
                drop(create(&folder.join(&name))?);
                switch_to(folder, &name)?;
                folder.join(name)
            }
        };
        Self::of(generation, None, blobs, settings)
    }

    /// Starts a new, empty generation beside the current one; [`Writer::finish`] switches to it.
    pub fn new_generation(
        folder: &Path,
        blobs: Blobs,
        settings: WriterSettings,
    ) -> Result<Self, IndexError> {
        let name = new_name(folder)?;
        drop(create(&folder.join(&name))?);
        Self::of(folder.join(&name), Some(name), blobs, settings)
    }

    fn of(
        generation: PathBuf,
        new_generation: Option<String>,
        blobs: Blobs,
        settings: WriterSettings,
    ) -> Result<Self, IndexError> {
        let (index, fields) = open(mapped(&generation)?)?;
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(settings.memory_per_thread)
            .num_worker_threads(settings.threads)
            .num_merge_threads(1)
            .build();
        let writer: IndexWriter<IndexedDocument> = index.writer_with_options(options)?;
        writer.set_merge_policy(merge_policy());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            // Documents are asked for here and there: a hundred blocks of every segment would stay in memory.
            .doc_store_cache_num_blocks(STORE_BLOCKS)
            .try_into()?;
        Ok(Writer {
            folder: generation,
            new_generation,
            index,
            fields: Arc::new(fields),
            blobs,
            room: Room::new(settings.waiting_text),
            reader,
            queue: Mutex::new(Queue {
                writer,
                uncommitted: HashSet::new(),
            }),
        })
    }

    /// As [`Write::finish`]: waits for merges first.
    pub fn finish(self) -> Result<(), IndexError> {
        let queue = self
            .queue
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        queue.writer.wait_merging_threads()?;
        match (self.new_generation, self.folder.parent()) {
            (Some(name), Some(folder)) => switch_to(folder, &name),
            _ => Ok(()),
        }
    }

    /// Segments of which at least `share` is deleted.
    fn stale(&self, share: f32) -> Result<Vec<SegmentId>, IndexError> {
        let segments = self.index.searchable_segment_metas()?;
        let stale = |meta: &SegmentMeta| {
            let deleted = meta.num_deleted_docs();
            deleted > 0 && deleted as f32 >= share * meta.max_doc() as f32
        };
        Ok(segments
            .iter()
            .filter(|meta| stale(meta))
            .map(SegmentMeta::id)
            .collect())
    }

    fn last_commit(&self) -> EmbeddedSnapshot {
        EmbeddedSnapshot::new(
            self.reader.searcher(),
            self.fields.clone(),
            self.blobs.clone(),
        )
    }

    /// What must be deleted first. Every deletion is looked for in every segment and waits as a kilobyte until
    /// then, so a family that the index cannot hold yet costs none.
    fn deletion(&self, queue: &Queue, replaces: Replaces) -> Result<Option<Term>, IndexError> {
        let family = match replaces {
            Replaces::Nothing => return Ok(None),
            Replaces::Document(id) => {
                return Ok(Some(Term::from_field_bytes(self.fields.id, &id.0)));
            }
            Replaces::Family(family) => family,
        };
        let term = Term::from_field_bytes(self.fields.family, &family.0);
        if queue.uncommitted.contains(&family) {
            return Ok(Some(term));
        }
        for segment in self.reader.searcher().segment_readers() {
            let inverted = segment.inverted_index(self.fields.family)?;
            let found = inverted.get_term_info(&term);
            if found.map_err(|error| io(&self.folder, error))?.is_some() {
                return Ok(Some(term));
            }
        }
        Ok(None)
    }

    fn run(&self, replaces: Replaces, entries: Vec<Entry>) -> Result<(), IndexError> {
        let families: Vec<DocId> = entries.iter().map(|entry| entry.document.family).collect();
        let bytes = entries.iter().map(|entry| entry.text.len() as u64).sum();
        let room = Arc::new(self.room.take(bytes));
        let documents = entries
            .into_iter()
            .map(|entry| indexed(entry, &self.fields, room.clone()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| IndexError::Engine(error.to_string()))?;
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let deletion = self.deletion(&queue, replaces)?.map(UserOperation::Delete);
        let added = documents.into_iter().map(UserOperation::Add);
        let operations: Vec<_> = deletion.into_iter().chain(added).collect();
        queue.writer.run(operations)?;
        queue.uncommitted.extend(families);
        Ok(())
    }
}

fn merge_policy() -> Box<LogMergePolicy> {
    let mut merging = LogMergePolicy::default();
    merging.set_del_docs_ratio_before_merge(DELETED_SHARE);
    Box::new(merging)
}

/// What a write puts its documents in the place of.
#[derive(Clone, Copy)]
enum Replaces {
    Nothing,
    Document(DocId),
    Family(DocId),
}

impl Write for Writer {
    fn known(&self, bron: &str, folder: &[u8]) -> Result<Vec<KnownFile>, IndexError> {
        let prefix = place_key(bron, folder, b"");
        let mut known = Vec::new();
        for segment in self.reader.searcher().segment_readers() {
            let inverted = segment.inverted_index(self.fields.place)?;
            let mut places = inverted
                .terms()
                .range()
                .ge(&prefix)
                .lt(successor(&prefix))
                .into_stream()
                .map_err(|error| io(&self.folder, error))?;
            let mut columns = None;
            while let Some((place, info)) = places.next() {
                let columns = match &mut columns {
                    Some(columns) => columns,
                    none => none.insert(FileColumns::of(segment)?),
                };
                let mut postings = inverted
                    .read_postings_from_terminfo(info, IndexRecordOption::Basic)
                    .map_err(|error| io(&self.folder, error))?;
                let mut doc = postings.doc();
                while doc != TERMINATED {
                    if !segment.is_deleted(doc) {
                        known.push(columns.file(doc, place[prefix.len()..].to_vec()));
                    }
                    doc = postings.advance();
                }
            }
        }
        known.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(known)
    }

    fn known_folders(&self, bron: &str) -> Result<Vec<Vec<u8>>, IndexError> {
        let prefix = [bron.as_bytes(), &[0]].concat();
        let end = successor(&prefix);
        let mut folders = Vec::new();
        for segment in self.reader.searcher().segment_readers() {
            let inverted = segment.inverted_index(self.fields.place)?;
            let mut from = prefix.clone();
            loop {
                let mut places = inverted
                    .terms()
                    .range()
                    .ge(&from)
                    .lt(&end)
                    .into_stream()
                    .map_err(|error| io(&self.folder, error))?;
                let Some((place, _)) = places.next() else {
                    break;
                };
                let rest = &place[prefix.len()..];
                let folder = &rest[..rest
                    .iter()
                    .position(|&byte| byte == 0)
                    .unwrap_or(rest.len())];
                folders.push(folder.to_vec());
                from = successor(&place_key(bron, folder, b""));
            }
        }
        folders.sort_unstable();
        folders.dedup();
        Ok(folders)
    }

    fn same_size_and_time(
        &self,
        bron: &str,
        size: u64,
        mtime: i64,
    ) -> Result<Vec<Document>, IndexError> {
        self.last_commit().with_bytes(
            self.fields.size_and_time,
            &size_and_time_key(bron, size, mtime),
        )
    }

    fn same_identity(&self, bron: &str, identity: &str) -> Result<Vec<Document>, IndexError> {
        self.last_commit()
            .with_bytes(self.fields.identity, &identity_key(bron, identity))
    }

    fn gone(&self, bron: &str) -> Result<Vec<Document>, IndexError> {
        let term = Term::from_field_text(self.fields.gone, bron);
        self.last_commit().with_term(term)
    }

    fn get(&self, id: DocId) -> Result<Option<Document>, IndexError> {
        self.last_commit().doc(id)
    }

    fn family(&self, id: DocId) -> Result<Vec<Document>, IndexError> {
        self.last_commit().family(id)
    }

    fn put_family(&self, id: DocId, entries: Vec<Entry>) -> Result<(), IndexError> {
        self.run(Replaces::Family(id), entries)
    }

    fn add_to_family(&self, entries: Vec<Entry>) -> Result<(), IndexError> {
        self.run(Replaces::Nothing, entries)
    }

    fn replace(&self, entry: Entry) -> Result<(), IndexError> {
        self.run(Replaces::Document(entry.document.id), vec![entry])
    }

    fn remove(&self, documents: &BTreeSet<DocId>) -> Result<(), IndexError> {
        documents
            .iter()
            .try_for_each(|id| self.run(Replaces::Document(*id), Vec::new()))
    }

    fn delete_family(&self, id: DocId) -> Result<(), IndexError> {
        self.run(Replaces::Family(id), Vec::new())
    }

    fn commit(&self, checkpoint: &str) -> Result<(), IndexError> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        self.blobs.sync()?;
        let mut commit = queue.writer.prepare_commit()?;
        commit.set_payload(&Payload::with(checkpoint)?);
        commit.commit()?;
        // The rename of meta.json is only safe when the folder itself is: the caller acts on this commit.
        self.index
            .directory()
            .sync_directory()
            .map_err(|error| io(&self.folder, error))?;
        self.reader.reload()?;
        queue.uncommitted.clear();
        Ok(())
    }

    fn documents(&self, bron: &str) -> Result<u64, IndexError> {
        let Some(field) = self.fields.facet(crate::index::FacetField::Bron) else {
            return Ok(0);
        };
        let query = TermQuery::new(Term::from_field_text(field, bron), IndexRecordOption::Basic);
        Ok(self.last_commit().searcher().search(&query, &Count)? as u64)
    }

    fn relations(&self) -> Result<Box<dyn RelationTable + '_>, IndexError> {
        Ok(Box::new(Table::of(&self.reader.searcher(), &self.fields)?))
    }

    fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    fn finish(self: Box<Self>) -> Result<(), IndexError> {
        Writer::finish(*self)
    }

    fn uses_text(&self, key: &str) -> Result<bool, IndexError> {
        uses_text(&self.reader.searcher(), self.fields.blob, key)
    }

    fn same_content(&self, content: ContentHash) -> Result<Vec<Document>, IndexError> {
        self.last_commit().same_content(content)
    }

    fn all_documents(&self) -> Result<u64, IndexError> {
        Ok(self.reader.searcher().num_docs())
    }

    fn forget_deleted(&self, share: f32) -> Result<(), IndexError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.writer.set_merge_policy(Box::new(NoMergePolicy));
        drop(queue);
        let mut tries = 0;
        loop {
            let stale = self.stale(share)?;
            if stale.is_empty() {
                break;
            }
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            for segment in stale {
                // Another merge may have it already: then it is looked at again when that is done.
                let Err(error) = queue.writer.merge(&[segment]).wait() else {
                    continue;
                };
                tries += 1;
                if tries > TRIES {
                    return Err(error.into());
                }
                std::thread::sleep(AGAIN);
            }
        }
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.writer.set_merge_policy(merge_policy());
        drop(queue);
        self.commit("opgeruimd")?;
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.writer.garbage_collect_files().wait()?;
        Ok(())
    }
}

/// The first key behind all keys that start with `prefix`, whose last byte is 0.
fn successor(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    if let Some(last) = end.last_mut() {
        *last = 1;
    }
    end
}

/// What a rescan compares, by document.
struct FileColumns {
    id: [Column<u64>; 2],
    size: Column<u64>,
    mtime: Column<i64>,
    ctime: Column<i64>,
    reader: Column<u64>,
    state: Column<u64>,
    around: Column<u64>,
}

impl FileColumns {
    fn of(segment: &SegmentReader) -> Result<Self, IndexError> {
        let fast = segment.fast_fields();
        let [size, mtime, ctime, reader, state, around] = column::FINGERPRINT;
        Ok(FileColumns {
            id: [fast.u64(column::ID[0])?, fast.u64(column::ID[1])?],
            size: fast.u64(size)?,
            mtime: fast.i64(mtime)?,
            ctime: fast.i64(ctime)?,
            reader: fast.u64(reader)?,
            state: fast.u64(state)?,
            around: fast.u64(around)?,
        })
    }

    fn file(&self, doc: tantivy::DocId, name: Vec<u8>) -> KnownFile {
        let [high, low] = self
            .id
            .each_ref()
            .map(|half| u128::from(half.first(doc).unwrap_or(0)));
        let (readability, complete) = state_of(self.state.first(doc).unwrap_or(0));
        KnownFile {
            name,
            id: DocId(((high << 64) | low).to_be_bytes()),
            fingerprint: Fingerprint {
                size: self.size.first(doc).unwrap_or(0),
                mtime: self.mtime.first(doc).unwrap_or(0),
                ctime: self.ctime.first(doc).unwrap_or(0),
                reader: self.reader.first(doc).unwrap_or(0) as u32,
                around: self.around.first(doc).unwrap_or(0),
            },
            readability,
            complete,
        }
    }
}
