//! Hidden text of a Word file ([MS-DOC] 2.6.1, `sprmCFVanish`): which characters are hidden, and after how many visible
//! letters each hidden text stands. The library leaves such text out. Never knows about other formatting.

use super::records::{u16_at, u32_at};
use super::word::Fields;

/// Size of a page with properties of characters.
const PAGE: usize = 512;
/// Where the header of the file says where the list of those pages is.
const LIST: usize = 0xfa;
/// The property that hides characters.
const VANISH: u16 = 0x083c;

/// Ranges of bytes in the file of which the characters are hidden.
#[derive(Default)]
pub(super) struct Ranges(Vec<(usize, usize)>);

impl Ranges {
    /// Those of a document; what is damaged hides nothing.
    pub(super) fn read(text: &[u8], table: &[u8]) -> Self {
        let mut ranges = Vec::new();
        for page in pages(text, table).unwrap_or_default() {
            of_page(page, &mut ranges);
        }
        ranges.sort_unstable();
        Self(ranges)
    }

    /// Whether nothing is hidden.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the character that stands at this byte is hidden.
    pub(super) fn hide(&self, at: usize) -> bool {
        let next = self.0.partition_point(|(from, _)| *from <= at);
        next > 0 && at < self.0[next - 1].1
    }
}

/// The pages that the list names.
fn pages<'t>(text: &'t [u8], table: &[u8]) -> Option<Vec<&'t [u8]>> {
    const NUMBER: u32 = 0x003f_ffff;
    let at = u32_at(text, LIST)? as usize;
    let list = table.get(at..at + u32_at(text, LIST + 4)? as usize)?;
    let count = list.len().checked_sub(4)? / 8;
    let page = |number: usize| {
        let page = u32_at(list, 4 * (count + 1) + 4 * number)? & NUMBER;
        let at = page as usize * PAGE;
        text.get(at..at + PAGE)
    };
    // An honest file names every page once.
    let most = count.min(text.len() / PAGE);
    Some((0..most).filter_map(page).collect())
}

/// A page begins with the places where its runs begin and end, and ends with their number.
fn of_page(page: &[u8], ranges: &mut Vec<(usize, usize)>) {
    let count = usize::from(page.last().copied().unwrap_or(0));
    for run in 0..count {
        let properties = page
            .get(4 * (count + 1) + run)
            .map(|at| 2 * usize::from(*at));
        let hidden = properties.filter(|at| *at > 0).is_some_and(|at| {
            let size = page.get(at).copied().map_or(0, usize::from);
            page.get(at + 1..at + 1 + size).is_some_and(vanishes)
        });
        if let (true, Some(from), Some(to)) =
            (hidden, u32_at(page, 4 * run), u32_at(page, 4 * run + 4))
            && from < to
        {
            ranges.push((from as usize, to as usize));
        }
    }
}

/// Whether a list of properties hides: 0x81 is the opposite of a style that hides nothing.
fn vanishes(mut list: &[u8]) -> bool {
    let mut hidden = false;
    while let Some(property) = u16_at(list, 0) {
        let size = match property >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            _ => 1 + list.get(2).copied().map_or(0, usize::from),
        };
        let Some(value) = list.get(2..2 + size) else {
            break;
        };
        if property == VANISH {
            hidden = matches!(value.first(), Some(1 | 0x81));
        }
        list = &list[2 + size..];
    }
    hidden
}

/// A hidden text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hidden {
    /// How many visible letters and digits stand before it.
    pub(super) after: usize,
    /// What it says.
    pub(super) text: String,
}

/// The hidden texts of a story, and how many visible letters and digits there are. Of a field only the result counts.
pub(super) fn parts(chars: impl Iterator<Item = (char, bool)>) -> (Vec<Hidden>, usize) {
    let mut parts: Vec<Hidden> = Vec::new();
    let (mut fields, mut visible) = (Fields::default(), 0);
    for (char, hidden) in chars {
        match char {
            _ if !fields.is_text(char) => {}
            _ if !hidden => visible += usize::from(char.is_alphanumeric()),
            _ => {
                let shown = if char < ' ' { ' ' } else { char };
                match parts.last_mut() {
                    Some(part) if part.after == visible => part.text.push(shown),
                    _ => parts.push(Hidden {
                        after: visible,
                        text: shown.into(),
                    }),
                }
            }
        }
    }
    parts.retain(|part| part.text.contains(|c: char| !c.is_whitespace()));
    (parts, visible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_text_knows_its_place_and_instructions_are_no_text() {
        let text = "Een \u{13}XE geheim\u{15}[stil\r]woord [\u{13}PAGE\u{14}12\u{15}]eind";
        let mut hidden = false;
        let chars = text.chars().filter_map(|char| match char {
            '[' | ']' => {
                hidden = char == '[';
                None
            }
            char => Some((char, hidden)),
        });
        let (parts, visible) = parts(chars);
        let found: Vec<(usize, &str)> = parts.iter().map(|p| (p.after, p.text.as_str())).collect();
        assert_eq!(found, [(3, "stil "), (8, "12")]);
        assert_eq!(visible, "Eenwoordeind".len());
    }

    #[test]
    fn a_property_hides_until_another_shows() {
        assert!(vanishes(&[0x35, 0x08, 1, 0x3c, 0x08, 1]));
        assert!(!vanishes(&[0x3c, 0x08, 1, 0x3c, 0x08, 0]));
        // A longer property goes before it; one that is cut off hides nothing.
        assert!(vanishes(&[0x03, 0x6a, 1, 2, 3, 4, 0x3c, 0x08, 0x81]));
        assert!(vanishes(&[0x15, 0xc6, 2, 9, 9, 0x3c, 0x08, 1]));
        assert!(!vanishes(&[0x3c, 0x08]));
    }
}
