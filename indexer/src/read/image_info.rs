//! What a picture says about itself: the notes of a camera (EXIF) and the texts in a PNG. Never decodes a picture.

use std::io::{BufReader, Read, Seek};

use exif::{Context, Exif, Field, In, Tag, Value};

use super::{Input, Output, Stop, key};

/// Larger files are not looked into: a TIFF is held in memory whole.
const MOST_BYTES: u64 = 256 << 20;
/// Texts in a PNG beyond this size are cut.
const MOST_OF_TEXT: u64 = 1 << 20;
/// Chunks of a PNG that are looked at.
const MOST_CHUNKS: usize = 10_000;

/// Writes the properties of a picture.
pub(super) fn properties(
    format: &str,
    input: &mut Input,
    output: &mut dyn Output,
) -> Result<(), Stop> {
    if input.size > MOST_BYTES || input.file.rewind().is_err() {
        return Ok(());
    }
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_from_container(&mut BufReader::new(&mut input.file));
    let exif = read.or_else(|error| error.distill_partial_result(|_| {}));
    let mut told = exif.map(|exif| camera(&exif)).unwrap_or_default();
    if format == "png" && input.file.rewind().is_ok() {
        told.extend(png(BufReader::new(&mut input.file)).unwrap_or_default());
    }
    for (name, value) in told {
        output.property(name, &value)?;
    }
    Ok(())
}

/// The known fields of EXIF.
fn camera(exif: &Exif) -> Vec<(&'static str, String)> {
    let windows = |number| Tag(Context::Tiff, number);
    let known = [
        (windows(0x9c9b), key::TITLE),
        (Tag::ImageDescription, key::DESCRIPTION),
        (Tag::UserComment, key::DESCRIPTION),
        (windows(0x9c9c), key::DESCRIPTION),
        (windows(0x9c9f), key::DESCRIPTION),
        (Tag::Artist, key::AUTHOR),
        (windows(0x9c9d), key::AUTHOR),
        (windows(0x9c9e), key::KEYWORDS),
        (Tag::DateTimeOriginal, key::CREATED),
        (Tag::DateTime, key::MODIFIED),
        (Tag::Make, "camera"),
        (Tag::Model, "camera"),
        (Tag::Copyright, "rechten"),
    ];
    let field = |(tag, name): &(Tag, &'static str)| {
        let value = text(exif.get_field(*tag, In::PRIMARY)?)?;
        Some((*name, value))
    };
    known.iter().filter_map(field).collect()
}

/// The text of a field.
fn text(field: &Field) -> Option<String> {
    let text = match &field.value {
        Value::Ascii(parts) => parts
            .iter()
            .map(|part| letters(part))
            .collect::<Vec<_>>()
            .join(" "),
        // Windows writes UTF-16.
        Value::Byte(bytes) => encoding_rs::UTF_16LE.decode(bytes).0.into_owned(),
        Value::Undefined(bytes, _) => match bytes.split_at_checked(8)? {
            (b"UNICODE\0", text) => encoding_rs::UTF_16LE.decode(text).0.into_owned(),
            (_, text) => letters(text),
        },
        _ => return None,
    };
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let day = matches!(field.tag, Tag::DateTimeOriginal | Tag::DateTime);
    let text = if day { moment(text)? } else { text.to_owned() };
    (!text.is_empty()).then_some(text)
}

fn letters(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

/// `2019:03:01 10:11:12` as `2019-03-01T10:11:12`; a clock that was never set is no moment.
fn moment(text: &str) -> Option<String> {
    let (day, time) = text.split_once(' ')?;
    (!day.starts_with("0000")).then(|| format!("{}T{time}", day.replace(':', "-")))
}

/// The texts of a PNG (`tEXt`, `zTXt`, `iTXt`).
fn png(mut file: impl Read + Seek) -> std::io::Result<Vec<(&'static str, String)>> {
    file.seek_relative(8)?;
    let mut told = Vec::new();
    for _ in 0..MOST_CHUNKS {
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        match &head[4..] {
            b"IEND" => break,
            kind @ (b"tEXt" | b"zTXt" | b"iTXt") => {
                let mut chunk = Vec::new();
                (&mut file)
                    .take(u64::from(length).min(MOST_OF_TEXT))
                    .read_to_end(&mut chunk)?;
                told.extend(png_text(kind, &chunk));
                let rest = u64::from(length).saturating_sub(MOST_OF_TEXT);
                file.seek_relative(i64::try_from(rest).unwrap_or(i64::MAX).saturating_add(4))?;
            }
            _ => file.seek_relative(i64::from(length) + 4)?,
        }
    }
    Ok(told)
}

/// One text of a PNG by its keyword.
fn png_text(kind: &[u8], chunk: &[u8]) -> Option<(&'static str, String)> {
    let end = chunk.iter().position(|b| *b == 0)?;
    let (word, rest) = (&chunk[..end], &chunk[end + 1..]);
    let name = match word {
        b"Title" => key::TITLE,
        b"Author" => key::AUTHOR,
        b"Description" | b"Comment" => key::DESCRIPTION,
        b"Copyright" => "rechten",
        _ => return None,
    };
    let text = match kind {
        b"tEXt" => encoding_rs::WINDOWS_1252.decode(rest).0.into_owned(),
        b"zTXt" => letters(&inflated(rest.get(1..)?)),
        // A flag, a method, a language and the keyword in that language come before the text.
        _ => {
            let text = rest.get(2..)?.splitn(3, |b| *b == 0).nth(2)?;
            match rest[0] {
                1 => letters(&inflated(text)),
                _ => letters(text),
            }
        }
    };
    let text = text.trim().to_owned();
    (!text.is_empty()).then_some((name, text))
}

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let _ = flate2::read::ZlibDecoder::new(bytes)
        .take(MOST_OF_TEXT)
        .read_to_end(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::read_bytes;
    use super::*;

    fn tiff() -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        let texts: [(u16, &[u8]); 3] = [
            (0x010e, b"De dijk bij Delft\0"),
            (0x0132, b"2019:03:01 10:11:12\0"),
            (0x013b, b"Ren\xc3\xa9e\0"),
        ];
        bytes.extend(3u16.to_le_bytes());
        let mut from = 8 + 2 + 3 * 12 + 4;
        for (tag, text) in &texts {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(2u16.to_le_bytes());
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend((from as u32).to_le_bytes());
            from += text.len();
        }
        bytes.extend([0; 4]);
        bytes.extend(texts.iter().flat_map(|(_, text)| text.iter()));
        bytes
    }

    fn png_file() -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, chunk) in [
            (b"IHDR", [0; 13].as_slice()),
            (b"tEXt", b"Title\0Caf\xe9"),
            (b"iTXt", b"Author\0\0\0nl\0\0Ren\xc3\xa9e"),
            (b"IEND", b""),
        ] {
            bytes.extend((chunk.len() as u32).to_be_bytes());
            bytes.extend(kind);
            bytes.extend(chunk);
            bytes.extend([0; 4]);
        }
        bytes
    }

    #[test]
    fn a_picture_tells_who_made_it_and_when() {
        let (_, out, _) = read_bytes("x.tif", &tiff());
        assert_eq!(out.values(key::DESCRIPTION), ["De dijk bij Delft"]);
        assert_eq!(out.values(key::AUTHOR), ["Ren\u{e9}e"]);
        assert_eq!(out.values(key::MODIFIED), ["2019-03-01T10:11:12"]);
        let (_, out, _) = read_bytes("x.png", &png_file());
        assert_eq!(out.values(key::TITLE), ["Caf\u{e9}"]);
        assert_eq!(out.values(key::AUTHOR), ["Ren\u{e9}e"]);
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            for bytes in [tiff(), png_file()] {
                survives_damage(&bytes, cut, &flips, |bytes| { read_bytes("a.png", bytes); });
            }
        }
    }
}
