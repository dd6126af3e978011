//! The bytes of a document: an open file, or memory for what lies inside a container and is small. Never opens
//! anything, and never writes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a reader reads from. Readable through a shared reference too, as a [`File`] is.
#[derive(Debug)]
pub enum Source {
    /// An open file.
    File(File),
    /// Bytes in memory.
    Memory(Memory),
}

/// Bytes in memory, with a position that clones share, as those of a [`File`] do.
#[derive(Clone, Debug)]
pub struct Memory {
    bytes: Arc<Vec<u8>>,
    position: Arc<AtomicU64>,
}

impl From<File> for Source {
    fn from(file: File) -> Self {
        Self::File(file)
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Memory(Memory {
            bytes: Arc::new(bytes),
            position: Arc::default(),
        })
    }
}

impl Source {
    /// The same bytes once more, at the same position.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::File(file) => Self::File(file.try_clone()?),
            Self::Memory(memory) => Self::Memory(memory.clone()),
        })
    }
}

impl Memory {
    fn rest(&self) -> &[u8] {
        let position = self.position.load(Ordering::Relaxed);
        let position = usize::try_from(position).unwrap_or(usize::MAX);
        self.bytes.get(position..).unwrap_or_default()
    }

    fn read(&self, buffer: &mut [u8]) -> usize {
        let rest = self.rest();
        let number = rest.len().min(buffer.len());
        buffer[..number].copy_from_slice(&rest[..number]);
        self.position.fetch_add(number as u64, Ordering::Relaxed);
        number
    }

    fn seek(&self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(position) => (position, 0),
            SeekFrom::End(offset) => (self.bytes.len() as u64, offset),
            SeekFrom::Current(offset) => (self.position.load(Ordering::Relaxed), offset),
        };
        let position = base
            .checked_add_signed(offset)
            .filter(|position| i64::try_from(*position).is_ok())
            .ok_or(io::ErrorKind::InvalidInput)?;
        self.position.store(position, Ordering::Relaxed);
        Ok(position)
    }
}

impl Read for &Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Source::File(file) => (&mut &*file).read(buffer),
            Source::Memory(memory) => Ok(memory.read(buffer)),
        }
    }

    fn read_to_end(&mut self, all: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Source::File(file) => (&mut &*file).read_to_end(all),
            Source::Memory(memory) => {
                let rest = memory.rest();
                all.extend_from_slice(rest);
                let number = rest.len();
                memory.position.fetch_add(number as u64, Ordering::Relaxed);
                Ok(number)
            }
        }
    }
}

impl Seek for &Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Source::File(file) => (&mut &*file).seek(to),
            Source::Memory(memory) => memory.seek(to),
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }

    fn read_to_end(&mut self, all: &mut Vec<u8>) -> io::Result<usize> {
        (&*self).read_to_end(all)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (&*self).seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    #[derive(Clone, Debug)]
    enum Act {
        Read(usize),
        Start(u64),
        End(i64),
        Current(i64),
        All,
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let one = prop_oneof![
            (0usize..40).prop_map(Act::Read),
            (0u64..60).prop_map(Act::Start),
            (-60i64..60).prop_map(Act::End),
            (-60i64..60).prop_map(Act::Current),
            Just(Act::All),
        ];
        proptest::collection::vec(one, 0..20)
    }

    fn does(source: &mut Source, act: &Act) -> Option<(u64, Vec<u8>)> {
        let mut bytes = Vec::new();
        let at = match *act {
            Act::Read(number) => {
                bytes.resize(number, 0);
                let number = source.read(&mut bytes).ok()?;
                bytes.truncate(number);
                source.stream_position().ok()?
            }
            Act::All => source.read_to_end(&mut bytes).ok()? as u64,
            Act::Start(to) => source.seek(SeekFrom::Start(to)).ok()?,
            Act::End(by) => source.seek(SeekFrom::End(by)).ok()?,
            Act::Current(by) => source.seek(SeekFrom::Current(by)).ok()?,
        };
        Some((at, bytes))
    }

    proptest! {
        #[test]
        fn memory_reads_and_seeks_as_a_file_does(bytes in proptest::collection::vec(any::<u8>(), 0..50), acts in acts()) {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            file.rewind().unwrap();
            let (mut file, mut memory) = (Source::from(file), Source::from(bytes));
            for act in acts {
                prop_assert_eq!(does(&mut file, &act), does(&mut memory, &act), "{:?}", act);
                let again = (file.try_clone().unwrap().stream_position().unwrap(), memory.try_clone().unwrap().stream_position().unwrap());
                prop_assert_eq!(again.0, again.1);
            }
        }
    }
}
