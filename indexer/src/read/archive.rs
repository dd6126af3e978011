//! ZIP archives: every member a child document, and the bound on what unpacking may cost. Never trusts a
//! declared size, never uses a member's name as a path.

use std::fs::File;
use std::io::{self, BufReader, Read};

use zip::ZipReadOptions;
use zip::read::{Config, ZipFileEntry};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

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
    let file = BufReader::new(&mut input.file);
    let mut archive = match ZipIterable::try_new(file, Config::default()) {
        Ok(archive) => archive,
        Err(error) => return Outcome::Unreadable(archive_reason(&error)),
    };
    let mut budget = Budget::new(input.size, limits);
    match members(&mut archive, limits, &mut budget, output) {
        Ok((_, None)) => Outcome::Whole,
        Ok((0, Some(reason))) => Outcome::Unreadable(reason),
        Ok((_, Some(reason))) => Outcome::Partial(reason),
        Err(stop) => stop.into(),
    }
}

/// Hands over all members: how many, and why they are not all.
fn members(
    archive: &mut ZipIterable<BufReader<&mut File>>,
    limits: &Limits,
    budget: &mut Budget,
    output: &mut dyn Output,
) -> Result<(u32, Option<Reason>), Stop> {
    let mut count = 0;
    let files = match archive.files() {
        Ok(files) => files,
        Err(error) => return Ok((0, Some(archive_reason(&error)))),
    };
    while let Some(entry) = files.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Ok((count, Some(archive_reason(&error)))),
        };
        let name = name_of(&entry);
        if name.ends_with('/') || entry.is_dir() {
            continue;
        }
        if count >= limits.children {
            return Ok((count, Some(too_many(limits))));
        }
        count += 1;
        output.begin_child(&name, "")?;
        let trouble = member(entry, files.reader_mut(), budget, output)?;
        output.end_child(trouble.clone())?;
        if let Some(reason @ Reason::Limit(_)) = trouble {
            return Ok((count, Some(reason)));
        }
    }
    Ok((count, None))
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

    #[test]
    fn a_broken_table_of_contents_is_broken() {
        let bytes = packed(&[("a", "tekst")]);
        let (_, outcome) = read_with(&bytes[..bytes.len() - 10], &limits());
        assert!(
            matches!(outcome, Outcome::Unreadable(Reason::Broken(_))),
            "{outcome:?}"
        );
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
