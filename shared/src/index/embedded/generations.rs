//! The generations of an index on disk: which one is searched, which one is kept from before, switching between them and
//! tidying up what a killed program left. Owns the names in the folder; never reads a document. Everything that changes
//! something here is called by whoever holds the lock of the state.
//!
//! `HUIDIG` names the generation that is searched. `WISSEL.json` tells of the last switch; it counts only while `HUIDIG`
//! is what it switched to, so that a program that is killed between the two has changed nothing.

use super::{CURRENT, Generation, Payload, io, mapped, schema};
use crate::index::IndexError;
use crate::index::generations::{GenerationError, Generations, OnDisk, Role, size_of};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use tantivy::collector::Count;
use tantivy::query::TermQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Index, ReloadPolicy, Searcher, Term};

/// Tells of the last switch.
const SWITCH: &str = "WISSEL.json";
/// How the folder of a generation is named, before its number.
const NAME: &str = "generatie-";

/// What was noted of the last switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Switch {
    /// The highest number that a generation ever had: a name is never used twice, for a running server knows
    /// generations by name.
    hoogste: u32,
    /// What was searched before, when it is kept.
    vorige: Option<String>,
    /// What is searched since.
    huidig: String,
    /// The last commit of `huidig` at that moment.
    stand: u64,
    /// When.
    gewisseld: Timestamp,
}

/// What a generation tells of itself, whatever program made it.
#[derive(Deserialize)]
struct Meta {
    segments: Vec<MetaSegment>,
    opstamp: u64,
    #[serde(default)]
    payload: Option<String>,
}

#[derive(Deserialize)]
struct MetaSegment {
    max_doc: u64,
    #[serde(default)]
    deletes: Option<MetaDeletes>,
}

#[derive(Deserialize)]
struct MetaDeletes {
    num_deleted_docs: u64,
}

impl Meta {
    fn of(generation: &Path) -> Result<Meta, IndexError> {
        let file = generation.join("meta.json");
        let bytes = fs::read(&file).map_err(|error| io(&file, error))?;
        serde_json::from_slice(&bytes).map_err(|error| IndexError::Engine(error.to_string()))
    }

    fn payload(&self) -> Option<Payload> {
        serde_json::from_str(self.payload.as_deref()?).ok()
    }

    fn is_ours(&self) -> bool {
        self.payload()
            .is_some_and(|payload| payload.generation == Generation::ours())
    }

    fn documents(&self) -> u64 {
        let live = |segment: &MetaSegment| {
            let deleted = segment.deletes.as_ref();
            segment.max_doc - deleted.map_or(0, |deletes| deletes.num_deleted_docs)
        };
        self.segments.iter().map(live).sum()
    }
}

/// The name of the current generation below `folder`, if there is one.
fn current_name(folder: &Path) -> Result<Option<String>, IndexError> {
    let file = folder.join(CURRENT);
    match fs::read_to_string(&file) {
        Ok(name) => Ok(Some(name.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(&file, error)),
    }
}

/// The folder of the current generation below `folder`, if there is one.
pub(super) fn current(folder: &Path) -> Result<Option<PathBuf>, IndexError> {
    Ok(current_name(folder)?.map(|name| folder.join(name)))
}

/// Replaces a file of the folder, atomically and durably.
fn put(folder: &Path, name: &str, content: &[u8]) -> Result<(), IndexError> {
    let (new, file) = (folder.join(format!("{name}.nieuw")), folder.join(name));
    let write = || -> std::io::Result<()> {
        fs::write(&new, content)?;
        fs::File::open(&new)?.sync_all()?;
        fs::rename(&new, &file)?;
        fs::File::open(folder)?.sync_all()
    };
    write().map_err(|error| io(&file, error))
}

fn switch_file(folder: &Path) -> Result<Option<Switch>, IndexError> {
    let file = folder.join(SWITCH);
    match fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| io(&file, error.into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(&file, error)),
    }
}

fn put_switch(folder: &Path, switch: &Switch) -> Result<(), IndexError> {
    let text = serde_json::to_vec(switch).map_err(|error| IndexError::Engine(error.to_string()))?;
    put(folder, SWITCH, &text)
}

/// The last switch, when it came to its end.
fn last_switch(folder: &Path) -> Result<Option<Switch>, IndexError> {
    let now = current_name(folder)?;
    Ok(switch_file(folder)?.filter(|switch| Some(&switch.huidig) == now.as_ref()))
}

/// The last switch, of which what was there before is kept.
fn kept(folder: &Path) -> Result<Option<(String, Switch)>, IndexError> {
    let switch = last_switch(folder)?;
    Ok(switch.and_then(|switch| Some((switch.vorige.clone()?, switch))))
}

/// Names of all generations below `folder`, in order.
fn names(folder: &Path) -> Result<Vec<String>, IndexError> {
    let failed = |error| io(folder, error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        if let Some(name) = name.to_str().filter(|name| number_of(name).is_some()) {
            found.push(name.to_owned());
        }
    }
    found.sort_by_key(|name| number_of(name));
    Ok(found)
}

fn number_of(name: &str) -> Option<u32> {
    name.strip_prefix(NAME)?.parse().ok()
}

/// A name for a generation that never was one.
pub(super) fn new_name(folder: &Path) -> Result<String, IndexError> {
    fs::create_dir_all(folder).map_err(|error| io(folder, error))?;
    let known = names(folder)?.last().and_then(|name| number_of(name));
    let before = switch_file(folder)?.map(|switch| switch.hoogste);
    let highest = known.max(before).unwrap_or(0);
    Ok(format!("{NAME}{}", highest.saturating_add(1)))
}

/// Makes `name` the current generation, atomically and durably. What was current is kept.
pub(super) fn switch_to(folder: &Path, name: &str) -> Result<(), IndexError> {
    let before = current_name(folder)?;
    if before.is_some() {
        put_switch(
            folder,
            &Switch {
                hoogste: number_of(name).unwrap_or(0),
                vorige: before,
                huidig: name.to_owned(),
                stand: Meta::of(&folder.join(name))?.opstamp,
                gewisseld: Timestamp::now(),
            },
        )?;
    }
    put(folder, CURRENT, name.as_bytes())?;
    clean(folder)
}

/// Removes what no switch ever came to, or went away from for good: half-built generations, and one that was confirmed
/// or left while the program was killed.
pub fn clean(folder: &Path) -> Result<(), IndexError> {
    let current = current_name(folder)?;
    let kept = kept(folder)?.map(|(name, _)| name);
    for name in names(folder)? {
        if Some(&name) != current.as_ref() && Some(&name) != kept.as_ref() {
            remove(folder, &name)?;
        }
    }
    Ok(())
}

fn remove(folder: &Path, name: &str) -> Result<(), IndexError> {
    let path = folder.join(name);
    fs::remove_dir_all(&path).map_err(|error| io(&path, error))
}

/// Removes the generation from before: the one of now is right.
pub fn confirm(folder: &Path) -> Result<(), GenerationError> {
    let (_, switch) = kept(folder)?.ok_or(GenerationError::NoneKept)?;
    put_switch(
        folder,
        &Switch {
            vorige: None,
            ..switch
        },
    )?;
    Ok(clean(folder)?)
}

/// Makes the generation from before the current one again, and removes the other. With `anyway` also when documents were
/// written since: a run of their sources finds them again.
pub fn go_back(folder: &Path, anyway: bool) -> Result<(), GenerationError> {
    let (name, switch) = kept(folder)?.ok_or(GenerationError::NoneKept)?;
    if !Meta::of(&folder.join(&name))?.is_ours() {
        return Err(GenerationError::NotOurs);
    }
    if !anyway && written_since(folder, &switch)? {
        return Err(GenerationError::Written);
    }
    // From here on the switch is no longer to what is current, and what it came to is nobody's.
    put(folder, CURRENT, name.as_bytes())?;
    Ok(clean(folder)?)
}

fn written_since(folder: &Path, switch: &Switch) -> Result<bool, IndexError> {
    Ok(Meta::of(&folder.join(&switch.huidig))?.opstamp != switch.stand)
}

/// What lies in `folder` now.
pub fn all(folder: &Path) -> Result<Generations, IndexError> {
    let current = current_name(folder)?;
    let kept = kept(folder)?;
    let role = |name: &String| match () {
        () if Some(name) == current.as_ref() => Role::Huidig,
        () if kept.as_ref().is_some_and(|(kept, _)| kept == name) => Role::Vorige,
        () => Role::Half,
    };
    let on_disk = |name: String| {
        let path = folder.join(&name);
        let meta = Meta::of(&path).ok();
        OnDisk {
            role: role(&name),
            bytes: size_of(&path),
            documents: meta.as_ref().map_or(0, Meta::documents),
            program: meta
                .as_ref()
                .and_then(Meta::payload)
                .map(|payload| payload.program)
                .unwrap_or_default(),
            ours: meta.as_ref().is_some_and(Meta::is_ours),
            name,
        }
    };
    Ok(Generations {
        all: names(folder)?.into_iter().map(on_disk).collect(),
        switched: kept.as_ref().map(|(_, switch)| switch.gewisseld),
        written: match &kept {
            Some((_, switch)) => written_since(folder, switch)?,
            None => false,
        },
    })
}

/// Bytes that the disk of `folder` has left.
pub fn free(folder: &Path) -> Result<u64, IndexError> {
    let free = rustix::fs::statvfs(folder).map_err(|error| io(folder, error.into()))?;
    Ok(free.f_bavail.saturating_mul(free.f_frsize))
}

/// The texts that the generation from before needs, of whatever version it is.
pub struct KeptTexts {
    searcher: Searcher,
    blob: Field,
}

impl KeptTexts {
    /// Opens it; `None` when nothing is kept from before.
    pub fn open(folder: &Path) -> Result<Option<KeptTexts>, IndexError> {
        let Some((name, _)) = kept(folder)? else {
            return Ok(None);
        };
        let index = Index::open(mapped(&folder.join(name))?)?;
        let blob = index.schema().get_field(schema::BLOB)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Some(KeptTexts {
            searcher: reader.searcher(),
            blob,
        }))
    }
}

impl crate::index::KeptTexts for KeptTexts {
    fn uses(&self, key: &str) -> Result<bool, IndexError> {
        uses_text(&self.searcher, self.blob, key)
    }
}

/// Whether a live document uses the text `key`.
pub(super) fn uses_text(searcher: &Searcher, blob: Field, key: &str) -> Result<bool, IndexError> {
    let query = TermQuery::new(Term::from_field_text(blob, key), IndexRecordOption::Basic);
    Ok(searcher.search(&query, &Count)? > 0)
}

#[cfg(test)]
mod tests;
