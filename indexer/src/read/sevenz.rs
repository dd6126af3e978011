//! 7-Zip archives: every member a child document; one that cannot be unpacked is listed with the reason. Never
//! asks for a password, never uses a name as a path.

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek};

use sevenz_rust2::{ArchiveReader, Error, Password};

use super::archive::{Budget, harmless, too_many, unpack};
use super::counted::{Counted, Expected};
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// Reads one `7z` archive.
pub fn read_7z(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let packed = input.size;
    let file = BufReader::new(&mut input.file);
    let mut archive = match ArchiveReader::new(file, Password::empty()) {
        Ok(archive) => archive,
        Err(error) => return Outcome::Unreadable(reason(&error)),
    };
    archive.set_thread_count(1);
    let names: Vec<String> = archive
        .archive()
        .files
        .iter()
        .filter(|member| !member.is_directory())
        .map(|member| harmless(member.name()))
        .collect();
    let mut counted = Counted::new("onderdelen", output);
    let outcome = unpacked(&mut archive, &names, packed, limits, &mut counted);
    counted.tell(outcome, Expected::Known(names.len() as u64))
}

/// Hands over all members, of which these are the names.
fn unpacked<R: Read + Seek>(
    archive: &mut ArchiveReader<R>,
    names: &[String],
    packed: u64,
    limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    let mut members = Members {
        given: HashMap::new(),
        count: 0,
        budget: Budget::new(packed, limits),
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
    budget: Budget,
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
        let trouble = unpack(bytes, self.packed, &mut self.budget, self.output)?;
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

    use super::super::testing::{Collected, input, limits, read_bytes};
    use super::*;

    fn archive(password: Option<&str>) -> Vec<u8> {
        let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).expect("packing");
        if let Some(password) = password {
            let secret = AesEncoderOptions::new(Password::new(password));
            writer.set_content_methods(vec![secret.into()]);
            writer.set_encrypt_header(false);
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
