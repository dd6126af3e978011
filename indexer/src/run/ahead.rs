//! Children of a container before their turn: those that nobody has read before are read many in one conversation.
//! Decides nothing about them, and writes nothing.

use super::RunError;
use super::reading::FileReader;
use crate::family::{child_name, stored_content};
use crate::read::LimitSet;
use crate::worker::{Reading, SpooledChild, together};
use zv_shared::ContentHash;

/// What is known of a child before its turn.
#[derive(Debug)]
pub(super) struct Ahead {
    pub hash: ContentHash,
    /// What was made of it; `None`: it must be read alone.
    reading: Option<Reading>,
    /// The same of the first of what lies inside it.
    inside: Vec<Ahead>,
}

impl Ahead {
    /// Its reading and what is known of its children, unless that is more than is still allowed.
    pub fn within(self, limits: &LimitSet) -> (Option<Reading>, Vec<Ahead>) {
        let format = self.reading.as_ref().map_or("", |it| &it.format);
        let (children, limits) = (self.children(), limits.of(format));
        let bytes: u64 = children.iter().map(|child| child.size).sum();
        let fits =
            children.len() as u64 <= u64::from(limits.children) && bytes <= limits.children_bytes;
        match fits {
            true => (self.reading, self.inside),
            false => (None, Vec::new()),
        }
    }

    fn children(&self) -> &[SpooledChild] {
        let reading = self.reading.as_ref();
        reading.map_or(&[], |reading| &reading.children)
    }
}

impl FileReader<'_> {
    /// Looks ahead at the first of `children`, each with its name, and at the first of what lies inside those.
    pub fn ahead(
        &mut self,
        children: &[(&SpooledChild, &str)],
        limits: &LimitSet,
    ) -> Result<Vec<Ahead>, RunError> {
        let mut all = self.ahead_at(children, limits)?;
        let inside: Vec<_> = all
            .iter()
            .flat_map(|ahead| ahead.children().iter().enumerate())
            .map(|(index, child)| (child, child_name(&child.name, index)))
            .take(all.len())
            .collect();
        let inside: Vec<_> = inside.iter().map(|it| (it.0, it.1.as_str())).collect();
        let mut found = self.ahead_at(&inside, limits)?.into_iter();
        for ahead in &mut all {
            let number = ahead.children().len();
            ahead.inside = found.by_ref().take(number).collect();
        }
        Ok(all)
    }

    /// Of these children those that nobody has read before are read in one conversation.
    fn ahead_at(
        &mut self,
        children: &[(&SpooledChild, &str)],
        limits: &LimitSet,
    ) -> Result<Vec<Ahead>, RunError> {
        let children = &children[..together(children)];
        let hashes = children.iter().map_while(|(child, _)| child.hash().ok());
        let hashes: Vec<ContentHash> = hashes.collect();
        let (blobs, versions) = (self.context.write.blobs(), self.context.versions);
        let stored: Vec<bool> = children
            .iter()
            .zip(&hashes)
            .map(|((child, name), hash)| {
                stored_content(blobs, *hash, name, child.size, versions).is_some()
            })
            .collect();
        let new = children.iter().zip(&stored).filter(|(_, stored)| !**stored);
        let new: Vec<_> = new.map(|(child, _)| *child).collect();
        let mut readings = match new.is_empty() {
            true => Vec::new(),
            false => self.reader()?.read_ahead(&new, limits)?,
        }
        .into_iter();
        let ahead = hashes.into_iter().zip(stored);
        Ok(ahead
            .map(|(hash, stored)| Ahead {
                hash,
                reading: if stored {
                    None
                } else {
                    readings.next().flatten()
                },
                inside: Vec::new(),
            })
            .collect())
    }
}
