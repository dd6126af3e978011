//! Recognises formats by their content. The name decides only between kinds of plain text, and between the
//! Office formats of an encrypted container. Never reads more than the beginning of a file and the
//! directory of a container.

mod magic;

use std::io::{self, Read, Seek};

use serde::de::IgnoredAny;

use super::{Input, chat, container, dbf, encoding, uue};

const MARKDOWN: [&str; 3] = ["md", "markdown", "mdown"];
/// As much of a file as is looked at.
const HEAD: usize = 64 * 1024;

/// The format of a document. Leaves the file at its start.
pub(super) fn recognise(input: &mut Input) -> io::Result<String> {
    input.file.rewind()?;
    // Mails and their attachments are small: no more is asked for than there is.
    let size = usize::try_from(input.size).unwrap_or(HEAD).min(HEAD);
    let mut head = Vec::with_capacity(size + 1);
    (&mut input.file).take(HEAD as u64).read_to_end(&mut head)?;
    let whole = head.len() < HEAD;
    let format = format_of(input, &head, whole);
    input.file.rewind()?;
    Ok(format)
}

fn format_of(input: &mut Input, head: &[u8], whole: bool) -> String {
    if head.is_empty() {
        return "leeg".into();
    }
    let mail = mail_header(head).and_then(|header| mail_format(header, &extension(&input.name)));
    if let Some(format) = mail {
        return format.into();
    }
    if head.starts_with(b"PK\x03\x04")
        || head.starts_with(b"PK\x05\x06")
        || head.starts_with(b"PK\x07\x08")
    {
        return container::zip_format(input, head).into();
    }
    if head.starts_with(container::OLE) {
        let format = container::ole_format(input, head);
        return if format == container::ENCRYPTED_OFFICE {
            encrypted_office(&input.name)
        } else {
            format
        }
        .into();
    }
    if let Some(format) = magic::by_magic(head) {
        return format.into();
    }
    if dbf::is_dbf(head) {
        return "dbf".into();
    }
    // Text that shows a PDF header is text; a PDF behind some junk has objects, too.
    let pdf = find(&head[..head.len().min(1024 + 8)], b"%PDF-");
    if pdf.is_some_and(|at| find(&head[at..], b" obj").is_some()) {
        return "pdf".into();
    }
    if let Some(encoding) = encoding::guess_head(head) {
        let (text, _) = encoding.decode_with_bom_removal(head);
        return text_format(&text, &input.name, whole).into();
    }
    if let Some(format) = last_block(input).as_deref().and_then(magic::by_end) {
        return format.into();
    }
    match infer::get(head).map(|found| found.extension()) {
        Some("jpg") => "jpeg".into(),
        Some("tif") => "tiff".into(),
        // Its reader could do nothing with a file that failed the stricter tests above.
        Some("pdf" | "docx" | "xlsx" | "pptx" | "zip" | "html" | "xml") | None => "onbekend".into(),
        Some(format) => format.to_ascii_lowercase(),
    }
}

/// The last 512 bytes.
fn last_block(input: &mut Input) -> Option<Vec<u8>> {
    const BLOCK: u64 = 512;
    let at = input.size.checked_sub(BLOCK)?;
    input.file.seek(io::SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::new();
    (&mut input.file).take(BLOCK).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn extension(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default()
}

/// The container hides which program made it: the name has to tell.
fn encrypted_office(name: &str) -> &'static str {
    let extension = extension(name);
    match extension.get(..2) {
        Some("xl") => "xlsx",
        Some("pp" | "po") => "pptx",
        _ => "docx",
    }
}

/// The format of what is text.
fn text_format(text: &str, name: &str, whole: bool) -> &'static str {
    let extension = &*extension(name);
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.starts_with("{\\rtf") {
        return "rtf";
    }
    if let Some(format) = chat::text_format(start, name) {
        return format;
    }
    if start.starts_with('<')
        && let Some(format) = markup(start, extension, whole)
    {
        return format;
    }
    if let Some(format) = lined(start) {
        return format;
    }
    if is_mbox(text) {
        return "mbox";
    }
    if uue::is_uue(start) {
        return "uue";
    }
    if is_mail(start, extension) {
        return if is_saved_page(start, extension) {
            "mht"
        } else {
            "eml"
        };
    }
    if is_json(start, whole) {
        return "json";
    }
    match extension {
        _ if MARKDOWN.contains(&extension) => "md",
        "csv" => "csv",
        "tsv" | "tab" => "tsv",
        _ => "txt",
    }
}

/// HTML, XML or SVG, or `None` for a text that happens to begin with `<`.
fn markup(start: &str, extension: &str, whole: bool) -> Option<&'static str> {
    const HTML: [&str; 20] = [
        "html", "head", "body", "title", "meta", "table", "div", "script", "style", "p", "h1",
        "h2", "h3", "span", "font", "center", "br", "ul", "link", "a",
    ];
    let mut rest = start;
    let mut declared = false;
    loop {
        rest = rest.trim_start();
        let (skip_to, length) = match rest {
            _ if rest.starts_with("<!--") => ("-->", 3),
            _ if rest.starts_with("<?") => {
                declared |= rest.starts_with("<?xml");
                ("?>", 2)
            }
            _ if rest.starts_with("<!") => {
                let kind = rest[2..]
                    .trim_start()
                    .get(..12)
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                if kind == "doctype html" {
                    return Some("html");
                }
                declared |= kind.starts_with("doctype");
                (">", 1)
            }
            _ => break,
        };
        match rest.find(skip_to) {
            Some(end) => rest = &rest[end + length..],
            // A comment longer than what was looked at.
            None => return declared.then_some("xml"),
        }
    }
    let tag = rest.strip_prefix('<').unwrap_or_default();
    let end = tag
        .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
        .unwrap_or(tag.len());
    let (name, attributes) = tag.split_at(end);
    let local = name
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let html = HTML.contains(&local.as_str());
    // Markdown may begin with a tag and is no web page for that.
    let markdown = MARKDOWN.contains(&extension) && !matches!(&*local, "html" | "head" | "body");
    if markdown && !declared {
        return None;
    }
    if local == "html" || (html && !declared) {
        return Some("html");
    }
    let attributes = attributes.split('>').next().unwrap_or_default();
    if local == "document" && attributes.contains("opendocument") {
        return Some(flat_format(attributes));
    }
    let named = matches!(
        extension,
        "xml" | "xsd" | "xsl" | "xslt" | "rdf" | "gml" | "kml" | "svg" | "xmp"
    );
    let closed = whole && !name.is_empty() && start.trim_end().ends_with(&format!("</{name}>"));
    if declared || named || closed || attributes.contains("xmlns") {
        return Some(if local == "svg" { "svg" } else { "xml" });
    }
    None
}

/// An OpenDocument in one piece of XML says in an attribute of its root what it is.
fn flat_format(attributes: &str) -> &'static str {
    if attributes.contains("opendocument.spreadsheet") {
        "fods"
    } else if attributes.contains("opendocument.presentation")
        || attributes.contains("opendocument.graphics")
    {
        "fodp"
    } else {
        "fodt"
    }
}

/// An archive of mails begins with a line `From address weekday month day time year`.
fn is_mbox(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("From ") else {
        return false;
    };
    let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
    let time = line
        .split_whitespace()
        .any(|word| word.len() >= 5 && word.as_bytes().get(2) == Some(&b':'));
    time && line.len() < 200 && header_name(after.lines().next().unwrap_or_default()).is_some()
}

/// The name of a header field, if the line begins with one.
fn header_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let name = name.trim_end();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (!name.is_empty() && name.len() < 60 && name.bytes().all(fits)).then_some(name)
}

/// A mail begins with header fields. A typed memo does so too (`Subject:`, `Date:`), so either fields that only
/// mail programs write must be among them, or a whole set of the others.
fn is_mail(start: &str, extension: &str) -> bool {
    const MACHINE: [&str; 12] = [
        "received",
        "message-id",
        "mime-version",
        "return-path",
        "delivered-to",
        "dkim-signature",
        "x-mailer",
        "x-sender",
        "content-transfer-encoding",
        "references",
        "in-reply-to",
        "authentication-results",
    ];
    const HUMAN: [&str; 8] = [
        "from",
        "to",
        "subject",
        "date",
        "cc",
        "reply-to",
        "sender",
        "content-type",
    ];
    let (mut machine, mut human, mut fields, mut strange) = (0, 0, 0, 0);
    for line in start.lines().take(200) {
        if line.trim().is_empty() {
            break;
        }
        let continued = line.starts_with([' ', '\t']);
        match header_name(line) {
            _ if continued && fields > 0 => {}
            Some(name) => {
                let name = name.to_ascii_lowercase();
                fields += 1;
                machine += u32::from(MACHINE.contains(&name.as_str()) || name.starts_with("x-ms-"));
                human += u32::from(HUMAN.contains(&name.as_str()));
            }
            None if fields == 0 => return false,
            None => strange += 1,
        }
    }
    let known = machine + human;
    strange * 5 <= fields
        && match extension {
            "eml" | "mht" | "mhtml" => known >= 1,
            _ => {
                (machine >= 1 && known >= 2)
                    || human >= 4
                    || (human >= 3 && strange == 0 && fields <= 6)
            }
        }
}

/// The header fields that a file begins with, up to the empty line, if they are plain and not too long. Nothing that
/// comes behind them makes something else of a mail, so nothing else has to be looked at.
fn mail_header(head: &[u8]) -> Option<&str> {
    const LONGEST: usize = 16 * 1024;
    let mut length = 0;
    for line in head[..head.len().min(LONGEST)].split_inclusive(|byte| *byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            return std::str::from_utf8(&head[..length]).ok();
        }
        let plain = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
        if !line.iter().all(plain) {
            return None;
        }
        length += line.len();
    }
    None
}

/// What begins with these header fields, when they are those of a mail whatever its name.
fn mail_format(header: &str, extension: &str) -> Option<&'static str> {
    (!header.starts_with(char::is_whitespace) && is_mail(header, "")).then(|| {
        match is_saved_page(header, extension) {
            true => "mht",
            false => "eml",
        }
    })
}

/// Formats whose first line gives them away.
fn lined(start: &str) -> Option<&'static str> {
    let mut lines = start.lines().map(str::trim_end);
    let first = lines.next().unwrap_or_default();
    match first.to_ascii_uppercase().as_str() {
        "BEGIN:VCALENDAR" => return Some("ics"),
        "BEGIN:VCARD" => return Some("vcf"),
        line if line == "WEBVTT" || line.starts_with("WEBVTT ") || line.starts_with("WEBVTT\t") => {
            return Some("vtt");
        }
        _ => {}
    }
    let number = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    let times = lines.next().unwrap_or_default();
    let timed = times.get(2..3) == Some(":") && times.contains(" --> ");
    (number && timed).then_some("srt")
}

/// A web page that a browser or Word saved is shaped as a mail, but nobody sent it.
fn is_saved_page(start: &str, extension: &str) -> bool {
    const SENT: [&str; 7] = [
        "received",
        "to",
        "message-id",
        "return-path",
        "delivered-to",
        "cc",
        "bcc",
    ];
    let header = start.split("\n\n").next().unwrap_or_default();
    let header = header.split("\r\n\r\n").next().unwrap_or_default();
    let sent = header
        .lines()
        .filter_map(header_name)
        .any(|name| SENT.contains(&name.to_ascii_lowercase().as_str()));
    let header = header.to_ascii_lowercase();
    let saved = header.contains("multipart/related")
        || header.contains("snapshot-content-location:")
        || header.contains("<saved by ")
        || matches!(extension, "mht" | "mhtml");
    !sent && saved
}

/// One value, or several one after another (JSON lines). However deep a value is nested, it is JSON.
fn is_json(start: &str, whole: bool) -> bool {
    if !start.starts_with(['{', '[']) {
        return false;
    }
    let mut values = serde_json::Deserializer::from_str(start).into_iter::<IgnoredAny>();
    let mut seen = 0;
    loop {
        match values.next() {
            None => return seen > 0,
            Some(Ok(_)) => seen += 1,
            Some(Err(error)) => {
                // Cut off by us, not by the file; or deeper than the library wants to go.
                let cut = !whole && error.is_eof();
                return cut || error.to_string().starts_with("recursion limit exceeded");
            }
        }
        // After the first value only another object counts: a text may begin with `[1]`.
        let rest = start[values.byte_offset()..].trim_start();
        if !rest.is_empty() && !rest.starts_with('{') {
            return false;
        }
    }
}

#[cfg(test)]
mod tests;
