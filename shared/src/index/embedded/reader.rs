//! The read side of the embedded engine: snapshots that follow the commits of the writing process.

use super::compile::Compiler;
use super::count::Count;
use super::cursor;
use super::hits::{Found, Hits};
use super::read::ReadFolder;
use super::recent::Recent;
use super::schema::Fields;
use super::scope::{Scope, Scoped, Scopes};
use super::values::Filter;
use super::visible;
use super::words::{self, WordLists};
use super::{entry, generations::current, mapped, open};
use crate::index::{
    Blobs, Cursor, DateField, DateOptions, FacetField, Facets, Hit, IndexError, Overlap, Page,
    Search, Snapshot, Sort,
};
use crate::plan::{Plan, Vocabulary, expand};
use crate::{ContentHash, DocId, Document, GroupKey, Likeness, Relations, TextField};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::collector::DocSetCollector;
use tantivy::query::{Query as EngineQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    Index, IndexReader, Opstamp, ReloadPolicy, Searcher, SegmentReader, TantivyDocument, Term,
};

/// Blocks of stored documents that a snapshot remembers of each segment. A list reads them in order and needs one at a
/// time; with the hundred that the engine takes by itself, every snapshot that stays keeps tens of megabytes.
const STORED_BLOCKS: usize = 8;

/// Opens snapshots of the current generation.
pub struct Reader {
    folder: PathBuf,
    blobs: Blobs,
    words: Arc<WordLists>,
    open: Mutex<Option<Opened>>,
    recent: Recent,
    behind: Mutex<Option<String>>,
}

struct Opened {
    generation: PathBuf,
    index: Index,
    reader: IndexReader,
    fields: Arc<Fields>,
    opstamp: Opstamp,
    latest: Arc<EmbeddedSnapshot>,
}

impl Reader {
    /// A reader of the index in `folder` with its texts in `blobs`. Opens nothing yet: an index may come later.
    pub fn new(folder: &Path, blobs: Blobs) -> Self {
        Reader {
            folder: folder.to_owned(),
            blobs,
            words: Arc::default(),
            open: Mutex::new(None),
            recent: Recent::default(),
            behind: Mutex::default(),
        }
    }

    /// The newest commit of the current generation; when that cannot be searched, the newest one that could.
    pub fn snapshot(&self) -> Result<Arc<dyn Snapshot>, IndexError> {
        let mut slot = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let news = self.follow(&mut slot);
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        match (news, slot.as_ref()) {
            (Err(error), None) => return Err(error),
            (Err(error), Some(_)) => *behind = Some(error.to_string()),
            (Ok(()), _) => *behind = None,
        }
        let opened = slot.as_ref().ok_or(IndexError::Missing)?;
        Ok(opened.latest.clone())
    }

    /// Why the newest state of the index is not the one that is searched; `None` when it is.
    pub fn behind(&self) -> Option<String> {
        let behind = self.behind.lock();
        behind.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets go of every state but the newest one: what was removed for good must not be seen by paging on.
    pub fn forget_older(&self) {
        self.recent.clear();
    }

    /// The snapshot with this id, while it is kept.
    pub fn snapshot_by_id(&self, id: &str) -> Result<Arc<dyn Snapshot>, IndexError> {
        let newest = self.snapshot()?;
        if newest.id() == id {
            return Ok(newest);
        }
        let kept = self.recent.find(id).ok_or(IndexError::SnapshotGone)?;
        Ok(kept)
    }

    /// The snapshot that a cursor belongs to.
    pub fn snapshot_of(&self, cursor: &Cursor) -> Result<Arc<dyn Snapshot>, IndexError> {
        self.snapshot_by_id(cursor::state_in(cursor).ok_or(IndexError::BadCursor)?)
    }

    fn open_generation(&self, generation: PathBuf) -> Result<Opened, IndexError> {
        let folder = ReadFolder::new(&generation, mapped(&generation)?);
        let (index, fields) = open(folder)?;
        let opstamp = index.load_metas()?.opstamp;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORED_BLOCKS)
            .try_into()?;
        let fields = Arc::new(fields);
        let latest = self.taken(&reader, &fields);
        Ok(Opened {
            generation,
            index,
            reader,
            fields,
            opstamp,
            latest,
        })
    }

    /// Goes to the current generation and its newest commit. What is open stays when that fails.
    fn follow(&self, slot: &mut Option<Opened>) -> Result<(), IndexError> {
        let generation = current(&self.folder)?.ok_or(IndexError::Missing)?;
        let old = match slot {
            Some(opened) if opened.generation == generation => {
                let opstamp = opened.index.load_metas()?.opstamp;
                if opstamp == opened.opstamp {
                    return Ok(());
                }
                opened.reader.reload()?;
                let latest = self.taken(&opened.reader, &opened.fields);
                opened.opstamp = opstamp;
                Some(std::mem::replace(&mut opened.latest, latest))
            }
            _ => {
                let opened = self.open_generation(generation.clone()).or_else(|error| {
                    // It may have been left and removed while we opened it.
                    match current(&self.folder)?.filter(|now| *now != generation) {
                        Some(now) => self.open_generation(now),
                        None => Err(error),
                    }
                })?;
                slot.replace(opened).map(|old| old.latest)
            }
        };
        if let Some(old) = old {
            self.recent.keep(old);
        }
        Ok(())
    }

    fn taken(&self, reader: &IndexReader, fields: &Arc<Fields>) -> Arc<EmbeddedSnapshot> {
        let searcher = reader.searcher();
        Arc::new(EmbeddedSnapshot {
            id: cursor::state_id(&searcher),
            searcher,
            fields: fields.clone(),
            blobs: self.blobs.clone(),
            words: self.words.clone(),
            scope: None,
            scopes: Arc::default(),
        })
    }
}

/// One state of the index, or the part of it that is in a scope.
#[derive(Clone)]
pub(super) struct EmbeddedSnapshot {
    id: String,
    searcher: Searcher,
    fields: Arc<Fields>,
    blobs: Blobs,
    words: Arc<WordLists>,
    scope: Option<Arc<Scope>>,
    scopes: Arc<Scopes>,
}

impl Vocabulary for EmbeddedSnapshot {
    fn containing(
        &self,
        field: Option<TextField>,
        letters: &str,
        keep: &dyn Fn(&str) -> bool,
        limit: usize,
    ) -> Result<Vec<String>, IndexError> {
        let field = self.fields.of(field);
        self.words
            .containing(self.visible(), field, letters, keep, limit)
    }

    fn similar(
        &self,
        field: Option<TextField>,
        word: &str,
        distance: u8,
        limit: usize,
    ) -> Result<Vec<String>, IndexError> {
        words::similar(self.visible(), self.fields.of(field), word, distance, limit)
    }
}

impl EmbeddedSnapshot {
    /// A snapshot for the writer's own questions.
    pub(super) fn new(searcher: Searcher, fields: Arc<Fields>, blobs: Blobs) -> Self {
        EmbeddedSnapshot {
            id: String::new(),
            searcher,
            fields,
            blobs,
            words: Arc::default(),
            scope: None,
            scopes: Arc::default(),
        }
    }

    fn visible(&self) -> (&Searcher, Option<&Scope>) {
        (&self.searcher, self.scope.as_deref())
    }

    /// Documents with `term` that exist here.
    fn term_query(&self, term: Term) -> Box<dyn EngineQuery> {
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        Scoped::query(Box::new(query), self.scope.as_ref())
    }

    fn scope_tag(&self) -> Option<&str> {
        self.scope.as_deref().map(Scope::tag)
    }

    pub(super) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The documents with `bytes` in `field`, in no order.
    pub(super) fn with_bytes(
        &self,
        field: Field,
        bytes: &[u8],
    ) -> Result<Vec<Document>, IndexError> {
        self.with_term(Term::from_field_bytes(field, bytes))
    }

    pub(super) fn with_term(&self, term: Term) -> Result<Vec<Document>, IndexError> {
        let query = self.term_query(term);
        let addresses = self.searcher.search(&query, &DocSetCollector)?;
        addresses
            .into_iter()
            .map(|address| self.stored(address))
            .collect()
    }

    pub(super) fn stored(&self, address: tantivy::DocAddress) -> Result<Document, IndexError> {
        let found: TantivyDocument = self.searcher.doc(address)?;
        let mut document = entry::stored(&found, self.fields.document).ok_or_else(|| {
            IndexError::Engine("een opgeslagen document is onleesbaar".to_owned())
        })?;
        if let Some(scope) = &self.scope {
            let segment = self
                .searcher
                .segment_reader(address.segment_ord)
                .segment_id();
            let alike = scope.alike(segment);
            document.relations.likeness =
                alike.map_or(Likeness::Uniek, |alike| alike.of(address.doc_id));
            // To be in a group of one is a hint at who else is in it.
            if !alike.is_some_and(|alike| alike.has_near(address.doc_id)) {
                document.relations.near = None;
            }
            // That a mail is repeated elsewhere may be a hint at a mail outside.
            document.relations.inclusive = None;
        }
        Ok(document)
    }

    pub(super) fn segments(&self) -> &[SegmentReader] {
        self.searcher.segment_readers()
    }

    /// The columns of the first and the last day of a date.
    pub(super) fn days(&self, field: DateField) -> [&str; 2] {
        let days = self.fields.days(field);
        [&days.first.0, &days.last.0]
    }

    /// The question of a search without its filters.
    pub(super) fn query(
        &self,
        search: &Search,
        scored: bool,
    ) -> Result<Box<dyn EngineQuery>, IndexError> {
        let plan = self.plan(search)?;
        let compiler = Compiler::new(&self.fields, search.dates, scored, &plan);
        Ok(compiler.within(self.scope.as_ref()).query(&plan.root))
    }

    /// What hits must have besides what the question asks.
    pub(super) fn filter<'a>(&'a self, search: &'a Search) -> Filter<'a> {
        Filter {
            filters: &search.filters,
            day_columns: self.days(search.dates.field),
            message_days: by_message(search.dates.field),
            scope: self.scope.as_deref(),
        }
    }

    fn count_collector<'a>(
        &'a self,
        search: &'a Search,
        fields: &'a [FacetField],
        hits: Option<Hits>,
    ) -> Count<'a> {
        Count {
            fields,
            filter: self.filter(search),
            collapse: search.collapse,
            hits,
        }
    }

    /// One more than asked tells whether there is a next page.
    fn hit_collector(
        &self,
        search: &Search,
        sort: Sort,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Hits, IndexError> {
        Ok(Hits {
            sort,
            day_column: self.days(search.dates.field)[0].to_owned(),
            after: after
                .map(|place| cursor::after(&self.id, self.scope_tag(), place, sort))
                .transpose()?,
            limit: limit + 1,
        })
    }

    fn page(&self, mut found: Vec<Found>, sort: Sort, limit: usize) -> Result<Page, IndexError> {
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found
            .last()
            .filter(|_| more)
            .map(|last| cursor::cursor(&self.id, self.scope_tag(), &last.key, sort));
        let hits = found
            .iter()
            .map(|found| {
                Ok(Hit {
                    document: self.stored(found.address)?,
                    score: found.score,
                })
            })
            .collect::<Result<_, IndexError>>()?;
        Ok(Page { hits, next })
    }
}

/// Whether this date of a chat is the days of its messages: those were sent.
pub(super) fn by_message(field: DateField) -> bool {
    matches!(field, DateField::Datum | DateField::Verzonden)
}

impl Snapshot for EmbeddedSnapshot {
    fn id(&self) -> String {
        self.id.clone()
    }

    fn within(&self, scope: &crate::index::Scope) -> Result<Arc<dyn Snapshot>, IndexError> {
        let outer = self.scope.as_deref();
        let scope = self
            .scopes
            .within(&self.searcher, &self.fields, outer, scope)?;
        Ok(Arc::new(EmbeddedSnapshot {
            scope,
            ..self.clone()
        }))
    }

    fn plan(&self, search: &Search) -> Result<Plan, IndexError> {
        expand(&search.query, &search.widening, self)
    }

    fn documents_with(
        &self,
        plan: &Plan,
        leaf: usize,
        alternative: usize,
    ) -> Result<u64, IndexError> {
        let compiler = Compiler::new(&self.fields, DateOptions::default(), false, plan);
        let compiler = compiler.within(self.scope.as_ref());
        let query = compiler.alternative(leaf, alternative);
        Ok(self.searcher.search(&query, &tantivy::collector::Count)? as u64)
    }

    fn facets(&self, search: &Search, fields: &[FacetField]) -> Result<Facets, IndexError> {
        let query = self.query(search, false)?;
        let count = self.count_collector(search, fields, None);
        let counted = self.searcher.search(&query, &count)?;
        Ok(counted.into_facets(fields, &search.filters))
    }

    fn facets_and_hits(
        &self,
        search: &Search,
        fields: &[FacetField],
        sort: Sort,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Facets, Page), IndexError> {
        let hits = self.hit_collector(search, sort, after, limit)?;
        let query = self.query(search, sort == Sort::Relevantie)?;
        let count = self.count_collector(search, fields, Some(hits));
        let mut counted = self.searcher.search(&query, &count)?;
        let page = self.page(counted.take_hits(), sort, limit)?;
        Ok((counted.into_facets(fields, &search.filters), page))
    }

    fn ids(&self, search: &Search) -> Result<Vec<DocId>, IndexError> {
        self.all_ids(search)
    }

    fn each(
        &self,
        search: &Search,
        sort: Sort,
        each: &mut dyn FnMut(Document) -> Result<bool, IndexError>,
    ) -> Result<(), IndexError> {
        self.every(search, sort, each)
    }

    fn overlap(&self, searches: &[Search]) -> Result<Overlap, IndexError> {
        self.shares(searches)
    }

    fn is_part(&self) -> bool {
        self.scope.is_some()
    }

    fn has(&self, id: DocId) -> Result<bool, IndexError> {
        let term = Term::from_field_bytes(self.fields.id, &id.0);
        let query = self.term_query(term);
        Ok(self.searcher.search(&query, &tantivy::collector::Count)? > 0)
    }

    fn closed(&self) -> Result<BTreeMap<String, u64>, IndexError> {
        let mut counts = BTreeMap::new();
        for reader in self.searcher.segment_readers() {
            for (bron, count) in visible::closed(reader, &self.fields)? {
                *counts.entry(bron).or_default() += count;
            }
        }
        Ok(counts)
    }

    fn doc(&self, id: DocId) -> Result<Option<Document>, IndexError> {
        Ok(self.with_bytes(self.fields.id, &id.0)?.pop())
    }

    fn family(&self, id: DocId) -> Result<Vec<Document>, IndexError> {
        let mut members = self.with_bytes(self.fields.family, &id.0)?;
        members.sort_by_key(|member| member.ordinal);
        Ok(members)
    }

    fn same_content(&self, content: ContentHash) -> Result<Vec<Document>, IndexError> {
        let mut places = self.with_bytes(self.fields.content, &content.0)?;
        places.sort_by(|a, b| (&a.bron, &a.place, a.ordinal).cmp(&(&b.bron, &b.place, b.ordinal)));
        Ok(places)
    }

    fn places(&self, content: ContentHash) -> Result<u64, IndexError> {
        let term = Term::from_field_bytes(self.fields.content, &content.0);
        let query = self.term_query(term);
        Ok(self.searcher.search(&query, &tantivy::collector::Count)? as u64)
    }

    fn thread(&self, thread: GroupKey) -> Result<Vec<Document>, IndexError> {
        let term = Term::from_field_u64(self.fields.relations.thread, thread.0);
        let mut mails = self.with_term(term)?;
        mails.sort_by_key(|mail| (mail.dates.sent_at, mail.dates.sent, mail.id));
        Ok(mails)
    }

    fn alike(&self, relations: &Relations) -> Result<Vec<Document>, IndexError> {
        let fields = self.fields.relations;
        let groups = [(fields.same, relations.same), (fields.near, relations.near)];
        let mut alike = Vec::new();
        for (field, key) in groups {
            if let Some(key) = key {
                alike.extend(self.with_term(Term::from_field_u64(field, key.0))?);
            }
        }
        alike.sort_by(|a, b| {
            (&a.bron, &a.place, a.ordinal, a.id).cmp(&(&b.bron, &b.place, b.ordinal, b.id))
        });
        alike.dedup_by_key(|document| document.id);
        Ok(alike)
    }

    fn text(&self, document: &Document) -> Result<String, IndexError> {
        // Whoever names a document need not be able to see it: what is asked for must be what is stored here.
        if self.scope.is_some() {
            let known = self.doc(document.id)?;
            if known.is_none_or(|known| known.text != document.text) {
                return Err(IndexError::TextLost);
            }
        }
        match &document.text {
            Some(key) => self.blobs.read(key).map(|(_, text)| text),
            None => Ok(String::new()),
        }
    }
}
