//! OneNote sections (`.one`): the loose texts in them and the enclosed files as children. Never works out the order of
//! a page, so such a section is always told as read in part.

use std::collections::HashSet;
use std::io::Read;

use super::{Input, Limits, Outcome, Output, Reason, Stop, beyond};

/// The section is held in memory.
const MOST_BYTES: u64 = 512 << 20;
/// Longer texts are not honest.
const MOST_OF_TEXT: usize = 1 << 20;
/// What stands before an enclosed file ([MS-ONESTORE] 2.6.13).
const FILE: &[u8] = b"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac";

/// Reads one `one` section.
pub fn read_one(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut bytes = Vec::new();
    if let Err(error) = (&mut input.file).take(MOST_BYTES).read_to_end(&mut bytes) {
        return Outcome::Unreadable(Reason::Broken(error.to_string()));
    }
    beyond::the_text(output, |output| match section(&bytes, limits, output) {
        Ok((true, None)) => Outcome::Partial(Reason::Other("OneNote: alleen losse tekst".into())),
        Ok((false, None)) => Outcome::Unreadable(Reason::Other(
            "in deze OneNote-sectie is geen tekst gevonden".into(),
        )),
        Ok((_, Some(reason))) => Outcome::Partial(reason),
        Err(stop) => stop.into(),
    })
}

/// Whether there was any text, and which limit struck.
fn section(
    bytes: &[u8],
    limits: &Limits,
    output: &mut dyn Output,
) -> Result<(bool, Option<Reason>), Stop> {
    let mut seen = HashSet::new();
    let mut given = 0;
    // A section that is made to be looked at again and again is not read to its end.
    let mut effort = bytes.len().saturating_mul(8);
    let mut at = 0;
    while at < bytes.len() && effort > 0 {
        if let Some(file) = enclosed(bytes, at) {
            if given >= limits.children {
                let reason = format!("meer dan {} bijlagen", limits.children);
                return Ok((!seen.is_empty(), Some(Reason::Limit(reason))));
            }
            given += 1;
            at += 36 + file.len();
            output.begin_child(&format!("bijlage-{given}"), "")?;
            output.child_bytes(file)?;
            output.end_child(None)?;
            continue;
        }
        match text_at(bytes, at, &mut effort) {
            Some((text, end)) => {
                at = end;
                // Every version of a page repeats what did not change.
                if !text.trim().is_empty() && seen.insert(text.clone()) {
                    output.text(text.trim())?;
                    output.text("\n")?;
                }
            }
            None => at += 1,
        }
    }
    let struck =
        (effort == 0).then(|| Reason::Limit("deze OneNote-sectie vraagt te veel rekenwerk".into()));
    Ok((!seen.is_empty(), struck))
}

/// The enclosed file that begins here.
fn enclosed(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?.strip_prefix(FILE)?;
    let (length, _) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    rest.get(20..20usize.checked_add(length)?)
        .filter(|file| !file.is_empty())
}

/// The text that begins here with its length: in UTF-16, or in single bytes. And where it ends.
fn text_at(bytes: &[u8], at: usize, effort: &mut usize) -> Option<(String, usize)> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let text = rest
        .get(..length)
        .filter(|_| (4..=MOST_OF_TEXT).contains(&length))?;
    let found = wide(text, effort).or_else(|| narrow(text, effort))?;
    Some((found, at + 4 + length))
}

fn wide(bytes: &[u8], effort: &mut usize) -> Option<String> {
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    let mut text = String::new();
    let mut western = 0;
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
    let mut ended = false;
    for char in char::decode_utf16(units) {
        *effort = effort.saturating_sub(1);
        let char = char.ok()?;
        match char {
            '\0' => ended = true,
            _ if ended => return None,
            '\r' | '\n' | '\u{b}' => text.push('\n'),
            '\t' => text.push('\t'),
            // Marks of links and objects.
            '\u{fddf}' | '\u{fffc}' => {}
            _ if char.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&char) => return None,
            _ => {
                western +=
                    usize::from(char < '\u{600}' || ('\u{2010}'..'\u{2200}').contains(&char));
                text.push(char);
            }
        }
    }
    let letters = text.chars().filter(|char| char.is_alphanumeric()).count();
    let chars = text.chars().count();
    (western * 2 > chars && letters * 3 >= chars && letters > 0).then_some(text)
}

fn narrow(bytes: &[u8], effort: &mut usize) -> Option<String> {
    let shown = |b: &u8| (b' '..0x7f).contains(b) || matches!(b, b'\t' | b'\r' | b'\n' | 0xa0..);
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    let whole = bytes.iter().all(|byte| {
        *effort = effort.saturating_sub(1);
        shown(byte)
    });
    if !whole {
        return None;
    }
    let letters = bytes.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    (letters * 2 > bytes.len()).then(|| encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::read_bytes;
    use super::*;

    fn file() -> Vec<u8> {
        let mut bytes =
            b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3".to_vec();
        bytes.resize(1024, 0);
        let put = |bytes: &mut Vec<u8>, text: &[u8]| {
            bytes.extend([0x22, 0x1c, 0, 0x1c]);
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend(text);
        };
        let wide = |text: &str| {
            text.encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>()
        };
        put(&mut bytes, &wide("Overleg caf\u{e9}\0"));
        put(&mut bytes, b"Los tekstje");
        put(&mut bytes, &wide("Overleg caf\u{e9}\0"));
        put(&mut bytes, &[0xff; 12]);
        bytes.extend(FILE);
        bytes.extend(5u64.to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(b"%PDF-");
        bytes
    }

    #[test]
    fn loose_texts_and_enclosed_files_come_out_and_the_rest_is_told() {
        let (format, out, outcome) = read_bytes("x.bin", &file());
        assert_eq!(format, "one");
        assert_eq!(out.rest, "Overleg caf\u{e9}\nLos tekstje\n");
        assert_eq!(out.children[0].bytes, b"%PDF-");
        assert_eq!(
            outcome,
            Outcome::Partial(Reason::Other("OneNote: alleen losse tekst".into()))
        );
    }

    #[test]
    fn a_section_that_asks_too_much_work_is_told() {
        // Every second byte begins a length that nearly fits.
        let mut bytes = file()[..1024].to_vec();
        bytes.extend([0x20, 0x20, 0x01, 0x00].repeat(200_000));
        let (_, _, outcome) = read_bytes("x", &bytes);
        assert!(!matches!(outcome, Outcome::Whole), "{outcome:?}");
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(&file(), cut, &flips, |bytes| { read_bytes("a.one", bytes); });
        }
    }
}
