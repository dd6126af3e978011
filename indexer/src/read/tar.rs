//! Tape archives (`tar`): every file in it a child document, every link told. Never uses a name as a path.

use std::borrow::Cow;
use std::io::{BufReader, Read};

use tar::{Archive, Entry, EntryType};

use super::archive::{Budget, harmless, too_many, unpack};
use super::counted::{Counted, Expected};
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// Reads one `tar` archive.
pub fn read_tar(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let size = input.size;
    let mut archive = Archive::new(BufReader::new(&mut input.file));
    let mut counted = Counted::new("onderdelen", output);
    let outcome = match members(&mut archive, size, limits, &mut counted) {
        Ok((_, None)) => Outcome::Whole,
        Ok((0, Some(reason))) => return Outcome::Unreadable(reason),
        Ok((_, Some(reason))) => Outcome::Partial(reason),
        Err(stop) => stop.into(),
    };
    // A tar has no table of contents: what follows on the place where reading ended is not known.
    let seen = counted.begun();
    let expected = match &outcome {
        Outcome::Whole => Expected::Known(seen),
        Outcome::Partial(reason) if *reason == too_many(limits) => Expected::AtLeast(seen + 1),
        _ => Expected::AtLeast(seen),
    };
    counted.tell(outcome, expected)
}

/// Hands over all members of an archive of `size` bytes: how many, and why they are not all.
fn members<R: Read>(
    archive: &mut Archive<R>,
    size: u64,
    limits: &Limits,
    output: &mut dyn Output,
) -> Result<(u32, Option<Reason>), Stop> {
    let mut budget = Budget::new(size, limits);
    let broken = || Reason::Broken("het tar-archief klopt vanaf hier niet meer".into());
    let mut count = 0;
    let mut end = 0;
    let Ok(entries) = archive.entries() else {
        return Ok((0, Some(broken())));
    };
    for entry in entries {
        let Ok(mut entry) = entry else {
            return Ok((count, Some(broken())));
        };
        let kind = entry.header().entry_type();
        if matches!(kind, EntryType::Directory | EntryType::XGlobalHeader) {
            continue;
        }
        if count >= limits.children {
            return Ok((count, Some(too_many(limits))));
        }
        count += 1;
        let packed = entry.header().entry_size().unwrap_or(0);
        end = entry.raw_file_position().saturating_add(packed);
        output.begin_child(&harmless(&decoded(&entry.path_bytes())), "")?;
        let trouble = match no_file(&entry, kind) {
            Some(reason) => Some(reason),
            None => {
                // The library ends a member that the file is too short for as if it were whole.
                let cut = end > size;
                unpack(&mut entry, packed, &mut budget, output)?.or_else(|| cut.then(broken))
            }
        };
        output.end_child(trouble.clone())?;
        if let Some(reason @ Reason::Limit(_)) = trouble {
            return Ok((count, Some(reason)));
        }
    }
    // Members fill whole blocks: an archive that ends within one was cut, and what followed is gone.
    let cut = end <= size && end.next_multiple_of(512) > size;
    Ok((count, cut.then(broken)))
}

/// Why an entry has no bytes of its own, if so.
fn no_file<R: Read>(entry: &Entry<'_, R>, kind: EntryType) -> Option<Reason> {
    let target = || {
        let target = entry.link_name_bytes().unwrap_or_default();
        harmless(&decoded(&target))
    };
    let what = match kind {
        EntryType::Symlink => format!("symbolische koppeling naar {}", target()),
        EntryType::Link => format!("hetzelfde bestand als {} in dit archief", target()),
        EntryType::Char | EntryType::Block | EntryType::Fifo => {
            "speciaal bestand, geen document".to_owned()
        }
        _ => return None,
    };
    Some(Reason::Other(what))
}

/// Names are bytes of the machine that packed them: UTF-8 now, Windows-1252 or ISO 8859-1 before.
fn decoded(name: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(name) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => encoding_rs::WINDOWS_1252.decode(name).0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tar::{Builder, Header};

    use super::super::testing::{Collected, input, limits, read_bytes};
    use super::*;

    fn header(kind: EntryType, size: usize) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size as u64);
        header.set_mode(0o644);
        header
    }

    fn archive() -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        let mut put = |kind, name: &str, bytes: &[u8]| {
            builder
                .append_data(&mut header(kind, bytes.len()), name, bytes)
                .expect("packing");
        };
        put(EntryType::Directory, "map/", b"");
        put(EntryType::Regular, "map/brief.txt", b"Over de dijk.");
        let long = format!("{}/nota.txt", "diep/".repeat(40));
        put(EntryType::Regular, &long, b"Diep weg.");
        let mut link = header(EntryType::Symlink, 0);
        builder
            .append_link(&mut link, "koppeling.txt", "map/brief.txt")
            .expect("packing");
        let mut old = header(EntryType::Regular, 3);
        old.as_old_mut().name[..9].copy_from_slice(b"caf\xe9.txt\0");
        old.set_cksum();
        builder.append(&old, &b"oud"[..]).expect("packing");
        builder.into_inner().expect("packing")
    }

    #[test]
    fn every_file_is_a_child_and_every_link_is_told() {
        let (format, out, outcome) = read_bytes("a.tar", &archive());
        assert_eq!((format.as_str(), outcome), ("tar", Outcome::Whole));
        let names: Vec<&str> = out.children.iter().map(|c| c.name.as_str()).collect();
        let long = format!("{}/nota.txt", "diep/".repeat(40));
        assert_eq!(
            names,
            ["map/brief.txt", &long, "koppeling.txt", "caf\u{e9}.txt"]
        );
        assert_eq!(out.children[0].bytes, b"Over de dijk.");
        assert_eq!(out.children[1].bytes, b"Diep weg.");
        let told = out.children[2]
            .unreadable
            .as_ref()
            .expect("told")
            .to_string();
        assert_eq!(told, "symbolische koppeling naar map/brief.txt");
        assert_eq!(out.children[3].bytes, b"oud");
    }

    #[test]
    fn a_cut_archive_tells_what_is_missing_wherever_it_is_cut() {
        let bytes = archive();
        let read = |bytes: &[u8]| {
            let mut out = Collected::default();
            let outcome = read_tar(&mut input("a.tar", bytes), &limits(), &mut out);
            (out.children, outcome)
        };
        let (all, _) = read(&bytes);
        // The last kilobyte is empty blocks that only end the archive.
        for end in 1..bytes.len() - 1024 {
            let (children, outcome) = read(&bytes[..end]);
            for (child, whole) in children.iter().zip(&all) {
                assert!(
                    child.bytes == whole.bytes || child.unreadable.is_some(),
                    "{end}: {}",
                    child.name
                );
            }
            // An archive that ends between two members ends like a whole one.
            assert!(outcome != Outcome::Whole || end % 512 == 0, "{end}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in 0usize..4096, byte: u8) {
            let mut bytes = archive();
            let at = at % bytes.len();
            bytes[at] = byte;
            let mut out = Collected::default();
            read_tar(&mut input("a.tar", &bytes), &limits(), &mut out);
            prop_assert!(out.children.iter().all(|child| child.ended));
        }
    }
}
