//! What belongs together with a document: its family, the mails of its thread, and its copies. Decides nothing
//! itself: the index knows. A list of any length stays reachable without making the page endless.

use super::body::with;
use super::document::Address;
use super::labels;
use super::results::breadcrumb;
use crate::problem::Problem;
use std::collections::HashMap;
use zv_shared::index::Snapshot;
use zv_shared::{DocId, Document, Readability};

/// Entries that stand open; the rest folds.
const OPEN: usize = 20;
/// Entries on one page.
const STRETCH: usize = 500;

/// A document that belongs with the current one.
pub struct Relative {
    /// Address of its page.
    pub address: String,
    /// Title.
    pub title: String,
    /// Where it lies.
    pub path: String,
    /// File format.
    pub format: String,
    /// Whether nothing of it could be read.
    pub unreadable: bool,
    /// Whether it is the current one.
    pub current: bool,
    /// Steps below the outermost document, as a class name.
    pub depth: usize,
    /// When a mail was sent.
    pub sent: Option<String>,
    /// By whom.
    pub from: String,
    /// A later mail holds all of it.
    pub repeated: bool,
}

/// A list of them.
pub struct List {
    /// Number of entries, as it is written.
    pub total: String,
    /// What stands open.
    pub open: Vec<Relative>,
    /// What folds.
    pub folded: Vec<Relative>,
    /// Whether the current document is in the fold.
    pub unfold: bool,
    /// The entries before and after these.
    pub neighbours: [Option<String>; 2],
}

/// Which stretch of each list is wanted, from 1.
#[derive(Clone, Copy, Default)]
pub struct Stretches {
    /// Of the family.
    pub family: Option<usize>,
    /// Of the thread.
    pub thread: Option<usize>,
    /// Of the copies.
    pub copies: Option<usize>,
}

/// What a list is made for.
struct Making<'a> {
    address: &'a Address<'a>,
    current: DocId,
    /// Address of the page itself.
    own: &'a str,
    /// Name of the parameter that asks for a stretch, and the anchor of the list.
    name: &'static str,
    wanted: Option<usize>,
}

impl Making<'_> {
    /// The stretch that is wanted, else the one with the current document.
    fn list(&self, members: &[&Document], depth: impl Fn(DocId) -> usize) -> List {
        let count = members.len().div_ceil(STRETCH).max(1);
        let at = members.iter().position(|one| one.id == self.current);
        let stretch = match self.wanted {
            Some(wanted) => wanted.clamp(1, count),
            None => at.map_or(1, |at| at / STRETCH + 1),
        };
        let from = (stretch - 1) * STRETCH;
        let shown = members.iter().skip(from).take(STRETCH);
        let mut open: Vec<Relative> = shown
            .map(|one| relative(one, self.address, self.current, depth(one.id)))
            .collect();
        let folded = open.split_off(open.len().min(OPEN));
        let neighbour = |stretch: usize| {
            let there = (1..=count).contains(&stretch);
            let parameter = format!("{}={stretch}", self.name);
            there.then(|| format!("{}#{}-kop", with(self.own, &parameter), self.name))
        };
        List {
            total: labels::number(members.len() as u64),
            unfold: folded.iter().any(|one| one.current),
            open,
            folded,
            neighbours: [neighbour(stretch - 1), neighbour(stretch + 1)],
        }
    }
}

fn relative(member: &Document, address: &Address<'_>, current: DocId, depth: usize) -> Relative {
    let dates = &member.dates;
    Relative {
        address: address.of(member.id),
        title: member.title.clone(),
        path: breadcrumb(member).join(" › "),
        format: labels::format_name(&member.format),
        unreadable: member.readability == Readability::Onleesbaar,
        current: member.id == current,
        depth: depth.min(6),
        sent: match dates.sent_at {
            Some(moment) => Some(labels::moment(moment)),
            None => dates.sent.map(labels::date),
        },
        from: member.from.join("; "),
        repeated: member.relations.inclusive == Some(false),
    }
}

/// All that belongs with a document.
pub struct Relatives {
    /// Its family, when there is more than itself.
    pub family: Option<List>,
    /// The mails of its thread, oldest first, when there are more.
    pub thread: Option<List>,
    /// Other places with the same content.
    pub same: Option<List>,
    /// Other texts that are nearly the same.
    pub near: Option<List>,
}

impl Relatives {
    /// What the index knows of `document`.
    pub fn of(
        snapshot: &dyn Snapshot,
        document: &Document,
        address: &Address<'_>,
        wanted: Stretches,
    ) -> Result<Self, Problem> {
        let own = address.of(document.id);
        let making = |name, wanted| Making {
            address,
            current: document.id,
            own: &own,
            name,
            wanted,
        };
        let thread = match document.relations.thread {
            Some(thread) => snapshot.thread(thread)?,
            None => Vec::new(),
        };
        let thread: Vec<&Document> = thread.iter().collect();
        let (same, near) = alike(snapshot, document)?;
        let copies = |list: &[Document]| {
            let list: Vec<&Document> = list.iter().collect();
            let made = || making("dubbel", wanted.copies).list(&list, |_| 0);
            (!list.is_empty()).then(made)
        };
        Ok(Relatives {
            family: family(snapshot, document, &making("familie", wanted.family))?,
            thread: (thread.len() > 1)
                .then(|| making("gesprek", wanted.thread).list(&thread, |_| 0)),
            same: copies(&same),
            near: copies(&near),
        })
    }
}

fn family(
    snapshot: &dyn Snapshot,
    document: &Document,
    making: &Making<'_>,
) -> Result<Option<List>, Problem> {
    let members = snapshot.family(document.family)?;
    if members.len() < 2 {
        return Ok(None);
    }
    let mut depths: HashMap<DocId, usize> = HashMap::new();
    for member in &members {
        let parent = member.parent.and_then(|parent| depths.get(&parent));
        let depth = parent.map_or(0, |depth| depth + 1);
        depths.insert(member.id, depth);
    }
    let members: Vec<&Document> = members.iter().collect();
    let depth = |id| depths.get(&id).copied().unwrap_or(0);
    Ok(Some(making.list(&members, depth)))
}

/// The documents with the same content as `document`, and those that are nearly the same.
pub fn alike(
    snapshot: &dyn Snapshot,
    document: &Document,
) -> Result<(Vec<Document>, Vec<Document>), Problem> {
    let mut others = match document.content {
        Some(content) => snapshot.same_content(content)?,
        None => Vec::new(),
    };
    let known: std::collections::HashSet<DocId> = others.iter().map(|other| other.id).collect();
    let alike = snapshot.alike(&document.relations)?;
    others.extend(alike.into_iter().filter(|other| !known.contains(&other.id)));
    others.retain(|other| other.id != document.id);
    others.sort_by(|a, b| {
        (&a.bron, &a.place, a.ordinal, a.id).cmp(&(&b.bron, &b.place, b.ordinal, b.id))
    });
    let same = |other: &Document| {
        let bytes = document.content.is_some() && other.content == document.content;
        bytes
            || (document.relations.same.is_some()
                && other.relations.same == document.relations.same)
    };
    Ok(others.into_iter().partition(same))
}
