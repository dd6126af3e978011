//! Mail messages (RFC 5322 with MIME): headers as properties, the body as text, attachments and enclosed messages
//! as children. Never decrypts, never follows a link.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

use mail_parser::{Address, HeaderValue, Message, MessagePart, MimeHeaders, PartType};

use memchr::memmem;

use super::html::visible_text;
use super::uue::{self, Block};
use super::{Input, Limits, Outcome, Output, Reason, Stop, beyond, key, mime, smime};

/// Reads one `eml` message.
pub fn read_eml(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    beyond::the_text(output, |output| message(input, limits, output))
}

fn message(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let likely = usize::try_from(input.size.min(1 << 20)).unwrap_or_default();
    let mut raw = Vec::with_capacity(likely + 1);
    // A message is held in memory whole: one byte over the limit tells that it is too big.
    let most = limits.children_bytes.saturating_add(1);
    if let Err(error) = (&mut input.file).take(most).read_to_end(&mut raw) {
        return Outcome::Unreadable(Reason::Broken(error.to_string()));
    }
    let cut = raw.len() as u64 == most;
    let Some(message) = mime::parse(&raw) else {
        return Outcome::Unreadable(Reason::Broken("dit is geen e-mailbericht".into()));
    };
    let encrypted_whole = encrypted(&message).is_some();
    let result = write(&message, limits, output);
    take_apart(message);
    match result {
        Err(stop) => stop.into(),
        Ok(Some(reason)) if encrypted_whole => Outcome::Unreadable(reason),
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
    if let Some(kind) = encrypted(message) {
        return Ok(Some(locked(kind)));
    }
    let (locked_part, blocks) = body(message, output)?;
    let rest = children(message, &blocks, limits, output)?;
    Ok(rest.or(locked_part))
}

/// A message that only the key of its receiver opens.
pub(super) fn locked(kind: &str) -> Reason {
    Reason::Other(format!(
        "versleuteld bericht ({kind}): alleen te lezen met de sleutel van de ontvanger"
    ))
}

/// Whether a text holds a message that was encrypted with PGP; all of the text, or a part.
pub(super) fn pgp(text: &str) -> Option<Pgp> {
    const MARK: &str = "-----BEGIN PGP MESSAGE-----";
    memmem::find(text.as_bytes(), MARK.as_bytes())?;
    match text.trim_start() {
        start if start.starts_with(MARK) => Some(Pgp::All),
        rest if rest.lines().any(|line| line.starts_with(MARK)) => Some(Pgp::Part),
        _ => None,
    }
}

/// How much of a text is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pgp {
    /// All of it.
    All,
    /// Something stands before it.
    Part,
}

/// Messages can be enclosed in each other many thousands deep; dropping them must not recurse as deep.
pub(super) fn take_apart(message: Message<'_>) {
    let mut left = vec![message];
    while let Some(mut message) = left.pop() {
        for part in message.parts.drain(..) {
            if let PartType::Message(inner) = part.body {
                left.push(inner);
            }
        }
    }
}

/// Writes the header fields as properties.
pub(super) fn headers(message: &Message<'_>, output: &mut dyn Output) -> Result<(), Stop> {
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
    // The first of these lines is that of the last server on the way.
    let received = message.received().and_then(|received| received.date());
    if let Some(date) = received.filter(|date| date.is_valid()) {
        property(key::RECEIVED, &date.to_rfc3339())?;
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

/// S/MIME (RFC 8551) and PGP (RFC 3156, and inline) with content that only a key opens: how it was encrypted.
fn encrypted(message: &Message<'_>) -> Option<&'static str> {
    let root = message.root_part();
    let of_type = |kind, subtype| root.is_content_type(kind, subtype);
    if of_type("multipart", "encrypted") {
        return Some("PGP");
    }
    if of_type("application", "pkcs7-mime") || of_type("application", "x-pkcs7-mime") {
        let kind = root.content_type().and_then(|t| t.attribute("smime-type"));
        // A signed message is not encrypted, though it is packed in the same way.
        let locked = match kind.map(str::to_ascii_lowercase) {
            Some(kind) => kind.contains("enveloped"),
            None => smime::is_encrypted(root.contents()),
        };
        return locked.then_some("S/MIME");
    }
    let first = message.text_bodies().next();
    let text = first.and_then(|part| match &part.body {
        PartType::Text(text) => Some(text),
        _ => None,
    });
    let all = text.is_some_and(|text| pgp(text) == Some(Pgp::All));
    all.then_some("PGP")
}

/// The written text, and that of the web page when it says more.
/// The result tells of a part that is encrypted, and holds the files that were written in the text.
fn body(
    message: &Message<'_>,
    output: &mut dyn Output,
) -> Result<(Option<Reason>, Vec<Block>), Stop> {
    let mut plain = String::new();
    let mut blocks = Vec::new();
    for part in message.text_bodies() {
        if let PartType::Text(text) = &part.body {
            let (text, files) = uue::split(text);
            paragraph(&mut plain, &text);
            blocks.extend(files);
        }
    }
    let mut html = String::new();
    for part in message.html_bodies() {
        if let PartType::Html(page) = &part.body {
            paragraph(&mut html, &visible_text(page));
        }
    }
    output.text(&plain)?;
    if says_more(&html, &plain) {
        output.text(&html)?;
    }
    let locked_part = pgp(&plain).or(pgp(&html)).map(|_| locked("PGP"));
    Ok((locked_part, blocks))
}

/// Adds a text that ends in a line end.
pub(super) fn paragraph(all: &mut String, text: &str) {
    match text.contains("\r\n") {
        true => all.push_str(&text.replace("\r\n", "\n")),
        false => all.push_str(text),
    }
    if !text.is_empty() && !text.ends_with('\n') {
        all.push('\n');
    }
}

/// Whether `html` holds words that `plain` lacks: more than one in ten, or the plain text is a mere notice.
pub(super) fn says_more(html: &str, plain: &str) -> bool {
    if html.is_empty() || plain.is_empty() {
        return html.contains(char::is_alphanumeric);
    }
    // Most programs write the same words twice: nothing has to be counted then.
    if same_words(html.as_bytes(), plain.as_bytes()) || in_order(html).eq(in_order(plain)) {
        return false;
    }
    let words = |text: &str| -> HashSet<String> { in_order(text).map(str::to_lowercase).collect() };
    let (html, plain) = (words(html), words(plain));
    let lacking = html.difference(&plain).count();
    lacking * 10 > html.len()
}

/// Whether two texts differ in white space only, and have that between the same words.
fn same_words(mut one: &[u8], mut other: &[u8]) -> bool {
    let mut between = true;
    loop {
        let same = common(one, other);
        between = one[..same].last().map_or(between, u8::is_ascii_whitespace);
        (one, other) = (&one[same..], &other[same..]);
        let gap = |text: &[u8]| text.first().is_none_or(u8::is_ascii_whitespace);
        if !(between || gap(one) && gap(other)) {
            return false;
        }
        let rest = (one.trim_ascii_start(), other.trim_ascii_start());
        if rest.0.is_empty() || rest.1.is_empty() {
            return rest.0.is_empty() && rest.1.is_empty();
        }
        if rest == (one, other) {
            return false;
        }
        (one, other, between) = (rest.0, rest.1, true);
    }
}

/// How many bytes two texts begin with alike.
fn common(one: &[u8], other: &[u8]) -> usize {
    const STEP: usize = 32;
    let steps = one.chunks_exact(STEP).zip(other.chunks_exact(STEP));
    let start = STEP * steps.take_while(|(one, other)| one == other).count();
    let rest = one[start..].iter().zip(&other[start..]);
    start + rest.take_while(|(one, other)| one == other).count()
}

fn in_order(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Hands over attachments and enclosed messages; the result says why not all.
fn children(
    message: &Message<'_>,
    blocks: &[Block],
    limits: &Limits,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    let shown = shown_images(message);
    let too_many = || Reason::Limit(format!("meer dan {} bijlagen", limits.children));
    let mut given = 0;
    for part in message.attachments() {
        if is_decoration(part, &shown) {
            continue;
        }
        if given >= limits.children {
            return Ok(Some(too_many()));
        }
        given += 1;
        child(message, part, given, output)?;
    }
    for block in blocks {
        if given >= limits.children {
            return Ok(Some(too_many()));
        }
        given += 1;
        block.give(output)?;
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
    image && is_shown(part.content_id().unwrap_or_default(), shown)
}

/// Whether a web page, in lower case, shows the attachment with this identity.
pub(super) fn is_shown(content_id: &str, shown: &str) -> bool {
    let id = content_id.trim_matches(['<', '>', ' ']).to_lowercase();
    !id.is_empty() && shown.contains(&format!("cid:{id}"))
}

/// Hands over one attachment or enclosed message; `number` names what has no name.
pub(super) fn child(
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
pub(super) fn clean(name: &str) -> String {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::{Collected, input, limits};
    use super::*;

    const HEAD: &str = "From: =?utf-8?q?Ren=C3=A9e_Smit?= <renee@minvws.nl>\r\nTo: \"Jan, de\" <jan@rws.nl>, info@rws.nl\r\n\
        Cc: Ans <ans@rws.nl>\r\nBcc: geheim@rws.nl\r\nSubject: Planning =?utf-8?q?co=C3=B6rdinatie?=\r\n\
        Date: Fri, 1 Mar 2019 10:00:00 +0100\r\nMessage-ID: <m3@x>\r\nIn-Reply-To: <m2@x>\r\nReferences: <m1@x> <m2@x>\r\nMIME-Version: 1.0\r\n";

    const PARTS: &str = "Content-Type: multipart/mixed; boundary=A\r\n\r\n\
        --A\r\nContent-Type: multipart/related; boundary=B\r\n\r\n\
        --B\r\nContent-Type: multipart/alternative; boundary=C\r\n\r\n\
        --C\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGeachte heer, caf=C3=A9\r\n\
        --C\r\nContent-Type: text/html\r\n\r\n<p>Geachte heer, caf&eacute;</p><img src=\"cid:logo1\">\r\n--C--\r\n\
        --B\r\nContent-Type: image/png\r\nContent-ID: <logo1>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n--B--\r\n\
        --A\r\nContent-Type: application/pdf; name=\"../map/nota.pdf\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n\
        --A\r\nContent-Type: image/gif\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lG\r\n\
        --A\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <binnen@x>\r\nSubject: Doorgestuurd\r\n\r\nbinnenste tekst\r\n--A--\r\n";

    fn read(bytes: &[u8], limits: &Limits) -> (Collected, Outcome) {
        let mut out = Collected::default();
        let outcome = read_eml(&mut input("m.eml", bytes), limits, &mut out);
        (out, outcome)
    }

    #[test]
    fn headers_become_properties() {
        let (out, outcome) = read(format!("{HEAD}\r\nhallo\r\n").as_bytes(), &limits());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(out.values(key::FROM), ["Ren\u{e9}e Smit <renee@minvws.nl>"]);
        assert_eq!(out.values(key::TO), ["Jan, de <jan@rws.nl>", "info@rws.nl"]);
        assert_eq!(out.values(key::CC), ["Ans <ans@rws.nl>"]);
        assert_eq!(out.values(key::BCC), ["geheim@rws.nl"]);
        assert_eq!(out.values(key::TITLE), ["Planning co\u{f6}rdinatie"]);
        assert_eq!(out.values(key::SENT), ["2019-03-01T10:00:00+01:00"]);
        assert_eq!(out.values(key::MESSAGE_ID), ["m3@x"]);
        assert_eq!(out.values(key::IN_REPLY_TO), ["m2@x"]);
        assert_eq!(out.values(key::REFERENCES), ["m1@x m2@x"]);
        assert_eq!(out.rest, "hallo\n");
    }

    #[test]
    fn attachments_are_children_and_a_logo_is_not() {
        let (out, outcome) = read(format!("{HEAD}{PARTS}").as_bytes(), &limits());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(out.rest.trim_end(), "Geachte heer, caf\u{e9}");
        let children: Vec<_> = out
            .children
            .iter()
            .map(|c| (c.name.as_str(), c.key.as_str()))
            .collect();
        assert_eq!(
            children,
            [
                ("nota.pdf", ""),
                ("bijlage-2.gif", ""),
                ("Doorgestuurd.eml", "binnen@x")
            ]
        );
        assert_eq!(out.children[0].bytes, b"%PDF-");
        assert_eq!(
            String::from_utf8_lossy(&out.children[2].bytes),
            "Message-ID: <binnen@x>\r\nSubject: Doorgestuurd\r\n\r\nbinnenste tekst"
        );
    }

    #[test]
    fn the_web_page_is_added_when_it_says_more() {
        let more = PARTS.replace(
            "<img src",
            "<p>Het bedrag is vijftig duizend euro</p><img src",
        );
        let (out, _) = read(format!("{HEAD}{more}").as_bytes(), &limits());
        assert!(out.rest.starts_with("Geachte heer"));
        assert!(out.rest.contains("vijftig duizend"));
        let only = format!("{HEAD}Content-Type: text/html\r\n\r\n<p>alleen <b>dit</b></p>");
        let (out, _) = read(only.as_bytes(), &limits());
        assert_eq!(out.rest.trim(), "alleen dit");
    }

    #[test]
    fn an_encrypted_mail_keeps_its_headers() {
        for body in [
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG\r\n",
            "Content-Type: multipart/encrypted; boundary=A\r\n\r\n--A\r\n\r\nx\r\n--A--\r\n",
            "\r\n-----BEGIN PGP MESSAGE-----\r\nabc\r\n",
        ] {
            let (out, outcome) = read(format!("{HEAD}{body}").as_bytes(), &limits());
            let Outcome::Unreadable(reason) = outcome else {
                panic!("{outcome:?}: {body}")
            };
            assert!(
                reason.to_string().starts_with("versleuteld bericht"),
                "{body}"
            );
            assert_eq!(out.values(key::MESSAGE_ID), ["m3@x"]);
        }
    }

    #[test]
    fn a_text_with_an_encrypted_part_is_read_in_part() {
        let body = "Zie hieronder.\r\n-----BEGIN PGP MESSAGE-----\r\nabc\r\n";
        let (out, outcome) = read(format!("{HEAD}\r\n{body}").as_bytes(), &limits());
        assert_eq!(outcome, Outcome::Partial(locked("PGP")));
        assert!(out.rest.starts_with("Zie hieronder."));
    }

    #[test]
    fn a_signed_mail_hands_over_what_was_signed() {
        let body = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG\r\n";
        let (out, outcome) = read(format!("{HEAD}{body}").as_bytes(), &limits());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(out.children[0].name, "smime.p7m");
    }

    #[test]
    fn too_many_attachments_are_told() {
        let one = Limits {
            children: 1,
            ..limits()
        };
        let (out, outcome) = read(format!("{HEAD}{PARTS}").as_bytes(), &one);
        assert_eq!(out.children.len(), 1);
        assert_eq!(
            outcome,
            Outcome::Partial(Reason::Limit("meer dan 1 bijlagen".into()))
        );
    }

    #[test]
    fn messages_enclosed_a_hundred_thousand_deep_do_not_recurse() {
        let deep =
            "Content-Type: message/rfc822\r\n\r\n".repeat(100_000) + "Subject: diep\r\n\r\nx";
        let (out, _) = read(deep.as_bytes(), &limits());
        assert_eq!(out.children.len(), 1);
    }

    proptest! {
        #[test]
        fn words_are_the_same_whatever_stands_between_them(
            words in prop::collection::vec("[a-c]{1,40}", 0..6),
            gaps in prop::collection::vec("[ \t\r\n]{0,3}", 14),
            other in "[a-c \n]{0,12}",
        ) {
            let with = |gaps: &[String]| -> String {
                let pieces = words.iter().zip(gaps).flat_map(|(word, gap)| [gap, word]);
                pieces.cloned().collect()
            };
            let (one, two) = (with(&gaps), with(&gaps[7..]) + &gaps[13]);
            for (one, two) in [(&one, &two), (&one, &other)] {
                let expected = one.split_ascii_whitespace().eq(two.split_ascii_whitespace());
                prop_assert_eq!(same_words(one.as_bytes(), two.as_bytes()), expected, "{:?} {:?}", one, two);
            }
        }

        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            noise: Vec<u8>,
        ) {
            survives_damage(format!("{HEAD}{PARTS}").as_bytes(), cut, &flips, |bytes| { read(bytes, &limits()); });
            read(&noise, &limits());
        }
    }
}
