//! The list of an export during a run: read once by a reader process, kept in a file without a name, and found by the path
//! of a document. Never holds the rows in memory: 40 bytes for each.

use super::{ReadDocuments, RunError};
use crate::beneath::Root;
use crate::dms::{Asked, Koppeling, Row};
use crate::read::{LimitSet, Outcome as Ending, ROWS};
use crate::walk::join;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of a row; no cell of a list is that long.
const LONGEST: u64 = 16 << 20;

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Of the path in small letters.
    key: u64,
    offset: u64,
    length: u32,
    /// Of the row.
    hash: u64,
}

/// The rows of a list.
pub(super) struct Rows {
    /// Where the list lies.
    pub list: Vec<u8>,
    folder: Vec<u8>,
    file: File,
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
        let refused = |why: String| RunError::List(koppeling.lijst.clone(), why);
        let list = koppeling.lijst.as_bytes().to_vec();
        let file = root
            .file(&list)
            .map_err(|error| refused(super::compare::refusal(&error)))?;
        let asked = Asked {
            koppeling: koppeling.clone(),
            voorbeeld: None,
        };
        let asked = serde_json::to_string(&asked).map_err(|error| refused(error.to_string()))?;
        let reading = reader.read_list(&file, &asked, limits)?;
        if let Ending::Partial(reason) | Ending::Unreadable(reason) = &reading.outcome {
            return Err(refused(reason.to_string()));
        }
        let rows = reading.children.iter().find(|child| child.name == ROWS);
        let rows = rows.ok_or_else(|| refused("er kwam niets uit".to_owned()))?;
        let file = rows.open().map_err(|error| refused(error.to_string()))?;
        let mut places = index(&file).map_err(|error| refused(error.to_string()))?;
        places.sort_by_key(|place| (place.key, place.offset));
        let folder = list.iter().rposition(|byte| *byte == b'/');
        Ok(Rows {
            folder: list[..folder.unwrap_or(0)].to_vec(),
            list,
            file,
            found: places.iter().map(|_| AtomicBool::new(false)).collect(),
            places,
        })
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
        below && path != self.list
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
    pub fn of(&self, path: &[u8]) -> Result<Vec<Row>, RunError> {
        let Some(range) = self.range(path) else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::new();
        for place in &self.places[range] {
            rows.push(self.row(place)?);
        }
        let wanted = String::from_utf8_lossy(path);
        let full = |row: &Row| {
            String::from_utf8_lossy(&join(&self.folder, row.pad.as_bytes())).into_owned()
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
        mut each: impl FnMut(&[u8], &Row) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        for (place, found) in self.places.iter().zip(&self.found) {
            if !found.load(Ordering::Relaxed) {
                let row = self.row(place)?;
                each(&join(&self.folder, row.pad.as_bytes()), &row)?;
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

    fn row(&self, place: &Place) -> Result<Row, RunError> {
        let refused = |why: String| {
            let list = String::from_utf8_lossy(&self.list).into_owned();
            RunError::List(list, why)
        };
        let mut line = vec![0; place.length as usize];
        self.file
            .read_exact_at(&mut line, place.offset)
            .map_err(|error| refused(error.to_string()))?;
        serde_json::from_slice(&line).map_err(|error| refused(error.to_string()))
    }
}

/// Where each row stands; the first line has the names of the columns.
fn index(file: &File) -> io::Result<Vec<Place>> {
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
            places.push(Place {
                key: key_of(&row.pad),
                offset,
                length: u32::try_from(length).unwrap_or(u32::MAX),
                hash: first(&Sha256::digest(&line)),
            });
        }
        offset += length;
    }
}
