//! The list of an export during a run: read once by a reader process, kept in a file without a name, and found by the path
//! of a document. Never holds the rows in memory: 48 bytes for each.

use super::{ReadDocuments, RunError};
use crate::beneath::Root;
use crate::dms::{self, Asked, Koppeling, Row, Vorm, diwoo, key};
use crate::read::{LimitSet, Outcome as Ending, ROWS};
use crate::walk::join;
use sha2::{Digest, Sha256};
use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of a row; no cell of a list is that long.
const LONGEST: u64 = 16 << 20;

/// Sitemaps that one list may name.
const LISTS: usize = 2_000;

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// In which of the lists.
    list: u32,
    /// Of the path in small letters.
    key: u64,
    offset: u64,
    length: u32,
    /// Of the row.
    hash: u64,
}

/// One list that was read.
struct List {
    /// Where it lies.
    path: Vec<u8>,
    /// Its rows, as the reader gave them.
    rows: File,
}

/// A row, and the list that it stands in.
pub(super) struct Told {
    /// Path of the list.
    pub list: String,
    /// The row.
    pub row: Row,
}

/// The rows of a list; of a list of sitemaps, those of all of them.
pub(super) struct Rows {
    folder: Vec<u8>,
    lists: Vec<List>,
    /// Sitemaps that are named and not there, with the reason.
    pub missing: Vec<(Vec<u8>, String)>,
    /// Whether the lists themselves are no documents.
    is_sitemap: bool,
    /// Sorted by key, and then as in the list.
    places: Vec<Place>,
    /// Whether a file was found for each.
    found: Vec<AtomicBool>,
}

fn key_of(path: &str) -> u64 {
    first(&Sha256::digest(path.to_lowercase()))
}

fn first(digest: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

impl Rows {
    /// Reads the list of a mapping. One that cannot be read to its end is refused: what the rest of it closes would be
    /// open.
    pub fn read(
        root: &Root,
        koppeling: &Koppeling,
        reader: &mut dyn ReadDocuments,
        limits: &LimitSet,
    ) -> Result<Rows, RunError> {
        let list = koppeling.lijst.as_bytes().to_vec();
        let refused = |path: &[u8], why: String| {
            RunError::List(String::from_utf8_lossy(path).into_owned(), why)
        };
        let slash = list.iter().rposition(|byte| *byte == b'/');
        let mut rows = Rows {
            folder: list[..slash.unwrap_or(0)].to_vec(),
            lists: Vec::new(),
            missing: Vec::new(),
            is_sitemap: koppeling.vorm == Vorm::Diwoo,
            places: Vec::new(),
            found: Vec::new(),
        };
        let mut waiting = VecDeque::from([list]);
        let mut known = HashSet::new();
        while let Some(path) = waiting.pop_front() {
            if !known.insert(path.clone()) {
                continue;
            }
            let first = rows.lists.is_empty();
            match rows.take(root, &path, koppeling, reader, limits) {
                Ok(named) if known.len() + named.len() > LISTS => {
                    let why = format!("meer dan {LISTS} sitemaps");
                    return Err(refused(&path, why));
                }
                Ok(named) => waiting.extend(named),
                Err(Untaken::Run(error)) => return Err(error),
                Err(Untaken::List(why)) if first => return Err(refused(&path, why)),
                // What is public is open whatever the rest says.
                Err(Untaken::List(why)) => rows.missing.push((path, why)),
            }
        }
        rows.places
            .sort_by_key(|place| (place.key, place.list, place.offset));
        rows.found = rows.places.iter().map(|_| AtomicBool::new(false)).collect();
        Ok(rows)
    }

    /// Adds the rows of one list. Gives the paths of the lists that it names.
    fn take(
        &mut self,
        root: &Root,
        path: &[u8],
        koppeling: &Koppeling,
        reader: &mut dyn ReadDocuments,
        limits: &LimitSet,
    ) -> Result<Vec<Vec<u8>>, Untaken> {
        let list = |why: String| Untaken::List(why);
        let file = root.file(path);
        let file = file.map_err(|error| list(super::compare::refusal(&error)))?;
        let rows = read_rows(&file, koppeling, reader, limits)?;
        let number = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        let mut named = Vec::new();
        let places = index(&rows, number, &mut |row| {
            let is_list = dms::first(&row.velden, key::LAYOUT) == Some(diwoo::INDEX);
            if is_list {
                named.push(join(&self.folder, row.pad.as_bytes()));
            }
            !is_list
        });
        self.places
            .extend(places.map_err(|error| list(error.to_string()))?);
        self.lists.push(List {
            path: path.to_vec(),
            rows,
        });
        Ok(named)
    }

    /// How many rows name a file.
    pub fn len(&self) -> u64 {
        self.places.len() as u64
    }

    /// Whether a file lies where rows could be about it.
    pub fn covers(&self, path: &[u8]) -> bool {
        let below = match self.folder.as_slice() {
            b"" => true,
            folder => path
                .strip_prefix(folder)
                .is_some_and(|rest| rest.first() == Some(&b'/')),
        };
        below && self.lists.iter().all(|list| list.path != path)
    }

    /// Whether a file is a list of what is published, and no document itself.
    pub fn is_sitemap(&self, path: &[u8]) -> bool {
        self.is_sitemap && self.lists.iter().any(|list| list.path == path)
    }

    /// Tells the rows about a file from others, and remembers that it is there; `None` without any.
    pub fn hash(&self, path: &[u8]) -> Option<u64> {
        let range = self.range(path)?;
        for found in &self.found[range.clone()] {
            found.store(true, Ordering::Relaxed);
        }
        let hashes = self.places[range].iter().map(|place| place.hash);
        let parts: Vec<u8> = hashes.flat_map(u64::to_be_bytes).collect();
        (!parts.is_empty()).then(|| first(&Sha256::digest(parts)))
    }

    /// The rows about a file. Of paths that differ in capitals only those in just these are taken, if there are any.
    pub fn of(&self, path: &[u8]) -> Result<Vec<Told>, RunError> {
        let Some(range) = self.range(path) else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        for place in &self.places[range] {
            rows.push(self.row(place)?);
        }
        let wanted = String::from_utf8_lossy(path);
        let full = |told: &Told| {
            let path = join(&self.folder, told.row.pad.as_bytes());
            String::from_utf8_lossy(&path).into_owned()
        };
        rows.retain(|row| full(row).to_lowercase() == wanted.to_lowercase());
        if rows.iter().any(|row| full(row) == wanted) {
            rows.retain(|row| full(row) == wanted);
        }
        Ok(rows)
    }

    /// Every row of which no file was found.
    pub fn each_missing(
        &self,
        mut each: impl FnMut(&[u8], &Told) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        for (place, found) in self.places.iter().zip(&self.found) {
            if !found.load(Ordering::Relaxed) {
                let told = self.row(place)?;
                each(&join(&self.folder, told.row.pad.as_bytes()), &told)?;
            }
        }
        Ok(())
    }

    fn range(&self, path: &[u8]) -> Option<std::ops::Range<usize>> {
        if !self.covers(path) {
            return None;
        }
        let relative = match self.folder.len() {
            0 => path,
            length => &path[length + 1..],
        };
        let key = key_of(&String::from_utf8_lossy(relative));
        let start = self.places.partition_point(|place| place.key < key);
        let rest = &self.places[start..];
        let number = rest.iter().take_while(|place| place.key == key).count();
        (number > 0).then(|| start..start + number)
    }

    fn row(&self, place: &Place) -> Result<Told, RunError> {
        let list = &self.lists[place.list as usize];
        let name = || String::from_utf8_lossy(&list.path).into_owned();
        let mut line = vec![0; place.length as usize];
        list.rows
            .read_exact_at(&mut line, place.offset)
            .map_err(|error| RunError::List(name(), error.to_string()))?;
        let row = serde_json::from_slice(&line)
            .map_err(|error| RunError::List(name(), error.to_string()))?;
        Ok(Told { list: name(), row })
    }
}

/// Why the rows of a list are not there.
enum Untaken {
    /// The list cannot be had or read; a Dutch reason.
    List(String),
    /// Nothing can be read.
    Run(RunError),
}

/// The rows of a list as lines of JSON, read by a reader process; the first line has the names of the columns.
fn read_rows(
    file: &File,
    koppeling: &Koppeling,
    reader: &mut dyn ReadDocuments,
    limits: &LimitSet,
) -> Result<File, Untaken> {
    let asked = Asked {
        koppeling: koppeling.clone(),
        voorbeeld: None,
    };
    let asked = serde_json::to_string(&asked).map_err(|error| Untaken::List(error.to_string()))?;
    let reading = reader.read_list(file, &asked, limits);
    let reading = reading.map_err(|error| Untaken::Run(error.into()))?;
    if let Ending::Partial(reason) | Ending::Unreadable(reason) = &reading.outcome {
        return Err(Untaken::List(reason.to_string()));
    }
    let rows = reading.children.iter().find(|child| child.name == ROWS);
    let rows = rows.ok_or_else(|| Untaken::List("er kwam niets uit".to_owned()))?;
    rows.open()
        .map_err(|error| Untaken::List(error.to_string()))
}

/// Every row of a list at once.
pub(super) fn all_rows(
    file: &File,
    koppeling: &Koppeling,
    reader: &mut dyn ReadDocuments,
    limits: &LimitSet,
) -> Result<Vec<Row>, String> {
    let said = |error: Untaken| match error {
        Untaken::List(why) => why,
        Untaken::Run(error) => error.to_string(),
    };
    let rows = read_rows(file, koppeling, reader, limits).map_err(said)?;
    let mut all = Vec::new();
    let places = index(&rows, 0, &mut |row| {
        all.push(row.clone());
        false
    });
    places.map_err(|error| error.to_string())?;
    Ok(all)
}

/// Where each row stands that is `wanted`; the first line has the names of the columns.
fn index(file: &File, list: u32, wanted: &mut dyn FnMut(&Row) -> bool) -> io::Result<Vec<Place>> {
    let mut lines = BufReader::new(file);
    let (mut places, mut offset) = (Vec::new(), 0u64);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = io::Read::take(&mut lines, LONGEST).read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            return Ok(places);
        }
        if line.last() != Some(&b'\n') {
            return Err(io::Error::other("een regel is te lang"));
        }
        if offset > 0 {
            let row: Row = serde_json::from_slice(&line)?;
            if wanted(&row) {
                places.push(Place {
                    list,
                    key: key_of(&row.pad),
                    offset,
                    length: u32::try_from(length).unwrap_or(u32::MAX),
                    hash: first(&Sha256::digest(&line)),
                });
            }
        }
        offset += length;
    }
}
