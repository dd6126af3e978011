//! The two ways in which mail writes bytes as text (RFC 2045 §6), a line at a time. Gives nothing for what is not
//! written as it should be: that takes a decoder with mercy.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use memchr::{memchr, memchr2};

/// Bits that stand for nothing are passed over; padding must be there.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// What base64 stands for.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    // Lines are put behind one another first: they need not be of whole groups.
    let mut code = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(end) = memchr(b'\n', rest) {
        let line = &rest[..end];
        code.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        rest = &rest[end + 1..];
    }
    code.extend_from_slice(rest);
    BASE64.decode(&code).ok()
}

/// What quoted-printable stands for. `inside`: a boundary follows, to which the last line end belongs.
pub(super) fn quoted_printable(text: &[u8], inside: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let first = memchr(b'\n', text);
    let line_end: &[u8] = match first.is_some_and(|at| text[..at].ends_with(b"\r")) {
        true => b"\r\n",
        false => b"\n",
    };
    let mut rest = text;
    let mut soft = false;
    while !rest.is_empty() {
        let end = memchr(b'\n', rest);
        let line = match end {
            Some(end) => rest[..=end].strip_suffix(line_end)?,
            None => rest,
        };
        rest = end.map_or(&[][..], |end| &rest[end + 1..]);
        soft = quoted_line(line, end.is_some(), &mut bytes)?;
        // Nothing can go on behind the end.
        if soft && end.is_none() {
            return None;
        }
        if !soft && end.is_some() {
            bytes.extend_from_slice(line_end);
        }
    }
    if inside && text.ends_with(b"\n") && !soft {
        bytes.truncate(bytes.len() - line_end.len());
    }
    Some(bytes)
}

/// Adds what a line stands for; whether the next one goes on with it.
fn quoted_line(line: &[u8], ended: bool, bytes: &mut Vec<u8>) -> Option<bool> {
    let mut rest = line;
    while let Some(at) = memchr2(b'=', b'\r', rest) {
        bytes.extend_from_slice(&rest[..at]);
        match &rest[at..] {
            [b'=', high, low, after @ ..] => {
                bytes.push(digit(*high)? << 4 | digit(*low)?);
                rest = after;
            }
            b"=" => return Some(true),
            _ => return None,
        }
    }
    // White space at the end of a line came on the way.
    let end = match ended {
        true => rest.trim_ascii_end(),
        false => rest,
    };
    bytes.extend_from_slice(end);
    Some(false)
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}
