//! What any OLE file says about itself: title, author, dates ([MS-OLEPS]). Never reads the content of a document.

use std::io::{Read, Seek};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{Output, Stop, key};

/// Longer streams of properties are not honest.
const MOST_BYTES: u64 = 4 << 20;

/// A stream of an OLE file as far as it can be read.
pub(super) fn stream(file: impl Read + Seek, name: &str, most: u64) -> Option<Vec<u8>> {
    let mut ole = cfb::CompoundFile::open(file).ok()?;
    let mut bytes = Vec::new();
    let stream = ole.open_stream(name).ok()?;
    // What came before the damage is still text.
    let _ = stream.take(most).read_to_end(&mut bytes);
    (!bytes.is_empty()).then_some(bytes)
}

/// Writes the properties of an OLE file.
pub(super) fn properties(file: impl Read + Seek, output: &mut dyn Output) -> Result<(), Stop> {
    let Some(bytes) = stream(file, "/\u{5}SummaryInformation", MOST_BYTES) else {
        return Ok(());
    };
    for (name, value) in summary(&bytes).unwrap_or_default() {
        output.property(name, &value)?;
    }
    Ok(())
}

/// The known values of the first property set.
fn summary(bytes: &[u8]) -> Option<Vec<(&'static str, String)>> {
    const MOST: u32 = 1000;
    let set = u32_at(bytes, 44)? as usize;
    let set = bytes.get(set..)?;
    let place = |wanted: u32| {
        let count = u32_at(set, 4)?.min(MOST) as usize;
        let entry = (0..count)
            .map(|i| 8 + 8 * i)
            .find(|at| u32_at(set, *at) == Some(wanted))?;
        set.get(u32_at(set, entry + 4)? as usize..)
    };
    let page = place(1).and_then(|value| u32_at(value, 4)).unwrap_or(1252) as u16;
    let known = [
        (2, key::TITLE),
        (3, key::DESCRIPTION),
        (4, key::AUTHOR),
        (5, key::KEYWORDS),
        (6, key::DESCRIPTION),
        (12, key::CREATED),
        (13, key::MODIFIED),
    ];
    let found = known
        .iter()
        .filter_map(|(id, name)| Some((*name, value(place(*id)?, page)?)));
    Some(found.collect())
}

/// A text or a moment.
fn value(bytes: &[u8], page: u16) -> Option<String> {
    const NARROW: u32 = 0x1e;
    const WIDE: u32 = 0x1f;
    const MOMENT: u32 = 0x40;
    let count = u32_at(bytes, 4)? as usize;
    let text = match u32_at(bytes, 0)? {
        NARROW => {
            encoding(page)
                .decode_without_bom_handling(bytes.get(8..8usize.checked_add(count)?)?)
                .0
        }
        WIDE => {
            let end = 8usize.checked_add(count.checked_mul(2)?)?;
            encoding_rs::UTF_16LE
                .decode_without_bom_handling(bytes.get(8..end)?)
                .0
        }
        MOMENT => {
            // In steps of 100 nanoseconds since 1601.
            let steps = u64::from(u32_at(bytes, 8)?) << 32 | u64::from(u32_at(bytes, 4)?);
            let second = i64::try_from(steps / 10_000_000).ok()? - 11_644_473_600;
            let moment = jiff::Timestamp::from_second(second).ok()?;
            return (second > 0).then(|| moment.to_string());
        }
        _ => return None,
    };
    let text = text.trim_end_matches('\0').trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn encoding(page: u16) -> &'static Encoding {
    match page {
        65001 => UTF_8,
        1200 => encoding_rs::UTF_16LE,
        1250..=1258 => {
            Encoding::for_label(format!("windows-{page}").as_bytes()).unwrap_or(WINDOWS_1252)
        }
        10000 => encoding_rs::MACINTOSH,
        _ => WINDOWS_1252,
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
pub(super) mod testing {
    //! OLE files for tests.

    use std::io::{Cursor, Write};

    /// An OLE file with these streams; folders are made as needed.
    pub(crate) fn ole_file(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut ole = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for (name, bytes) in streams {
            if let Some((folder, _)) = name.rsplit_once('/') {
                ole.create_storage_all(folder).unwrap();
            }
            ole.create_stream(name).unwrap().write_all(bytes).unwrap();
        }
        ole.into_inner().into_inner()
    }

    /// A property set with a title in Windows-1252 and the moment at which it was made.
    pub(crate) fn summary(title: &str) -> Vec<u8> {
        let mut text = encoding_rs::WINDOWS_1252.encode(title).0.into_owned();
        text.push(0);
        let mut bytes = vec![0; 44];
        bytes.extend(48u32.to_le_bytes());
        let mut set: Vec<u8> = [0u32, 2, 2, 24, 12, 36]
            .iter()
            .flat_map(|n| n.to_le_bytes())
            .collect();
        set.extend([0x40u32, 0, 0].iter().flat_map(|n| n.to_le_bytes()));
        set[20..24].copy_from_slice(&24u32.to_le_bytes());
        set[12..16].copy_from_slice(&36u32.to_le_bytes());
        // 1 March 2019.
        let steps = (1_551_398_400u64 + 11_644_473_600) * 10_000_000;
        set[28..36].copy_from_slice(&steps.to_le_bytes());
        set.extend(0x1eu32.to_le_bytes());
        set.extend((text.len() as u32).to_le_bytes());
        set.extend(text);
        bytes.extend(set);
        bytes
    }
}
