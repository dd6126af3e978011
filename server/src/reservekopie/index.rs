//! The index in a copy, while runs write. Which files that are, the index knows; never opens it.

use super::map::{CopyError, CopyFolder};
use std::io;
use std::path::Path;
use zv_shared::index::copy::{Content, Taken, each_file};

/// Copies the newest commit of the index in `from` as `name`; nothing when there is none.
pub fn copy(copy: &mut CopyFolder, from: &Path, name: &str) -> Result<(), CopyError> {
    let taken = each_file(from, &mut |place, content| {
        let target = format!("{name}/{place}");
        match content {
            Content::Bytes(bytes) => copy.bytes_as(&target, bytes).map(|()| true),
            Content::File(_) if copy.has(&target) => Ok(true),
            Content::File(path) => still_there(copy.file(path, &target)),
        }
    })?;
    match taken {
        Taken::Whole | Taken::Nothing => Ok(()),
        Taken::Busy => Err(CopyError::Refused(
            "de index veranderde steeds tijdens het kopiëren; maak de reservekopie als er geen run bezig is".into(),
        )),
    }
}

fn still_there(copied: Result<(), CopyError>) -> Result<bool, CopyError> {
    match copied {
        Ok(()) => Ok(true),
        Err(CopyError::Io(_, error)) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

impl From<(String, io::Error)> for CopyError {
    fn from((path, error): (String, io::Error)) -> Self {
        CopyError::Io(path, error)
    }
}
