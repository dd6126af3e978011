//! The write side of a cluster: families in, commits out, and what the last commit knows.
//!
//! What was written is durable at once and visible after the next commit, of whoever. A family lies on one shard and comes
//! in one order: what must go, its members, and the file itself last. A run that is killed halfway leaves a file of
//! which the index knows nothing new yet, so that the next run reads it again; identities are the same then, and
//! nothing comes in twice.

use super::bulk::{Bulk, Refused, TOGETHER, bare};
use super::compile::{everything, one_of, term};
use super::entry::{folder_key, identity_key, size_and_time_key, stored};
use super::forget::forget;
use super::generations::All;
use super::http::{Nodes, failed, number};
use super::lease::{Lease, Patience, What};
use super::relations::Table;
use super::stand::{Stand, make};
use super::state::{AT_A_TIME, State, by_id, document};
use super::template as field;
use crate::index::{
    Blobs, DateField, Entry, FacetField, IndexError, KnownFile, RelationTable, Write,
};
use crate::{ContentHash, DocId, Document};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// What is sent of a document has at most about so many times the bytes of its text: its terms, each with their marks. Seen were
/// 4 times for law articles, 7 for the worst of them, 8 for compounds and for dates in figures.
const TERMS_OF_TEXT: u64 = 12;

/// Writes to one index; several may, each its own sources.
pub struct Writer {
    nodes: Arc<Nodes>,
    index: String,
    blobs: Blobs,
    /// What the last commit knows.
    last: State,
    queue: Mutex<Queue>,
    /// What keeps others from writing the same; none in an index that nobody else knows of.
    own: Option<Own>,
    /// The name under which a new generation is searched once it is finished.
    becomes: Option<String>,
}

/// What this writer may write.
pub struct Own {
    /// The name under which the index is searched, and its copies.
    pub name: (String, u32),
    /// Its lease.
    pub lease: Lease,
    /// Its source; `None` when it may write everything.
    pub bron: Option<String>,
    /// Held from the moment on that is looked at what belongs together.
    pub relations: Mutex<Option<Lease>>,
    /// Documents of other sources as they were when read: number and term of their last change. They are only replaced
    /// when they are so still.
    pub others: Mutex<HashMap<DocId, (u64, u64)>>,
}

/// What was not sent yet, and what was sent since the last commit.
#[derive(Default)]
struct Queue {
    waiting: Vec<Change>,
    bytes: usize,
    /// The members of families that no search finds yet.
    uncommitted: HashMap<DocId, BTreeSet<DocId>>,
    /// What the cluster does not take as it is, as far as nobody asked.
    refused: BTreeMap<DocId, Document>,
}

/// A change of one family.
struct Change {
    family: DocId,
    /// Whether members that are not among these go.
    whole: bool,
    /// Members that go, whatever else.
    gone: BTreeSet<DocId>,
    /// What is stored, the file itself last.
    members: Vec<Member>,
}

/// A document to be written.
struct Member {
    id: DocId,
    stored: String,
    /// What it must still be.
    since: Option<(u64, u64)>,
}

impl Writer {
    /// Opens the index, and makes it when it is not there.
    ///
    /// # Errors
    /// Those of the cluster; [`IndexError::OtherGeneration`].
    pub fn open(
        nodes: Arc<Nodes>,
        index: &str,
        blobs: Blobs,
        parts: (u32, u32),
    ) -> Result<Self, IndexError> {
        make(&nodes, index, parts, None)?;
        Ok(Writer::of(nodes, index, blobs, None))
    }

    /// A writer of an index that is there.
    pub(super) fn of(nodes: Arc<Nodes>, index: &str, blobs: Blobs, own: Option<Own>) -> Self {
        Writer {
            last: State::now(nodes.clone(), index),
            nodes,
            index: index.to_owned(),
            blobs,
            queue: Mutex::default(),
            own,
            becomes: None,
        }
    }

    /// The same of a new generation, which will be searched as `name`.
    pub(super) fn becoming(self, name: &str) -> Self {
        Writer {
            becomes: Some(name.to_owned()),
            ..self
        }
    }

    /// Whether nobody else may have taken over what this writes.
    fn check(&self) -> Result<(), IndexError> {
        let Some(own) = &self.own else {
            return Ok(());
        };
        own.lease.check()?;
        let relations = own.relations.lock();
        let relations = relations.unwrap_or_else(PoisonError::into_inner);
        relations.as_ref().map_or(Ok(()), Lease::check)
    }

    /// Remembers what a document of another source is now.
    fn note(&self, document: &Document, hit: &Value) {
        let Some(own) = &self.own else {
            return;
        };
        let version = hit["_seq_no"].as_u64().zip(hit["_primary_term"].as_u64());
        if let (Some(bron), Some(version)) = (&own.bron, version)
            && *bron != document.bron
        {
            let mut others = own.others.lock().unwrap_or_else(PoisonError::into_inner);
            others.insert(document.id, version);
        }
    }

    /// What an entry must still be when it is replaced: a document of another source may change meanwhile.
    fn since(&self, document: &Document) -> Result<Option<(u64, u64)>, IndexError> {
        let Some(own) = &self.own else {
            return Ok(None);
        };
        if own.bron.as_ref().is_none_or(|bron| *bron == document.bron) {
            return Ok(None);
        }
        let others = own.others.lock().unwrap_or_else(PoisonError::into_inner);
        match others.get(&document.id) {
            Some(since) => Ok(Some(*since)),
            None => Err(failed(
                "een document van een andere bron is niet gelezen".to_owned(),
            )),
        }
    }

    fn change(
        &self,
        family: DocId,
        whole: bool,
        mut entries: Vec<Entry>,
    ) -> Result<(), IndexError> {
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.document.ordinal));
        let members = entries
            .iter()
            .map(|entry| {
                Ok(Member {
                    id: entry.document.id,
                    stored: stored(entry)?.to_string(),
                    since: self.since(&entry.document)?,
                })
            })
            .collect::<Result<Vec<_>, IndexError>>()?;
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = members.iter().map(|member| member.stored.len());
        queue.bytes += bytes.sum::<usize>();
        queue.waiting.push(Change {
            family,
            whole,
            gone: BTreeSet::new(),
            members,
        });
        match queue.bytes > TOGETHER {
            true => self.flush(&mut queue),
            false => Ok(()),
        }
    }

    /// Sends what waits. The texts first: another's commit may make it visible.
    fn flush(&self, queue: &mut Queue) -> Result<(), IndexError> {
        if queue.waiting.is_empty() {
            return Ok(());
        }
        self.check()?;
        self.blobs.sync()?;
        let known = self.known_members(&queue.waiting)?;
        let mut bulk = Bulk::default();
        let mut uncommitted = queue.uncommitted.clone();
        for change in &queue.waiting {
            let family = change.family;
            let now = uncommitted.entry(family).or_default();
            if change.whole {
                let stays = |id: &DocId| change.members.iter().any(|member| member.id == *id);
                let before = known.get(&family).into_iter().flatten();
                let gone: BTreeSet<DocId> = before.chain(now.iter()).copied().collect();
                for id in gone.iter().filter(|id| !stays(id)) {
                    bulk.delete(*id, family);
                }
                now.clear();
            }
            for id in &change.gone {
                bulk.delete(*id, family);
                now.remove(id);
            }
            for Member { id, stored, since } in &change.members {
                bulk.index((*id, family), stored, *since);
                now.insert(*id);
            }
        }
        let refused = bulk.send(&self.nodes, &self.bulk_path())?;
        if !refused.is_empty() {
            let bare = self.send_bare(queue, &refused)?;
            queue
                .refused
                .extend(bare.into_iter().map(|one| (one.id, one)));
        }
        queue.uncommitted = uncommitted;
        queue.waiting.clear();
        queue.bytes = 0;
        Ok(())
    }

    /// The members that the last commit has of the families that are replaced.
    fn known_members(
        &self,
        changes: &[Change],
    ) -> Result<HashMap<DocId, BTreeSet<DocId>>, IndexError> {
        let families = changes.iter().filter(|change| change.whole);
        let families = families.map(|change| change.family.to_string());
        self.members(field::FAMILY, families.collect())
    }

    /// The documents of the last commit with one of these values, by family.
    fn members(
        &self,
        name: &str,
        values: BTreeSet<String>,
    ) -> Result<HashMap<DocId, BTreeSet<DocId>>, IndexError> {
        let mut known: HashMap<DocId, BTreeSet<DocId>> = HashMap::new();
        if values.is_empty() {
            return Ok(known);
        }
        let more = json!({"_source": false, "docvalue_fields": [field::FAMILY]});
        let query = one_of(name, values);
        let id = |value: &Value| -> Result<DocId, IndexError> {
            value
                .as_str()
                .unwrap_or_default()
                .parse()
                .map_err(IndexError::Engine)
        };
        self.last
            .walk(&query, &by_id(), &more, None, AT_A_TIME, &mut |hit| {
                let family = id(&hit["fields"][field::FAMILY][0])?;
                known.entry(family).or_default().insert(id(&hit["_id"])?);
                Ok(true)
            })?;
        Ok(known)
    }

    /// Where the lines go. A name that no longer leads to an index must not become one.
    fn bulk_path(&self) -> String {
        let name = self.own.as_ref().map(|own| &own.name.0);
        let by_alias = name == Some(&self.index);
        format!("/{}/_bulk?require_alias={by_alias}", self.index)
    }

    /// Sends what is left of the documents that were refused, and gives these.
    fn send_bare(&self, queue: &Queue, refused: &Refused) -> Result<Vec<Document>, IndexError> {
        let sent = queue.waiting.iter().flat_map(|change| {
            let members = change.members.iter();
            members.map(|member| (change.family, member))
        });
        // Of a document that was written twice the last counts.
        let last: BTreeMap<DocId, (DocId, &Member)> = sent
            .filter(|(_, member)| refused.contains_key(&member.id))
            .map(|(family, member)| (member.id, (family, member)))
            .collect();
        let mut bulk = Bulk::default();
        let mut documents = Vec::new();
        for ((id, kind), (family, member)) in refused.iter().zip(last.values()) {
            let (document, stored) = bare(&member.stored, kind)?;
            bulk.index((*id, *family), &stored, member.since);
            documents.push(document);
        }
        let again = bulk.send(&self.nodes, &self.bulk_path())?;
        let refused = documents.iter().find(|one| again.contains_key(&one.id));
        match refused {
            None => Ok(documents),
            Some(one) => Err(failed(format!("het neemt {} niet op", one.place))),
        }
    }

    fn documents_with(&self, name: &str, value: &str) -> Result<Vec<Document>, IndexError> {
        self.last.documents(&term(name, value))
    }
}

impl Write for Writer {
    fn known(&self, bron: &str, folder: &[u8]) -> Result<Vec<KnownFile>, IndexError> {
        let found = self.documents_with(field::FOLDER, &folder_key(bron, folder))?;
        let known = found.into_iter().map(|document| KnownFile {
            name: document.place.file_name().to_vec(),
            id: document.id,
            fingerprint: document.fingerprint,
            readability: document.readability,
            complete: document.complete,
        });
        let mut known: Vec<KnownFile> = known.collect();
        known.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(known)
    }

    fn known_folders(&self, bron: &str) -> Result<Vec<Vec<u8>>, IndexError> {
        let prefix = folder_key(bron, b"");
        let query = json!({"prefix": {field::FOLDER: prefix}});
        let mut folders = Vec::new();
        self.last.values(&query, field::FOLDER, &mut |key, _| {
            let digits = key.get(prefix.len()..).unwrap_or_default().as_bytes();
            let bytes = digits.chunks(2).map(|two| {
                let two = std::str::from_utf8(two).unwrap_or_default();
                u8::from_str_radix(two, 16)
            });
            let folder = bytes.collect::<Result<Vec<u8>, _>>();
            folders.push(folder.map_err(|error| failed(error.to_string()))?);
            Ok(())
        })?;
        folders.sort_unstable();
        Ok(folders)
    }

    fn same_size_and_time(
        &self,
        bron: &str,
        size: u64,
        mtime: i64,
    ) -> Result<Vec<Document>, IndexError> {
        let key = size_and_time_key(bron, size, mtime);
        self.documents_with(field::SIZE_AND_TIME, &key)
    }

    fn same_identity(&self, bron: &str, identity: &str) -> Result<Vec<Document>, IndexError> {
        self.documents_with(field::IDENTITY, &identity_key(bron, identity))
    }

    fn get(&self, id: DocId) -> Result<Option<Document>, IndexError> {
        let query = term(field::ID, &id.to_string());
        let more = json!({"seq_no_primary_term": true});
        let mut found = None;
        self.last
            .walk(&query, &by_id(), &more, None, 1, &mut |hit| {
                let read = document(hit)?;
                self.note(&read, hit);
                found = Some(read);
                Ok(false)
            })?;
        Ok(found)
    }

    fn family(&self, id: DocId) -> Result<Vec<Document>, IndexError> {
        let mut members = self.documents_with(field::FAMILY, &id.to_string())?;
        members.sort_by_key(|member| member.ordinal);
        Ok(members)
    }

    fn put_family(&self, id: DocId, entries: Vec<Entry>) -> Result<(), IndexError> {
        self.change(id, true, entries)
    }

    fn add_to_family(&self, entries: Vec<Entry>) -> Result<(), IndexError> {
        match entries.first().map(|entry| entry.document.family) {
            Some(family) => self.change(family, false, entries),
            None => Ok(()),
        }
    }

    fn replace(&self, entry: Entry) -> Result<(), IndexError> {
        self.change(entry.document.family, false, vec![entry])
    }

    fn delete_family(&self, id: DocId) -> Result<(), IndexError> {
        self.change(id, true, Vec::new())
    }

    fn gone(&self, bron: &str) -> Result<Vec<Document>, IndexError> {
        self.documents_with(field::GONE, bron)
    }

    fn remove(&self, documents: &BTreeSet<DocId>) -> Result<(), IndexError> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // What was written since the last commit is found in what was sent.
        self.flush(&mut queue)?;
        let ids = documents.iter().map(ToString::to_string).collect();
        let mut gone = self.members(field::ID, ids)?;
        for (family, members) in &queue.uncommitted {
            let these = members.intersection(documents).copied();
            let these: BTreeSet<DocId> = these.collect();
            if !these.is_empty() {
                gone.entry(*family).or_default().extend(these);
            }
        }
        let changes = gone.into_iter().map(|(family, gone)| Change {
            family,
            whole: false,
            gone,
            members: Vec::new(),
        });
        queue.waiting.extend(changes);
        Ok(())
    }

    fn commit(&self, checkpoint: &str) -> Result<(), IndexError> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        self.flush(&mut queue)?;
        self.check()?;
        self.blobs.sync()?;
        let mut stand = Stand::new();
        stand.write(&self.nodes, &self.index, checkpoint)?;
        let path = format!("/{}/_refresh", self.index);
        let answer = self.nodes.request("POST", &path, &[])?.ok()?;
        if answer["_shards"]["failed"] != 0 {
            return Err(failed("een deel van de index nam niet alles op".to_owned()));
        }
        stand.visible = true;
        stand.write(&self.nodes, &self.index, checkpoint)?;
        queue.uncommitted.clear();
        if let Some(own) = &self.own {
            let mut others = own.others.lock().unwrap_or_else(PoisonError::into_inner);
            others.clear();
        }
        Ok(())
    }

    fn documents(&self, bron: &str) -> Result<u64, IndexError> {
        let name = field::facet(FacetField::Bron, DateField::default());
        self.last.count(&term(&name, bron))
    }

    /// One machine at a time looks at what belongs together, from the last commits of all: who comes later sees what
    /// came before.
    fn relations(&self) -> Result<Box<dyn RelationTable + '_>, IndexError> {
        if let Some(own) = self.own.as_ref().filter(|own| own.bron.is_some()) {
            let mut relations = own.relations.lock();
            let held = relations.as_mut().unwrap_or_else(|held| held.get_mut());
            if held.is_none() {
                let (name, replicas) = &own.name;
                let of = (name.as_str(), *replicas);
                let lease = Lease::take(&self.nodes, of, What::Samenhang, Patience::UntilFree)?;
                **held = Some(lease);
            }
        }
        Ok(Box::new(Table::of(&self.last)?))
    }

    fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    fn uses_text(&self, key: &str) -> Result<bool, IndexError> {
        Ok(self.last.count(&term(field::BLOB, key))? > 0)
    }

    fn same_content(&self, content: ContentHash) -> Result<Vec<Document>, IndexError> {
        self.documents_with(field::CONTENT, &content.to_string())
    }

    fn all_documents(&self) -> Result<u64, IndexError> {
        self.last.count(&everything())
    }

    fn text_limit(&self) -> Result<Option<u64>, IndexError> {
        let told = self.nodes.get("/_nodes/http")?.ok()?;
        let nodes = told["nodes"].as_object().into_iter().flatten();
        let limits = nodes.map(|(_, node)| number(&node["http"]["max_content_length_in_bytes"]));
        let least = limits.collect::<Result<Vec<_>, _>>()?.into_iter().min();
        Ok(least.map(|least| least / TERMS_OF_TEXT))
    }

    fn refused(&self) -> Vec<Document> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut queue.refused).into_values().collect()
    }

    fn forget_deleted(&self, share: f32) -> Result<(), IndexError> {
        self.check()?;
        forget(&self.nodes, &self.index, share)?;
        self.commit("opgeruimd")
    }

    fn finish(self: Box<Self>) -> Result<(), IndexError> {
        self.check()?;
        match &self.becomes {
            Some(name) => All::new(&self.nodes, name).switch_to(&self.index),
            None => Ok(()),
        }
    }
}
