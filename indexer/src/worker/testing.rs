//! Reading in the process of a test itself: for tests beside the code, whose runner cannot become a reader process.
//! Never in the product.

use super::assemble::{Assembly, Finished};
use super::protocol::{CHUNK, Frame, Malformed};
use super::spool::Shelf;
use super::{Reading, WorkerError};
use crate::read::{self, Input, LimitSet, Output, Reason, Stop};
use crate::run::ReadDocuments;
use std::fs::File;
use std::path::PathBuf;

/// Reads documents here and now, children in a folder.
pub(crate) struct InProcess {
    pub(crate) spool: PathBuf,
}

impl ReadDocuments for InProcess {
    fn read(&mut self, file: &File, name: &str, limits: &LimitSet) -> Result<Reading, WorkerError> {
        let mut input = Input {
            file: file.try_clone().expect("a descriptor").into(),
            name: name.to_owned(),
            size: file.metadata().expect("metadata").len(),
            passwords: Default::default(),
        };
        let format = read::recognise(&mut input).expect("recognising");
        let shelf = Shelf::new(self.spool.as_path().into());
        let mut direct = Direct(Assembly::new(limits.clone(), shelf, None));
        direct.take(Frame::Format(&format)).expect("a format");
        let outcome = read::read(&format, &mut input, limits.of(&format), &mut direct);
        Ok(direct.0.finish(outcome))
    }

    fn warning(&self) -> Option<&'static str> {
        None
    }
}

struct Direct(Assembly);

impl Direct {
    fn take(&mut self, frame: Frame<'_>) -> Result<(), Stop> {
        let full = |_: Malformed| Stop(Reason::Limit("te veel".into()));
        let _: Option<Finished> = self.0.take(frame).map_err(full)?;
        Ok(())
    }
}

impl Output for Direct {
    fn text(&mut self, text: &str) -> Result<(), Stop> {
        self.take(Frame::Text(text))
    }

    fn end_page(&mut self) -> Result<(), Stop> {
        self.take(Frame::EndPage)
    }

    fn property(&mut self, key: &str, value: &str) -> Result<(), Stop> {
        self.take(Frame::Property { key, value })
    }

    fn begin_child(&mut self, name: &str, key: &str) -> Result<(), Stop> {
        self.take(Frame::BeginChild { name, key })
    }

    fn child_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let mut pieces = bytes.chunks(CHUNK);
        pieces.try_for_each(|piece| self.take(Frame::ChildBytes(piece)))
    }

    fn end_child(&mut self, unreadable: Option<Reason>) -> Result<(), Stop> {
        self.take(Frame::EndChild(unreadable))
    }
}
