//! What lies inside a file: every child becomes a document of its own, and the children of a child come after
//! it. Bounded in depth, number and bytes; a limit that strikes shows. A large container is committed as it goes, and
//! after a kill the next run goes on in it where the last commit was. Never reads anything itself.

use super::RunError;
use super::ahead::Ahead;
use super::reading::FileReader;
use super::sip::Member;
use crate::account::{Line, Note, add};
use crate::around::Around;
use crate::family::{
    ChildIds, ChildKey, Content, FamilyWriter, Identity, child_name, entry, is_locked,
};
use crate::read::LimitSet;
use crate::walk::Stat;
use crate::worker::SpooledChild;
use std::sync::Arc;
use zv_shared::{ContentHash, DocId, Place, Readability};

/// What became of everything inside one file.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub read: u64,
    pub unreadable: u64,
    /// Whether a child was not wholly read.
    pub not_whole: bool,
    /// Whether a child lacks a password.
    pub locked: bool,
    /// Whether a child waits for OCR.
    pub waits: bool,
    pub lines: Vec<Line>,
}

/// A container with more members than this is committed in between.
const LARGE: usize = 5_000;
/// After which part of a large container: what is read again after a kill is at most this part.
const PART: usize = 64;

/// How many children behind the next one are looked at together with it.
const AHEAD: usize = 63;

struct Waiting {
    child: SpooledChild,
    parent: DocId,
    inner: Vec<String>,
    ahead: Option<Ahead>,
    /// What describes it, or the member that it lies in.
    member: Option<Arc<Member>>,
}

impl Waiting {
    fn name(&self) -> &str {
        self.inner.last().map_or("", String::as_str)
    }

    fn key(&self, hash: Option<ContentHash>) -> ChildKey {
        ChildKey::new(self.parent, &self.child.key, self.name(), hash)
    }
}

/// The way through one family.
pub(super) struct Descent<'a, 'f> {
    pub family: &'f mut FamilyWriter<'a>,
    pub id: DocId,
    pub path: &'f [u8],
    pub stat: &'f Stat,
    pub around: &'f Around,
    ids: ChildIds,
    waiting: Vec<Waiting>,
    /// What is left of the limits.
    limits: LimitSet,
    inside: Inside,
    ordinal: u32,
    /// A killed run wrote a part of this family.
    resumes: bool,
}

impl<'a, 'f> Descent<'a, 'f> {
    pub fn new(
        family: &'f mut FamilyWriter<'a>,
        id: DocId,
        path: &'f [u8],
        (stat, around): (&'f Stat, &'f Around),
        limits: LimitSet,
        resumes: bool,
    ) -> Self {
        Descent {
            family,
            id,
            path,
            stat,
            around,
            ids: ChildIds::default(),
            waiting: Vec::new(),
            limits,
            inside: Inside::default(),
            ordinal: 0,
            resumes,
        }
    }

    /// Writes all `children` of the file, and what is inside them.
    pub fn all(
        mut self,
        children: Vec<SpooledChild>,
        reader: &mut FileReader<'a>,
    ) -> Result<Inside, RunError> {
        let part = match children.len() {
            number if number > LARGE => u32::try_from(number / PART).unwrap_or(u32::MAX),
            _ => u32::MAX,
        };
        let members = reader.members(self.path, &children)?;
        let described = members.iter().map(|member| !member.is_description);
        let mut described = described.chain(std::iter::repeat(true));
        let mut children = children;
        children.retain(|_| described.next().unwrap_or(true));
        self.wait_for(children, Vec::new(), self.id, &[], None);
        let members = members.into_iter().filter(|member| !member.is_description);
        for (waiting, member) in self.waiting.iter_mut().rev().zip(members) {
            waiting.member = Some(Arc::new(member));
        }
        let mut committed = 0;
        while let Some(mut next) = self.waiting.pop() {
            if self.resumes && self.is_there(&next, reader)? {
                committed = self.ordinal;
                continue;
            }
            if next.ahead.is_none() {
                self.look_ahead(&mut next, reader)?;
            }
            self.one(next, reader)?;
            if self.ordinal - committed >= part {
                committed = self.ordinal;
                self.family.flush()?;
                reader.context.write.commit("in een groot bestand")?;
            }
        }
        Ok(self.inside)
    }

    /// Has the next child read together with those that follow it, where that is cheaper.
    fn look_ahead(
        &mut self,
        next: &mut Waiting,
        reader: &mut FileReader<'a>,
    ) -> Result<(), RunError> {
        let following = self.waiting.iter_mut().rev();
        let mut all: Vec<&mut Waiting> = std::iter::once(next)
            .chain(following.take_while(|it| it.ahead.is_none()).take(AHEAD))
            .collect();
        let children: Vec<_> = all.iter().map(|it| (&it.child, it.name())).collect();
        let ahead = reader.ahead(&children, &self.limits)?;
        for (waiting, ahead) in all.iter_mut().zip(ahead) {
            waiting.ahead = Some(ahead);
        }
        Ok(())
    }

    /// Whether a killed run committed this member with everything in it: then the member after it is there, too.
    fn is_there(&mut self, next: &Waiting, reader: &FileReader<'a>) -> Result<bool, RunError> {
        let Some(after) = self.waiting.last() else {
            return Ok(false);
        };
        if next.inner.len() > 1 || after.inner.len() > 1 {
            return Ok(false);
        }
        let context = reader.context;
        let hash = |child: &SpooledChild| child.hash().ok();
        let (own, others) = (hash(&next.child), hash(&after.child));
        let before = context.write.get(self.ids.peek(&next.key(own)))?;
        let before = before.filter(|before| {
            before.gone.is_none()
                && before.content == own
                && context.versions.is_current(before.fingerprint.reader)
        });
        let Some(before) = before else {
            return Ok(false);
        };
        let id_after = self.ids.peek_after(&next.key(own), &after.key(others));
        let Some(following) = context.write.get(id_after)? else {
            return Ok(false);
        };
        self.ids.next(&next.key(own));
        self.ordinal = following.ordinal.saturating_sub(1);
        // What was not whole among what is there is not known here: the file is tried again when limits change.
        self.inside.not_whole = true;
        self.inside.locked |= is_locked(before.reason.as_deref());
        if let Some(note) = Note::for_readability(before.readability) {
            let reason = before.reason.unwrap_or_default();
            self.inside
                .lines
                .push(Line::new(&before.place, note, reason));
        }
        Ok(true)
    }

    fn wait_for(
        &mut self,
        children: Vec<SpooledChild>,
        ahead: Vec<Ahead>,
        parent: DocId,
        inner: &[String],
        member: Option<&Arc<Member>>,
    ) {
        let bytes: u64 = children.iter().map(|child| child.size).sum();
        let number = u32::try_from(children.len()).unwrap_or(u32::MAX);
        self.limits.take(number, bytes);
        // Of the first of them it is known already what they hold.
        let ahead = ahead
            .into_iter()
            .map(Some)
            .chain(std::iter::repeat_with(|| None));
        let all: Vec<_> = children.into_iter().zip(ahead).collect();
        let numbered = all.into_iter().enumerate();
        // The last one goes in first: each child is followed by its own children, as in the container.
        self.waiting
            .extend(numbered.rev().map(|(index, (child, ahead))| {
                let name = child_name(&child.name, index);
                let inner = inner.iter().cloned().chain([name]).collect();
                Waiting {
                    child,
                    parent,
                    inner,
                    ahead,
                    member: member.cloned(),
                }
            }));
    }

    fn one(&mut self, next: Waiting, reader: &mut FileReader<'a>) -> Result<(), RunError> {
        let Waiting {
            child,
            parent,
            inner,
            ahead,
            member,
        } = next;
        let place = Place {
            path: self.path.to_vec(),
            inner,
        };
        let secret = member.as_ref().and_then(|member| member.too_secret.clone());
        let (mut content, mut children, inside) = match secret {
            Some(reason) => {
                self.family.let_go(&place.inner);
                let content = Content::unreadable(reason, None, child.size);
                (content, Vec::new(), Vec::new())
            }
            None => reader.child(&child, ahead, &place.name(), &self.limits)?,
        };
        let depth = place.inner.len();
        keep_depth(depth, &self.limits, &mut content, &mut children);
        let name = place.inner.last().map_or("", String::as_str);
        let key = ChildKey::new(parent, &child.key, name, content.hash);
        let id = self.ids.next(&key);
        drop(child);
        if let Some(why) = reader.context.removed.why(content.hash) {
            let line = Line::new(&place, Note::Overgeslagen, why);
            self.inside.lines.push(line);
            return Ok(());
        }
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
        let source = reader.context.source;
        let around = member.as_ref().map(|member| self.around_of(member));
        let around = around.as_ref().unwrap_or(self.around);
        let entry = entry(source, identity, &content, self.stat, around, version);
        match self.resumes && reader.context.write.get(id)?.is_some() {
            true => self.family.replace(entry)?,
            false => self.family.push(entry)?,
        }
        add(&reader.context.tally.written, 1);
        self.wait_for(children, inside, id, &inner, member.as_ref());
        Ok(())
    }

    /// What lies around a member that has a description of its own: where that says nothing, what is said of the archive.
    fn around_of(&self, member: &Member) -> Around {
        let (own, outer) = (&member.described, &self.around.described);
        let mut described = own.clone();
        let archief = &mut described.archief;
        archief.dossier = archief.dossier.take().or(outer.archief.dossier.clone());
        if archief.beperkingen.is_empty() {
            archief.beperkingen.clone_from(&outer.archief.beperkingen);
        }
        if archief.waardering.is_none() {
            archief.waardering.clone_from(&outer.archief.waardering);
            archief.bewaren_tot = outer.archief.bewaren_tot;
        }
        described.inside = true;
        described.closed |= outer.closed;
        Around {
            described,
            ..self.around.clone()
        }
    }

    fn count(&mut self, place: &Place, content: &Content) {
        let readability = content.extract.readability;
        match readability {
            Readability::Onleesbaar => self.inside.unreadable += 1,
            Readability::Leesbaar | Readability::Gedeeltelijk => self.inside.read += 1,
        }
        if let Some(note) = Note::for_readability(readability) {
            self.inside.not_whole = true;
            self.inside.locked |= is_locked(content.extract.reason.as_deref());
            let reason = content.extract.reason.clone().unwrap_or_default();
            self.inside.lines.push(Line::new(place, note, reason));
        }
    }
}

/// Leaves out what lies inside a container at `depth` that is too deep for its format, and says so.
pub(super) fn keep_depth(
    depth: usize,
    limits: &LimitSet,
    content: &mut Content,
    children: &mut Vec<SpooledChild>,
) {
    let most = limits.of(&content.extract.format).depth;
    if depth >= most as usize && !children.is_empty() {
        children.clear();
        content.extract.readability = Readability::Gedeeltelijk;
        content.extract.reason = Some(format!("grens bereikt: meer dan {most} niveaus diep"));
    }
}
