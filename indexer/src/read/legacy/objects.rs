//! Where the binary Office formats keep objects of other programs: storages of their own in documents and workbooks,
//! records in presentations. Never opens an object itself.

use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;
use flate2::read::ZlibDecoder;

use super::super::archive::{Bounded, Budget};
use super::super::embedded::Embedded;
use super::super::{Input, Limits, Outcome, Output, Reason, Source, Stop};
use super::slides;

/// Which format the document has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Workbook,
    Slides,
}

/// Hands over the objects in a document; `text` is how reading the text ended.
pub(super) fn objects(
    kind: Kind,
    text: Outcome,
    input: &mut Input,
    limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    // A file of another kind, or one too damaged to open: the text told so.
    if text == Outcome::Unreadable(Reason::Encrypted) || input.file.rewind().is_err() {
        return text;
    }
    let size = input.size;
    let Ok(mut file) = CompoundFile::open(&mut input.file) else {
        return text;
    };
    let mut embedded = Embedded::new(limits);
    let files = match kind {
        Kind::Slides => recorded(&mut file, size, (limits, &mut embedded), output),
        Kind::Word => stored(&mut file, size, ("/ObjectPool", ""), &mut embedded, output),
        Kind::Workbook => stored(&mut file, size, ("/", "MBD"), &mut embedded, output),
    };
    embedded.finish(text, files)
}

/// What an object is called that has no name.
fn name(number: usize) -> String {
    format!("object-{number}")
}

/// The objects in the storages right below `place` whose names have this beginning.
fn stored(
    file: &mut CompoundFile<&mut Source>,
    size: u64,
    (place, beginning): (&str, &str),
    embedded: &mut Embedded<'_>,
    output: &mut dyn Output,
) -> Result<(), Stop> {
    let Ok(entries) = file.read_storage(Path::new(place)) else {
        return Ok(());
    };
    let mut storages: Vec<PathBuf> = entries
        .filter(|entry| entry.is_storage() && entry.name().starts_with(beginning))
        .map(|entry| entry.path().to_owned())
        .collect();
    storages.sort();
    for (number, storage) in storages.iter().enumerate() {
        if embedded.is_full() {
            break;
        }
        embedded.storage(file, (storage, size), &name(number + 1), output)?;
    }
    Ok(())
}

/// The objects in the records of a presentation, most of them compressed.
fn recorded(
    file: &mut CompoundFile<&mut Source>,
    size: u64,
    (limits, embedded): (&Limits, &mut Embedded<'_>),
    output: &mut dyn Output,
) -> Result<(), Stop> {
    let mut stream = |name: &str| {
        let mut bytes = Vec::new();
        // What was read before the damage is worth having.
        let _ = file
            .open_stream(name)
            .and_then(|mut stream| stream.read_to_end(&mut bytes));
        bytes
    };
    let user = stream("/Current User");
    let slides = stream("/PowerPoint Document");
    let mut budget = Budget::new(size, limits);
    let mut number = 0;
    slides::objects(&user, slides, |is_compressed, object| {
        number += 1;
        match object.get(4..).filter(|_| is_compressed) {
            _ if embedded.is_full() => Ok(()),
            Some(packed) => {
                let length = packed.len() as u64;
                let unpacked = Bounded::new(ZlibDecoder::new(packed), length, &mut budget);
                embedded.give(&name(number), unpacked, output)
            }
            None => embedded.give(&name(number), object, output),
        }
    })
}
