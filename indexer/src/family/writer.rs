//! Hands a family to the index: at once when it is small, in parts marked as incomplete when it is large. Never makes a
//! document.

use super::{Held, stored_entry};
use crate::account::Made;
use crate::settings::Settings;
use zv_shared::index::{Entry, IndexError, Write};
use zv_shared::{DocId, Document, Place};

/// Hands a family over. Until `finish` succeeds a part may be in the index, marked as incomplete.
pub struct FamilyWriter<'a> {
    write: &'a dyn Write,
    id: DocId,
    most_members: usize,
    most_bytes: usize,
    waiting: Vec<Entry>,
    bytes: usize,
    /// The file itself, once a first part was handed over.
    top: Option<Entry>,
    /// What a case holds of the family as it was.
    held: Held,
    /// Where that lay which stays in the family.
    staying: Vec<Place>,
    /// What was pushed so far.
    pub made: Made,
}

impl<'a> FamilyWriter<'a> {
    /// For the family of the file `id`.
    pub fn new(write: &'a dyn Write, id: DocId, settings: &Settings) -> Self {
        FamilyWriter {
            write,
            id,
            most_members: settings.family_members.max(1),
            most_bytes: settings.family_bytes,
            waiting: Vec::new(),
            bytes: 0,
            top: None,
            made: Made::default(),
            held: Held::default(),
            staying: Vec::new(),
        }
    }

    /// What a case holds of the family as it was: what does not turn up again stays in the family, marked as gone.
    #[must_use]
    pub fn holding(mut self, held: Held) -> Self {
        self.held = held;
        self
    }

    /// Lets go of what lay here in the file and everything in it, whatever holds it.
    pub fn let_go(&mut self, inner: &[String]) {
        self.held.let_go(inner);
    }

    /// For a family of which an earlier run wrote a part and then was killed: what is there stays. The first member
    /// pushed must be the file itself, which is written when all is done.
    pub fn resumed(write: &'a dyn Write, id: DocId, settings: &Settings, top: Entry) -> Self {
        let mut writer = FamilyWriter::new(write, id, settings);
        writer.top = Some(top);
        writer
    }

    /// Writes a member again that is there already.
    pub fn replace(&mut self, entry: Entry) -> Result<(), IndexError> {
        self.displace(&entry.document)?;
        self.write.replace(entry)
    }

    /// Makes room for a member: a state that a case holds may have its id. True when that was written already.
    fn displace(&mut self, member: &Document) -> Result<bool, IndexError> {
        let Some((written, other)) = self.held.meet(member) else {
            return Ok(false);
        };
        self.staying.retain(|place| *place != written.place);
        if let (true, Some(top)) = (other, &self.top) {
            let earlier = self.held.earlier(written, &top.document);
            self.stay(vec![earlier])?;
        }
        Ok(true)
    }

    fn stay(&mut self, documents: Vec<Document>) -> Result<(), IndexError> {
        for document in documents {
            self.staying.push(document.place.clone());
            let entry = stored_entry(self.write.blobs(), document)?;
            self.bytes += entry.text.len();
            self.waiting.push(entry);
        }
        Ok(())
    }

    /// Hands over what waits, so that a commit holds it.
    pub fn flush(&mut self) -> Result<(), IndexError> {
        match self.waiting.is_empty() {
            true => Ok(()),
            false => self.hand_over(),
        }
    }

    /// Adds the next member; the first is the file itself.
    pub fn push(&mut self, entry: Entry) -> Result<(), IndexError> {
        let full = self.waiting.len() >= self.most_members || self.bytes >= self.most_bytes;
        if full && !self.waiting.is_empty() {
            self.hand_over()?;
        }
        if self.displace(&entry.document)? {
            return self.write.replace(entry);
        }
        self.bytes += entry.text.len();
        self.made.documents += 1;
        self.made.text += entry.text.len() as u64;
        self.waiting.push(entry);
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), IndexError> {
        if self.top.is_none() {
            // The family as it was goes with the first part.
            self.keep()?;
        }
        let mut part = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        if self.top.is_some() {
            return self.write.add_to_family(part);
        }
        if let Some(top) = part.first_mut() {
            top.document.complete = false;
            self.top = Some(top.clone());
        }
        self.write.put_family(self.id, part)
    }

    /// What a case holds and did not turn up among the members so far.
    fn keep(&mut self) -> Result<(), IndexError> {
        let Some(file) = self.waiting.first() else {
            return Ok(());
        };
        let staying = self.held.take(&file.document);
        self.stay(staying)
    }

    /// Hands over the rest. `version` is that of the whole family; the file carries it. Gives where that lay which is not
    /// in the file any more and stays because a case holds it.
    pub fn finish(mut self, version: u32) -> Result<Vec<Place>, IndexError> {
        match self.top.take() {
            None => {
                self.keep()?;
                for entry in &mut self.waiting {
                    entry.document.fingerprint.reader = version;
                }
                self.write.put_family(self.id, self.waiting)?;
            }
            Some(mut top) => {
                top.document.complete = true;
                top.document.fingerprint.reader = version;
                self.write.add_to_family(self.waiting)?;
                self.write.replace(top)?;
            }
        }
        Ok(self.staying)
    }
}
