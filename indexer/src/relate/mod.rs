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
//! | `published` | what is public already |
//! | `chats` | one conversation as two phones exported it |
//!
//! Memory is a few numbers for each document, and some more for each mail.

mod chats;
mod copies;
mod inclusive;
mod published;
mod threads;
mod union;

pub use published::is_stale;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use zv_shared::index::{Entry, Groups, IndexError, PublishedRow, Write};
use zv_shared::{DocId, Document, GroupKey, Public, Published};

/// Rows after which a wish to stop is heard.
const AT_A_TIME: u32 = 256;
/// Documents written again between commits: each waits as a deletion of a kilobyte until then.
const COMMITTED: u64 = 2_000;

/// Looks at every document of the last commit and writes those again whose groups are other than they were. The
/// number of those. Everything in the sources `public` is public. Ends early, with what was done, once `stop` says so; the caller commits.
pub fn relate(
    write: &dyn Write,
    public: &BTreeSet<String>,
    stop: &dyn Fn() -> bool,
) -> Result<u64, IndexError> {
    let table = write.relations()?;
    let texts = Texts { write };
    let mut now: Changes = Changes::default();
    copies::find(table.as_ref(), &texts, &mut now)?;
    threads::find(table.as_ref(), &texts, &mut now)?;
    published::find(table.as_ref(), public, &mut now)?;
    let mut written = 0;
    for row in 0..table.len() {
        if row.is_multiple_of(AT_A_TIME) && stop() {
            break;
        }
        let before = table.groups(row);
        let public = now.published.get(&row);
        let public = public.map(|(how, found)| (*how, table.id(*found)));
        let after = now.of(row, before, public);
        if after != before && again(write, table.id(row), after, public)? {
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
fn again(
    write: &dyn Write,
    id: DocId,
    groups: Groups,
    public: Option<(Public, DocId)>,
) -> Result<bool, IndexError> {
    let Some(mut document) = write.get(id)? else {
        return Ok(false);
    };
    let text = match (Texts { write }).of(&document) {
        Ok(text) => text,
        Err(IndexError::TextLost) => return Ok(false),
        Err(error) => return Err(error),
    };
    let published = match public {
        Some((how, public)) => write.get(public)?.map(|public| Published {
            how,
            id: public.id,
            place: place(&public),
        }),
        None => None,
    };
    let relations = &mut document.relations;
    relations.published = published;
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

/// Where a public document can be found: its address when that is known.
fn place(public: &Document) -> String {
    let address = crate::dms::first(&public.metadata, crate::dms::key::ADDRESS);
    address.map_or_else(
        || format!("{}: {}", public.bron, public.place),
        str::to_owned,
    )
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
    /// In what way, and the row that is public.
    published: HashMap<u32, (Public, u32)>,
}

impl Changes {
    fn of(&self, row: u32, before: Groups, public: Option<(Public, DocId)>) -> Groups {
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
            published: public.map(|(how, id)| PublishedRow::new(how, id)),
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
