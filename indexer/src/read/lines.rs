//! The lines of calendars and business cards (RFC 5545, RFC 6350 and the older vCard 2.1): unfolded, taken apart
//! in name, parameters and value, and decoded. Never knows what a name means.

use std::io::Read;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{Input, encoding};

/// Larger files are not taken into memory: they are read as plain text.
const IN_MEMORY: u64 = 64 << 20;

/// One line: `NAME;PARAMETER=x:value`.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// The name in capitals, without the group before it.
    pub(super) name: String,
    /// Parameters, their names in capitals; in vCard 2.1 a bare word is a `TYPE`.
    params: Vec<(String, String)>,
    /// The value as it was written, decoded to characters.
    pub(super) raw: String,
}

impl Line {
    /// The first parameter of this name.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All parameters of this name, also those that share one by commas.
    pub(super) fn params<'l>(&'l self, name: &'l str) -> impl Iterator<Item = &'l str> {
        let named = self.params.iter().filter(move |(key, _)| key == name);
        named.flat_map(|(_, value)| value.split(',').map(str::trim))
    }

    /// The value with its escapes undone.
    pub(super) fn text(&self) -> String {
        unescape(&self.raw)
    }

    /// The parts of a value that semicolons divide, escapes undone and empty ones kept.
    pub(super) fn parts(&self) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for char in self.raw.chars() {
            if char == ';' && !escaped {
                parts.push(String::new());
            } else if let Some(part) = parts.last_mut() {
                part.push(char);
            }
            escaped = char == '\\' && !escaped;
        }
        parts.iter().map(|part| unescape(part)).collect()
    }

    /// Whether the value is binary data in base64.
    pub(super) fn is_binary(&self) -> bool {
        let word =
            |word: &str| word.eq_ignore_ascii_case("base64") || word.eq_ignore_ascii_case("b");
        self.params("ENCODING").any(word)
            || self
                .params("TYPE")
                .any(|kind| kind.eq_ignore_ascii_case("base64"))
    }
}

/// `\n`, `\,`, `\;` and `\\` as what they mean.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            '\r' => {}
            other => out.push(other),
        }
    }
    out
}

/// All lines of a file; `None` when it is too big for memory or cannot be read.
pub(super) fn lines(input: &mut Input) -> Option<Vec<Line>> {
    if input.size > IN_MEMORY {
        return None;
    }
    let mut bytes = Vec::new();
    (&mut input.file)
        .take(IN_MEMORY)
        .read_to_end(&mut bytes)
        .ok()?;
    let encoding = encoding::guess_head(&bytes[..bytes.len().min(4096)]);
    if let Some(wide) = encoding.filter(|e| *e == UTF_16LE || *e == UTF_16BE) {
        bytes = wide
            .decode_with_bom_removal(&bytes)
            .0
            .into_owned()
            .into_bytes();
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    Some(
        unfolded(bytes)
            .iter()
            .filter_map(|line| parsed(line))
            .collect(),
    )
}

/// Logical lines: a line that begins with a blank goes on with the one before, and so does one after a soft end
/// of quoted-printable.
fn unfolded(bytes: &[u8]) -> Vec<Vec<u8>> {
    // In vCard 2.1 the blank that a line begins with is part of the text.
    let keeps_blank =
        super::recognise::find(&bytes[..bytes.len().min(4096)], b"VERSION:2.1").is_some();
    let mut all: Vec<Vec<u8>> = Vec::new();
    let mut soft = false;
    for line in bytes.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (all.last_mut(), line.first()) {
            (Some(last), _) if soft => {
                last.pop();
                last.extend_from_slice(line);
            }
            (Some(last), Some(b' ' | b'\t')) => {
                let blank = usize::from(!keeps_blank);
                last.extend_from_slice(&line[blank..]);
            }
            _ => all.push(line.to_vec()),
        }
        soft = line.ends_with(b"=") && all.last().is_some_and(|last| is_quoted(last));
    }
    all
}

/// Whether the parameters of a line say quoted-printable.
fn is_quoted(line: &[u8]) -> bool {
    let head = line.split(|b| *b == b':').next().unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_uppercase();
    head.contains("QUOTED-PRINTABLE")
}

fn parsed(line: &[u8]) -> Option<Line> {
    let colon = value_from(line)?;
    let head = decoded(&line[..colon], None);
    let mut parts = split_unquoted(&head).into_iter();
    let name = parts.next()?.trim().to_ascii_uppercase();
    let name = name.rsplit('.').next().unwrap_or_default().to_owned();
    let params: Vec<(String, String)> = parts
        .map(|part| match part.split_once('=') {
            Some((key, value)) => (key.trim().to_ascii_uppercase(), value.replace('"', "")),
            None if part.eq_ignore_ascii_case("QUOTED-PRINTABLE") => ("ENCODING".into(), part),
            None => ("TYPE".into(), part),
        })
        .collect();
    let mut parsed = Line {
        name,
        params,
        raw: String::new(),
    };
    let value = &line[colon + 1..];
    let charset = parsed.param("CHARSET").map(str::to_owned);
    parsed.raw = match parsed.param("ENCODING") {
        Some(kind) if kind.eq_ignore_ascii_case("QUOTED-PRINTABLE") => {
            // A line end that was encoded is text; a backslash before a letter is no escape here.
            decoded(&unquoted(value), charset.as_deref())
        }
        _ => decoded(value, charset.as_deref()),
    };
    (!parsed.name.is_empty()).then_some(parsed)
}

/// Where the colon before the value stands: the first one outside quotes.
fn value_from(line: &[u8]) -> Option<usize> {
    let mut quoted = false;
    line.iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == b':' && !quoted
    })
}

fn split_unquoted(head: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for char in head.chars() {
        quoted ^= char == '"';
        if char == ';' && !quoted {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(char);
        }
    }
    parts
}

/// Quoted-printable as bytes; what is no code stays.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        let code = value.get(at + 1..at + 3).and_then(|hex| {
            let hex = std::str::from_utf8(hex).ok()?;
            u8::from_str_radix(hex, 16).ok()
        });
        match code {
            Some(code) if *byte == b'=' => {
                out.push(code);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

/// By the charset that the line names, else UTF-8, else Windows-1252.
fn decoded(bytes: &[u8], charset: Option<&str>) -> String {
    let named = charset.and_then(|name| Encoding::for_label(name.trim().as_bytes()));
    match (named, std::str::from_utf8(bytes)) {
        (Some(named), _) => named.decode_without_bom_handling(bytes).0.into_owned(),
        (None, Ok(text)) => text.to_owned(),
        (None, Err(_)) => WINDOWS_1252
            .decode_without_bom_handling(bytes)
            .0
            .into_owned(),
    }
}
