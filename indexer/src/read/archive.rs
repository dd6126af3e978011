//! ZIP archives: every member a child document, and the bound on what unpacking may cost. Never trusts a
//! declared size, never uses a member's name as a path.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use zip::ZipReadOptions;
use zip::read::{Config, ZipFileEntry, read_zipfile_from_stream};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::counted::{Counted, Expected};
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// Up to this size a ratio says nothing: a small file of spaces is no bomb.
const RATIO_FROM: u64 = 16 << 20;

/// The error that a limit causes while unpacking; travels inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Struck(pub(super) Reason);

/// What one container may still unpack to.
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
    let outcome = match members(&mut archive, limits, &mut budget, &mut folders, &mut counted) {
        Ok(None) => Outcome::Whole,
        Ok(Some(reason)) if counted.begun() == 0 => Outcome::Unreadable(reason),
        Ok(Some(reason)) => Outcome::Partial(reason),
        Err(stop) => stop.into(),
    };
    counted.tell(outcome, Expected::Known(told.saturating_sub(folders)))
}

/// Hands over all members: why they are not all. Counts `folders`, which are entries but no members.
fn members(
    archive: &mut ZipIterable<BufReader<&mut File>>,
    limits: &Limits,
    budget: &mut Budget,
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
        let trouble = member(entry, files.reader_mut(), budget, output)?;
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
        Ok(()) => stream(&mut BufReader::new(&mut input.file), limits, budget, &mut counted),
        Err(_) => Ok(None),
    };
    let seen = counted.begun();
    match outcome {
        _ if seen == 0 => Outcome::Unreadable(why),
        Ok(Some(reason)) | Err(Stop(reason)) => {
            counted.tell(Outcome::Partial(reason), Expected::AtLeast(seen))
        }
        Ok(None) => counted.tell(Outcome::Partial(why), Expected::AtLeast(seen)),
    }
}

/// Hands over the members one after another, by what stands before each. The result tells of a limit.
fn stream(
    file: &mut BufReader<&mut File>,
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
    reader: &mut BufReader<&mut File>,
    budget: &mut Budget,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    if entry.encrypted() {
        return Ok(Some(Reason::Encrypted));
    }
    let packed = entry.compressed_size();
    let file = match entry.with_reader(reader, ZipReadOptions::new()) {
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

fn read_reason(error: &io::Error) -> Reason {
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

fn unknown_compression() -> Reason {
    Reason::Other("ingepakt op een manier die wij niet kunnen uitpakken".into())
}

fn damaged() -> Reason {
    Reason::Broken("dit deel van het archief is niet uit te pakken".into())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use proptest::prelude::*;
    use zip::unstable::write::FileOptionsExt;
    use zip::write::SimpleFileOptions;

    use super::super::package::testing::{packed, survives_damage};
    use super::super::testing::{Collected, input, limits};
    use super::*;

    fn read_with(bytes: &[u8], limits: &Limits) -> (Collected, Outcome) {
        let mut out = Collected::default();
        let outcome = read_zip(&mut input("a.zip", bytes), limits, &mut out);
        (out, outcome)
    }

    fn names(out: &Collected) -> Vec<&str> {
        out.children
            .iter()
            .map(|child| child.name.as_str())
            .collect()
    }

    #[test]
    fn members_come_in_order_under_harmless_names() {
        let bytes = packed(&[
            ("map/", ""),
            ("map/b.txt", "tweede"),
            ("../../a.txt", "eerste"),
            ("win\\c\u{7}.txt", "derde"),
        ]);
        let (out, outcome) = read_with(&bytes, &limits());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(
            names(&out),
            ["map/b.txt", "../../a.txt", "win/c\u{fffd}.txt"]
        );
        assert_eq!(out.children[0].bytes, b"tweede");
        assert!(out.children.iter().all(|child| child.ended));
    }

    #[test]
    fn old_names_are_read_as_code_page_437() {
        // The same length, so that only the bytes of the name change: é is 0x82 in code page 437.
        let mut bytes = packed(&[("caf#.txt", "x")]);
        for byte in &mut bytes {
            if *byte == b'#' {
                *byte = 0x82;
            }
        }
        let (out, _) = read_with(&bytes, &limits());
        assert_eq!(names(&out), ["caf\u{e9}.txt"]);
    }

    #[test]
    fn two_members_of_the_same_name_are_both_there() {
        let mut bytes = packed(&[("a.txt", "een"), ("b.txt", "twee")]);
        let find = |bytes: &[u8]| bytes.windows(5).position(|window| window == b"b.txt");
        while let Some(at) = find(&bytes) {
            bytes[at] = b'a';
        }
        let (out, outcome) = read_with(&bytes, &limits());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(names(&out), ["a.txt", "a.txt"]);
        assert_eq!(out.children[1].bytes, b"twee");
    }

    #[test]
    fn an_encrypted_member_is_told_and_the_others_are_read() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let secret = SimpleFileOptions::default()
            .with_deprecated_encryption(b"geheim")
            .unwrap();
        zip.start_file("dicht.txt", secret).unwrap();
        zip.write_all(b"inhoud").unwrap();
        zip.start_file("open.txt", SimpleFileOptions::default())
            .unwrap();
        zip.write_all(b"leesbaar").unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let (out, outcome) = read_with(&bytes, &limits());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(out.children[0].unreadable, Some(Reason::Encrypted));
        assert_eq!(out.children[1].bytes, b"leesbaar");
    }

    #[test]
    fn a_damaged_member_costs_only_itself() {
        let mut bytes = packed(&[
            ("een.txt", "aaaaaaaaaaaaaaaaaaaaaaaaab"),
            ("twee.txt", "goed"),
        ]);
        // The first byte after the local header of 30 bytes and the name of 7: the packed data.
        bytes[37] ^= 0xff;
        let (out, outcome) = read_with(&bytes, &limits());
        assert_eq!(outcome, Outcome::Whole);
        assert!(matches!(
            out.children[0].unreadable,
            Some(Reason::Broken(_))
        ));
        assert_eq!(out.children[1].bytes, b"goed");
    }

    #[test]
    fn every_limit_says_which_it_is_and_keeps_what_came_before() {
        let bytes = packed(&[("a", "eerste"), ("b", "tweede"), ("c", "derde")]);
        let two = Limits {
            children: 2,
            ..limits()
        };
        let (out, outcome) = read_with(&bytes, &two);
        assert_eq!(names(&out), ["a", "b"]);
        let reason = Reason::Limit("meer dan 2 bestanden in dit archief".into());
        assert_eq!(outcome, Outcome::Partial(reason));

        let small = Limits {
            children_bytes: 8,
            ..limits()
        };
        let (out, outcome) = read_with(&bytes, &small);
        assert_eq!(out.children[0].bytes, b"eerste");
        let reason = Reason::Limit("uitgepakt groter dan 8 bytes".into());
        assert_eq!(out.children[1].unreadable, Some(reason.clone()));
        assert_eq!(outcome, Outcome::Partial(reason));

        let bomb = packed(&[("klein", "tekst"), ("bom", &"0".repeat(40 << 20))]);
        let strict = Limits {
            ratio: 100,
            ..limits()
        };
        let (out, outcome) = read_with(&bomb, &strict);
        assert_eq!(out.children[0].unreadable, None);
        assert!(out.children[1].bytes.len() < 20 << 20);
        let reason = "uitgepakt meer dan 100 keer zo groot als ingepakt";
        assert_eq!(outcome, Outcome::Partial(Reason::Limit(reason.into())));
    }

    fn account(out: &Collected) -> Vec<&str> {
        ["verwacht", "gelezen", "niet gelezen"]
            .iter()
            .flat_map(|which| out.values(&format!("onderdelen {which}")))
            .collect()
    }

    #[test]
    fn an_archive_tells_how_many_members_it_has_and_how_many_were_had() {
        let bytes = packed(&[("map/", ""), ("a", "eerste"), ("b", "tweede"), ("c", "derde")]);
        let (out, _) = read_with(&bytes, &limits());
        assert_eq!(account(&out), ["3", "3", "0"]);
        let one = Limits {
            children: 1,
            ..limits()
        };
        let (out, _) = read_with(&bytes, &one);
        assert_eq!(account(&out), ["3", "1", "2"]);

        // A table of contents of which the last entry is damaged: what it should hold is known.
        let mut damaged = bytes.clone();
        let last = damaged.windows(4).rposition(|window| window == b"PK\x01\x02");
        damaged[last.unwrap()] = 0;
        let (out, outcome) = read_with(&damaged, &limits());
        assert!(matches!(outcome, Outcome::Partial(Reason::Broken(_))));
        assert_eq!(names(&out), ["a", "b"]);
        assert_eq!(account(&out), ["3", "2", "1"]);
    }

    #[test]
    fn of_an_archive_without_its_end_the_members_before_it_are_had() {
        let bytes = packed(&[("a", "eerste"), ("b", "tweede")]);
        let (out, outcome) = read_with(&bytes[..bytes.len() - 10], &limits());
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Broken(_))),
            "{outcome:?}"
        );
        assert_eq!(out.children[1].bytes, b"tweede");
        assert_eq!(account(&out), ["ten minste 2", "2", "ten minste 0"]);

        // Within the bytes of the second member, behind its header of 30 bytes and its name.
        let second = bytes.windows(4).rposition(|window| window == b"PK\x03\x04");
        let (out, outcome) = read_with(&bytes[..second.unwrap() + 34], &limits());
        assert!(matches!(outcome, Outcome::Partial(Reason::Broken(_))));
        assert_eq!(out.children[0].bytes, b"eerste");
        assert!(out.children[1].unreadable.is_some());
        assert_eq!(account(&out), ["ten minste 2", "1", "ten minste 1"]);

        let (out, outcome) = read_with(&bytes[..20], &limits());
        assert!(matches!(outcome, Outcome::Unreadable(Reason::Broken(_))));
        assert!(out.properties.is_empty());
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            noise: Vec<u8>,
        ) {
            let bytes = packed(&[("a.txt", "tekst tekst tekst"), ("b/c.txt", "meer")]);
            survives_damage(&bytes, cut, &flips, |bytes| { read_with(bytes, &limits()); });
            read_with(&noise, &limits());
        }
    }
}
