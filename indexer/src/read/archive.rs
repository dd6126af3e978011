//! ZIP archives: every member a child document, and the bound on what unpacking may cost. Never trusts a
//! declared size, never uses a member's name as a path.

use std::io::{self, BufReader, Read, Seek};

use zip::ZipReadOptions;
use zip::read::{Config, OwnedZipFileEntry, ZipFileEntry, read_zipfile_from_stream};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::counted::{Counted, Expected};
use super::{Input, Limits, Outcome, Output, Passwords, Reason, Source, Stop, passwords};

/// Up to this size a ratio says nothing: a small file of spaces is no bomb.
const RATIO_FROM: u64 = 16 << 20;

/// The error that a limit causes while unpacking; travels inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Struck(pub(super) Reason);

/// What one container may still unpack to.
#[derive(Clone)]
pub(super) struct Budget {
    left: u64,
    given: u64,
    packed: u64,
    limits: Limits,
}

impl Budget {
    /// For a container of `packed` bytes.
    pub(super) fn new(packed: u64, limits: &Limits) -> Self {
        Self {
            left: limits.children_bytes,
            given: 0,
            packed,
            limits: limits.clone(),
        }
    }

    /// Takes `count` unpacked bytes; `given` and `packed` are those of the member.
    fn take(&mut self, count: u64, given: u64, packed: u64) -> Result<(), Reason> {
        self.given += count;
        let Some(left) = self.left.checked_sub(count) else {
            self.left = 0;
            return Err(Reason::Limit(format!(
                "uitgepakt groter dan {}",
                size(self.limits.children_bytes)
            )));
        };
        self.left = left;
        let ratio = self.limits.ratio;
        let bomb = |given: u64, packed: u64| {
            given > RATIO_FROM && given > packed.max(1).saturating_mul(ratio)
        };
        if bomb(given, packed) || bomb(self.given, self.packed) {
            return Err(Reason::Limit(format!(
                "uitgepakt meer dan {ratio} keer zo groot als ingepakt"
            )));
        }
        Ok(())
    }
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    match bytes {
        1_000_000.. => format!("{} MB", bytes / 1_000_000),
        _ => format!("{bytes} bytes"),
    }
}

/// A member that is unpacked within the budget of its container.
pub(super) struct Bounded<'b, R> {
    inner: R,
    packed: u64,
    given: u64,
    budget: &'b mut Budget,
}

impl<'b, R: Read> Bounded<'b, R> {
    /// `packed`: the bytes this member takes in the container.
    pub(super) fn new(inner: R, packed: u64, budget: &'b mut Budget) -> Self {
        Self {
            inner,
            packed,
            given: 0,
            budget,
        }
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.given += count as u64;
        self.budget
            .take(count as u64, self.given, self.packed)
            .map_err(|reason| io::Error::other(Struck(reason)))?;
        Ok(count)
    }
}

/// Reads one `zip` archive.
pub fn read_zip(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut budget = Budget::new(input.size, limits);
    let mut counted = Counted::new("onderdelen", output);
    let passwords = input.passwords.clone();
    let mut keys = Keys::new(&passwords);
    let opened = ZipIterable::try_new(BufReader::new(&mut input.file), Config::default());
    let mut archive = match opened {
        Ok(archive) => archive,
        Err(error) => {
            let reason = archive_reason(&error);
            return salvaged(input, reason, limits, &mut budget, counted);
        }
    };
    // No archive has more entries than fit in it, whatever it says.
    let told = (archive.len() as u64).min(input.size / 46);
    let mut folders = 0;
    let mut limited = (limits, &mut budget);
    let outcome = match members(
        &mut archive,
        &mut limited,
        &mut keys,
        &mut folders,
        &mut counted,
    ) {
        Ok(None) => Outcome::Whole,
        Ok(Some(reason)) if counted.begun() == 0 => Outcome::Unreadable(reason),
        Ok(Some(reason)) => Outcome::Partial(reason),
        Err(stop) => stop.into(),
    };
    if keys.used
        && let Err(stop) = passwords::tell(&mut counted)
    {
        return stop.into();
    }
    counted.tell(outcome, Expected::Known(told.saturating_sub(folders)))
}

/// The passwords that are tried on members: first the one that opened the last one.
struct Keys<'k> {
    passwords: Vec<&'k str>,
    used: bool,
}

impl<'k> Keys<'k> {
    fn new(passwords: &'k Passwords) -> Self {
        Self {
            passwords: passwords.iter().collect(),
            used: false,
        }
    }

    /// The password that opens a member, if one does: it is unpacked to its end with each that seems right, because
    /// old archives check only one byte of a password.
    fn find(
        &mut self,
        entry: &OwnedZipFileEntry,
        reader: &mut BufReader<&mut Source>,
        budget: &Budget,
    ) -> Option<&'k str> {
        let right = |password: &str| {
            let options = ZipReadOptions::new().password(Some(password.as_bytes()));
            let Ok(member) = entry.as_ref().with_reader(reader, options) else {
                return false;
            };
            let mut budget = budget.clone();
            let mut bounded = Bounded::new(member, entry.compressed_size(), &mut budget);
            match io::copy(&mut bounded, &mut io::sink()) {
                Ok(_) => true,
                // What is too large may well be right: the reading itself tells.
                Err(error) => matches!(read_reason(&error), Reason::Limit(_)),
            }
        };
        let place = self.passwords.iter().copied().position(right)?;
        self.used = true;
        self.passwords[..=place].rotate_right(1);
        self.passwords.first().copied()
    }
}

/// Hands over all members: why they are not all. Counts `folders`, which are entries but no members.
fn members(
    archive: &mut ZipIterable<BufReader<&mut Source>>,
    (limits, budget): &mut (&Limits, &mut Budget),
    keys: &mut Keys<'_>,
    folders: &mut u64,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    let mut count = 0;
    let mut end = None;
    let files = match archive.files() {
        Ok(files) => files,
        Err(error) => return Ok(Some(archive_reason(&error))),
    };
    while let Some(entry) = files.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Ok(end.or(Some(archive_reason(&error)))),
        };
        let name = name_of(&entry);
        if name.ends_with('/') || entry.is_dir() {
            *folders += 1;
            continue;
        }
        if count >= limits.children {
            end.get_or_insert(too_many(limits));
        }
        if end.is_some() {
            // Only to know how many of the rest are folders.
            continue;
        }
        count += 1;
        output.begin_child(&name, "")?;
        let trouble = member(entry, files.reader_mut(), keys, budget, output)?;
        output.end_child(trouble.clone())?;
        end = trouble.filter(|reason| matches!(reason, Reason::Limit(_)));
    }
    Ok(end)
}

/// What can be had of an archive without a table of contents, because its end is gone: the members that stand before
/// the place where it goes wrong. `why` says what is wrong with the table.
fn salvaged(
    input: &mut Input,
    why: Reason,
    limits: &Limits,
    budget: &mut Budget,
    mut counted: Counted<'_>,
) -> Outcome {
    let outcome = match input.file.rewind() {
        Ok(()) => stream(
            &mut BufReader::new(&mut input.file),
            limits,
            budget,
            &mut counted,
        ),
        Err(_) => Ok(None),
    };
    let seen = counted.begun();
    match outcome {
        _ if seen == 0 => Outcome::Unreadable(why),
        Ok(Some(reason)) if reason == too_many(limits) => {
            // One more was seen, and not begun.
            counted.tell(Outcome::Partial(reason), Expected::AtLeast(seen + 1))
        }
        Ok(Some(reason)) | Err(Stop(reason)) => {
            counted.tell(Outcome::Partial(reason), Expected::AtLeast(seen))
        }
        Ok(None) => counted.tell(Outcome::Partial(why), Expected::AtLeast(seen)),
    }
}

/// Hands over the members one after another, by what stands before each. The result tells of a limit.
fn stream(
    file: &mut BufReader<&mut Source>,
    limits: &Limits,
    budget: &mut Budget,
    counted: &mut Counted<'_>,
) -> Result<Option<Reason>, Stop> {
    while let Ok(Some(member)) = read_zipfile_from_stream(file) {
        let name = match member.name() {
            Ok(name) => harmless(&name),
            Err(_) => harmless(&String::from_utf8_lossy(member.name_raw())),
        };
        if name.ends_with('/') {
            continue;
        }
        if counted.begun() >= u64::from(limits.children) {
            return Ok(Some(too_many(limits)));
        }
        counted.begin_child(&name, "")?;
        let packed = member.compressed_size();
        let trouble = unpack(member, packed, budget, counted)?;
        counted.end_child(trouble.clone())?;
        if let Some(reason @ Reason::Limit(_)) = trouble {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}

/// Hands over the bytes of one member, or tells why not.
fn member(
    entry: ZipFileEntry<'_>,
    reader: &mut BufReader<&mut Source>,
    keys: &mut Keys<'_>,
    budget: &mut Budget,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    let entry = OwnedZipFileEntry::from(entry);
    let mut password = None;
    if entry.encrypted() {
        password = keys.find(&entry, reader, budget);
        if password.is_none() {
            return Ok(Some(Reason::Encrypted));
        }
    }
    let packed = entry.compressed_size();
    let options = ZipReadOptions::new().password(password.map(str::as_bytes));
    let file = match entry.as_ref().with_reader(reader, options) {
        Ok(file) => file,
        Err(error) => return Ok(Some(member_reason(&error))),
    };
    unpack(file, packed, budget, output)
}

/// Hands over what `member` unpacks to, of `packed` bytes, or tells why it is not all.
pub(super) fn unpack(
    member: impl Read,
    packed: u64,
    budget: &mut Budget,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    let mut bounded = Bounded::new(member, packed, budget);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match bounded.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(read) => output.child_bytes(&buffer[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(Some(read_reason(&error))),
        }
    }
}

/// The name inside the archive.
fn name_of(entry: &ZipFileEntry<'_>) -> String {
    let name = entry.name().map_or_else(
        |_| String::from_utf8_lossy(entry.name_raw()).into_owned(),
        |name| name.into_owned(),
    );
    harmless(&name)
}

/// The name of a member with `/` between folders and nothing in it that disturbs a screen.
pub(super) fn harmless(name: &str) -> String {
    name.chars()
        .map(|char| match char {
            '\\' => '/',
            control if control.is_control() => '\u{fffd}',
            other => other,
        })
        .collect()
}

/// Why the archive as a whole cannot be opened.
pub(super) fn archive_reason(error: &ZipError) -> Reason {
    match error {
        ZipError::UnsupportedArchive(_) => {
            Reason::Other("dit zip-archief bestaat uit meer delen".into())
        }
        _ => Reason::Broken("de inhoudsopgave van het zip-archief klopt niet".into()),
    }
}

/// The archive has more members than the settings allow.
pub(super) fn too_many(limits: &Limits) -> Reason {
    Reason::Limit(format!(
        "meer dan {} bestanden in dit archief",
        limits.children
    ))
}

/// Why one member cannot be opened.
pub(super) fn member_reason(error: &ZipError) -> Reason {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Reason::Encrypted
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            unknown_compression()
        }
        ZipError::Io(error) => read_reason(error),
        _ => damaged(),
    }
}

/// Why reading a member ended before its end.
pub(super) fn read_reason(error: &io::Error) -> Reason {
    if let Some(inner) = error.get_ref() {
        if let Some(Struck(reason)) = inner.downcast_ref() {
            return reason.clone();
        }
        if let Some(inner) = inner.downcast_ref::<ZipError>() {
            return member_reason(inner);
        }
    }
    match error.kind() {
        io::ErrorKind::Unsupported => unknown_compression(),
        _ => damaged(),
    }
}

pub(super) fn unknown_compression() -> Reason {
    Reason::Other("ingepakt op een manier die wij niet kunnen uitpakken".into())
}

pub(super) fn damaged() -> Reason {
    Reason::Broken("dit deel van het archief is niet uit te pakken".into())
}

#[cfg(test)]
mod tests;
