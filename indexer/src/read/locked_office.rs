//! Encrypted Office documents (DOCX, XLSX, PPTX in an OLE container): with the right password from the list, what is
//! inside is a child document. Never tries a password that is not on the list.

use std::io::{Cursor, Read, Seek, Write};

use cfb::CompoundFile;

use super::counted::{Counted, Expected};
use super::{Input, Outcome, Output, Reason, Stop, passwords};

/// Larger documents are not taken into memory, where they have to be several times.
const MOST: u64 = 200 << 20;
/// The parts that matter: how it is encrypted, and what is.
const PARTS: [&str; 2] = ["EncryptionInfo", "EncryptedPackage"];

/// Reads an encrypted Office document.
pub(super) fn read(input: &mut Input, output: &mut dyn Output) -> Outcome {
    if input.passwords.is_empty() {
        return Outcome::Unreadable(Reason::Encrypted);
    }
    if input.size > MOST {
        let most = MOST >> 20;
        return Outcome::Unreadable(Reason::Limit(format!(
            "een versleuteld Office-document wordt tot {most} MB geopend"
        )));
    }
    let Some(container) = container(input) else {
        return Outcome::Unreadable(Reason::Broken("de versleuteling is niet te lezen".into()));
    };
    let opened = input.passwords.iter().find_map(|password| {
        let opened = office_crypto::decrypt_from_bytes(container.clone(), password).ok()?;
        // A wrong password gives noise: a package is a zip that can be opened.
        let is_package = zip::ZipArchive::new(Cursor::new(&opened)).is_ok();
        is_package.then_some(opened)
    });
    let Some(opened) = opened else {
        return Outcome::Unreadable(Reason::Encrypted);
    };
    give(&input.name, &opened, output)
}

/// Hands over a document that was opened with a password.
pub(super) fn give(name: &str, opened: &[u8], output: &mut dyn Output) -> Outcome {
    let mut counted = Counted::new("onderdelen", output);
    let outcome = match hand_over(name, opened, &mut counted) {
        Ok(()) => Outcome::Whole,
        Err(stop) => stop.into(),
    };
    counted.tell(outcome, Expected::Known(1))
}

fn hand_over(name: &str, opened: &[u8], output: &mut dyn Output) -> Result<(), Stop> {
    passwords::tell(output)?;
    output.begin_child(name, "")?;
    output.child_bytes(opened)?;
    output.end_child(None)
}

/// A container with nothing but the two parts: whatever else a hostile one has is left out.
fn container(input: &mut Input) -> Option<Vec<u8>> {
    input.file.rewind().ok()?;
    let mut given = CompoundFile::open(&input.file).ok()?;
    let mut clean = CompoundFile::create(Cursor::new(Vec::new())).ok()?;
    for part in PARTS {
        let mut bytes = Vec::new();
        let stream = given.open_stream(part).ok()?;
        stream.take(input.size).read_to_end(&mut bytes).ok()?;
        clean.create_stream(part).ok()?.write_all(&bytes).ok()?;
    }
    clean.flush().ok()?;
    Some(clean.into_inner().into_inner())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{read_bytes, read_locked};
    use super::*;

    #[test]
    fn the_right_password_of_a_list_opens_a_document() {
        let bytes = include_bytes!("../../tests/fixtures/dicht.docx");
        let (_, outcome) = read_locked("dicht.docx", bytes, &["fout"]);
        assert_eq!(outcome, Outcome::Unreadable(Reason::Encrypted));
        let (out, outcome) = read_locked("dicht.docx", bytes, &["fout", "dijk 2019"]);
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(
            out.values("versleuteld"),
            ["geopend met een wachtwoord van de lijst"]
        );
        let (format, inside, outcome) = read_bytes("dicht.docx", &out.children[0].bytes);
        assert_eq!((format.as_str(), outcome), ("docx", Outcome::Whole));
        assert!(
            inside
                .all_text()
                .contains("de dijk bij Waterveen is verzakt")
        );
    }

    #[test]
    fn damage_never_panics() {
        let bytes = include_bytes!("../../tests/fixtures/dicht.docx");
        for at in (0..bytes.len()).step_by(97) {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 0x55;
            read_locked("dicht.docx", &flipped, &["dijk 2019"]);
            read_locked("dicht.docx", &bytes[..at], &["dijk 2019"]);
        }
    }
}
