//! The index of an installation: which engine holds it, how it is opened, and its generations. Owns the choice; what an
//! engine does belongs to the engine.

use super::generations::{GenerationError, Generations, size_of};
use super::{Blobs, Cursor, IndexError, Snapshot, Write};
use crate::Document;
use std::sync::Arc;

/// Where snapshots come from.
pub trait Index: Send + Sync {
    /// The newest state of the index.
    ///
    /// # Errors
    /// [`IndexError::Missing`], [`IndexError::OtherGeneration`], and those of the engine.
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, IndexError>;
    /// The state that a cursor belongs to, while it is kept.
    ///
    /// # Errors
    /// [`IndexError::BadCursor`], [`IndexError::SnapshotGone`], and those of [`Index::snapshot`].
    fn snapshot_of(&self, cursor: &Cursor) -> Result<Arc<dyn Snapshot>, IndexError>;
    /// Why the newest state is not the one that is searched; `None` when it is.
    fn behind(&self) -> Option<String> {
        None
    }
    /// Lets go of every state but the newest one: what was removed for good must not be seen by paging on.
    fn forget_older(&self) {}
}

/// What somebody is going to write. Within one state folder a lock keeps writers apart; an engine that several machines
/// write to refuses who would write the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim<'a> {
    /// The documents of one source, and how they belong together with others.
    Source(&'a str),
    /// Whatever there is.
    All,
}

/// Texts that must stay.
pub trait KeptTexts {
    /// Whether a live document uses the text `key`.
    ///
    /// # Errors
    /// Those of the engine.
    fn uses(&self, key: &str) -> Result<bool, IndexError>;
}

/// What becomes of a document that is handed over: `None` stands for one that this program cannot understand. `false`
/// ends it.
pub type EachDocument<'a> = &'a mut dyn FnMut(Option<Document>) -> Result<bool, IndexError>;

/// Whether all of an index is where it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Everything is there, with its copies.
    Groen,
    /// Everything is there, not every copy.
    Geel,
    /// Something is not there: it cannot be searched.
    Rood,
}

/// How it goes with the cluster that holds an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// How the index is called there.
    pub name: String,
    /// Whether all of it is there.
    pub colour: Colour,
    /// Nodes that take part.
    pub nodes: u64,
    /// Parts of the index that are there, copies included.
    pub parts: u64,
    /// Parts and copies that are nowhere.
    pub missing: u64,
    /// Parts that are on their way.
    pub moving: u64,
    /// Bytes that all nodes together have left.
    pub free: u64,
    /// How much of its memory the fullest node uses, of a hundred.
    pub memory_percent: u64,
}

/// The index of an installation. Everything that changes a generation is called by whoever holds the lock of the state.
pub trait Engine: Send + Sync {
    /// The store of texts.
    fn blobs(&self) -> &Blobs;
    /// The read side. Opens nothing yet: an index may come later.
    fn index(&self) -> Arc<dyn Index>;
    /// The write side of the current generation; makes the first one when there is none.
    ///
    /// # Errors
    /// [`IndexError::OtherGeneration`], [`IndexError::Busy`], and those of the engine.
    fn writer(&self, claim: Claim<'_>) -> Result<Box<dyn Write>, IndexError>;
    /// Starts a new, empty generation beside the current one; [`Write::finish`] makes it the current one.
    ///
    /// # Errors
    /// [`IndexError::Busy`], and those of the engine.
    fn new_generation(&self) -> Result<Box<dyn Write>, IndexError>;
    /// Every live document of the current generation, of whatever version that is, in no order, until `each` says
    /// `false`; whether it came to the end.
    ///
    /// # Errors
    /// [`IndexError::Missing`], those of the engine, and those of `each`.
    fn stored_documents(&self, each: EachDocument<'_>) -> Result<bool, IndexError>;
    /// What is stored now.
    ///
    /// # Errors
    /// Those of the engine.
    fn generations(&self) -> Result<Generations, IndexError>;
    /// Bytes that are left where a new generation would be built.
    ///
    /// # Errors
    /// Those of the engine.
    fn free(&self) -> Result<u64, IndexError>;
    /// Removes what no switch ever came to, or went away from for good: half-built generations, and one that was
    /// confirmed or left while the program was killed. Does nothing while somebody may be building one.
    ///
    /// # Errors
    /// Those of the engine.
    fn clean(&self) -> Result<(), IndexError>;
    /// Removes the generation from before: the one of now is right.
    ///
    /// # Errors
    /// [`GenerationError::NoneKept`], and those of the engine.
    fn confirm(&self) -> Result<(), GenerationError>;
    /// Makes the generation from before the current one again, and removes the other. With `anyway` also when documents
    /// were written since: a run of their sources finds them again.
    ///
    /// # Errors
    /// [`GenerationError::NoneKept`], [`GenerationError::NotOurs`], [`GenerationError::Written`], and those of the engine.
    fn go_back(&self, anyway: bool) -> Result<(), GenerationError>;
    /// The texts that the generation from before needs, of whatever version it is; `None` when there is none.
    ///
    /// # Errors
    /// Those of the engine.
    fn kept_texts(&self) -> Result<Option<Box<dyn KeptTexts>>, IndexError>;
    /// Tells other machines that write to it what was removed by order and never comes back.
    ///
    /// # Errors
    /// Those of the engine.
    fn tell_removed(&self, _list: &str) -> Result<(), IndexError> {
        Ok(())
    }
    /// What was told last.
    ///
    /// # Errors
    /// Those of the engine.
    fn removed(&self) -> Result<Option<String>, IndexError> {
        Ok(None)
    }
    /// How it goes with the cluster that holds it; `None` when it is in the program.
    ///
    /// # Errors
    /// When it cannot be reached.
    fn health(&self) -> Result<Option<Health>, IndexError> {
        Ok(None)
    }
    /// Whether a new generation may be built now.
    ///
    /// # Errors
    /// As for [`Generations::may_build`].
    fn may_build(&self) -> Result<(), GenerationError> {
        let texts = size_of(self.blobs().folder());
        self.generations()?.may_build(texts, self.free()?)
    }
}
