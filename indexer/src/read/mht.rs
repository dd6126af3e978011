//! Web pages saved in one file (MHTML): the text of every page in it, documents beside the pages as children.
//! Never follows a link; images, styles and scripts of the page are left out.

use std::io::Read;

use mail_parser::{HeaderName, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::{Input, Limits, Outcome, Output, Reason, Stop, beyond, eml, html, key};

/// Reads one `mht` document.
pub fn read_mht(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    beyond::the_text(output, |output| saved_page(input, limits, output))
}

fn saved_page(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut raw = Vec::new();
    let most = limits.children_bytes.saturating_add(1);
    if let Err(error) = (&mut input.file).take(most).read_to_end(&mut raw) {
        return Outcome::Unreadable(Reason::Broken(error.to_string()));
    }
    let cut = raw.len() as u64 == most;
    let Some(message) = MessageParser::default().parse(&raw) else {
        return Outcome::Unreadable(Reason::Broken(
            "dit is geen webpagina in één bestand".into(),
        ));
    };
    let result = write(&message, limits, output);
    eml::take_apart(message);
    match result {
        Err(stop) => stop.into(),
        Ok(Some(reason)) => Outcome::Partial(reason),
        Ok(None) if cut => Outcome::Partial(Reason::Limit(format!(
            "het bestand is groter dan {} bytes",
            limits.children_bytes
        ))),
        Ok(None) => Outcome::Whole,
    }
}

fn write(
    message: &Message<'_>,
    limits: &Limits,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    let mut title = message.subject().map(str::to_owned);
    let mut properties = Vec::new();
    let mut given = 0;
    for part in &message.parts {
        match &part.body {
            PartType::Html(page) => {
                let (text, found) = html::page(page);
                output.text(&text)?;
                properties.extend(found);
            }
            // Word puts a sentence for old programs before the parts; the first part is no document then.
            PartType::Text(text) if part.is_content_type("text", "plain") => output.text(text)?,
            PartType::Binary(_) | PartType::Message(_) if is_document(part) => {
                if given >= limits.children {
                    let reason = format!("meer dan {} bijlagen", limits.children);
                    return Ok(Some(Reason::Limit(reason)));
                }
                given += 1;
                eml::child(message, part, given, output)?;
            }
            _ => {}
        }
    }
    if let Some((_, found)) = properties.iter().find(|(name, _)| *name == key::TITLE) {
        title = Some(found.clone());
    }
    if let Some(title) = title.filter(|title| !title.trim().is_empty()) {
        output.property(key::TITLE, title.trim())?;
    }
    for (name, value) in properties.iter().filter(|(name, _)| *name != key::TITLE) {
        output.property(name, value)?;
    }
    if let Some(date) = message.date().filter(|date| date.is_valid()) {
        output.property("bewaard", &date.to_rfc3339())?;
    }
    if let Some(address) = message.header(HeaderName::Other("Snapshot-Content-Location".into())) {
        output.property("webadres", address.as_text().unwrap_or_default())?;
    }
    Ok(None)
}

/// Whether a part is a document of its own, and no image, style or script of the page.
fn is_document(part: &MessagePart<'_>) -> bool {
    let Some(kind) = part.content_type() else {
        return false;
    };
    let main = kind.ctype().to_ascii_lowercase();
    let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
    let dressing = matches!(main.as_str(), "image" | "font" | "text" | "audio" | "video")
        || [
            "javascript",
            "font",
            "css",
            "officetheme",
            "x-mso",
            "octet-stream",
        ]
        .iter()
        .any(|word| subtype.contains(word));
    !dressing
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::read_bytes;
    use super::*;

    const PAGE: &str = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://www.rws.nl/dijk\r\nSubject: =?utf-8?Q?Dijk=20oud?=\r\n\
        Date: Fri, 1 Mar 2019 10:00:00 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"A\"\r\n\r\n\r\n\
        --A\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><head><title>De dijk</title></head><body><p>Caf=C3=A9 aan =\r\nde dijk<img src=3D\"cid:x\"></body></html>\r\n\
        --A\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\r\n<p>Tweede kader\r\n\
        --A\r\nContent-Type: text/css\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\np { color: red }\r\n\
        --A\r\nContent-Type: image/png\r\nContent-ID: <x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n\
        --A\r\nContent-Type: application/pdf; name=nota.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--A--\r\n";

    #[test]
    fn a_saved_page_is_its_text_and_its_documents() {
        for name in ["pagina.mht", "pagina.doc"] {
            let (format, out, outcome) = read_bytes(name, PAGE.as_bytes());
            assert_eq!((format.as_str(), outcome), ("mht", Outcome::Whole));
            assert_eq!(out.rest, "Caf\u{e9} aan de dijk\nTweede kader\n");
            assert_eq!(out.values(key::TITLE), ["De dijk"]);
            assert_eq!(out.values("webadres"), ["https://www.rws.nl/dijk"]);
            let names: Vec<_> = out.children.iter().map(|c| c.name.as_str()).collect();
            assert_eq!(names, ["nota.pdf"]);
        }
    }

    #[test]
    fn a_mail_with_a_page_and_a_logo_stays_a_mail() {
        let mail = PAGE.replace("From: <Saved by Blink>", "From: a@b.nl\r\nTo: c@d.nl");
        assert_eq!(read_bytes("x.eml", mail.as_bytes()).0, "eml");
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            survives_damage(PAGE.as_bytes(), cut, &flips, |bytes| { read_bytes("a.mht", bytes); });
        }
    }
}
