//! The members of a package: written with their hash, and read back from the finished file. Never keeps a member that is not
//! what it should be.

use crate::problem::Problem;
use crate::uitvoer::bestand::{Hashed, copy};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};
use zv_shared::ContentHash;

/// The ZIP with the hash of each member so far.
pub(super) struct Zip<'a> {
    writer: ZipWriter<BufWriter<&'a File>>,
    hashes: BufWriter<&'a File>,
}

impl<'a> Zip<'a> {
    /// On the way to `file`, with the list of hashes in another one.
    pub(super) fn new(file: &'a File, hashes: &'a File) -> Self {
        Zip {
            writer: ZipWriter::new(BufWriter::new(file)),
            hashes: BufWriter::new(hashes),
        }
    }

    /// Begins a member.
    fn start(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().large_file(true);
        Ok(self.writer.start_file(name, options)?)
    }

    fn noted(&mut self, name: &str, hash: &str) -> io::Result<()> {
        writeln!(self.hashes, "{hash}  {name}")
    }

    /// Adds a member; gives its SHA-256 and its size.
    pub(super) fn add(&mut self, name: &str, from: &mut impl Read) -> io::Result<(String, u64)> {
        self.start(name)?;
        let mut hashed = Hashed::new(&mut self.writer);
        let bytes = copy(from, &mut hashed)?;
        let hash = hashed.hash();
        self.noted(name, &hash)?;
        Ok((hash, bytes))
    }

    /// Adds an original, unless it turns out to be something else; gives its size.
    pub(super) fn original(
        &mut self,
        name: &str,
        from: &mut impl Read,
        wanted: ContentHash,
    ) -> io::Result<Option<u64>> {
        self.start(name)?;
        let mut hashed = Hashed::new(&mut self.writer);
        let copied = copy(&mut Source(from), &mut hashed);
        let hash = hashed.hash();
        match copied {
            Ok(size) if hash == wanted.to_string() => {
                self.noted(name, &hash)?;
                Ok(Some(size))
            }
            // What cannot be read to its end is no original; what cannot be written ends everything.
            Err(error) if !from_source(&error) => Err(error),
            _ => {
                self.writer.abort_file()?;
                Ok(None)
            }
        }
    }

    /// Ends the ZIP with the list of hashes.
    pub(super) fn finish(mut self, file: &File, mut hashes: &File) -> io::Result<()> {
        self.hashes.flush()?;
        hashes.rewind()?;
        self.start("manifest.sha256")?;
        copy(&mut hashes, &mut self.writer)?;
        let mut out = self.writer.finish()?;
        out.flush()?;
        // Behind it may lie what is left of a member that was taken back.
        file.set_len(out.stream_position()?)
    }
}

/// Marks what goes wrong in reading, so that it is told apart from what goes wrong in writing.
struct Source<'a, R>(&'a mut R);

/// An error of a source.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct SourceFault(io::Error);

impl<R: Read> Read for Source<'_, R> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        self.0
            .read(block)
            .map_err(|error| io::Error::other(SourceFault(error)))
    }
}

fn from_source(error: &io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(|inner| inner.is::<SourceFault>())
}

/// Reads every member of a finished package and holds it against its hash.
pub(super) fn read_back(file: &File, mut hashes: &File) -> Result<(), Problem> {
    let broken = |what: &str| Problem::fault(format!("a package cannot be read back: {what}"));
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(Problem::fault)?;
    hashes.rewind()?;
    let mut members = 0;
    for line in BufReader::new(hashes).lines() {
        let line = line?;
        let (hash, name) = line.split_once("  ").ok_or_else(|| broken("a line"))?;
        let mut member = zip.by_name(name).map_err(Problem::fault)?;
        let mut nothing = Hashed::new(io::sink());
        copy(&mut member, &mut nothing)?;
        if nothing.hash() != hash {
            return Err(broken(name));
        }
        members += 1;
    }
    // The list itself is the one that it does not name.
    match zip.len() == members + 1 {
        true => Ok(()),
        false => Err(broken("the number of files")),
    }
}
