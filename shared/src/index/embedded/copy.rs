//! Which files make up the newest commit of an index, for a copy of it while runs write others. The files of a segment
//! never change; which segments a commit has stands in its `meta.json`. Never opens the index and copies nothing itself.

use super::CURRENT;
use serde::Deserialize;
use std::fs;
use std::io;
use std::path::Path;

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

/// Where the content of a file in the copy comes from.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// A file of the index. It does not change; it may go.
    File(&'a Path),
    /// These bytes.
    Bytes(&'a [u8]),
}

/// What came of taking a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// All of one commit.
    Whole,
    /// There is no index.
    Nothing,
    /// The index changed every time.
    Busy,
}

/// Gives `take` each file of the newest commit of the index in `from`, with its place below that folder; what it was given
/// before comes again when a commit goes in between. `take` tells whether the file was still there.
///
/// # Errors
/// Those of `take`, and of reading the lists.
pub fn each_file<E: From<(String, io::Error)>>(
    from: &Path,
    take: &mut dyn FnMut(&str, Content<'_>) -> Result<bool, E>,
) -> Result<Taken, E> {
    for _ in 0..ATTEMPTS {
        let Some(generation) = there(fs::read_to_string(from.join(CURRENT)), from)? else {
            return Ok(Taken::Nothing);
        };
        let generation = generation.trim();
        if commit(&from.join(generation), generation, take)? {
            take(CURRENT, Content::Bytes(generation.as_bytes()))?;
            return Ok(Taken::Whole);
        }
    }
    Ok(Taken::Busy)
}

/// Takes one commit; `false` when a file of it went in the meantime.
fn commit<E: From<(String, io::Error)>>(
    folder: &Path,
    name: &str,
    take: &mut dyn FnMut(&str, Content<'_>) -> Result<bool, E>,
) -> Result<bool, E> {
    let list = folder.join(COMMIT);
    let (Some(commit), Some(names)) = (there(fs::read(&list), &list)?, names(folder)?) else {
        return Ok(false);
    };
    let parsed: Commit =
        serde_json::from_slice(&commit).map_err(|error| failed(&list, io::Error::from(error)))?;
    let mut owned = vec![COMMIT.to_owned()];
    for segment in parsed.segments {
        let id = segment.segment_id.replace('-', "");
        let files: Vec<&String> = names.iter().filter(|name| name.starts_with(&id)).collect();
        // A segment whose files are all gone was merged away since.
        if files.is_empty() {
            return Ok(false);
        }
        for file in files {
            if !take(&format!("{name}/{file}"), Content::File(&folder.join(file)))? {
                return Ok(false);
            }
            owned.push(file.clone());
        }
    }
    owned.sort();
    let owned =
        serde_json::to_vec(&owned).map_err(|error| failed(folder, io::Error::from(error)))?;
    take(&format!("{name}/{COMMIT}"), Content::Bytes(&commit))?;
    take(&format!("{name}/{OWNED}"), Content::Bytes(&owned))?;
    Ok(true)
}

fn names<E: From<(String, io::Error)>>(folder: &Path) -> Result<Option<Vec<String>>, E> {
    let read = fs::read_dir(folder).and_then(|entries| {
        let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        names.collect::<io::Result<Vec<_>>>()
    });
    there(read, folder)
}

fn there<T, E: From<(String, io::Error)>>(
    read: io::Result<T>,
    path: &Path,
) -> Result<Option<T>, E> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

fn failed<E: From<(String, io::Error)>>(path: &Path, error: io::Error) -> E {
    (path.display().to_string(), error).into()
}
