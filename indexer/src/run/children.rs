//! What lies inside a file: every child becomes a document of its own, and the children of a child come after
//! it. Bounded in depth, number and bytes; a limit that strikes shows. Never reads anything itself.

use super::RunError;
use super::reading::FileReader;
use crate::account::{Line, Note};
use crate::family::{ChildIds, Content, FamilyWriter, Identity, child_name, entry};
use crate::read::Limits;
use crate::walk::Stat;
use crate::worker::SpooledChild;
use zv_shared::{DocId, Place, Readability};

/// What became of everything inside one file.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub read: u64,
    pub unreadable: u64,
    /// Whether a child was not wholly read.
    pub not_whole: bool,
    /// Whether a child waits for OCR.
    pub waits: bool,
    pub lines: Vec<Line>,
}

struct Waiting {
    child: SpooledChild,
    parent: DocId,
    inner: Vec<String>,
}

/// The way through one family.
pub(super) struct Descent<'a, 'f> {
    pub family: &'f mut FamilyWriter<'a>,
    pub id: DocId,
    pub path: &'f [u8],
    pub stat: &'f Stat,
    ids: ChildIds,
    waiting: Vec<Waiting>,
    /// What is left of the limits.
    limits: Limits,
    inside: Inside,
    ordinal: u32,
}

impl<'a, 'f> Descent<'a, 'f> {
    pub fn new(
        family: &'f mut FamilyWriter<'a>,
        id: DocId,
        path: &'f [u8],
        stat: &'f Stat,
        limits: Limits,
    ) -> Self {
        Descent {
            family,
            id,
            path,
            stat,
            ids: ChildIds::default(),
            waiting: Vec::new(),
            limits,
            inside: Inside::default(),
            ordinal: 0,
        }
    }

    /// Writes all `children` of the file, and what is inside them.
    pub fn all(
        mut self,
        children: Vec<SpooledChild>,
        reader: &mut FileReader<'a>,
    ) -> Result<Inside, RunError> {
        self.wait_for(children, self.id, &[]);
        while let Some(next) = self.waiting.pop() {
            self.one(next, reader)?;
        }
        Ok(self.inside)
    }

    fn wait_for(&mut self, children: Vec<SpooledChild>, parent: DocId, inner: &[String]) {
        let bytes: u64 = children.iter().map(|child| child.size).sum();
        let number = u32::try_from(children.len()).unwrap_or(u32::MAX);
        self.limits.children = self.limits.children.saturating_sub(number);
        self.limits.children_bytes = self.limits.children_bytes.saturating_sub(bytes);
        let numbered = children.into_iter().enumerate();
        // The last one goes in first: each child is followed by its own children, as in the container.
        self.waiting.extend(numbered.rev().map(|(index, child)| {
            let name = child_name(&child.name, index);
            let inner = inner.iter().cloned().chain([name]).collect();
            Waiting {
                child,
                parent,
                inner,
            }
        }));
    }

    fn one(&mut self, next: Waiting, reader: &mut FileReader<'a>) -> Result<(), RunError> {
        let Waiting {
            child,
            parent,
            inner,
        } = next;
        let place = Place {
            path: self.path.to_vec(),
            inner,
        };
        let (mut content, mut children) = reader.child(&child, &place.name(), &self.limits)?;
        let most = reader.context.settings.children_depth;
        if place.inner.len() >= most && !children.is_empty() {
            children.clear();
            content.extract.readability = Readability::Gedeeltelijk;
            content.extract.reason = Some(format!("grens bereikt: meer dan {most} niveaus diep"));
        }
        let name = place.inner.last().map_or("", String::as_str);
        let id = self.ids.next(parent, &child.key, name, content.hash);
        drop(child);
        self.ordinal += 1;
        self.count(&place, &content);
        let identity = Identity {
            id,
            family: self.id,
            parent: Some(parent),
            ordinal: self.ordinal,
            place,
        };
        let inner = identity.place.inner.clone();
        let version = reader.context.versions.of_content(&content);
        self.inside.waits |= content.waits;
        let bron = reader.context.bron;
        self.family
            .push(entry(bron, identity, &content, self.stat, version))?;
        self.wait_for(children, id, &inner);
        Ok(())
    }

    fn count(&mut self, place: &Place, content: &Content) {
        let readability = content.extract.readability;
        match readability {
            Readability::Onleesbaar => self.inside.unreadable += 1,
            Readability::Leesbaar | Readability::Gedeeltelijk => self.inside.read += 1,
        }
        if let Some(note) = Note::for_readability(readability) {
            self.inside.not_whole = true;
            let reason = content.extract.reason.clone().unwrap_or_default();
            self.inside.lines.push(Line::new(place, note, reason));
        }
    }
}
