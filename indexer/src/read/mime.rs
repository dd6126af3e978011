//! Takes a mail apart. The library decodes a byte at a time, and most of a mailbox is encoded text; so mails of the
//! common shapes are taken apart here, in the same way and several times as fast, and every other mail goes to the
//! library. Owns no opinion on mail: what it makes of a message is what the library makes of it, and tests hold the two
//! together.

mod transfer;

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;
use mail_parser::{
    ContentType, Encoding, Header, HeaderName, HeaderValue, Message, MessageParser, MessagePart,
    PartType,
};
use memchr::{memchr2, memchr3, memmem};

/// A message with its parts, or `None` when it is none.
pub(super) fn parse(raw: &[u8]) -> Option<Message<'_>> {
    common(raw).or_else(|| MessageParser::default().parse(raw))
}

/// What kind of part it is, as far as that decides where it goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Alternative,
    Related,
    OtherMultipart,
    Plain,
    Html,
    OtherText,
    /// An image, a sound or a film.
    Inline,
    Other,
}

impl Kind {
    /// `None` for what only the library takes apart: enclosed messages.
    fn of(content_type: Option<&ContentType<'_>>) -> Option<Self> {
        let Some(content_type) = content_type else {
            return Some(Self::Plain);
        };
        Some(match (content_type.ctype(), content_type.subtype()) {
            ("multipart", Some("alternative")) => Self::Alternative,
            ("multipart", Some("related")) => Self::Related,
            ("multipart", Some("digest")) | ("message", _) => return None,
            ("multipart", _) => Self::OtherMultipart,
            ("text", Some("plain")) => Self::Plain,
            ("text", Some("html")) => Self::Html,
            ("text", _) => Self::OtherText,
            ("image" | "audio" | "video", _) => Self::Inline,
            _ => Self::Other,
        })
    }

    fn is_multipart(self) -> bool {
        matches!(
            self,
            Self::Alternative | Self::Related | Self::OtherMultipart
        )
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Plain | Self::Html | Self::OtherText)
    }
}

/// A multipart of which parts are still to come, or the message itself.
struct Open {
    /// `None` for the message itself.
    multipart: Option<(Kind, Vec<u8>)>,
    in_alternative: bool,
    parts: usize,
    html_parts: usize,
    text_parts: usize,
    need_html: bool,
    need_text: bool,
    /// Its own place among the parts.
    place: usize,
    children: Vec<u32>,
}

impl Open {
    fn is(&self, kind: Kind) -> bool {
        self.multipart.as_ref().is_some_and(|(its, _)| *its == kind)
    }
}

/// A message being taken apart.
struct Walk<'m> {
    raw: &'m [u8],
    stream: MessageStream<'m>,
    parser: MessageParser,
    message: Message<'m>,
    /// Never empty.
    open: Vec<Open>,
}

/// The message, when it is of a common shape: no message within it, every boundary where it should be, and nothing
/// encoded in a way that asks for mercy.
fn common(raw: &[u8]) -> Option<Message<'_>> {
    u32::try_from(raw.len()).ok()?;
    let mut walk = Walk {
        raw,
        stream: MessageStream::new(raw),
        parser: MessageParser::default(),
        message: Message::default(),
        open: vec![Open {
            multipart: None,
            in_alternative: false,
            parts: 0,
            html_parts: 0,
            text_parts: 0,
            need_html: true,
            need_text: true,
            place: 0,
            children: Vec::new(),
        }],
    };
    while walk.part()? {}
    let mut message = walk.message;
    message.raw_message = raw.into();
    message.parts.first_mut()?.offset_end = offset(raw.len());
    Some(message)
}

/// The library counts in 32 bits; longer messages are left to it.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'m> Walk<'m> {
    /// Takes the next part; whether more may follow.
    fn part(&mut self) -> Option<bool> {
        let offset_header = offset(self.stream.offset());
        let mut headers = Vec::new();
        if !self.stream.parse_headers(&self.parser, &mut headers) {
            return None;
        }
        let start = self.stream.offset();
        let place = self.message.parts.len();
        let open = self.open.last_mut()?;
        open.parts += 1;
        open.children.push(offset(place));
        let content_type =
            field(&headers, &HeaderName::ContentType).and_then(HeaderValue::as_content_type);
        let kind = Kind::of(content_type)?;
        let boundary = content_type.and_then(|it| it.attribute("boundary"));
        let mut part = MessagePart {
            offset_header,
            offset_body: offset(start),
            ..MessagePart::default()
        };
        if let Some(boundary) = boundary.filter(|_| kind.is_multipart()) {
            let boundary = boundary.as_bytes().to_vec();
            part.headers = headers;
            self.message.parts.push(part);
            self.begin(kind, boundary, place)?;
            return Some(true);
        }
        let (bytes, end) = self.decoded(&headers, start, &mut part)?;
        part.offset_end = offset(end);
        part.body = self.body(bytes, kind, &headers, place)?;
        part.headers = headers;
        self.message.parts.push(part);
        self.behind_part()
    }

    /// Goes to the first part of a multipart.
    fn begin(&mut self, kind: Kind, boundary: Vec<u8>, place: usize) -> Option<()> {
        if !self.stream.seek_next_part(&boundary) {
            return None;
        }
        self.stream.skip_crlf();
        let outer = self.open.last()?;
        self.open.push(Open {
            in_alternative: outer.in_alternative || kind == Kind::Alternative,
            multipart: Some((kind, boundary)),
            parts: 0,
            html_parts: self.message.html_body.len(),
            text_parts: self.message.text_body.len(),
            need_html: outer.need_html,
            need_text: outer.need_text,
            place,
            children: Vec::new(),
        });
        Some(())
    }

    /// The content of the part that begins at `start`, and where it ends.
    fn decoded(
        &mut self,
        headers: &[Header<'m>],
        start: usize,
        part: &mut MessagePart<'m>,
    ) -> Option<(Cow<'m, [u8]>, usize)> {
        let rest = self.raw.get(start..)?;
        let (length, behind) = match &self.open.last()?.multipart {
            None => (rest.len(), rest.len()),
            Some((_, boundary)) => {
                let line = [b"--", boundary.as_slice()].concat();
                let found = memmem::find(rest, &line)?;
                (found, found + line.len())
            }
        };
        self.stream.skip_bytes(behind);
        let inside = behind > length;
        // The line end before a boundary belongs to it.
        let content = match inside {
            true => without_line_end(&rest[..length]),
            false => rest,
        };
        let encoding = match field(headers, &HeaderName::ContentTransferEncoding) {
            Some(HeaderValue::Text(encoding)) => encoding,
            _ => "",
        };
        let bytes = if encoding.eq_ignore_ascii_case("base64") {
            part.encoding = Encoding::Base64;
            transfer::base64(content)?.into()
        } else if encoding.eq_ignore_ascii_case("quoted-printable") {
            part.encoding = Encoding::QuotedPrintable;
            transfer::quoted_printable(&rest[..length], inside)?.into()
        } else {
            content.into()
        };
        Some((bytes, start + content.len()))
    }

    /// Where the part goes, and its text when it is one.
    fn body(
        &mut self,
        bytes: Cow<'m, [u8]>,
        kind: Kind,
        headers: &[Header<'m>],
        place: usize,
    ) -> Option<PartType<'m>> {
        let number = offset(place);
        let content_type =
            field(headers, &HeaderName::ContentType).and_then(HeaderValue::as_content_type);
        let open = self.open.last_mut()?;
        let shown = matches!(kind, Kind::Plain | Kind::Html | Kind::Inline)
            && field(headers, &HeaderName::ContentDisposition)
                .and_then(HeaderValue::as_content_type)
                .is_none_or(|it| !it.is_attachment())
            && (open.parts == 1
                || !open.is(Kind::Related)
                    && (kind == Kind::Inline
                        || content_type.is_none_or(|it| !it.has_attribute("name"))));
        let (to_html, to_text) = match kind {
            _ if open.is(Kind::Alternative) => (kind == Kind::Html, kind == Kind::Plain),
            _ if !shown => (false, false),
            _ => {
                if open.in_alternative && (open.need_text || open.need_html) {
                    open.need_text &= kind != Kind::Html;
                    open.need_html &= kind != Kind::Plain;
                }
                (open.need_html, open.need_text)
            }
        };
        let message = &mut self.message;
        message.html_body.extend(to_html.then_some(number));
        message.text_body.extend(to_text.then_some(number));
        if !kind.is_text() {
            message.attachments.push(number);
            return Some(match shown {
                true => PartType::InlineBinary(bytes),
                false => PartType::Binary(bytes),
            });
        }
        let is_html = kind == Kind::Html;
        if !to_html && is_html || !to_text && !is_html {
            message.attachments.push(number);
        }
        let text = text(bytes, content_type.and_then(|it| it.attribute("charset")));
        Some(match is_html {
            true => PartType::Html(text),
            false => PartType::Text(text),
        })
    }

    /// Behind a boundary: another part, or the end of one multipart or more; whether more may follow.
    fn behind_part(&mut self) -> Option<bool> {
        loop {
            if self.open.last()?.multipart.is_none() {
                return Some(false);
            }
            if !self.stream.is_multipart_end() {
                return Some(true);
            }
            let ended = self.open.pop()?;
            self.either_or(&ended);
            let part = self.message.parts.get_mut(ended.place)?;
            part.body = PartType::Multipart(ended.children);
            match &self.open.last()?.multipart {
                Some((_, boundary)) => {
                    let end = self.stream.seek_next_part_offset(boundary)?;
                    part.offset_end = offset(end);
                }
                None => {
                    part.offset_end = offset(self.stream.offset());
                    return Some(false);
                }
            }
        }
    }

    /// Of alternatives of which there is only one, that one stands for both.
    fn either_or(&mut self, ended: &Open) {
        if !ended.is(Kind::Alternative) || !ended.need_html || !ended.need_text {
            return;
        }
        let Message {
            html_body,
            text_body,
            ..
        } = &mut self.message;
        if ended.text_parts == text_body.len() && ended.html_parts != html_body.len() {
            text_body.extend_from_slice(&html_body[ended.html_parts..]);
        }
        if ended.html_parts == html_body.len() && ended.text_parts != text_body.len() {
            html_body.extend_from_slice(&text_body[ended.text_parts..]);
        }
    }
}

/// The last field with this name: that one holds.
fn field<'h, 'm>(headers: &'h [Header<'m>], name: &HeaderName<'_>) -> Option<&'h HeaderValue<'m>> {
    let found = headers.iter().rfind(|header| header.name == *name);
    found.map(|header| &header.value)
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    match bytes.strip_suffix(b"\n") {
        Some(rest) => rest.strip_suffix(b"\r").unwrap_or(rest),
        None => bytes,
    }
}

/// The text that bytes in a character set stand for.
fn text<'m>(bytes: Cow<'m, [u8]>, charset: Option<&str>) -> Cow<'m, str> {
    const WESTERN: [&str; 3] = ["windows-1252", "iso-8859-1", "us-ascii"];
    let is_western = |name: &str| WESTERN.iter().any(|it| it.eq_ignore_ascii_case(name));
    let decoder = charset.and_then(|name| charset_decoder(name.as_bytes()));
    match (bytes, decoder) {
        (Cow::Borrowed(bytes), Some(_)) if charset.is_some_and(is_western) && known(bytes) => {
            WINDOWS_1252.decode_without_bom_handling(bytes).0
        }
        (Cow::Owned(bytes), Some(_)) if charset.is_some_and(is_western) && known(&bytes) => {
            let text = WINDOWS_1252.decode_without_bom_handling(&bytes).0;
            text.into_owned().into()
        }
        (bytes, Some(decode)) => decode(&bytes).into(),
        (Cow::Borrowed(bytes), None) => String::from_utf8_lossy(bytes),
        (Cow::Owned(bytes), None) => String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
            .into(),
    }
}

/// Whether every byte stands for something in Windows-1252; on the others opinions differ.
fn known(bytes: &[u8]) -> bool {
    memchr3(0x81, 0x8d, 0x8f, bytes).is_none() && memchr2(0x90, 0x9d, bytes).is_none()
}

#[cfg(test)]
mod tests;
