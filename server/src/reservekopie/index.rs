//! The index of one commit in a copy, while runs write others. The files of a segment never change; which segments a
//! commit has stands in its `meta.json`. Never opens the index.

use super::map::{CopyError, CopyFolder, failed};
use serde::Deserialize;
use std::fs;
use std::io;
use std::path::Path;

/// Names the folder of the current generation.
const CURRENT: &str = "HUIDIG";
/// What the engine calls the list of a commit, and the list of the files it owns.
const COMMIT: &str = "meta.json";
const OWNED: &str = ".managed.json";
/// So often a commit may go while it is copied: what was copied of it stays, so the next goes faster.
const ATTEMPTS: u32 = 50;

/// What matters of the list of a commit.
#[derive(Deserialize)]
struct Commit {
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    segment_id: String,
}

/// Copies the current generation below `from` as `name`; nothing when there is none.
pub fn copy(copy: &mut CopyFolder, from: &Path, name: &str) -> Result<(), CopyError> {
    for _ in 0..ATTEMPTS {
        let generation = match fs::read_to_string(from.join(CURRENT)) {
            Ok(generation) => generation.trim().to_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(from, error)),
        };
        let folder = from.join(&generation);
        let inside = format!("{name}/{generation}");
        if whole_commit(copy, &folder, &inside)? {
            return copy.bytes_as(&format!("{name}/{CURRENT}"), generation.as_bytes());
        }
    }
    Err(CopyError::Refused(
        "de index veranderde steeds tijdens het kopiëren; maak de reservekopie als er geen run bezig is".into(),
    ))
}

/// Copies one commit; `false` when a file of it went in the meantime.
fn whole_commit(copy: &mut CopyFolder, folder: &Path, inside: &str) -> Result<bool, CopyError> {
    let (Some(commit), Some(names)) = (
        there(fs::read(folder.join(COMMIT)), folder)?,
        names(folder)?,
    ) else {
        return Ok(false);
    };
    let parsed: Commit = serde_json::from_slice(&commit)
        .map_err(|error| failed(&folder.join(COMMIT), io::Error::from(error)))?;
    let mut owned = vec![COMMIT.to_owned()];
    for segment in parsed.segments {
        let id = segment.segment_id.replace('-', "");
        let files: Vec<&String> = names.iter().filter(|name| name.starts_with(&id)).collect();
        // A segment whose files are all gone was merged away since.
        if files.is_empty() {
            return Ok(false);
        }
        for name in files {
            let target = format!("{inside}/{name}");
            if !copy.has(&target) && there_or_gone(copy.file(&folder.join(name), &target))? {
                return Ok(false);
            }
            owned.push(name.clone());
        }
    }
    owned.sort();
    let owned =
        serde_json::to_vec(&owned).map_err(|error| failed(folder, io::Error::from(error)))?;
    copy.bytes_as(&format!("{inside}/{COMMIT}"), &commit)?;
    copy.bytes_as(&format!("{inside}/{OWNED}"), &owned)?;
    Ok(true)
}

fn names(folder: &Path) -> Result<Option<Vec<String>>, CopyError> {
    let read = fs::read_dir(folder).and_then(|entries| {
        let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        names.collect::<io::Result<Vec<_>>>()
    });
    there(read, folder)
}

fn there<T>(read: io::Result<T>, path: &Path) -> Result<Option<T>, CopyError> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

/// Whether the file was gone.
fn there_or_gone(copied: Result<(), CopyError>) -> Result<bool, CopyError> {
    match copied {
        Ok(()) => Ok(false),
        Err(CopyError::Io(_, error)) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}
