//! What an item of Outlook says: its header and its text, in the same shape as a mail in a file of its own has.
//! Never reads a file, never touches attachments.

use std::collections::HashMap;

use mail_parser::MessageParser;

use super::super::eml::{self, paragraph, says_more};
use super::super::html::visible_text;
use super::super::rtf::charset::Charset;
use super::super::rtf::read_packed_rtf;
use super::super::{Outcome, Output, Reason, Stop, encoding, key};
use super::fields;
use super::lzfu;
use super::props::Props;

/// What the attachments need to know about the message, and what went wrong in it.
#[derive(Default)]
pub(super) struct Written {
    /// The web pages of the body, in lower case: they say which images they show.
    pub(super) shown: String,
    /// Whether there was any text.
    pub(super) text: bool,
    /// Why the text is not all there.
    pub(super) trouble: Option<Reason>,
}

/// Writes header and text.
pub(super) fn write(
    props: &Props,
    recipients: &[Props],
    output: &mut dyn Output,
) -> Result<Written, Stop> {
    header(props, recipients, output)?;
    let facts = fields::lines(props, recipients);
    for (key, value) in fields::properties(props) {
        output.property(key, &value)?;
    }
    output.text(&facts)?;
    let mut written = body(props, output)?;
    written.text |= !facts.is_empty();
    Ok(written)
}

/// The class of an item, such as `ipm.note`.
pub(super) fn class(props: &Props) -> String {
    props.text(0x1a).unwrap_or_default().to_lowercase()
}

/// The Message-ID, without angle brackets.
pub(in super::super) fn message_id(props: &Props) -> Option<String> {
    let id = props.text(0x1035)?;
    Some(bare(&id).to_owned()).filter(|id| !id.is_empty())
}

fn bare(id: &str) -> &str {
    id.trim_matches(|char: char| char.is_whitespace() || matches!(char, '<' | '>' | '\0'))
}

/// The subject, without the mark that says how long its prefix is.
pub(in super::super) fn subject(props: &Props) -> Option<String> {
    let whole = props
        .text(0x37)
        .map(|text| match text.strip_prefix('\u{1}') {
            Some(rest) => rest.chars().skip(1).collect(),
            None => text,
        });
    let parts = || {
        let bare = props.text(0xe1d)?;
        Some(format!("{}{bare}", props.text(0x3d).unwrap_or_default()))
    };
    let subject = whole
        .filter(|text| !text.trim().is_empty())
        .or_else(parts)?;
    let visible: String = subject
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    Some(visible.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Keeps what another reader writes.
#[derive(Default)]
struct Kept {
    text: String,
    properties: Vec<(String, String)>,
}

impl Kept {
    fn values(&self, key: &str) -> Vec<String> {
        let of_key = self.properties.iter().filter(|(name, _)| name == key);
        of_key.map(|(_, value)| value.clone()).collect()
    }
}

impl Output for Kept {
    fn text(&mut self, text: &str) -> Result<(), Stop> {
        self.text.push_str(text);
        Ok(())
    }
    fn end_page(&mut self) -> Result<(), Stop> {
        Ok(())
    }
    fn property(&mut self, key: &str, value: &str) -> Result<(), Stop> {
        self.properties.push((key.to_owned(), value.to_owned()));
        Ok(())
    }
    fn begin_child(&mut self, _name: &str, _key: &str) -> Result<(), Stop> {
        Ok(())
    }
    fn child_bytes(&mut self, _bytes: &[u8]) -> Result<(), Stop> {
        Ok(())
    }
    fn end_child(&mut self, _unreadable: Option<Reason>) -> Result<(), Stop> {
        Ok(())
    }
}

/// The header fields as the mail came over the internet, for what the properties do not tell.
fn transported(props: &Props) -> Result<Kept, Stop> {
    let mut kept = Kept::default();
    if let Some(text) = props.text(0x7d) {
        // Some programs put a line of their own before the fields.
        let text = text.trim_start();
        let fields = match text.split_once('\n') {
            Some((first, rest)) if first.starts_with("Microsoft Mail Internet Headers") => rest,
            _ => text,
        };
        if let Some(message) = MessageParser::default().parse_headers(fields.as_bytes()) {
            eml::headers(&message, &mut kept)?;
        }
    }
    Ok(kept)
}

fn header(props: &Props, recipients: &[Props], output: &mut dyn Output) -> Result<(), Stop> {
    let sent_along = transported(props)?;
    let or_sent_along = |own: Vec<String>, key: &str| {
        let usable = own.iter().any(|value| value.contains('@'));
        let other = sent_along.values(key);
        if !usable && !other.is_empty() {
            other
        } else {
            own
        }
    };
    let ids = |id| props.text(id).map(|text| ids(&text)).unwrap_or_default();
    let known = |own: Option<String>| own.into_iter().collect::<Vec<_>>();
    let answered = ids(0x1042).into_iter().next();
    let lists = [
        (key::TITLE, known(subject(props))),
        (key::FROM, known(sender(props))),
        (key::TO, receivers(props, recipients, 1)),
        (key::CC, receivers(props, recipients, 2)),
        (key::BCC, receivers(props, recipients, 3)),
        (key::SENT, known(props.time(0x39))),
        (key::MESSAGE_ID, known(message_id(props))),
        (key::IN_REPLY_TO, known(answered)),
        (
            key::REFERENCES,
            known(Some(ids(0x1039).join(" ")).filter(|all| !all.is_empty())),
        ),
    ];
    let mut sent = false;
    for (key, own) in lists {
        let values = match key {
            key::FROM | key::TO | key::CC | key::BCC => or_sent_along(own, key),
            _ if own.is_empty() => sent_along.values(key),
            _ => own,
        };
        sent |= key == key::SENT && !values.is_empty();
        for value in values {
            output.property(key, &value)?;
        }
    }
    let mut moment = |key: &str, id: u16| match props.time(id) {
        Some(value) => output.property(key, &value),
        None => Ok(()),
    };
    moment(key::RECEIVED, 0xe06)?;
    if !sent {
        moment(key::CREATED, 0x3007)?;
        moment(key::MODIFIED, 0x3008)?;
    }
    Ok(())
}

/// Message-IDs, separated in whatever way.
fn ids(text: &str) -> Vec<String> {
    let apart = |char: char| char.is_whitespace() || matches!(char, '<' | '>' | ',');
    let all = text.split(apart).filter(|id| !id.is_empty());
    all.map(str::to_owned).collect()
}

/// In whose name it was sent, else who sent it.
fn sender(props: &Props) -> Option<String> {
    let one = |name, smtp, kind, address| written(props, name, &[smtp], kind, address);
    let first = one(0x42, 0x5d02, 0x64, 0x65);
    let second = one(0xc1a, 0x5d01, 0xc1e, 0xc1f);
    match (first, second) {
        (Some(first), Some(second)) if !first.contains('@') && second.contains('@') => Some(second),
        (first, second) => first.or(second),
    }
}

/// The receivers of one kind: 1 is Aan, 2 is Cc and 3 is Bcc.
fn receivers(props: &Props, recipients: &[Props], wanted: i64) -> Vec<String> {
    let of_kind = recipients.iter().filter(|one| {
        let kind = one.number(0xc15).unwrap_or(1) & 0x0f;
        kind == wanted || (wanted == 1 && kind > 3)
    });
    let list: Vec<String> = of_kind.filter_map(recipient).collect();
    if !list.is_empty() || !recipients.is_empty() {
        return list;
    }
    let shown = match wanted {
        1 => 0xe04,
        2 => 0xe03,
        _ => 0xe02,
    };
    let names = props.text(shown).unwrap_or_default();
    let names = names
        .split(';')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// One receiver as `Naam <adres>`.
pub(super) fn recipient(one: &Props) -> Option<String> {
    let name = if one.text(0x3001).is_some() {
        0x3001
    } else {
        0x5ff6
    };
    written(one, name, &[0x39fe], 0x3002, 0x3003)
}

/// `Naam <adres>`, or what there is of it. An address of the internet goes before one within an office.
fn written(props: &Props, name: u16, smtp: &[u16], kind: u16, address: u16) -> Option<String> {
    let clean = |text: String| text.trim().trim_matches('\'').trim().to_owned();
    let full = |text: &String| !text.is_empty();
    let name = props.text(name).map(clean).filter(full);
    let smtp = smtp.iter().find_map(|id| props.text(*id));
    let address = smtp
        .or_else(|| {
            let address = props.text(address)?;
            let kind = props.text(kind).unwrap_or_default();
            // An address within an office is a path that says nothing to people, unless there is nothing else.
            let path = kind.eq_ignore_ascii_case("EX") || address.starts_with("/o=");
            (!path || name.is_none()).then_some(address)
        })
        .map(|address| clean(address.trim_start_matches("SMTP:").to_owned()))
        .filter(full);
    match (name, address) {
        (Some(name), Some(address)) if name.eq_ignore_ascii_case(&address) => Some(address),
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (one, other) => one.or(other),
    }
}

/// The written text, and that of the web page and the laid-out text where they say more.
fn body(props: &Props, output: &mut dyn Output) -> Result<Written, Stop> {
    let mut written = Written::default();
    let mut all = String::new();
    for id in [0x1000, 0x1001] {
        paragraph(&mut all, &props.text(id).unwrap_or_default());
    }
    let page = web_page(props).unwrap_or_default();
    if page.contains("cid:") {
        written.shown = page.to_lowercase();
    }
    let mut more = |text: &str| {
        if !text.trim().is_empty() && says_more(text, &all) {
            paragraph(&mut all, text);
        }
    };
    more(&visible_text(&page));
    if let Some(packed) = props.bytes(0x1009).filter(|packed| !packed.is_empty()) {
        let (text, rtf, trouble) = laid_out(packed);
        more(&text);
        if rtf.contains("cid:") {
            written.shown.push_str(&rtf.to_lowercase());
        }
        // The same text without layout makes up for it.
        written.trouble = trouble.filter(|_| props.text(0x1000).is_none() && page.is_empty());
    }
    written.text = !all.trim().is_empty();
    if let Some(pgp) = eml::pgp(&all) {
        written.trouble = Some(eml::locked("PGP"));
        if pgp == eml::Pgp::All {
            written.text = false;
            return Ok(written);
        }
    }
    output.text(&all)?;
    Ok(written)
}

/// The text of packed RTF, the RTF itself and what went wrong.
fn laid_out(packed: &[u8]) -> (String, String, Option<Reason>) {
    let damaged = || Some(Reason::Broken("de opgemaakte tekst is niet heel".into()));
    // Some programs leave the packing out.
    let (rtf, whole) = match lzfu::unpack(packed) {
        Some(unpacked) => unpacked,
        None if packed.starts_with(b"{\\rtf") => (packed.to_vec(), true),
        None => return (String::new(), String::new(), damaged()),
    };
    let mut kept = Kept::default();
    let rtf_ended = read_packed_rtf(&rtf, &mut kept) == Outcome::Whole;
    let fine = rtf.is_empty() || (whole && rtf_ended);
    let trouble = if fine { None } else { damaged() };
    (
        kept.text,
        String::from_utf8_lossy(&rtf).into_owned(),
        trouble,
    )
}

/// The body as a web page.
fn web_page(props: &Props) -> Option<String> {
    if let Some(page) = props.text(0x1013) {
        return Some(page);
    }
    let bytes = props.bytes(0x1013)?;
    let bytes = &bytes[..bytes.iter().rposition(|b| *b != 0).map_or(0, |at| at + 1)];
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.is_ascii()
    {
        return Some(text.to_owned());
    }
    let told = props
        .number(0x3fde)
        .and_then(|page| i32::try_from(page).ok());
    let charset = encoding::declared(&bytes[..bytes.len().min(4096)]).map(Charset::Web);
    let charset = charset.or_else(|| told.and_then(Charset::of_page));
    let guess = || encoding::guess_head(bytes).map(Charset::Web);
    Some(charset.or_else(guess).unwrap_or_default().text(bytes))
}

/// Names that were given out and how often, so that the children of one file can be told apart.
#[derive(Default)]
pub(in super::super) struct Given(HashMap<String, u32>);

impl Given {
    /// This name, or with a number behind it when it was given before.
    pub(in super::super) fn unique(&mut self, name: &str, extension: &str) -> String {
        let times = self.0.entry(name.to_lowercase()).or_default();
        *times += 1;
        match *times {
            1 => format!("{name}{extension}"),
            times => {
                let name = format!("{name} ({times})");
                // An item may really be called so.
                self.0.entry(name.to_lowercase()).or_insert(1);
                format!("{name}{extension}")
            }
        }
    }
}
