//! Word art in the drawings of old Office files ([MS-ODRAW] 2.3.22.3): a word such as CONCEPT across a page is no text
//! of the document but a property of a shape. Never looks at other properties.

use super::records::{u16_at, u32_at};

const CONTAINER: u16 = 15;
/// A table of properties of a shape.
const PROPERTIES: u16 = 0xf00b;

/// The words of all word art in a run of records.
pub(super) fn word_art(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let (Some(mark), Some(kind), Some(length)) = (
        u16_at(bytes, at),
        u16_at(bytes, at + 2),
        u32_at(bytes, at + 4),
    ) {
        let start = at + 8;
        let end = start.saturating_add(length as usize);
        if kind == PROPERTIES {
            let table = bytes.get(start..end.min(bytes.len())).unwrap_or_default();
            found.extend(words(table, usize::from(mark >> 4)));
        }
        // A container may go on in another place of the file: what is here of it is looked at all the same.
        at = if mark & CONTAINER == CONTAINER {
            start
        } else {
            end
        };
    }
    found
}

/// The words in a table of so many properties, if it has any. Long values stand behind the table, in its order.
pub(super) fn words(table: &[u8], count: usize) -> Option<String> {
    const WORDS: u16 = 0xc0;
    const LONG: u16 = 0x8000;
    const NUMBER: u16 = 0x3fff;
    let mut behind = 6 * count;
    for entry in table.chunks_exact(6).take(count) {
        let (property, size) = (u16_at(entry, 0)?, u32_at(entry, 2)? as usize);
        if property & LONG == 0 {
            continue;
        }
        let end = behind.checked_add(size)?;
        if property & NUMBER == WORDS {
            let units = table.get(behind..end)?;
            let text = encoding_rs::UTF_16LE.decode_without_bom_handling(units).0;
            let text = text.replace(['\r', '\u{b}'], "\n");
            let text = text.trim_end_matches('\0').trim();
            return (!text.is_empty()).then(|| text.to_owned());
        }
        behind = end;
    }
    None
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A shape with word art, behind another long property.
    pub(crate) fn shape(text: &str) -> Vec<u8> {
        let units: Vec<u8> = text
            .encode_utf16()
            .chain([0])
            .flat_map(u16::to_le_bytes)
            .collect();
        let mut table = Vec::new();
        for (property, value) in [(0x7f_u16, 1), (0x80c5, 4), (0x80c0, units.len() as u32)] {
            table.extend(property.to_le_bytes());
            table.extend(value.to_le_bytes());
        }
        table.extend([b'A', 0, 0, 0]);
        table.extend(units);
        let mut bytes = [(3_u16 << 4 | 3).to_le_bytes(), PROPERTIES.to_le_bytes()].concat();
        bytes.extend((table.len() as u32).to_le_bytes());
        bytes.extend(table);
        let mut shape = [15_u16.to_le_bytes(), 0xf004_u16.to_le_bytes()].concat();
        shape.extend((bytes.len() as u32).to_le_bytes());
        [shape, bytes].concat()
    }

    #[test]
    fn word_art_is_found_in_a_container_also_behind_damage_in_it() {
        let two = [shape("CONCEPT"), shape("niet verspreiden €")].concat();
        assert_eq!(word_art(&two), ["CONCEPT", "niet verspreiden €"]);
        for cut in 0..two.len() {
            assert!(word_art(&two[..cut]).len() < 2);
        }
        assert!(word_art(&[0xff; 100]).is_empty());
    }
}
