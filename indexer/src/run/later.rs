//! Files that wait for OCR until everything else is done: a queue in a file without a name, because an archive
//! may hold a million scans. Never knows what is on them.

use super::RunError;
use super::context::lock;
use super::reading::Standing;
use crate::account::{Outcome, add, value};
use crate::around::Around;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use zv_shared::{DocId, Readability};

const OUTCOMES: [Outcome; 6] = [
    Outcome::Nieuw,
    Outcome::Gewijzigd,
    Outcome::Verplaatst,
    Outcome::Ongewijzigd,
    Outcome::Onleesbaar,
    Outcome::Overgeslagen,
];
const READABILITIES: [Readability; 3] = [
    Readability::Leesbaar,
    Readability::Gedeeltelijk,
    Readability::Onleesbaar,
];

/// A file that waits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub path: Vec<u8>,
    pub standing: Standing,
    /// What it is while it waits.
    pub readability: Readability,
    /// What lies around it, as far as descriptions tell.
    pub around: Around,
}

enum Queue {
    Empty,
    Filling(BufWriter<File>),
    Emptying(BufReader<File>),
}

/// The queue: first it is filled, then emptied, both by several threads.
pub(super) struct Later {
    folder: PathBuf,
    queue: Mutex<Queue>,
    added: AtomicU64,
}

impl Later {
    /// An empty one; its file will be in `folder`.
    pub fn new(folder: PathBuf) -> Self {
        Later {
            folder,
            queue: Mutex::new(Queue::Empty),
            added: AtomicU64::new(0),
        }
    }

    /// How many files came in.
    pub fn len(&self) -> u64 {
        value(&self.added)
    }

    pub fn add(
        &self,
        path: &[u8],
        standing: Standing,
        readability: Readability,
        around: &Around,
    ) -> Result<(), RunError> {
        let place = |index: Option<usize>| index.and_then(|index| u8::try_from(index).ok());
        let outcome = OUTCOMES.iter().position(|&it| it == standing.outcome);
        let readable = READABILITIES.iter().position(|&it| it == readability);
        let mut record = vec![
            place(outcome).unwrap_or_default(),
            place(readable).unwrap_or_default(),
        ];
        record.extend(standing.id.0);
        record.extend(u32::try_from(path.len()).unwrap_or(u32::MAX).to_le_bytes());
        record.extend(path);
        let described = (around.description, around.faulty, &around.described);
        let described =
            serde_json::to_vec(&described).map_err(|error| self.failed(error.into()))?;
        record.extend(
            u32::try_from(described.len())
                .unwrap_or(u32::MAX)
                .to_le_bytes(),
        );
        record.extend(described);
        add(&self.added, 1);
        let mut queue = lock(&self.queue);
        if let Queue::Empty = *queue {
            let file = tempfile::tempfile_in(&self.folder).map_err(|error| self.failed(error))?;
            *queue = Queue::Filling(BufWriter::new(file));
        }
        match &mut *queue {
            Queue::Filling(file) => file.write_all(&record),
            Queue::Empty | Queue::Emptying(_) => Err(io::ErrorKind::Unsupported.into()),
        }
        .map_err(|error| self.failed(error))
    }

    /// From filling to emptying.
    pub fn turn_round(&self) -> Result<(), RunError> {
        let mut queue = lock(&self.queue);
        if let Queue::Filling(file) = std::mem::replace(&mut *queue, Queue::Empty) {
            let begin = || {
                let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.rewind()?;
                Ok(BufReader::new(file))
            };
            *queue = Queue::Emptying(begin().map_err(|error| self.failed(error))?);
        }
        Ok(())
    }

    /// The next file, until there is none.
    pub fn next(&self) -> Result<Option<Waiting>, RunError> {
        match &mut *lock(&self.queue) {
            Queue::Emptying(file) => read(file).map_err(|error| self.failed(error)),
            Queue::Empty | Queue::Filling(_) => Ok(None),
        }
    }

    fn failed(&self, error: io::Error) -> RunError {
        RunError::Io(self.folder.display().to_string(), error)
    }
}

fn read(file: &mut BufReader<File>) -> io::Result<Option<Waiting>> {
    let mut head = [0; 22];
    match file.read_exact(&mut head) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let damaged = || io::Error::from(io::ErrorKind::InvalidData);
    let (kinds, rest) = head.split_at(2);
    let (id, length) = rest.split_at(16);
    let length = length.try_into().map_err(|_| damaged())?;
    let mut path = vec![0; u32::from_le_bytes(length) as usize];
    file.read_exact(&mut path)?;
    let mut length = [0; 4];
    file.read_exact(&mut length)?;
    let mut described = vec![0; u32::from_le_bytes(length) as usize];
    file.read_exact(&mut described)?;
    let (description, faulty, described) = serde_json::from_slice(&described)?;
    let outcome = OUTCOMES.get(usize::from(kinds[0])).ok_or_else(damaged)?;
    let readability = READABILITIES
        .get(usize::from(kinds[1]))
        .ok_or_else(damaged)?;
    Ok(Some(Waiting {
        path,
        standing: Standing {
            id: DocId(id.try_into().map_err(|_| damaged())?),
            outcome: *outcome,
        },
        readability: *readability,
        around: Around {
            description,
            faulty,
            described,
            ..Around::default()
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dms::Described;

    #[test]
    fn what_waits_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let later = Later::new(folder.path().into());
        assert_eq!(later.next().unwrap(), None);
        let all: Vec<Waiting> = (0..3u8)
            .map(|i| Waiting {
                path: vec![b'a' + i; usize::from(i) * 200],
                standing: Standing {
                    id: DocId([i; 16]),
                    outcome: OUTCOMES[usize::from(i)],
                },
                readability: READABILITIES[usize::from(i)],
                around: Around {
                    description: u64::from(i),
                    faulty: i == 1,
                    described: Described {
                        secrecy: vec!["x".repeat(usize::from(i))],
                        ..Described::default()
                    },
                    ..Around::default()
                },
            })
            .collect();
        for one in &all {
            later
                .add(&one.path, one.standing, one.readability, &one.around)
                .unwrap();
        }
        assert_eq!(later.len(), 3);
        later.turn_round().unwrap();
        for one in all {
            assert_eq!(later.next().unwrap(), Some(one));
        }
        assert_eq!(later.next().unwrap(), None);
    }
}
