//! What a run asks of whoever reads its documents. Never reads one itself.

use crate::read::LimitSet;
use crate::worker::{Reader, Reading, SpooledChild, WorkerError};
use std::fs::File;

/// Reads documents, one at a time.
pub trait ReadDocuments {
    /// Reads `file`; `name` is a hint. An error means that no document can be read any more.
    fn read(&mut self, file: &File, name: &str, limits: &LimitSet) -> Result<Reading, WorkerError>;
    /// Reads the list of an export: see [`Reader::read_list`].
    fn read_list(
        &mut self,
        _file: &File,
        _asked: &str,
        _limits: &LimitSet,
    ) -> Result<Reading, WorkerError> {
        Err(WorkerError::Start("deze lezer leest geen lijsten".into()))
    }
    /// A Dutch sentence for the account when the readers are not fully shielded.
    fn warning(&self) -> Option<&'static str>;
    /// Reads the first of these children together, where that is cheaper: see [`Reader::read_ahead`].
    fn read_ahead(
        &mut self,
        _children: &[(&SpooledChild, &str)],
        _limits: &LimitSet,
    ) -> Result<Vec<Option<Reading>>, WorkerError> {
        Ok(Vec::new())
    }
}

impl ReadDocuments for Reader {
    fn read(&mut self, file: &File, name: &str, limits: &LimitSet) -> Result<Reading, WorkerError> {
        Reader::read(self, file, name, limits)
    }

    fn read_list(
        &mut self,
        file: &File,
        asked: &str,
        limits: &LimitSet,
    ) -> Result<Reading, WorkerError> {
        Reader::read_list(self, file, asked, limits)
    }

    fn warning(&self) -> Option<&'static str> {
        Reader::warning(self)
    }

    fn read_ahead(
        &mut self,
        children: &[(&SpooledChild, &str)],
        limits: &LimitSet,
    ) -> Result<Vec<Option<Reading>>, WorkerError> {
        Reader::read_ahead(self, children, limits)
    }
}
