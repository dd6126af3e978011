//! What a family held before its file changed, as far as a case holds that: which of it is still there, and as what the
//! rest stays. Never decides what a case holds, and never writes.

use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use zv_shared::{Archief, DocId, Document};

/// Members that stay stand behind all others of their family.
const BEHIND: u32 = 1 << 31;

/// Earlier states of members, until they turn up again.
#[derive(Debug, Default)]
pub struct Held {
    /// By the id under which cases know them.
    states: HashMap<DocId, Vec<Document>>,
    /// Those of them that have other content by now.
    changed: HashSet<DocId>,
    /// What was written, because a part of the new family was, under an id that a member can still claim.
    written: HashMap<DocId, Document>,
    /// How many were written.
    number: u32,
}

impl Held {
    /// Of a family as it was, what must stay; with what it lies in.
    pub fn new(before: Vec<Document>) -> Held {
        let mut held = Held::default();
        for state in before {
            let known_as = state.earlier_of.unwrap_or(state.id);
            held.states.entry(known_as).or_default().push(state);
        }
        held
    }

    /// For a family of which a part was written before a kill; `before` is all of that part.
    pub fn resumed(before: Vec<Document>) -> Held {
        let mut held = Held::default();
        for state in before {
            held.number = held.number.max((state.ordinal & !BEHIND) + 1);
            if state.gone.is_some() && state.earlier_of.is_none() {
                held.written.insert(state.id, state);
            }
        }
        held
    }

    /// Notes that the family has this member now. Gives what it takes the place of: a state that was written under the
    /// same id; as the second part whether that must stay under another.
    pub fn meet(&mut self, member: &Document) -> Option<(Document, bool)> {
        if let Some(states) = self.states.get_mut(&member.id) {
            states.retain(|state| state.content != member.content);
            self.changed.insert(member.id);
        }
        let written = self.written.remove(&member.id)?;
        let other = written.content != member.content;
        Some((written, other))
    }

    /// Lets go of what lay here and everything in it, whatever holds it.
    pub fn let_go(&mut self, inner: &[String]) {
        for states in self.states.values_mut() {
            states.retain(|state| !state.place.inner.starts_with(inner));
        }
    }

    /// Everything that did not turn up, as it stays in the family of `file`.
    pub fn take(&mut self, file: &Document) -> Vec<Document> {
        let mut all: Vec<Document> = self.states.drain().flat_map(|(_, states)| states).collect();
        all.sort_by_key(|state| (state.ordinal, state.id));
        let mut stay = Vec::with_capacity(all.len());
        for state in all {
            stay.push(match self.changed.contains(&state.id) {
                true => self.earlier(state, file),
                false => {
                    let state = self.staying(state, file);
                    self.written.insert(state.id, state.clone());
                    state
                }
            });
        }
        stay
    }

    /// A state whose id another takes.
    pub fn earlier(&mut self, mut state: Document, file: &Document) -> Document {
        let Some(content) = state.content.filter(|_| state.earlier_of.is_none()) else {
            return self.staying(state, file);
        };
        let mark: String = content.to_string().chars().take(8).collect();
        state.earlier_of = Some(state.id);
        state.parent = state.parent.or(Some(state.id));
        state.id = DocId::of_earlier(state.id, content);
        state.place.inner.push(format!("eerdere inhoud {mark}"));
        self.staying(state, file)
    }

    /// It follows its file: where that lies, and who may see it.
    fn staying(&mut self, state: Document, file: &Document) -> Document {
        let mut access = file.access.clone();
        access.closed |= state.access.closed;
        let mut place = state.place;
        place.path.clone_from(&file.place.path);
        let ordinal = BEHIND | self.number;
        self.number += 1;
        Document {
            place,
            access,
            ordinal,
            custodian: file.custodian.clone(),
            family: file.id,
            fingerprint: file.fingerprint,
            archief: Archief {
                kenmerken: Vec::new(),
                ..file.archief.clone()
            },
            gone: state.gone.or_else(|| Some(Timestamp::now())),
            complete: true,
            ..state
        }
    }
}
