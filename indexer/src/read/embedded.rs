//! Files and objects of other programs inside a document, as children: what is really in an object that a program
//! wrapped in an OLE container, under which name, and the count of them. Never looks for objects: each reader knows
//! where its format keeps them. A picture or a control of a form is no file, and gives nothing.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};
use std::path::Path;

use cfb::CompoundFile;

use super::archive::read_reason;
use super::container::{ENCRYPTED_OFFICE, OLE, ole_by_names};
use super::eml::clean;
use super::outlook::store;
use super::rtf::charset::Charset;
use super::{Input, Limits, Outcome, Output, Passwords, Reason, Stop, recognise};

/// An object larger than this is not opened, but handed over as it is: opening takes memory.
pub(super) const MOST_OPENED: u64 = 256 << 20;
/// Bytes handed over at a time, and those by which a file is recognised.
const CHUNK: usize = 64 * 1024;
/// A file of a program is packed in this stream with its name.
const NATIVE: &str = "\u{1}Ole10Native";

/// A file that was found in an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found<'b> {
    /// Its own name when it has one, else that of the object.
    pub(super) name: String,
    pub(super) bytes: Cow<'b, [u8]>,
    /// Bytes are missing.
    pub(super) is_cut: bool,
}

impl<'b> Found<'b> {
    fn whole(name: &str, bytes: impl Into<Cow<'b, [u8]>>) -> Self {
        let bytes = bytes.into();
        Self {
            name: named(name, &bytes),
            bytes,
            is_cut: false,
        }
    }
}

/// What is in an object: the file that it wraps, the object itself when that is a document, or nothing when it only
/// shows a picture or belongs to a form. `name` is for what has none of its own.
pub(super) fn inside<'b>(name: &str, object: &'b [u8]) -> Option<Found<'b>> {
    let Ok(mut file) = CompoundFile::open(Cursor::new(object)) else {
        return Some(Found::whole(name, object));
    };
    let streams = names(&file);
    let has = |wanted: &str| streams.iter().any(|stream| stream == wanted);
    // Old Works and Publisher keep their text in `CONTENTS` too, and are known by other streams.
    if ole_by_names(&streams) != "ole" {
        return Some(Found::whole(name, object));
    }
    for stream in [NATIVE, "Package", "CONTENTS"] {
        if !has(stream) {
            continue;
        }
        let mut bytes = Vec::new();
        let read = file.open_stream(stream);
        // What was read before the damage is worth having.
        let is_cut = read
            .and_then(|mut stream| stream.read_to_end(&mut bytes))
            .is_err();
        let mut found = match stream {
            NATIVE => native(name, bytes.get(4..).unwrap_or_default()).into_owned(),
            _ => Found::whole(name, bytes),
        };
        found.is_cut |= is_cut;
        return Some(found);
    }
    let shows = streams.iter().all(|stream| is_dressing(stream)) || has("VBA");
    (!shows).then(|| Found::whole(name, object))
}

impl Found<'_> {
    fn into_owned<'o>(self) -> Found<'o> {
        Found {
            name: self.name,
            bytes: Cow::Owned(self.bytes.into_owned()),
            is_cut: self.is_cut,
        }
    }
}

/// Streams that say how an object looks and which program made it, and those of controls and formulas.
fn is_dressing(stream: &str) -> bool {
    stream.starts_with(|first| first <= '\u{5}')
        || matches!(stream, "Equation Native" | "contents" | "PRINT")
}

/// The file in an object of before OLE 2, which has a kind, a label, the place it came from and its size before it,
/// or nothing but itself.
fn native<'b>(name: &str, native: &'b [u8]) -> Found<'b> {
    packaged(native).unwrap_or_else(|| Found::whole(name, native))
}

/// A file that was dropped into a document.
fn packaged(native: &[u8]) -> Option<Found<'_>> {
    let mut rest = native.strip_prefix(&[2, 0])?;
    let text = |rest: &mut &[u8]| -> Option<String> {
        let end = rest.iter().position(|byte| *byte == 0)?;
        let text = Charset::default().text(&rest[..end]);
        *rest = &rest[end + 1..];
        Some(text)
    };
    let (mut label, mut place) = (text(&mut rest)?, text(&mut rest)?);
    // Two marks, and the length of the place it was copied to.
    rest = rest.get(8..)?;
    text(&mut rest)?;
    let size = usize::try_from(number(&mut rest)?).ok()?;
    let bytes = rest.get(..size);
    if let Some(mut behind) = rest.get(size..)
        && let Some([_, wide_label, wide_place]) = wide_names(&mut behind)
    {
        (label, place) = (wide_label, wide_place);
    }
    Some(Found {
        name: own_name(&label, &place),
        bytes: bytes.unwrap_or(rest).into(),
        is_cut: bytes.is_none(),
    })
}

/// The same three names once more in Unicode, behind the file.
fn wide_names(rest: &mut &[u8]) -> Option<[String; 3]> {
    let mut name = || {
        let length = usize::try_from(number(rest)?).ok()?.checked_mul(2)?;
        let text = encoding_rs::UTF_16LE.decode_without_bom_handling(rest.get(..length)?);
        *rest = &rest[length..];
        Some(text.0.trim_end_matches('\0').to_owned())
    };
    Some([name()?, name()?, name()?])
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (number, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(u32::from_le_bytes(*number))
}

/// The label, unless it is a caption and the file itself had a proper name.
fn own_name(label: &str, place: &str) -> String {
    let (label, file) = (clean(label), clean(place));
    let extension = |name: &str| Path::new(name).extension().map(|e| e.to_ascii_lowercase());
    match extension(&label).is_some() && extension(&label) == extension(&file) || file.is_empty() {
        true => label,
        false => file,
    }
}

/// The object that a text file (RTF) spells out: a kind and three names, and then what is inside. Nothing when it
/// only points to a file.
pub(super) fn spelled<'b>(name: &str, object: &'b [u8]) -> Option<Found<'b>> {
    const EMBEDDED: u32 = 2;
    let mut rest = object;
    let mut header = || {
        number(&mut rest)?;
        let kind = number(&mut rest)?;
        for _ in 0..3 {
            let length = usize::try_from(number(&mut rest)?).ok()?;
            rest = rest.get(length..)?;
        }
        Some((kind, usize::try_from(number(&mut rest)?).ok()?))
    };
    let (_, size) = header().filter(|(kind, _)| *kind == EMBEDDED)?;
    let bytes = rest.get(..size).unwrap_or(rest);
    let mut found = match bytes.starts_with(OLE) {
        true => inside(name, bytes)?,
        false => native(name, bytes),
    };
    found.is_cut |= bytes.len() < size;
    Some(found)
}

/// The names of the streams and storages in the root.
fn names<F>(file: &CompoundFile<F>) -> Vec<String> {
    let entries = file.read_root_storage();
    entries.map(|entry| entry.name().to_owned()).collect()
}

/// The format of a file of which the beginning tells, or the directory when it is an OLE container.
fn format_of(name: &str, bytes: &[u8]) -> String {
    if bytes.starts_with(OLE) {
        let file = CompoundFile::open(Cursor::new(bytes));
        return file
            .map_or("ole", |file| ole_by_names(&names(&file)))
            .into();
    }
    let head = bytes[..bytes.len().min(CHUNK)].to_vec();
    let mut input = Input {
        size: head.len() as u64,
        file: head.into(),
        name: name.to_owned(),
        passwords: Passwords::default(),
    };
    recognise(&mut input).unwrap_or_default()
}

/// The name with the extension that belongs to what the file holds, when its own says nothing.
fn named(name: &str, bytes: &[u8]) -> String {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) => (stem, extension),
        None => (name, ""),
    };
    if !extension.is_empty() && !extension.eq_ignore_ascii_case("bin") {
        return name.to_owned();
    }
    match &*format_of(name, bytes) {
        "" | "onbekend" | "leeg" | "ole" | "txt" | ENCRYPTED_OFFICE => name.to_owned(),
        format => format!("{stem}.{format}"),
    }
}

/// Hands over all bytes of the current child; the error that ended them too early.
pub(super) fn pass(
    mut bytes: impl Read,
    output: &mut dyn Output,
) -> Result<Option<io::Error>, Stop> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match bytes.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(length) => output.child_bytes(&chunk[..length])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(Some(error)),
        }
    }
}

/// The files inside one document: hands them over within the limits, and remembers what went wrong first.
pub(super) struct Embedded<'l> {
    limits: &'l Limits,
    given: u32,
    full: bool,
    trouble: Option<Reason>,
}

impl<'l> Embedded<'l> {
    /// For a document with these limits.
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            given: 0,
            full: false,
            trouble: None,
        }
    }

    /// Whether no more files are taken.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Notes why something inside the document could not be had.
    pub(super) fn note(&mut self, reason: Reason) {
        self.full |= matches!(reason, Reason::Limit(_));
        self.trouble.get_or_insert(reason);
    }

    /// Begins a child, if there may be one more.
    fn begin(&mut self, name: &str, output: &mut dyn Output) -> Result<bool, Stop> {
        if self.given >= self.limits.children {
            let most = self.limits.children;
            self.note(Reason::Limit(format!(
                "meer dan {most} ingesloten bestanden"
            )));
        }
        if !self.full {
            output.begin_child(name, "")?;
            self.given += 1;
        }
        Ok(!self.full)
    }

    fn end(
        &mut self,
        name: &str,
        trouble: Option<Reason>,
        output: &mut dyn Output,
    ) -> Result<(), Stop> {
        match &trouble {
            None => {}
            Some(limit @ Reason::Limit(_)) => self.note(limit.clone()),
            Some(_) => self.note(Reason::Broken(format!(
                "een ingesloten bestand is niet (helemaal) te lezen: {name}"
            ))),
        }
        output.end_child(trouble)
    }

    /// Hands over a file as it is, or what is in it when it is an object of another program.
    pub(super) fn give(
        &mut self,
        name: &str,
        mut bytes: impl Read,
        output: &mut dyn Output,
    ) -> Result<(), Stop> {
        let mut head = Vec::new();
        let mut read = (&mut bytes).take(CHUNK as u64).read_to_end(&mut head);
        if read.is_ok() && head.starts_with(OLE) {
            read = (&mut bytes).take(MOST_OPENED).read_to_end(&mut head);
            if read.is_ok() && head.len() as u64 <= MOST_OPENED {
                return match inside(name, &head) {
                    Some(found) => self.found(&found, output),
                    None => Ok(()),
                };
            }
        }
        let name = &named(name, &head);
        if !self.begin(name, output)? {
            return Ok(());
        }
        let error = match read {
            Ok(_) => pass(head.as_slice().chain(bytes), output)?,
            Err(error) => pass(head.as_slice(), output)?.or(Some(error)),
        };
        self.end(name, error.as_ref().map(read_reason), output)
    }

    /// Hands over a file that was found in an object.
    pub(super) fn found(&mut self, found: &Found<'_>, output: &mut dyn Output) -> Result<(), Stop> {
        if !self.begin(&found.name, output)? {
            return Ok(());
        }
        pass(found.bytes.as_ref(), output)?;
        let cut = || Reason::Broken("een deel van dit ingesloten bestand ontbreekt".into());
        self.end(&found.name, found.is_cut.then(cut), output)
    }

    /// Hands over what is in an object that lies in a storage of an OLE file of `size` bytes.
    pub(super) fn storage<F: Read + io::Seek>(
        &mut self,
        file: &mut CompoundFile<F>,
        (storage, size): (&Path, u64),
        name: &str,
        output: &mut dyn Output,
    ) -> Result<(), Stop> {
        // No honest object is bigger than the file that it lies in.
        let most = size.saturating_add(1).min(MOST_OPENED);
        match store::copy(file, storage, false, most) {
            Ok(object) => self.give(name, object.as_slice(), output),
            Err(_) => self.absent(name, damaged(), output),
        }
    }

    /// Tells of a file whose bytes are not there.
    pub(super) fn absent(
        &mut self,
        name: &str,
        reason: Reason,
        output: &mut dyn Output,
    ) -> Result<(), Stop> {
        match self.begin(name, output)? {
            true => self.end(name, Some(reason), output),
            false => Ok(()),
        }
    }

    /// How reading the document ended, with its text read so and its files handed over so.
    pub(super) fn finish(self, text: Outcome, files: Result<(), Stop>) -> Outcome {
        let trouble = files.err().map(|stop| stop.0).or(self.trouble);
        match (text, trouble) {
            (Outcome::Whole, Some(reason)) => Outcome::Partial(reason),
            (Outcome::Unreadable(reason), _) if self.given > 0 => Outcome::Partial(reason),
            (outcome, _) => outcome,
        }
    }
}

/// Why an object cannot be taken out of its document.
pub(super) fn damaged() -> Reason {
    Reason::Broken("dit ingesloten bestand is niet heel".into())
}

#[cfg(test)]
mod tests;
