//! The properties of Outlook's items (MAPI), whichever file they come from: finding them by number or name and
//! giving them as text, number or moment. Never reads a file.

use std::collections::HashMap;

use super::super::encoding::guess_head;
use super::super::rtf::charset::Charset;

/// The set that a named property belongs to.
pub(crate) type Guid = [u8; 16];

/// Text in the code page of the message.
pub(crate) const STRING8: u16 = 0x1e;
/// Text in UTF-16.
pub(crate) const UNICODE: u16 = 0x1f;
/// Bytes.
pub(crate) const BINARY: u16 = 0x102;
/// An object: a storage or an enclosed message.
pub(crate) const OBJECT: u16 = 0x0d;
/// A moment.
pub(crate) const TIME: u16 = 0x40;
/// Added to a type when there are several values.
pub(crate) const MANY: u16 = 0x1000;

/// Property sets whose names differ in one byte only.
pub(crate) const fn outlook_set(low: u8) -> Guid {
    [low, 0x20, 6, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]
}

/// Names that programs and users gave.
pub(crate) const PUBLIC_STRINGS: Guid = [0x29, 3, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
/// Names of MAPI itself.
const MAPI: Guid = [0x28, 3, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// What a property from number 0x8000 is really called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Name {
    /// A number within a set.
    Id(Guid, u32),
    /// A text within a set.
    Text(Guid, String),
}

/// One property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prop {
    /// Its number.
    pub(crate) id: u16,
    /// The type of its values.
    pub(crate) kind: u16,
    /// Its name, when the number says nothing.
    pub(crate) name: Option<Name>,
    /// Its values, as they are stored.
    pub(crate) values: Vec<Vec<u8>>,
}

/// The names of the properties from number 0x8000.
pub(crate) type Names = HashMap<u16, Name>;

/// The names as `msg` and `pst` files store them: sets, entries of 8 bytes, and the names that are texts.
pub(crate) fn names(guids: &[u8], entries: &[u8], texts: &[u8]) -> Names {
    let name = |entry: &[u8]| -> Option<(u16, Name)> {
        let value = u32_at(entry, 0)?;
        let (kind, index) = (u16_at(entry, 4)?, u16_at(entry, 6)?);
        let guid = match kind >> 1 {
            0 => Guid::default(),
            1 => MAPI,
            2 => PUBLIC_STRINGS,
            place => {
                let at = (usize::from(place) - 3) * 16;
                guids.get(at..at + 16)?.try_into().ok()?
            }
        };
        let name = match kind & 1 {
            0 => Name::Id(guid, value),
            _ => {
                let at = usize::try_from(value).ok()?;
                let length = usize::try_from(u32_at(texts, at)?).ok()?;
                Name::Text(guid, utf16(texts.get(at + 4..)?.get(..length)?))
            }
        };
        Some((0x8000_u16.checked_add(index)?, name))
    };
    entries.chunks_exact(8).filter_map(name).collect()
}

/// The properties of an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Props {
    list: Vec<Prop>,
    charset: Charset,
}

impl Props {
    /// These properties; a later one does not replace an earlier one of the same number.
    pub(crate) fn new(list: Vec<Prop>) -> Self {
        let mut props = Self {
            list,
            charset: Charset::default(),
        };
        props.charset = props.own_charset().unwrap_or_default();
        props
    }

    /// For recipients and attachments, which do not tell their code page themselves.
    pub(crate) fn with_charset_of(mut self, message: &Self) -> Self {
        self.charset = message.charset;
        self
    }

    /// For files that tell the code page in their own way.
    pub(crate) fn with_page(mut self, page: i32) -> Self {
        self.charset = Charset::of_page(page).unwrap_or(self.charset);
        self
    }

    /// The code page that the message tells, that of its language, or a guess: old programs did not tell it.
    fn own_charset(&self) -> Option<Charset> {
        let number = |id| i32::try_from(self.number(id)?).ok();
        // Texts in UTF-8 are recognised by themselves, and often told where there are none.
        let told = |id| number(id).filter(|page| !matches!(page, 65_001 | 1200 | 20_127));
        let page = told(0x3ffd).or_else(|| told(0x3fde));
        let page = page.or_else(|| number(0x3ff1).and_then(page_of_language));
        page.and_then(Charset::of_page).or_else(|| {
            let mut sample = Vec::new();
            for prop in self.list.iter().filter(|prop| prop.kind == STRING8) {
                sample.extend(prop.values.iter().flatten().copied().take(16 << 10));
                sample.push(b'\n');
            }
            sample.retain(|byte| *byte != 0);
            guess_head(&sample).map(Charset::Web)
        })
    }

    /// All of them.
    pub(crate) fn list(&self) -> &[Prop] {
        &self.list
    }

    fn get(&self, id: u16) -> impl Iterator<Item = &Prop> {
        self.list
            .iter()
            .filter(move |prop| prop.id == id && prop.name.is_none())
    }

    fn named(&self, name: &Name) -> Option<&Prop> {
        self.list
            .iter()
            .find(|prop| prop.name.as_ref() == Some(name))
    }

    /// The texts of a property.
    fn texts_of(&self, prop: &Prop) -> Vec<String> {
        let text = |value: &Vec<u8>| match prop.kind & !MANY {
            UNICODE => Some(utf16(value)),
            STRING8 => Some(self.string8(value)),
            _ => None,
        };
        prop.values.iter().filter_map(text).collect()
    }

    fn string8(&self, value: &[u8]) -> String {
        let end = value
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| at + 1);
        let value = &value[..end];
        match std::str::from_utf8(value) {
            // Newer programs write UTF-8 whatever they tell; single bytes do not look like it by chance.
            Ok(text) if text.is_ascii() || self.charset.is_single_byte() => text.to_owned(),
            _ => self.charset.text(value),
        }
    }

    /// The text of a property that is not empty.
    pub(crate) fn text(&self, id: u16) -> Option<String> {
        self.get(id)
            .map(|prop| self.texts_of(prop).join("\n"))
            .find(|text| !text.trim().is_empty())
    }

    /// The text of a named property that is not empty.
    pub(crate) fn named_text(&self, name: &Name) -> Option<String> {
        let texts = self.texts_of(self.named(name)?);
        Some(texts.join(", ")).filter(|text| !text.trim().is_empty())
    }

    /// The number of a property.
    pub(crate) fn number(&self, id: u16) -> Option<i64> {
        self.get(id).find_map(number)
    }

    /// The bytes of a property, text or not.
    pub(crate) fn bytes(&self, id: u16) -> Option<&[u8]> {
        let fits = |prop: &&Prop| matches!(prop.kind, BINARY | OBJECT);
        let prop = self.get(id).find(fits)?;
        prop.values.first().map(Vec::as_slice)
    }

    /// The bytes of all values of a named property.
    pub(crate) fn named_bytes(&self, name: &Name) -> &[Vec<u8>] {
        self.named(name).map_or(&[], |prop| &prop.values)
    }

    /// The moment of a property (RFC 3339, in UTC).
    pub(crate) fn time(&self, id: u16) -> Option<String> {
        self.get(id).find_map(time)
    }

    /// The moment of a named property.
    pub(crate) fn named_time(&self, name: &Name) -> Option<String> {
        time(self.named(name)?)
    }
}

/// The code page in which Windows writes a language, unless it is that of Western Europe.
fn page_of_language(language: i32) -> Option<i32> {
    Some(match language & 0x3ff {
        0x02 | 0x19 | 0x22 | 0x23 | 0x2f => 1251,
        0x05 | 0x0e | 0x15 | 0x18 | 0x1a | 0x1b | 0x1c | 0x24 => 1250,
        0x08 => 1253,
        0x1f => 1254,
        0x0d => 1255,
        0x01 | 0x20 | 0x29 => 1256,
        0x25..=0x27 => 1257,
        0x2a => 1258,
        0x1e => 874,
        0x11 => 932,
        0x12 => 949,
        // Taiwan, Hong Kong and Macau write Chinese in a way of their own.
        0x04 if matches!(language, 0x404 | 0xc04 | 0x1404) => 950,
        0x04 => 936,
        _ => return None,
    })
}

fn number(prop: &Prop) -> Option<i64> {
    let value = prop.values.first()?;
    match prop.kind {
        2 => Some(i64::from(u16_at(value, 0)? as i16)),
        3 | 10 => Some(i64::from(u32_at(value, 0)? as i32)),
        0x0b => value.first().map(|byte| i64::from(*byte)),
        0x14 => Some(u64_at(value, 0)? as i64),
        5 => Some(f64::from_bits(u64_at(value, 0)?) as i64),
        _ => None,
    }
}

fn time(prop: &Prop) -> Option<String> {
    if prop.kind != TIME {
        return None;
    }
    // Tenths of microseconds since 1601.
    let ticks = i64::try_from(u64_at(prop.values.first()?, 0)?).ok()?;
    let moment = jiff::Timestamp::from_second(ticks / 10_000_000 - 11_644_473_600).ok()?;
    let text = moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    // The year 4501 stands for no moment at all.
    (text.as_str() > "1700" && text.as_str() < "4500").then_some(text)
}

/// Text in UTF-16, without the zeros that end it.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units)
        .map(|char| char.unwrap_or('\u{fffd}'))
        .collect();
    text.trim_end_matches('\0').to_owned()
}

/// A number at a place, if the bytes reach that far.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(bytes.try_into().ok()?))
}

/// As [`u16_at`].
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// As [`u16_at`].
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}
