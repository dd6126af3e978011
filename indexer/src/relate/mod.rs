//! How the documents of an index belong together: threads of mails, copies, texts that are nearly the same, the
//! same conversation from two phones. Works at the end of a run, over what the index holds, and writes again only
//! the documents whose place among others changed: a killed run is made good by the next. Never reads a file.
//!
//! | file | owns |
//! |---|---|
//! | `union` | sets that grow together |
//! | `threads` | which mails are one conversation |
//! | `inclusive` | which mails hold nothing that a later one does not repeat |
//! | `copies` | the same, and nearly the same |
//! | `chats` | one conversation as two phones exported it |
//!
//! Memory is a few numbers for each document, and some more for each mail.

mod chats;
mod copies;
mod inclusive;
mod threads;
mod union;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use zv_shared::index::{Entry, Groups, IndexError, Write};
use zv_shared::{DocId, Document, GroupKey};

/// Rows after which a wish to stop is heard.
const AT_A_TIME: u32 = 256;
/// Documents written again between commits: each waits as a deletion of a kilobyte until then.
const COMMITTED: u64 = 2_000;

/// Looks at every document of the last commit and writes those again whose groups are other than they were. The
/// number of those. Ends early, with what was done, once `stop` says so; the caller commits.
pub fn relate(write: &dyn Write, stop: &dyn Fn() -> bool) -> Result<u64, IndexError> {
    let table = write.relations()?;
    let texts = Texts { write };
    let mut now: Changes = Changes::default();
    copies::find(table.as_ref(), &texts, &mut now)?;
    threads::find(table.as_ref(), &texts, &mut now)?;
    let mut written = 0;
    for row in 0..table.len() {
        if row.is_multiple_of(AT_A_TIME) && stop() {
            break;
        }
        let before = table.groups(row);
        let after = now.of(row, before);
        if after != before && again(write, table.id(row), after)? {
            written += 1;
            if written % COMMITTED == 0 {
                write.commit("verbanden")?;
            }
        }
    }
    Ok(written)
}

/// Writes a document again with other groups. False when it is gone, or its text is: then it stays as it was, and the
/// next run that changes something tries again.
fn again(write: &dyn Write, id: DocId, groups: Groups) -> Result<bool, IndexError> {
    let Some(mut document) = write.get(id)? else {
        return Ok(false);
    };
    let text = match (Texts { write }).of(&document) {
        Ok(text) => text,
        Err(IndexError::TextLost) => return Ok(false),
        Err(error) => return Err(error),
    };
    let relations = &mut document.relations;
    relations.near = groups.near;
    relations.likeness = groups.likeness;
    relations.thread = groups.thread;
    relations.inclusive = groups.inclusive;
    write.replace(Entry {
        document,
        text: text.into(),
    })?;
    Ok(true)
}

/// The texts of documents.
struct Texts<'w> {
    write: &'w dyn Write,
}

impl Texts<'_> {
    fn of(&self, document: &Document) -> Result<String, IndexError> {
        match &document.text {
            Some(key) => self.write.blobs().read(key).map(|(_, text)| text),
            None => Ok(String::new()),
        }
    }

    /// The text of the document with this id; empty when it or its text is gone.
    fn of_id(&self, id: DocId) -> Result<String, IndexError> {
        let Some(document) = self.write.get(id)? else {
            return Ok(String::new());
        };
        match self.of(&document) {
            Err(IndexError::TextLost) => Ok(String::new()),
            result => result,
        }
    }
}

/// The groups that rows are in now; what is not named is alone.
#[derive(Default)]
struct Changes {
    near: HashMap<u32, GroupKey>,
    doubles: HashSet<u32>,
    thread: HashMap<u32, GroupKey>,
    inclusive: HashMap<u32, bool>,
}

impl Changes {
    fn of(&self, row: u32, before: Groups) -> Groups {
        use zv_shared::Likeness;
        let near = self.near.get(&row).copied();
        Groups {
            same: before.same,
            near,
            likeness: match (self.doubles.contains(&row), near) {
                (true, _) => Likeness::Dubbel,
                (false, Some(_)) => Likeness::Bijna,
                (false, None) => Likeness::Uniek,
            },
            thread: self.thread.get(&row).copied(),
            // Of a thread that did not change it is not looked at again.
            inclusive: self.inclusive.get(&row).copied().or(before.inclusive),
        }
    }
}

/// A name for a group: the one that most of its members bear already, so that few are written again, unless another
/// group took it; else `fallback`.
fn name<K: Copy + Eq + Hash + Ord>(
    borne: impl Iterator<Item = K>,
    fallback: K,
    taken: &mut HashSet<K>,
) -> K {
    let mut votes: HashMap<K, usize> = HashMap::new();
    for key in borne {
        *votes.entry(key).or_default() += 1;
    }
    let mut votes: Vec<(K, usize)> = votes.into_iter().collect();
    votes.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let free = votes.into_iter().map(|(key, _)| key);
    let key = free.chain([fallback]).find(|key| !taken.contains(key));
    let key = key.unwrap_or(fallback);
    taken.insert(key);
    key
}

/// Rows with equal keys, as ranges of the sorted list.
fn equal<K: PartialEq, V>(sorted: &[(K, V)]) -> impl Iterator<Item = &[(K, V)]> {
    sorted
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| group.len() > 1)
}

#[cfg(test)]
mod mailboxes;
#[cfg(test)]
mod tests;
