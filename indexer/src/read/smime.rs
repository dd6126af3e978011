//! Signed and encrypted content (CMS, `p7m`): takes the content out of a signed one, tells that an encrypted one
//! cannot be read. Never checks a signature, never decrypts.

use std::io::Read;

use super::recognise::find;
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// Such a file is held in memory whole.
const MOST_BYTES: u64 = 256 << 20;
/// Parts within parts, beyond which no honest file goes.
const DEEPEST: usize = 32;
/// What every kind of content is called, up to the last number.
const PKCS7: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";
/// Encrypted, with proof that nothing was changed.
const AUTH_ENVELOPED: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17";
/// Packed, not encrypted.
const COMPRESSED: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09";

/// Whether the first bytes of a file say that it is encrypted.
pub(super) fn is_encrypted(head: &[u8]) -> bool {
    let head = &head[..head.len().min(40)];
    let kind = find(head, PKCS7).and_then(|at| head.get(at + PKCS7.len()));
    head.first() == Some(&0x30)
        && (matches!(kind, Some(3 | 4 | 6)) || find(head, AUTH_ENVELOPED).is_some())
}

/// Reads one `p7m` file: the signed content becomes a child.
pub fn read_p7m(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut bytes = Vec::new();
    match (&mut input.file)
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
    {
        Ok(_) if bytes.len() as u64 > MOST_BYTES => {
            let most = MOST_BYTES >> 20;
            let reason = format!("ondertekende bestanden tot {most} MB worden gelezen");
            return Outcome::Unreadable(Reason::Limit(reason));
        }
        Ok(_) => {}
        Err(error) => return Outcome::Unreadable(Reason::Broken(error.to_string())),
    }
    if is_encrypted(&bytes) {
        let reason = "versleuteld (S/MIME): alleen te lezen met de sleutel van de ontvanger";
        return Outcome::Unreadable(Reason::Other(reason.into()));
    }
    if find(&bytes[..bytes.len().min(40)], COMPRESSED).is_some() {
        let reason = "ingepakt bericht (S/MIME): daarvoor is er geen lezer";
        return Outcome::Unreadable(Reason::Other(reason.into()));
    }
    match signed(&bytes) {
        None => Outcome::Unreadable(Reason::Broken(
            "de ondertekende inhoud is niet te vinden".into(),
        )),
        // A signature that stands beside what it signs: there is nothing to read in it.
        Some(content) if content.whole && content.bytes.is_empty() => Outcome::Whole,
        Some(content) => match child(&input.name, &content.bytes, output) {
            Err(stop) => stop.into(),
            Ok(()) if content.whole => Outcome::Whole,
            Ok(()) => {
                Outcome::Partial(Reason::Broken("de ondertekende inhoud is niet heel".into()))
            }
        },
    }
}

fn child(name: &str, content: &[u8], output: &mut dyn Output) -> Result<(), Stop> {
    let head = String::from_utf8_lossy(&content[..content.len().min(512)]).to_lowercase();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let name = match head.trim_start() {
        head if head.starts_with("content-") || head.starts_with("mime-version") => "inhoud.eml",
        _ if stem.is_empty() || stem == "smime" => "inhoud",
        _ => stem,
    };
    output.begin_child(name, "")?;
    output.child_bytes(content)?;
    output.end_child(None)
}

/// One part of a DER or BER structure.
struct Part<'b> {
    tag: u8,
    content: &'b [u8],
    /// What comes behind it; unknown when the part does not tell its length.
    rest: &'b [u8],
    open: bool,
    whole: bool,
}

fn part(bytes: &[u8]) -> Option<Part<'_>> {
    let tag = *bytes.first()?;
    let first = usize::from(*bytes.get(1)?);
    let (start, length) = match first {
        0x80 => {
            let content = &bytes[2..];
            return Some(Part {
                tag,
                content,
                rest: &[],
                open: true,
                whole: true,
            });
        }
        0..=0x7f => (2, first),
        _ => {
            let count = first & 0x7f;
            let digits = bytes.get(2..2 + count).filter(|_| count <= 8)?;
            let length = digits
                .iter()
                .fold(0_u64, |all, digit| (all << 8) | u64::from(*digit));
            (2 + count, usize::try_from(length).ok()?)
        }
    };
    let body = &bytes[start..];
    let whole = length <= body.len();
    let (content, rest) = body.split_at(length.min(body.len()));
    Some(Part {
        tag,
        content,
        rest,
        open: false,
        whole,
    })
}

/// The content of a signed file.
#[derive(Default)]
struct Content {
    bytes: Vec<u8>,
    whole: bool,
}

/// ContentInfo { signedData, [0] SignedData { version, algorithms, ContentInfo { data, [0] content }, … } }
fn signed(bytes: &[u8]) -> Option<Content> {
    let info = part(bytes)?;
    let kind = part(info.content)?;
    let data = part(part(kind.rest)?.content)?;
    let version = part(data.content)?;
    let algorithms = part(version.rest)?;
    let inner = match algorithms.open {
        // A list that does not tell its length ends with two zeros.
        true => part(after_open(algorithms.content, 0)?)?,
        false => part(algorithms.rest)?,
    };
    let kind = part(inner.content)?;
    let mut content = Content {
        bytes: Vec::new(),
        whole: true,
    };
    match part(kind.rest) {
        Some(explicit) if explicit.tag == 0xa0 => {
            content.whole = explicit.whole;
            if let Some(octets) = part(explicit.content) {
                gather(&octets, &mut content, 0)?;
            }
            Some(content)
        }
        _ => Some(content),
    }
}

/// Adds the bytes of a text that may be cut into pieces; gives what comes behind it.
fn gather<'b>(octets: &Part<'b>, content: &mut Content, depth: usize) -> Option<&'b [u8]> {
    if depth > DEEPEST {
        content.whole = false;
        return None;
    }
    content.whole &= octets.whole;
    if octets.tag & 0x20 == 0 {
        content.bytes.extend_from_slice(octets.content);
        return Some(octets.rest);
    }
    let mut pieces = octets.content;
    loop {
        if octets.open && pieces.starts_with(&[0, 0]) {
            return pieces.get(2..);
        }
        let Some(piece) = part(pieces) else {
            content.whole &= !octets.open;
            return Some(octets.rest);
        };
        match gather(&piece, content, depth + 1) {
            Some(rest) if rest.len() < pieces.len() => pieces = rest,
            _ => return None,
        }
    }
}

/// What comes behind the content of a part that does not tell its length.
fn after_open(mut bytes: &[u8], depth: usize) -> Option<&[u8]> {
    while !bytes.starts_with(&[0, 0]) {
        let inner = part(bytes).filter(|_| depth < DEEPEST)?;
        let rest = if inner.open {
            after_open(inner.content, depth + 1)?
        } else {
            inner.rest
        };
        bytes = if rest.len() < bytes.len() {
            rest
        } else {
            return None;
        };
    }
    bytes.get(2..)
}
