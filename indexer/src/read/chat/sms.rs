//! Text messages of a telephone as SMS Backup & Restore writes them in XML; the pictures of an MMS are children.
//! Reads element by element. What follows after damage is given as it stands in the file.

use std::io::{BufReader, Read, Seek, SeekFrom};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::encoding::Failure;
use super::super::{Input, Limits, Outcome, Output, Reason, beyond};
use super::{Chat, Moment, UNKNOWN};

/// The owner of the telephone.
const SELF: &str = "ik";

/// Whether a text begins as such a backup.
pub(super) fn is_backup(start: &str) -> bool {
    if !start.starts_with('<') {
        return false;
    }
    let end = start
        .char_indices()
        .nth(2000)
        .map_or(start.len(), |(at, _)| at);
    start[..end].contains("<smses")
}

/// Reads an `sms` document.
pub fn read_sms(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    beyond::the_text(output, |output| match sms(input, output) {
        Ok(None) => Outcome::Whole,
        Ok(Some(reason)) => Outcome::Partial(reason),
        Err(failure) => failure.into(),
    })
}

/// Why not all messages are there.
fn sms(input: &mut Input, output: &mut dyn Output) -> Result<Option<Reason>, Failure> {
    input.file.rewind()?;
    let mut chat = Chat::new(output);
    let mut others: Option<String> = None;
    let mut several = false;
    let mut broken_at = None;
    {
        let mut reader = Reader::from_reader(BufReader::new(&mut input.file));
        reader.config_mut().check_end_names = false;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let before = reader.buffer_position();
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Start(element) | Event::Empty(element)) => {
                    if let Some(other) = message(&mut chat, &element)? {
                        several |= others.as_ref().is_some_and(|known| *known != other);
                        others.get_or_insert(other);
                    }
                }
                Ok(Event::Text(text)) => chat.text(text.trim())?,
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(_) => {
                    broken_at = Some(before);
                    break;
                }
            }
        }
    }
    let mut reason = None;
    if let Some(at) = broken_at {
        rest(input, at, &mut chat)?;
        reason = Some(Reason::Broken("de XML is niet goed gevormd".to_owned()));
    }
    let title = match others.filter(|_| !several) {
        Some(name) => format!("Sms-gesprek met {name}"),
        None => "Sms-berichten".to_owned(),
    };
    chat.finish(&title)?;
    Ok(reason)
}

/// Gives the rest of the file as it stands there.
fn rest(input: &mut Input, at: u64, chat: &mut Chat<'_>) -> Result<(), Failure> {
    chat.end_page()?;
    input.file.seek(SeekFrom::Start(at))?;
    let mut chunk = vec![0; 64 << 10];
    loop {
        let filled = input.file.read(&mut chunk)?;
        if filled == 0 {
            return Ok(());
        }
        chat.text(&String::from_utf8_lossy(&chunk[..filled]))?;
    }
}

/// What an element of the backup says.
#[derive(Default)]
struct Fields(Vec<(String, String)>);

impl Fields {
    fn of(element: &BytesStart<'_>) -> Self {
        let mut fields = Vec::new();
        for attribute in element.attributes().with_checks(false).flatten() {
            let name = attribute.key.as_ref().to_owned();
            fields.push((name.as_str().to_owned(), unescaped(&attribute.value)));
        }
        Self(fields)
    }

    /// A value, unless the telephone wrote that there is none.
    fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        let value = value.as_str();
        (!value.is_empty() && value != "null" && value != "(Unknown)").then_some(value)
    }
}

/// Writes what one element holds; of a message, with whom it was exchanged.
fn message(chat: &mut Chat<'_>, element: &BytesStart<'_>) -> Result<Option<String>, Failure> {
    let name = element.name();
    let kind = name.as_ref();
    if !matches!(kind, "sms" | "mms" | "part") {
        return Ok(None);
    }
    let fields = Fields::of(element);
    if kind == "part" {
        part(chat, &fields)?;
        return Ok(None);
    }
    let other = match (fields.get("contact_name"), fields.get("address")) {
        (Some(name), Some(number)) => format!("{name} ({number})"),
        (Some(one), None) | (None, Some(one)) => one.replace('~', ", "),
        (None, None) => UNKNOWN.to_owned(),
    };
    let received = fields.get("type").or(fields.get("msg_box")).unwrap_or("1") == "1";
    let sender = if received { other.as_str() } else { SELF };
    let moment = fields
        .get("date")
        .and_then(|date| Moment::epoch(date.parse().ok()?));
    match moment {
        Some(moment) => chat.begin(&moment, Some(sender))?,
        None => {
            chat.end()?;
            chat.text(&format!("{sender}: "))?;
        }
    }
    let subject = fields.get("subject").or(fields.get("sub"));
    for (nth, text) in subject.into_iter().chain(fields.get("body")).enumerate() {
        if nth > 0 {
            chat.line("")?;
        }
        chat.text(text)?;
    }
    if !received {
        chat.participant(&other);
        chat.mark(&format!("(aan: {other})"))?;
    }
    Ok(Some(other))
}

/// Text or a file of an MMS.
fn part(chat: &mut Chat<'_>, fields: &Fields) -> Result<(), Failure> {
    let kind = fields.get("ct").unwrap_or_default();
    if kind == "application/smil" {
        return Ok(());
    }
    if let Some(text) = fields.get("text") {
        chat.line("")?;
        chat.text(text)?;
    }
    let Some(data) = fields.get("data") else {
        return Ok(());
    };
    let name = ["name", "cl", "fn"]
        .iter()
        .find_map(|name| fields.get(name));
    let name = name.unwrap_or("bijlage").to_owned();
    chat.mark(&format!("(bijlage: {name})"))?;
    let data: Vec<u8> = data
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    chat.output.begin_child(&name, "")?;
    let unreadable = match STANDARD.decode(&data) {
        Ok(bytes) => {
            chat.output.child_bytes(&bytes)?;
            None
        }
        Err(_) => Some(Reason::Broken("de base64-code is onjuist".to_owned())),
    };
    Ok(chat.output.end_child(unreadable)?)
}

/// Undoes the escapes of a value; a sign beyond the basic plane is written as two halves.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut high: Option<u16> = None;
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        let (before, escape) = rest.split_at(at);
        if !before.is_empty() && high.take().is_some() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
        out.push_str(before);
        let end = escape.bytes().take(12).position(|byte| byte == b';');
        let Some((inner, after)) = end.map(|end| (&escape[1..end], &escape[end + 1..])) else {
            out.push('&');
            rest = &escape[1..];
            continue;
        };
        rest = after;
        match (
            number(inner),
            quick_xml::escape::resolve_predefined_entity(inner),
        ) {
            (Some(half @ 0xd800..=0xdbff), _) => high = u16::try_from(half).ok(),
            (Some(code), _) => {
                let low = u16::try_from(code)
                    .ok()
                    .filter(|low| (0xdc00..0xe000).contains(low));
                match (high.take(), low) {
                    (Some(high), Some(low)) => {
                        let pair = char::decode_utf16([high, low]);
                        out.extend(pair.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
                    }
                    _ => out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)),
                }
            }
            (None, Some(meant)) => out.push_str(meant),
            (None, None) => {
                out.push('&');
                out.push_str(inner);
                out.push(';');
            }
        }
    }
    out.push_str(rest);
    out
}

/// The number of `#55357` or `#xD83D`.
fn number(reference: &str) -> Option<u32> {
    let digits = reference.strip_prefix('#')?;
    match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::key;
    use super::super::super::testing::read_bytes;
    use super::*;

    const BACKUP: &str = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!--Backup-->\n<smses count=\"3\" backup_date=\"1\">\n\
        <sms protocol=\"0\" address=\"+31612345678\" date=\"1710507802000\" type=\"1\" subject=\"null\" body=\"De kade &amp; de dijk &#55357;&#56397;&#10;tot zo\" contact_name=\"Els\" />\n\
        <sms protocol=\"0\" address=\"+31612345678\" date=\"1710594202000\" type=\"2\" subject=\"null\" body=\"Dank\" contact_name=\"Els\" />\n\
        <mms date=\"1710594302000\" msg_box=\"1\" address=\"+31612345678\" contact_name=\"Els\"><parts>\
        <part seq=\"-1\" ct=\"application/smil\" text=\"&lt;smil/>\" /><part seq=\"0\" ct=\"image/jpeg\" name=\"kade.jpg\" text=\"null\" data=\"aGFsbG8=\" />\
        <part seq=\"0\" ct=\"text/plain\" text=\"Kijk\" /></parts></mms>\n</smses>";

    #[test]
    fn text_messages_and_their_pictures() {
        let (format, out, outcome) = read_bytes("sms-2024.xml", BACKUP.as_bytes());
        assert_eq!((format.as_str(), outcome), ("sms", Outcome::Whole));
        assert_eq!(
            out.pages,
            [
                "[2024-03-15 14:03:22] Els (+31612345678): De kade & de dijk 👍\n  tot zo\n",
                "[2024-03-16 14:03:22] ik: Dank (aan: Els (+31612345678))\n\
                 [2024-03-16 14:05:02] Els (+31612345678): (bijlage: kade.jpg)\n  Kijk\n",
            ]
        );
        assert_eq!(out.children.len(), 1);
        assert_eq!(
            (
                out.children[0].name.as_str(),
                out.children[0].bytes.as_slice()
            ),
            ("kade.jpg", &b"hallo"[..])
        );
        assert_eq!(
            out.values(key::TITLE),
            ["Sms-gesprek met Els (+31612345678)"]
        );
    }

    #[test]
    fn a_cut_backup_gives_what_there_is() {
        for cut in (120..BACKUP.len()).step_by(16) {
            let (format, out, _) = read_bytes("x.xml", &BACKUP.as_bytes()[..cut]);
            assert_eq!(format, "sms");
            let all = out.all_text();
            for word in ["dijk", "Dank", "Kijk"] {
                assert_eq!(
                    all.contains(word),
                    BACKUP[..cut].contains(word),
                    "{cut} {word} {all}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn any_damage_can_be_read(at in 0usize..BACKUP.len(), bit in 0u8..8, value in "[&#;x0-9a-fD83ampé]{0,40}") {
            let mut bytes = BACKUP.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            read_bytes("x.xml", &bytes);
            let _ = unescaped(&value);
        }
    }
}
