//! The index seam: what every engine offers, and the words of a search. An engine only stores and matches the
//! terms that `zv-analyzers` makes. Never knows HTTP, drives or readers.
//!
//! What was written before a returned [`Write::commit`] is durable; ids are deterministic, so that doing the
//! same work again after a crash changes nothing.

mod blobs;
pub mod cluster;
pub mod embedded;
pub mod engine;
mod expansions;
mod facets;
pub mod generations;
mod layout;
mod overlap;
mod rights;
mod scope;
mod search;
pub mod settings;
mod wanted;

pub use blobs::{Blobs, Extract};
pub use embedded::copy;
pub use embedded::{Embedded, Reader as EmbeddedReader, Writer as EmbeddedWriter, WriterSettings};
pub use engine::{Claim, Engine, Index, KeptTexts};
pub use expansions::{Expansion, Expansions, documents_with_word, expansions};
pub use overlap::{Extent, Overlap, Share, term_searches};
pub use scope::{Reach, Scope};
pub use search::{
    Collapse, Counts, Cursor, DateField, DateOptions, Facet, FacetField, FacetValue, Facets,
    Filters, Hit, Page, Search, Sort,
};

use crate::plan::{Plan, Vocabulary};
use crate::{
    ContentHash, DocId, Document, Fingerprint, GroupKey, Likeness, MailLinks, Public, Readability,
    Relations, Signature,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What can go wrong in an engine.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The index was made with another schema, analyzer or engine format.
    #[error(
        "deze index is gemaakt met een andere versie van de zoekmachine; maak hem opnieuw met: zoekenvind index --opnieuw"
    )]
    OtherGeneration,
    /// There is no index yet.
    #[error("er is nog geen index; maak er een met: zoekenvind index MAP")]
    Missing,
    /// A cursor of a snapshot that is no longer held.
    #[error("de index is intussen bijgewerkt; begin weer bij de eerste bladzijde")]
    SnapshotGone,
    /// A cursor that this program did not make.
    #[error("dit is geen geldige plaats in de resultatenlijst")]
    BadCursor,
    /// A word of the question stands for more words of the index than [`crate::plan::MAX_TERMS`].
    #[error(
        "“{0}” staat voor meer dan 10.000 woorden; schrijf er meer letters bij, of splits de vraag"
    )]
    TooWide(String),
    /// The engine cannot answer this exactly: a Dutch sentence says why.
    #[error("deze vraag kan niet precies worden beantwoord: {0}")]
    NotExactly(&'static str),
    /// The stored text of a document is missing or damaged.
    #[error("de opgeslagen tekst ontbreekt of is beschadigd; lees het document opnieuw")]
    TextLost,
    /// Another machine is writing what this one wants to write: a Dutch sentence says what.
    #[error("{0}; wacht tot dat klaar is")]
    Busy(String),
    /// The engine does not answer, or not with all of it: a Dutch phrase says why. Later it may.
    #[error("de index is nu niet te bereiken ({0}); probeer het over een minuut opnieuw")]
    Unavailable(String),
    /// The engine itself failed.
    #[error("de index gaf een fout: {0}")]
    Engine(String),
    /// Reading or writing failed.
    #[error("{0}: {1}")]
    Io(String, #[source] std::io::Error),
}

/// What the index knows of a top-level file, enough to decide whether to read it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Name within its folder.
    pub name: Vec<u8>,
    /// Identity.
    pub id: DocId,
    /// As it was when read.
    pub fingerprint: Fingerprint,
    /// How much could be read.
    pub readability: Readability,
    /// False when its family was not wholly written.
    pub complete: bool,
}

/// A document with its text, ready to be written. The text is shared with the blob that was written first.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The document.
    pub document: Document,
    /// Its text, pages separated by U+000C; empty when there is none.
    pub text: Arc<str>,
}

/// What the last commit knows of how documents belong together: a table with a row for each live document, in
/// an order that holds as long as the table. Columns are read when asked for, so that millions of rows cost no
/// memory.
pub trait RelationTable {
    /// Number of rows.
    fn len(&self) -> u32;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Which document a row is.
    fn id(&self, row: u32) -> DocId;
    /// The groups that it is in.
    fn groups(&self, row: u32) -> Groups;
    /// The signature of its text, when it has one.
    fn signature(&self, row: u32) -> Option<Signature>;
    /// Its place among mails, when it is one, and when it was sent (seconds since 1970).
    fn mail(&self, row: u32) -> Option<(MailLinks, i64)>;
    /// Whether it is a chat.
    fn is_chat(&self, row: u32) -> bool;
    /// The rows of a source that are there, not closed and not empty, ascending.
    ///
    /// # Errors
    /// Those of the engine.
    fn of_source(&self, bron: &str) -> Result<Vec<u32>, IndexError>;
}

/// The groups of one document, as [`Relations`] has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// Same content.
    pub same: Option<GroupKey>,
    /// Nearly the same text.
    pub near: Option<GroupKey>,
    /// Whether there is another.
    pub likeness: Likeness,
    /// Same conversation.
    pub thread: Option<GroupKey>,
    /// Whether a mail holds something of its own.
    pub inclusive: Option<bool>,
    /// That it is public already.
    pub published: Option<PublishedRow>,
}

/// That a row is public already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublishedRow {
    /// In what way.
    pub how: Public,
    /// The first four bytes of the document that is public: enough to see that it is another one.
    pub id: u32,
}

impl PublishedRow {
    /// Of this document.
    pub fn new(how: Public, id: DocId) -> Self {
        let [a, b, c, d, ..] = id.0;
        let id = u32::from_be_bytes([a, b, c, d]);
        PublishedRow { how, id }
    }
}

/// The write side. Only one writer exists per index; its methods may be called from several threads.
/// What it tells (`known` and the like) is the state of the last commit.
pub trait Write: Send + Sync {
    /// The files directly in `folder`, sorted by name.
    fn known(&self, bron: &str, folder: &[u8]) -> Result<Vec<KnownFile>, IndexError>;
    /// Every folder of `bron` that directly holds a known file, sorted.
    fn known_folders(&self, bron: &str) -> Result<Vec<Vec<u8>>, IndexError>;
    /// Top-level documents of `bron` with this size and modification time: candidates for a move.
    fn same_size_and_time(
        &self,
        bron: &str,
        size: u64,
        mtime: i64,
    ) -> Result<Vec<Document>, IndexError>;
    /// Documents of `bron` that an export calls by this name.
    fn same_identity(&self, bron: &str, identity: &str) -> Result<Vec<Document>, IndexError>;
    /// Documents of `bron` that are marked as gone from it, in no order.
    fn gone(&self, bron: &str) -> Result<Vec<Document>, IndexError>;
    /// The stored document.
    fn get(&self, id: DocId) -> Result<Option<Document>, IndexError>;
    /// A whole family in order, the file itself first.
    fn family(&self, id: DocId) -> Result<Vec<Document>, IndexError>;
    /// Replaces the whole family `id` by `entries` (all of that family), in one commit.
    fn put_family(&self, id: DocId, entries: Vec<Entry>) -> Result<(), IndexError>;
    /// Adds members to a family of which `put_family` wrote a first, incomplete, part.
    fn add_to_family(&self, entries: Vec<Entry>) -> Result<(), IndexError>;
    /// Replaces one member of a family by another state of it: marks a family that came in parts as complete.
    fn replace(&self, entry: Entry) -> Result<(), IndexError>;
    /// Removes these documents and no others of their families.
    fn remove(&self, documents: &BTreeSet<DocId>) -> Result<(), IndexError>;
    /// Whether a live document of the last commit uses the text `key`.
    fn uses_text(&self, key: &str) -> Result<bool, IndexError>;
    /// Every place where the same bytes lie, in the last commit.
    fn same_content(&self, content: ContentHash) -> Result<Vec<Document>, IndexError>;
    /// Number of live documents in the last commit.
    fn all_documents(&self) -> Result<u64, IndexError>;
    /// Removes a whole family.
    fn delete_family(&self, id: DocId) -> Result<(), IndexError>;
    /// Makes everything written so far durable and visible; `checkpoint` travels with it. Blocks writers.
    fn commit(&self, checkpoint: &str) -> Result<(), IndexError>;
    /// Number of live documents of `bron`, children included.
    fn documents(&self, bron: &str) -> Result<u64, IndexError>;
    /// How the documents of the last commit belong together.
    fn relations(&self) -> Result<Box<dyn RelationTable + '_>, IndexError>;
    /// The store of texts, to be written before the documents that name them.
    fn blobs(&self) -> &Blobs;
    /// Bytes of text that one document may have here; `None` when any will do.
    fn text_limit(&self) -> Result<Option<u64>, IndexError> {
        Ok(None)
    }
    /// Documents of earlier commits that the engine did not take, since this was asked last: it has them without text and
    /// properties, as not readable.
    fn refused(&self) -> Vec<Document> {
        Vec::new()
    }
    /// Lets what was deleted leave the disk, and its words the lists of words, wherever at least `share` (0 to 1) of a
    /// part of the index is deleted; and commits.
    fn forget_deleted(&self, share: f32) -> Result<(), IndexError>;
    /// Ends writing, and makes a new generation the current one. The old one stays until that is confirmed.
    fn finish(self: Box<Self>) -> Result<(), IndexError>;
}

/// The read side: one unchanging state of the index.
pub trait Snapshot: Vocabulary + Send + Sync {
    /// Names this state; cursors carry it.
    fn id(&self) -> String;
    /// The same state, in which only the documents of `scope` exist: nothing that it answers counts, names or hints
    /// at another, and scores are those of an index that holds nothing else (lengths of documents may be rounded).
    /// [`Snapshot::id`] stays the same, and so do cursors but for those by relevance, which are of their part. Within a
    /// part it is the part of both; of an empty scope nothing exists, and when it is everything it costs nothing. What
    /// is stored with a document about others stays: its groups.
    ///
    /// # Errors
    /// Those of the engine.
    fn within(&self, scope: &Scope) -> Result<Arc<dyn Snapshot>, IndexError>;
    /// What a search really asks for.
    fn plan(&self, search: &Search) -> Result<Plan, IndexError>;
    /// In how many documents one alternative of one leaf of a plan stands.
    fn documents_with(
        &self,
        plan: &Plan,
        leaf: usize,
        alternative: usize,
    ) -> Result<u64, IndexError>;
    /// Totals and, per field, the counts under all filters except the field's own.
    fn facets(&self, search: &Search, fields: &[FacetField]) -> Result<Facets, IndexError>;
    /// The same, and the next `limit` hits in order, after `after`, in one pass.
    fn facets_and_hits(
        &self,
        search: &Search,
        fields: &[FacetField],
        sort: Sort,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Facets, Page), IndexError>;
    /// Only the next hits.
    fn hits(
        &self,
        search: &Search,
        sort: Sort,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, IndexError> {
        let (_, page) = self.facets_and_hits(search, &[], sort, after, limit)?;
        Ok(page)
    }
    /// Exact totals.
    fn count(&self, search: &Search) -> Result<Counts, IndexError> {
        Ok(self.facets(search, &[])?.counts)
    }
    /// The identities of all hits, those that another one stands for too, sorted: 16 bytes each.
    ///
    /// # Errors
    /// As for [`Snapshot::count`].
    fn ids(&self, search: &Search) -> Result<Vec<DocId>, IndexError>;
    /// Hands over every hit with its document, in the order of [`Snapshot::hits`] and like it each group once, until
    /// `each` says `false`. One query for all of them; only the addresses of the hits are held, not the documents.
    ///
    /// # Errors
    /// As for [`Snapshot::hits`], and those of `each`, which end it.
    fn each(
        &self,
        search: &Search,
        sort: Sort,
        each: &mut dyn FnMut(Document) -> Result<bool, IndexError>,
    ) -> Result<(), IndexError>;
    /// What each of the searches finds that the others do not, and how much they find together. Nothing is shown
    /// once. Memory grows with the index and the hits of one search, not with the number of searches.
    ///
    /// # Errors
    /// As for [`Snapshot::count`] of any of them: the caller knows which by its plan.
    fn overlap(&self, searches: &[Search]) -> Result<Overlap, IndexError>;
    /// Whether there may be documents that do not exist here: it is a part of the index.
    fn is_part(&self) -> bool;
    /// Whether a document exists.
    fn has(&self, id: DocId) -> Result<bool, IndexError>;
    /// How many documents of each source are closed, in the whole index: nobody sees them.
    fn closed(&self) -> Result<BTreeMap<String, u64>, IndexError>;
    /// One document.
    fn doc(&self, id: DocId) -> Result<Option<Document>, IndexError>;
    /// A whole family in order.
    fn family(&self, id: DocId) -> Result<Vec<Document>, IndexError>;
    /// Every place where the same bytes lie.
    fn same_content(&self, content: ContentHash) -> Result<Vec<Document>, IndexError>;
    /// At how many places the same bytes lie.
    fn places(&self, content: ContentHash) -> Result<u64, IndexError>;
    /// The mails of a thread, oldest first.
    fn thread(&self, thread: GroupKey) -> Result<Vec<Document>, IndexError>;
    /// Every document with the same content, or with nearly the same text.
    fn alike(&self, relations: &Relations) -> Result<Vec<Document>, IndexError>;
    /// The text of a document, pages separated by U+000C; empty when there is none.
    ///
    /// # Errors
    /// [`IndexError::TextLost`] when it is not there, or the document is not in this part of the index.
    fn text(&self, document: &Document) -> Result<String, IndexError>;
}
