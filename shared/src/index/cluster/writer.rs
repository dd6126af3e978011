//! The write side of a cluster: families in, commits out, and what the last commit knows.
//!
//! What was written is durable at once and visible after the next commit, of whoever. A family lies on one shard and comes
//! in one order: what must go, its members, and the file itself last. A run that is killed halfway leaves a file of
//! which the index knows nothing new yet, so that the next run reads it again; identities are the same then, and
//! nothing comes in twice.

use super::compile::{one_of, term};
use super::entry::{folder_key, identity_key, size_and_time_key, stored};
use super::http::{Nodes, failed};
use super::relations::Table;
use super::stand::{Stand, make};
use super::state::{AT_A_TIME, State, by_id};
use super::template as field;
use crate::index::{
    Blobs, DateField, Entry, FacetField, IndexError, KnownFile, RelationTable, Write,
};
use crate::{DocId, Document};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are sent together. A cluster takes 100 MB at once unless it is told otherwise.
const TOGETHER: usize = 8 << 20;

/// Writes to one index; several may, each its own sources.
pub struct Writer {
    nodes: Arc<Nodes>,
    index: String,
    blobs: Blobs,
    /// What the last commit knows.
    last: State,
    queue: Mutex<Queue>,
}

/// What was not sent yet, and what was sent since the last commit.
#[derive(Default)]
struct Queue {
    waiting: Vec<Change>,
    bytes: usize,
    /// The members of families that no search finds yet.
    uncommitted: HashMap<DocId, BTreeSet<DocId>>,
}

/// A change of one family.
struct Change {
    family: DocId,
    /// Whether members that are not among these go.
    whole: bool,
    /// Members that go, whatever else.
    gone: BTreeSet<DocId>,
    /// Identity and what is stored, the file itself last.
    members: Vec<(DocId, String)>,
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
        (shards, replicas): (u32, u32),
    ) -> Result<Self, IndexError> {
        make(&nodes, index, shards, replicas)?;
        Ok(Writer {
            last: State::now(nodes.clone(), index),
            nodes,
            index: index.to_owned(),
            blobs,
            queue: Mutex::default(),
        })
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
            .map(|entry| Ok((entry.document.id, stored(entry)?.to_string())))
            .collect::<Result<Vec<_>, IndexError>>()?;
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.bytes += members
            .iter()
            .map(|(_, stored)| stored.len())
            .sum::<usize>();
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
        self.blobs.sync()?;
        let known = self.known_members(&queue.waiting)?;
        let mut lines = String::new();
        let mut uncommitted = queue.uncommitted.clone();
        for change in &queue.waiting {
            let now = uncommitted.entry(change.family).or_default();
            if change.whole {
                let stays = |id: &DocId| change.members.iter().any(|(member, _)| member == id);
                let before = known.get(&change.family).into_iter().flatten();
                let gone: BTreeSet<DocId> = before.chain(now.iter()).copied().collect();
                for id in gone.iter().filter(|id| !stays(id)) {
                    self.line(&mut lines, "delete", *id, change.family);
                }
                now.clear();
            }
            for id in &change.gone {
                self.line(&mut lines, "delete", *id, change.family);
                now.remove(id);
            }
            for (id, stored) in &change.members {
                self.line(&mut lines, "index", *id, change.family);
                lines.push_str(stored);
                lines.push('\n');
                now.insert(*id);
            }
        }
        if !lines.is_empty() {
            self.send(&lines)?;
        }
        queue.uncommitted = uncommitted;
        queue.waiting.clear();
        queue.bytes = 0;
        Ok(())
    }

    fn line(&self, lines: &mut String, what: &str, id: DocId, family: DocId) {
        let action = json!({what: {"_id": id.to_string(), "routing": family.to_string()}});
        lines.push_str(&action.to_string());
        lines.push('\n');
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

    /// Sends lines until the cluster took them all. Sent twice they change nothing.
    fn send(&self, lines: &str) -> Result<(), IndexError> {
        const TRIES: u32 = 8;
        let mut wait = std::time::Duration::from_millis(200);
        let path = format!("/{}/_bulk", self.index);
        for _ in 0..TRIES {
            let answer = self.nodes.request("POST", &path, lines.as_bytes())?.ok()?;
            let items = answer["items"].as_array();
            let items = items.ok_or_else(|| failed("geen antwoord op het schrijven".to_owned()))?;
            let (mut busy, mut refused, mut kind) = (0, 0, String::new());
            for item in items
                .iter()
                .filter_map(|item| item.as_object()?.values().next())
            {
                match item["status"].as_u64() {
                    Some(200..=299 | 404) => {}
                    Some(429 | 503) => busy += 1,
                    _ => {
                        refused += 1;
                        kind = item["error"]["type"].to_string();
                    }
                }
            }
            if refused > 0 {
                let why = format!("{refused} documenten zijn geweigerd ({kind})");
                return Err(failed(why));
            }
            if busy == 0 {
                return Ok(());
            }
            // It has more to do than it can hold: nothing else is sent meanwhile.
            std::thread::sleep(wait);
            wait *= 2;
        }
        Err(failed("het heeft het te druk om te schrijven".to_owned()))
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
        Ok(self.documents_with(field::ID, &id.to_string())?.pop())
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
        Ok(())
    }

    fn documents(&self, bron: &str) -> Result<u64, IndexError> {
        let name = field::facet(FacetField::Bron, DateField::default());
        self.last.count(&term(&name, bron))
    }

    fn relations(&self) -> Result<Box<dyn RelationTable + '_>, IndexError> {
        Ok(Box::new(Table::of(&self.last)?))
    }

    fn blobs(&self) -> &Blobs {
        &self.blobs
    }
}
