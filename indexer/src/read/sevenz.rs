//! 7-Zip archives: every member a child document; one that cannot be unpacked is listed with the reason. Never
//! tries a password that is not on the list, never uses a name as a path.

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek};

use sevenz_rust2::{ArchiveReader, EncoderMethod, Error, Password};

use super::archive::{Bounded, Budget, harmless, read_reason, too_many, unpack};
use super::counted::{Counted, Expected};
use super::{Input, Limits, Outcome, Output, Reason, Source, Stop, passwords};

/// Reads one `7z` archive.
pub fn read_7z(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let packed = input.size;
    let mut budget = Budget::new(packed, limits);
    let password = password(input, &budget);
    let file = BufReader::new(&mut input.file);
    let given = password
        .as_deref()
        .map_or_else(Password::empty, Password::new);
    let mut archive = match ArchiveReader::new(file, given) {
        Ok(archive) => archive,
        Err(error) => return Outcome::Unreadable(reason(&error)),
    };
    archive.set_thread_count(1);
    if password.is_some()
        && let Err(stop) = passwords::tell(output)
    {
        return stop.into();
    }
    let names: Vec<String> = archive
        .archive()
        .files
        .iter()
        .filter(|member| !member.is_directory())
        .map(|member| harmless(member.name()))
        .collect();
    let mut counted = Counted::new("onderdelen", output);
    let outcome = unpacked(
        &mut archive,
        &names,
        packed,
        (limits, &mut budget),
        &mut counted,
    );
    counted.tell(outcome, Expected::Known(names.len() as u64))
}

/// The password of the list that opens this archive, when it is encrypted: its first member unpacks with it.
fn password(input: &mut Input, budget: &Budget) -> Option<String> {
    if input.passwords.is_empty() || !is_encrypted(&mut input.file) {
        return None;
    }
    let (packed, file) = (input.size, &mut input.file);
    let mut passwords = input.passwords.iter();
    passwords
        .find(|password| opens(file, password, packed, budget))
        .map(str::to_owned)
}

/// Whether anything in the archive is encrypted: its table of contents or a member.
fn is_encrypted(file: &mut Source) -> bool {
    match ArchiveReader::new(BufReader::new(file), Password::empty()) {
        Ok(archive) => {
            let mut coders = archive
                .archive()
                .blocks
                .iter()
                .flat_map(|block| &block.coders);
            coders.any(|coder| coder.encoder_method_id() == EncoderMethod::ID_AES256_SHA256)
        }
        Err(error) => reason(&error) == Reason::Encrypted,
    }
}

fn opens(file: &mut Source, password: &str, packed: u64, budget: &Budget) -> bool {
    let archive = ArchiveReader::new(BufReader::new(file), Password::new(password));
    let Ok(mut archive) = archive else {
        return false;
    };
    archive.set_thread_count(1);
    let mut right = None;
    let walked = archive.for_each_entries(|member, bytes| {
        if member.is_directory() || member.size() == 0 {
            return Ok(true);
        }
        let mut budget = budget.clone();
        let mut bounded = Bounded::new(bytes, packed, &mut budget);
        right = Some(match std::io::copy(&mut bounded, &mut std::io::sink()) {
            Ok(_) => true,
            // What is too large may well be right: the reading itself tells.
            Err(error) => matches!(read_reason(&error), Reason::Limit(_)),
        });
        // The only way out: the decoder goes on to the next block whatever it is told.
        Err(Error::Other("genoeg gezien".into()))
    });
    right.unwrap_or(walked.is_ok())
}

/// Hands over all members, of which these are the names.
fn unpacked<R: Read + Seek>(
    archive: &mut ArchiveReader<R>,
    names: &[String],
    packed: u64,
    (limits, budget): (&Limits, &mut Budget),
    output: &mut dyn Output,
) -> Outcome {
    let mut members = Members {
        given: HashMap::new(),
        count: 0,
        budget,
        packed,
        limits,
        output,
        end: None,
    };
    let result = archive.for_each_entries(|member, bytes| {
        if member.is_directory() {
            return Ok(members.end.is_none());
        }
        members.next(&harmless(member.name()), bytes);
        Ok(members.end.is_none())
    });
    let outcome = match (members.end.take(), result) {
        (Some(Ok(reason)), _) => return Outcome::Partial(reason),
        (Some(Err(stop)), _) => return stop.into(),
        (None, Ok(())) => return Outcome::Whole,
        (None, Err(error)) => reason(&error),
    };
    // What the decoder did not come to is listed too.
    match members.rest(names, &outcome) {
        Ok(()) => Outcome::Partial(outcome),
        Err(stop) => stop.into(),
    }
}

/// Members as they are handed over.
struct Members<'a> {
    /// How often each name was handed over.
    given: HashMap<String, u32>,
    count: u32,
    budget: &'a mut Budget,
    packed: u64,
    limits: &'a Limits,
    output: &'a mut dyn Output,
    /// Why no more members are wanted: a limit, or the receiver.
    end: Option<Result<Reason, Stop>>,
}

impl Members<'_> {
    fn next(&mut self, name: &str, bytes: &mut dyn Read) {
        // The decoder goes on to the next block whatever it is told.
        if self.end.is_some() {
            return;
        }
        if self.count >= self.limits.children {
            self.end = Some(Ok(too_many(self.limits)));
            return;
        }
        self.count += 1;
        *self.given.entry(name.to_owned()).or_default() += 1;
        match self.hand_over(name, bytes) {
            Ok(Some(reason @ Reason::Limit(_))) => self.end = Some(Ok(reason)),
            Ok(_) => {}
            Err(stop) => self.end = Some(Err(stop)),
        }
    }

    fn hand_over(&mut self, name: &str, bytes: &mut dyn Read) -> Result<Option<Reason>, Stop> {
        self.output.begin_child(name, "")?;
        let trouble = unpack(bytes, self.packed, self.budget, self.output)?;
        self.output.end_child(trouble.clone())?;
        Ok(trouble)
    }

    fn rest(&mut self, names: &[String], why: &Reason) -> Result<(), Stop> {
        for name in names {
            if let Some(left @ 1..) = self.given.get_mut(name) {
                *left -= 1;
                continue;
            }
            self.output.begin_child(name, "")?;
            self.output.end_child(Some(why.clone()))?;
        }
        Ok(())
    }
}

fn reason(error: &Error) -> Reason {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Reason::Encrypted,
        Error::MaxMemLimited { .. } => {
            Reason::Limit("uitpakken vraagt te veel werkgeheugen".into())
        }
        Error::UnsupportedCompressionMethod(_)
        | Error::Unsupported(_)
        | Error::UnsupportedVersion { .. }
        | Error::ExternalUnsupported => {
            Reason::Other("ingepakt op een manier die wij niet kunnen uitpakken".into())
        }
        _ => Reason::Broken("het 7z-archief is niet (verder) uit te pakken".into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;
    use sevenz_rust2::{ArchiveEntry, ArchiveWriter, encoder_options::AesEncoderOptions};

    use super::super::testing::{Collected, input, limits, read_bytes, read_locked};
    use super::*;

    fn archive(password: Option<&str>) -> Vec<u8> {
        archive_of(password, false)
    }

    fn archive_of(password: Option<&str>, names_too: bool) -> Vec<u8> {
        let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).expect("packing");
        if let Some(password) = password {
            let secret = AesEncoderOptions::new(Password::new(password));
            writer.set_content_methods(vec![secret.into()]);
            writer.set_encrypt_header(names_too);
        }
        for (name, text) in [("map/brief.txt", "Over de dijk."), ("leeg.txt", "")] {
            let entry = ArchiveEntry::new_file(name);
            writer
                .push_archive_entry(entry, Some(Cursor::new(text.as_bytes())))
                .expect("packing");
        }
        writer.finish().expect("packing").into_inner()
    }

    #[test]
    fn every_member_is_a_child() {
        let (format, out, outcome) = read_bytes("a.7z", &archive(None));
        assert_eq!((format.as_str(), outcome), ("7z", Outcome::Whole));
        let found: Vec<(&str, &[u8])> = out
            .children
            .iter()
            .map(|child| (child.name.as_str(), child.bytes.as_slice()))
            .collect();
        assert_eq!(
            found,
            [("map/brief.txt", &b"Over de dijk."[..]), ("leeg.txt", b"")]
        );
    }

    #[test]
    fn encrypted_members_are_listed_by_name() {
        let (_, out, outcome) = read_bytes("a.7z", &archive(Some("geheim")));
        assert_eq!(outcome, Outcome::Partial(Reason::Encrypted));
        let first = &out.children[0];
        assert_eq!(first.name, "map/brief.txt");
        assert_eq!(first.unreadable, Some(Reason::Encrypted));
    }

    #[test]
    fn the_right_password_of_a_list_opens_an_archive() {
        for names_too in [false, true] {
            let bytes = archive_of(Some("geheim"), names_too);
            let (out, outcome) = read_locked("a.7z", &bytes, &["fout", "geheim", "ook fout"]);
            assert_eq!(outcome, Outcome::Whole);
            assert_eq!(out.children[0].bytes, b"Over de dijk.");
            assert_eq!(
                out.values("versleuteld"),
                ["geopend met een wachtwoord van de lijst"]
            );
            assert_eq!(out.values("onderdelen gelezen"), ["2"]);
            let (out, outcome) = read_locked("a.7z", &bytes, &["fout"]);
            assert!(
                matches!(
                    outcome,
                    Outcome::Partial(Reason::Encrypted) | Outcome::Unreadable(Reason::Encrypted)
                ),
                "{outcome:?}"
            );
            assert!(out.values("versleuteld").is_empty());
        }
        let (out, _) = read_locked("a.7z", &archive(None), &["fout"]);
        assert!(out.values("versleuteld").is_empty());
    }

    #[test]
    fn a_cut_archive_is_told() {
        let bytes = archive(None);
        for end in (7..bytes.len()).step_by(16) {
            let mut out = Collected::default();
            let outcome = read_7z(&mut input("a.7z", &bytes[..end]), &limits(), &mut out);
            assert!(
                matches!(outcome, Outcome::Unreadable(_)),
                "{end}: {outcome:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in 6usize..400, byte: u8) {
            let mut bytes = archive(None);
            let at = at % bytes.len();
            bytes[at] = byte;
            let mut out = Collected::default();
            read_7z(&mut input("a.7z", &bytes), &limits(), &mut out);
            prop_assert!(out.children.iter().all(|child| child.ended));
        }
    }
}
