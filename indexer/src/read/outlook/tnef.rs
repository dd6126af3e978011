//! `winmail.dat`: an item of Outlook packed for the road ([MS-OXTNEF]), its text and its attachments as children.
//! Walks the file once, in memory. Never gives a meaning to properties beyond those that older programs write in
//! a way of their own.

use std::io::Read;

use super::super::archive::too_many;
use super::super::{Input, Limits, Outcome, Output, Reason, Stop, beyond};
use super::attach;
use super::message::{self, Given};
use super::props::{
    BINARY, MANY, Name, OBJECT, Prop, Props, STRING8, TIME, UNICODE, u16_at, u32_at, utf16,
};

const SIGNATURE: u32 = 0x223e_9f78;
/// Such a file is held in memory whole.
const MOST_BYTES: u64 = 256 << 20;
/// Properties beyond this number are left out: no honest item has so many.
const MOST_PROPERTIES: usize = 100_000;
/// What an enclosed message is called within its property.
const MESSAGE: [u8; 4] = [0x07, 0x03, 0x02, 0];

/// Reads one `tnef` file.
pub fn read_tnef(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut bytes = Vec::new();
    if let Err(error) = (&mut input.file).take(MOST_BYTES).read_to_end(&mut bytes) {
        return Outcome::Unreadable(Reason::Broken(error.to_string()));
    }
    let mut item = Item::default();
    item.walk(&bytes);
    if input.size > MOST_BYTES {
        let most = MOST_BYTES >> 20;
        item.trouble = Some(Reason::Limit(format!(
            "van dit bestand worden {most} MB gelezen"
        )));
    }
    let found = !item.props.is_empty() || !item.attachments.is_empty();
    beyond::the_text(output, |output| match item.write(limits, output) {
        Err(stop) => stop.into(),
        Ok(None) => Outcome::Whole,
        Ok(Some(reason)) if found => Outcome::Partial(reason),
        Ok(Some(reason)) => Outcome::Unreadable(reason),
    })
}

/// One attachment as it comes by.
#[derive(Default)]
struct Attachment<'b> {
    props: Vec<Prop>,
    data: Option<&'b [u8]>,
}

/// The item as it comes by.
#[derive(Default)]
struct Item<'b> {
    props: Vec<Prop>,
    recipients: Vec<Vec<Prop>>,
    attachments: Vec<Attachment<'b>>,
    page: Option<i32>,
    trouble: Option<Reason>,
}

impl<'b> Item<'b> {
    fn walk(&mut self, bytes: &'b [u8]) {
        if u32_at(bytes, 0) != Some(SIGNATURE) {
            self.trouble = Some(Reason::Broken("dit is geen winmail.dat".into()));
            return;
        }
        let mut rest = bytes.get(6..).unwrap_or_default();
        while !rest.is_empty() {
            let cut = || Some(Reason::Broken("het bestand houdt te vroeg op".into()));
            let Some((id, length)) = u32_at(rest, 1).zip(u32_at(rest, 5)) else {
                self.trouble = cut();
                return;
            };
            let body = &rest[9..];
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            self.attribute(id as u16, &body[..length.min(body.len())]);
            // A sum follows that only tells whether the bytes are as they were.
            let end = length.saturating_add(2);
            if length > body.len() {
                self.trouble = cut();
            }
            rest = body.get(end..).unwrap_or_default();
        }
    }

    fn attribute(&mut self, id: u16, data: &'b [u8]) {
        match id {
            0x8000 => self.sender(data),
            0x8004 => self.old_text(0x37, data),
            0x8005 => self.old_moment(0x39, data),
            0x8006 => self.old_moment(0xe06, data),
            0x8008 => self.old_text(0x1a, data),
            0x8009 => {}
            0x800c => self.old_text(0x1000, data),
            0x9002 => self.attachments.push(Attachment::default()),
            0x800f => {
                if let Some(last) = self.attachments.last_mut() {
                    last.data = Some(data);
                }
            }
            0x8010 => {
                if let Some(last) = self.attachments.last_mut() {
                    last.props.push(own(0x3704, STRING8, data));
                }
            }
            0x9005 => {
                let list = self.list(&mut { data });
                if let Some(last) = self.attachments.last_mut() {
                    last.props.splice(0..0, list);
                }
            }
            0x9003 => {
                let list = self.list(&mut { data });
                self.props.splice(0..0, list);
            }
            0x9004 => self.table(data),
            0x9007 => self.page = u32_at(data, 0).and_then(|page| i32::try_from(page).ok()),
            _ => {}
        }
    }

    /// What older programs write goes behind the properties, so that those win.
    fn old_text(&mut self, id: u16, data: &[u8]) {
        self.props.push(own(id, STRING8, data));
    }

    fn old_moment(&mut self, id: u16, data: &[u8]) {
        let part = |at: usize| u16_at(data, at * 2).and_then(|part| i8::try_from(part).ok());
        let moment = || -> Option<i64> {
            let year = i16::try_from(u16_at(data, 0)?).ok()?;
            let (month, day, hour) = (part(1)?, part(2)?, part(3)?);
            let date =
                jiff::civil::DateTime::new(year, month, day, hour, part(4)?, part(5)?, 0).ok()?;
            let moment = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
            Some((moment.timestamp().as_second() + 11_644_473_600) * 10_000_000)
        };
        if let Some(ticks) = moment() {
            self.props.push(own(id, TIME, &ticks.to_le_bytes()));
        }
    }

    /// Name and address, after four numbers of which two tell their sizes.
    fn sender(&mut self, data: &[u8]) {
        let Some((name, address)) = u16_at(data, 4).zip(u16_at(data, 6)) else {
            return;
        };
        let (name, address) = (usize::from(name), usize::from(address));
        let at = |from: usize, size: usize| data.get(from..from + size).unwrap_or_default();
        self.props.push(own(0x42, STRING8, at(8, name)));
        let address = at(8 + name, address);
        let colon = address.iter().position(|byte| *byte == b':');
        let (kind, address) = colon.map_or((&b""[..], address), |colon| {
            (&address[..colon], &address[colon + 1..])
        });
        self.props.push(own(0x64, STRING8, kind));
        self.props.push(own(0x65, STRING8, address));
    }

    fn table(&mut self, mut data: &'b [u8]) {
        let rows = take_u32(&mut data).unwrap_or(0);
        for _ in 0..rows {
            if data.is_empty() || self.recipients.len() >= MOST_PROPERTIES {
                break;
            }
            let row = self.list(&mut data);
            self.recipients.push(row);
        }
    }

    /// A list of properties; damage ends it.
    fn list(&mut self, data: &mut &'b [u8]) -> Vec<Prop> {
        let count = take_u32(data).unwrap_or(0);
        let mut list = Vec::new();
        for _ in 0..count {
            match property(data) {
                Some(prop) if list.len() < MOST_PROPERTIES => list.push(prop),
                _ => {
                    let reason = "een deel van de eigenschappen is niet te lezen";
                    self.trouble.get_or_insert(Reason::Broken(reason.into()));
                    *data = &[];
                    break;
                }
            }
        }
        list
    }

    fn write(self, limits: &Limits, output: &mut dyn Output) -> Result<Option<Reason>, Stop> {
        let mut trouble = self.trouble;
        let mut props = Props::new(self.props);
        if let Some(page) = self.page {
            props = props.with_page(page);
        }
        let recipients: Vec<Props> = self
            .recipients
            .into_iter()
            .map(|list| Props::new(list).with_charset_of(&props))
            .collect();
        let written = message::write(&props, &recipients, output)?;
        trouble = trouble.or(written.trouble);
        let mut given = Given::default();
        let mut number = 0;
        for attachment in self.attachments {
            let part = Props::new(attachment.props).with_charset_of(&props);
            if attach::is_decoration(&part, &written.shown) {
                continue;
            }
            if number >= limits.children {
                return Ok(Some(too_many(limits)));
            }
            number += 1;
            give(&part, attachment.data, number, &mut given, output)?;
        }
        Ok(trouble)
    }
}

fn give(
    part: &Props,
    data: Option<&[u8]>,
    number: u32,
    given: &mut Given,
    output: &mut dyn Output,
) -> Result<(), Stop> {
    let name = attach::name(part, number);
    let object = part.bytes(0x3701).filter(|bytes| bytes.len() > 16);
    match (object, data) {
        (Some(object), _) if object.starts_with(&MESSAGE) => {
            let name = name.trim_end_matches(".msg");
            let name = given.unique(name, ".tnef");
            attach::give(&name, "", &object[16..], output)
        }
        (Some(object), _) if attach::method(part) == 6 => {
            attach::give_object(&name, &object[16..], output)
        }
        (_, Some(data)) if !data.is_empty() || object.is_none() => {
            let name = attach::signed_name(name, data);
            attach::give(&name, "", data, output)
        }
        (Some(object), _) => attach::give(&name, "", object, output),
        (None, _) => attach::give_absent(&name, attach::absence(part), output),
    }
}

fn own(id: u16, kind: u16, value: &[u8]) -> Prop {
    Prop {
        id,
        kind,
        name: None,
        values: vec![value.to_vec()],
    }
}

fn take<'b>(data: &mut &'b [u8], size: usize) -> Option<&'b [u8]> {
    let (taken, rest) = data.split_at_checked(size)?;
    *data = rest;
    Some(taken)
}

/// Takes a value and the zeros that make its size a multiple of four.
fn take_padded<'b>(data: &mut &'b [u8], size: usize) -> Option<&'b [u8]> {
    let taken = take(data, size)?;
    let padding = (4 - size % 4) % 4;
    *data = data.get(padding..).unwrap_or_default();
    Some(taken)
}

fn take_u32(data: &mut &[u8]) -> Option<u32> {
    take(data, 4).and_then(|bytes| u32_at(bytes, 0))
}

fn property(data: &mut &[u8]) -> Option<Prop> {
    let tag = take_u32(data)?;
    let (kind, id) = (tag as u16, (tag >> 16) as u16);
    let name = if id >= 0x8000 {
        Some(name(data)?)
    } else {
        None
    };
    let base = kind & !MANY;
    let size = match base {
        2 | 0x0b | 3 | 4 | 0x0a => 4,
        5 | 6 | 7 | 0x14 | TIME => 8,
        0x48 => 16,
        STRING8 | UNICODE | BINARY | OBJECT => 0,
        _ => return None,
    };
    let count = match kind & MANY == 0 && size > 0 {
        true => 1,
        false => take_u32(data)?,
    };
    let mut values = Vec::new();
    for _ in 0..count {
        let size = match size {
            0 => usize::try_from(take_u32(data)?).ok()?,
            size => size,
        };
        values.push(take_padded(data, size)?.to_vec());
    }
    Some(Prop {
        id,
        kind,
        name,
        values,
    })
}

fn name(data: &mut &[u8]) -> Option<Name> {
    let guid = take(data, 16)?.try_into().ok()?;
    if take_u32(data)? == 0 {
        return Some(Name::Id(guid, take_u32(data)?));
    }
    let size = usize::try_from(take_u32(data)?).ok()?;
    Some(Name::Text(guid, utf16(take_padded(data, size)?)))
}
