//! Mail messages (RFC 5322 with MIME): headers as properties, the body as text, attachments and enclosed messages
//! as children. Never decrypts, never follows a link.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

use mail_parser::{
    Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};

use super::html::visible_text;
use super::{Input, Limits, Outcome, Output, Reason, Stop, key};

/// Reads one `eml` message.
pub fn read_eml(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut raw = Vec::new();
    // A message is held in memory whole: one byte over the limit tells that it is too big.
    let most = limits.children_bytes.saturating_add(1);
    if let Err(error) = (&mut input.file).take(most).read_to_end(&mut raw) {
        return Outcome::Unreadable(Reason::Broken(error.to_string()));
    }
    let cut = raw.len() as u64 == most;
    let Some(message) = MessageParser::default().parse(&raw) else {
        return Outcome::Unreadable(Reason::Broken("dit is geen e-mailbericht".into()));
    };
    let result = write(&message, limits, output);
    take_apart(message);
    match result {
        Err(stop) => stop.into(),
        Ok(Some(reason @ Reason::Encrypted)) => Outcome::Unreadable(reason),
        Ok(Some(reason)) => Outcome::Partial(reason),
        Ok(None) if cut => Outcome::Partial(Reason::Limit(format!(
            "het bericht is groter dan {} bytes",
            limits.children_bytes
        ))),
        Ok(None) => Outcome::Whole,
    }
}

/// Writes everything; the result says why it is not all.
fn write(
    message: &Message<'_>,
    limits: &Limits,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    headers(message, output)?;
    if encrypted(message) {
        return Ok(Some(Reason::Encrypted));
    }
    body(message, output)?;
    children(message, limits, output)
}

/// Messages can be enclosed in each other many thousands deep; dropping them must not recurse as deep.
fn take_apart(message: Message<'_>) {
    let mut left = vec![message];
    while let Some(mut message) = left.pop() {
        for part in message.parts.drain(..) {
            if let PartType::Message(inner) = part.body {
                left.push(inner);
            }
        }
    }
}

fn headers(message: &Message<'_>, output: &mut dyn Output) -> Result<(), Stop> {
    let mut property = |key: &str, value: &str| match value.trim() {
        "" => Ok(()),
        value => output.property(key, value),
    };
    property(key::TITLE, message.subject().unwrap_or_default())?;
    let lists = [
        (key::FROM, message.from()),
        (key::TO, message.to()),
        (key::CC, message.cc()),
        (key::BCC, message.bcc()),
    ];
    for (key, list) in lists {
        for address in list.map(addresses).unwrap_or_default() {
            property(key, &address)?;
        }
    }
    if let Some(date) = message.date().filter(|date| date.is_valid()) {
        property(key::SENT, &date.to_rfc3339())?;
    }
    property(key::MESSAGE_ID, message.message_id().unwrap_or_default())?;
    // One mail is answered: the first, when a program names more.
    let answered = ids(message.in_reply_to());
    property(key::IN_REPLY_TO, answered.first().map_or("", |id| id))?;
    property(key::REFERENCES, &ids(message.references()).join(" "))?;
    property(key::KEYWORDS, &ids(message.keywords()).join(", "))
}

/// `Naam <adres>`, or what there is of it.
fn addresses(list: &Address<'_>) -> Vec<String> {
    list.iter()
        .filter_map(|one| {
            let name = one.name().map(str::trim).filter(|name| !name.is_empty());
            let address = one.address().map(str::trim).filter(|a| !a.is_empty());
            match (name, address) {
                (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
                (None, Some(one)) | (Some(one), None) => Some(one.to_owned()),
                (None, None) => None,
            }
        })
        .collect()
}

fn ids<'h>(value: &'h HeaderValue<'_>) -> Vec<&'h str> {
    match value {
        HeaderValue::Text(one) => vec![one],
        HeaderValue::TextList(list) => list.iter().map(|one| &**one).collect(),
        _ => Vec::new(),
    }
}

/// S/MIME (RFC 8551) and PGP (RFC 3156, and inline) with content that only a key opens.
fn encrypted(message: &Message<'_>) -> bool {
    let root = message.root_part();
    if root.is_content_type("multipart", "encrypted") {
        return true;
    }
    if root.is_content_type("application", "pkcs7-mime")
        || root.is_content_type("application", "x-pkcs7-mime")
    {
        let kind = root.content_type().and_then(|t| t.attribute("smime-type"));
        // A signed message is not encrypted, though it is packed in the same way.
        return !kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("signed"));
    }
    let text = message
        .text_bodies()
        .next()
        .and_then(|part| match &part.body {
            PartType::Text(text) => Some(text.trim_start()),
            _ => None,
        });
    text.is_some_and(|text| text.starts_with("-----BEGIN PGP MESSAGE-----"))
}

/// The written text, and that of the web page when it says more.
fn body(message: &Message<'_>, output: &mut dyn Output) -> Result<(), Stop> {
    let mut plain = String::new();
    for part in message.text_bodies() {
        if let PartType::Text(text) = &part.body {
            paragraph(&mut plain, text);
        }
    }
    let mut html = String::new();
    for part in message.html_bodies() {
        if let PartType::Html(page) = &part.body {
            paragraph(&mut html, &visible_text(page));
        }
    }
    output.text(&plain)?;
    match says_more(&html, &plain) {
        true => output.text(&html),
        false => Ok(()),
    }
}

fn paragraph(all: &mut String, text: &str) {
    let text = text.replace("\r\n", "\n");
    all.push_str(&text);
    if !text.is_empty() && !text.ends_with('\n') {
        all.push('\n');
    }
}

/// Whether `html` holds words that `plain` lacks: more than one in ten, or the plain text is a mere notice.
fn says_more(html: &str, plain: &str) -> bool {
    let words = |text: &str| -> HashSet<String> {
        text.split(|char: char| !char.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (html, plain) = (words(html), words(plain));
    let lacking = html.difference(&plain).count();
    lacking * 10 > html.len()
}

/// Hands over attachments and enclosed messages; the result says why not all.
fn children(
    message: &Message<'_>,
    limits: &Limits,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    let shown = shown_images(message);
    let mut given = 0;
    for part in message.attachments() {
        if is_decoration(part, &shown) {
            continue;
        }
        if given >= limits.children {
            let reason = format!("meer dan {} bijlagen", limits.children);
            return Ok(Some(Reason::Limit(reason)));
        }
        given += 1;
        child(message, part, given, output)?;
    }
    Ok(None)
}

/// The web pages of the body, in lower case: they say which images they show.
fn shown_images(message: &Message<'_>) -> String {
    let pages = message.html_bodies().filter_map(|part| match &part.body {
        PartType::Html(page) if page.contains("cid:") => Some(page.to_lowercase()),
        _ => None,
    });
    pages.collect()
}

/// An image that the body shows by itself, such as a logo under a signature.
fn is_decoration(part: &MessagePart<'_>, shown: &str) -> bool {
    let image = part
        .content_type()
        .is_some_and(|t| t.ctype().eq_ignore_ascii_case("image"));
    let id = part.content_id().map(str::to_lowercase);
    image && id.is_some_and(|id| !id.is_empty() && shown.contains(&format!("cid:{id}")))
}

fn child(
    message: &Message<'_>,
    part: &MessagePart<'_>,
    number: u32,
    output: &mut dyn Output,
) -> Result<(), Stop> {
    let name = part
        .attachment_name()
        .map(clean)
        .filter(|name| !name.is_empty());
    if let PartType::Message(inner) = &part.body {
        let name = name.or_else(|| inner.subject().map(clean).filter(|name| !name.is_empty()));
        let name = name.unwrap_or_else(|| format!("bijlage-{number}"));
        let name = match name.to_lowercase().ends_with(".eml") {
            true => name,
            false => format!("{name}.eml"),
        };
        output.begin_child(&name, inner.message_id().unwrap_or_default())?;
        output.child_bytes(&enclosed(message, part, inner))?;
        return output.end_child(None);
    }
    let name = name.unwrap_or_else(|| format!("bijlage-{number}.{}", extension(part)));
    output.begin_child(&name, "")?;
    output.child_bytes(&contents(message, part))?;
    output.end_child(None)
}

/// The bytes of an enclosed message as they were sent.
fn enclosed<'m>(
    outer: &'m Message<'_>,
    part: &MessagePart<'_>,
    inner: &'m Message<'_>,
) -> Cow<'m, [u8]> {
    if part.encoding != mail_parser::Encoding::None {
        return Cow::Borrowed(inner.raw_message());
    }
    let range = part.offset_body as usize..part.offset_end as usize;
    Cow::Borrowed(outer.raw_message().get(range).unwrap_or_default())
}

/// The bytes of an attachment. Text that was not encoded keeps its own character set, as in the message.
fn contents<'m>(message: &'m Message<'_>, part: &'m MessagePart<'_>) -> Cow<'m, [u8]> {
    if part.is_text() && part.encoding == mail_parser::Encoding::None {
        let range = part.offset_body as usize..part.offset_end as usize;
        if let Some(bytes) = message.raw_message().get(range) {
            return Cow::Borrowed(bytes);
        }
    }
    Cow::Borrowed(part.contents())
}

/// A name without folders or characters that disturb a screen.
fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let visible = last.chars().filter(|char| !char.is_control());
    visible.collect::<String>().trim().to_owned()
}

/// An extension for an attachment without a name.
fn extension(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else {
        return "bin".into();
    };
    let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
    let known = match subtype.as_str() {
        "plain" => "txt",
        "jpeg" => "jpg",
        "svg+xml" => "svg",
        "calendar" => "ics",
        "vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        "msword" => "doc",
        short
            if !short.is_empty()
                && short.len() <= 4
                && short.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            short
        }
        _ => "bin",
    };
    known.to_owned()
}
