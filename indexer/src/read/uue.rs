//! Files written as text with uuencode (`begin 644 nota.doc`), in files of their own (`uue`) and in mails of before
//! MIME: every block a child document. Never takes a block out of a text when its first line is not code.

use std::borrow::Cow;
use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;

use super::archive::{harmless, too_many};
use super::counted::{Counted, Expected};
use super::rtf::charset::Charset;
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// Such a file is held in memory whole.
const MOST_BYTES: u64 = 256 << 20;

/// A file within a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    name: String,
    bytes: Vec<u8>,
    /// It ends as it should.
    whole: bool,
}

impl Block {
    /// Hands it over as a child.
    pub(super) fn give(&self, output: &mut dyn Output) -> Result<(), Stop> {
        output.begin_child(&self.name, "")?;
        output.child_bytes(&self.bytes)?;
        let cut = || Reason::Broken("het gecodeerde bestand houdt te vroeg op".into());
        output.end_child((!self.whole).then(cut))
    }
}

/// Whether the first line that is not empty begins a block.
pub(super) fn is_uue(text: &str) -> bool {
    let start = text.trim_start();
    start.starts_with("begin") && Coded::begin(start.as_bytes()).is_some()
}

/// Reads one `uue` file: what stands around the blocks is its text.
pub fn read_uue(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut bytes = Vec::new();
    if let Err(error) = (&mut input.file).take(MOST_BYTES).read_to_end(&mut bytes) {
        return Outcome::Unreadable(Reason::Broken(error.to_string()));
    }
    let (text, blocks) = taken_out(&bytes);
    let mut counted = Counted::new("onderdelen", output);
    let whole = input.size <= MOST_BYTES && blocks.iter().all(|block| block.whole);
    let outcome = match give(&text, &blocks, limits, &mut counted) {
        Err(stop) => stop.into(),
        Ok(Some(reason)) => Outcome::Partial(reason),
        Ok(None) if input.size > MOST_BYTES => Outcome::Partial(Reason::Limit(format!(
            "van dit bestand worden {} MB gelezen",
            MOST_BYTES >> 20
        ))),
        Ok(None) if !whole => Outcome::Partial(Reason::Broken(
            "een gecodeerd bestand houdt te vroeg op".into(),
        )),
        Ok(None) => Outcome::Whole,
    };
    let expected = blocks.len() as u64;
    counted.tell(
        outcome,
        match whole {
            true => Expected::Known(expected),
            false => Expected::AtLeast(expected),
        },
    )
}

fn give(
    text: &[u8],
    blocks: &[Block],
    limits: &Limits,
    output: &mut dyn Output,
) -> Result<Option<Reason>, Stop> {
    let text = match std::str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(Charset::default().text(text)),
    };
    if !text.trim().is_empty() {
        output.text(&text.replace("\r\n", "\n"))?;
    }
    for (number, block) in blocks.iter().enumerate() {
        if number as u64 >= u64::from(limits.children) {
            return Ok(Some(too_many(limits)));
        }
        block.give(output)?;
    }
    Ok(None)
}

/// A text without its blocks, and these.
pub(super) fn split(text: &str) -> (Cow<'_, str>, Vec<Block>) {
    let (rest, blocks) = taken_out(text.as_bytes());
    match rest {
        // What was taken out are whole lines.
        Cow::Owned(rest) => match String::from_utf8(rest) {
            Ok(rest) => (Cow::Owned(rest), blocks),
            Err(_) => (Cow::Borrowed(text), Vec::new()),
        },
        Cow::Borrowed(_) => (Cow::Borrowed(text), blocks),
    }
}

fn taken_out(text: &[u8]) -> (Cow<'_, [u8]>, Vec<Block>) {
    let mut blocks = Vec::new();
    let mut rest: Vec<u8> = Vec::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(found) = memmem::find(&text[at..], b"begin") {
        let start = at + found;
        at = start + 1;
        if start > 0 && text[start - 1] != b'\n' {
            continue;
        }
        if let Some(coded) = Coded::begin(&text[start..]) {
            let (block, size) = coded.block();
            blocks.push(block);
            rest.extend_from_slice(&text[kept..start]);
            kept = start + size;
            at = kept;
        }
    }
    if blocks.is_empty() {
        return (Cow::Borrowed(text), blocks);
    }
    rest.extend_from_slice(&text[kept..]);
    (Cow::Owned(rest), blocks)
}

/// A block that begins.
struct Coded<'t> {
    text: &'t [u8],
    /// Where the next line begins.
    at: usize,
    name: String,
    base64: bool,
}

impl<'t> Coded<'t> {
    /// `begin`, rights of three or four digits, a name, and then a line of code.
    fn begin(text: &'t [u8]) -> Option<Self> {
        let (line, at) = line(text, 0)?;
        let rest = line.strip_prefix(b"begin")?;
        let base64 = rest.starts_with(b"-base64 ");
        let rest = rest.strip_prefix(b"-base64").unwrap_or(rest);
        let rest = rest.strip_prefix(b" ")?;
        let digits = rest
            .iter()
            .take_while(|byte| (b'0'..b'8').contains(*byte))
            .count();
        let name = rest[digits..].strip_prefix(b" ")?.trim_ascii();
        if !(3..=4).contains(&digits) || name.is_empty() || name.len() > 255 {
            return None;
        }
        let name = match std::str::from_utf8(name) {
            Ok(name) => harmless(name),
            Err(_) => harmless(&Charset::default().text(name)),
        };
        let coded = Self {
            text,
            at,
            name,
            base64,
        };
        coded.line(true, &mut Vec::new()).map(|_| coded)
    }

    /// Adds what the line at the current place says; where the next one begins. The first line must look like code, as
    /// must one that the text ends in.
    fn line(&self, first: bool, bytes: &mut Vec<u8>) -> Option<usize> {
        let (line, next) = line(self.text, self.at)?;
        let ended = self.text[..next].ends_with(b"\n");
        let added = match self.base64 {
            true => STANDARD.decode_vec(line.trim_ascii(), bytes).is_ok(),
            false => decode(line, first || !ended, bytes),
        };
        (added && !line.is_empty()).then_some(next)
    }

    /// The file, and how many bytes of the text it took.
    fn block(mut self) -> (Block, usize) {
        let mut bytes = Vec::new();
        let mut whole = false;
        while let Some((here, next)) = line(self.text, self.at) {
            let end: &[u8] = if self.base64 { b"====" } else { b"end" };
            if here.trim_ascii() == end {
                whole = true;
                self.at = next;
                break;
            }
            let empty = here.trim_ascii().is_empty();
            match self.line(false, &mut bytes) {
                Some(next) => self.at = next,
                // Some programs write nothing on the line that says that no bytes follow.
                None if empty => self.at = next,
                None => break,
            }
        }
        let block = Block {
            name: self.name,
            bytes,
            whole,
        };
        (block, self.at)
    }
}

/// The line at a place, and where the next one begins.
fn line(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
    Some((line, at + (end + 1).min(rest.len())))
}

/// Decodes a line: how many bytes it holds, then four characters for each three of them. Spaces at the end may be gone,
/// unless it must look like code; a sign or two more may stand there.
fn decode(line: &[u8], strictly: bool, bytes: &mut Vec<u8>) -> bool {
    let fits = line.iter().all(|byte| (32..=96).contains(byte));
    let Some((count, code)) = line.split_first().filter(|_| fits) else {
        return false;
    };
    let count = usize::from(count.wrapping_sub(32) & 63);
    let wanted = count.div_ceil(3) * 4;
    let bare = code.trim_ascii_end().len();
    if bare > wanted + 2 || (strictly && (count == 0 || bare + 16 < wanted)) {
        return false;
    }
    let value = |at: usize| u32::from(code.get(at).copied().unwrap_or(b' ').wrapping_sub(32) & 63);
    let end = bytes.len() + count;
    for four in (0..wanted).step_by(4) {
        let three = (0..4).fold(0, |all, at| all << 6 | value(four + at));
        bytes.extend_from_slice(&three.to_be_bytes()[1..]);
    }
    bytes.truncate(end);
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::read_bytes;
    use super::*;

    /// The bytes as uuencode writes them.
    fn encoded(name: &str, bytes: &[u8]) -> String {
        let sign = |value: u32| match value & 63 {
            0 => '`',
            value => char::from(value as u8 + 32),
        };
        let mut text = format!("begin 644 {name}\r\n");
        for piece in bytes.chunks(45) {
            text.push(sign(piece.len() as u32));
            for three in piece.chunks(3) {
                let at = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
                let all = at(0) << 16 | at(1) << 8 | at(2);
                text.extend([18, 12, 6, 0].map(|shift| sign(all >> shift)));
            }
            text.push_str("\r\n");
        }
        text + "`\r\nend\r\n"
    }

    #[test]
    fn a_file_in_uuencode_is_its_content() {
        let text = encoded(
            "map/nota.pdf",
            b"%PDF-1.4 een nota over de dijk, zo lang dat er twee regels nodig zijn",
        );
        for (given, around) in [
            (text.clone(), ""),
            (text.replace('`', " "), ""),
            (text.replace('`', " ").replace(" \r\n", "\r\n"), ""),
            (format!("{text}\r\nGroeten, Jan\r\n"), "\nGroeten, Jan\n"),
        ] {
            let (format, out, outcome) = read_bytes("x.uue", given.as_bytes());
            assert_eq!(
                (format.as_str(), outcome),
                ("uue", Outcome::Whole),
                "{given}"
            );
            assert_eq!(out.children.len(), 1);
            assert_eq!(out.children[0].name, "map/nota.pdf");
            assert!(
                out.children[0]
                    .bytes
                    .ends_with(b"zo lang dat er twee regels nodig zijn")
            );
            assert_eq!(out.rest, around);
            assert_eq!(out.values("onderdelen verwacht"), ["1"]);
        }
    }

    #[test]
    fn base64_between_the_same_lines_is_read_too() {
        let text = "begin-base64 644 brief.txt\nQmVzdGUgSmFuLA==\n====\n";
        let (format, out, _) = read_bytes("x", text.as_bytes());
        assert_eq!(format, "uue");
        assert_eq!(out.children[0].bytes, b"Beste Jan,");
    }

    #[test]
    fn a_mail_of_before_mime_gives_its_attachment_and_keeps_its_text() {
        let block = encoded("nota.doc", b"inhoud van de nota");
        let mail = format!(
            "From: a@b.nl\r\nTo: c@d.nl\r\nSubject: nota\r\nMessage-ID: <x@y>\r\n\r\nZie de nota.\r\n\r\n{block}\r\nGroet\r\n"
        );
        let (format, out, outcome) = read_bytes("x.eml", mail.as_bytes());
        assert_eq!((format.as_str(), outcome), ("eml", Outcome::Whole));
        assert_eq!(out.rest, "Zie de nota.\n\n\nGroet\n");
        assert_eq!(out.children[0].name, "nota.doc");
        assert_eq!(out.children[0].bytes, b"inhoud van de nota");
    }

    #[test]
    fn a_block_that_is_cut_off_says_so_and_a_sentence_is_no_block() {
        let whole = encoded("nota.doc", &[b'x'; 100]);
        let (_, out, outcome) = read_bytes("x.uue", &whole.as_bytes()[..90]);
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Broken(_))),
            "{outcome:?}"
        );
        assert!(out.children[0].unreadable.is_some());
        assert!(out.children[0].bytes.starts_with(b"xxxxxxxxxx"));
        for text in [
            "begin 644 stappen\nnu eerst dit",
            "begin 2024 met de dijk",
            "begin",
        ] {
            assert_eq!(split(text), (Cow::Borrowed(text), Vec::new()));
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_in_it_nothing_panics_and_what_is_no_block_stays(
            text in "(begin 644 a|begin|end|\n|\r|`|!!!!|\\PC| |#0V%T){0,30}",
        ) {
            let (rest, blocks) = split(&text);
            prop_assert!(!blocks.is_empty() || rest == text);
            read_bytes("x.uue", text.as_bytes());
        }
    }
}
