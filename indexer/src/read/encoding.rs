//! From bytes to characters: which encoding a text has, and decoding it piece by piece. Never holds a whole
//! file, never loses a byte silently (what cannot be decoded becomes U+FFFD).

use std::io::{self, Read, Seek};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{Input, Outcome, Reason, Stop};

/// Bytes read and decoded at a time.
const CHUNK: usize = 64 * 1024;

/// Why the reading of a text ended early.
#[derive(Debug)]
pub(super) enum Failure {
    /// The receiver wants no more.
    Stop(Stop),
    /// The file could not be read.
    Io(io::Error),
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Stop(stop) => stop.into(),
            Failure::Io(error) => {
                Self::Unreadable(Reason::Other(format!("lezen mislukt: {error}")))
            }
        }
    }
}

/// Fills `buffer` as far as the file reaches.
pub(super) fn read_full(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A text may hold one NUL in so many bytes.
const FEW_ZEROS: usize = 256;

/// The encoding of a piece of text from its beginning alone, or `None` when this is no text at all: many NUL bytes
/// that are no UTF-16, or many control characters.
pub(super) fn guess_head(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(encoding);
    }
    if head.contains(&0) {
        let zeros = head.iter().filter(|byte| **byte == 0).count();
        if let Some(encoding) = utf16_without_bom(head) {
            return Some(encoding);
        }
        // A damaged text or log may hold a few; anything else with more of them is no text.
        if zeros * FEW_ZEROS > head.len().max(FEW_ZEROS) {
            return None;
        }
    }
    // A DOS end-of-file mark, a terminal's colours (ESC) and a backspace occur in real texts.
    let control = |b: &u8| matches!(b, 0..=7 | 0x0b | 0x0e..=0x19 | 0x1c..=0x1f | 0x7f);
    // Counted in bytes, so that a processor can do many at once.
    let controls: usize = head
        .chunks(255)
        .map(|piece| usize::from(piece.iter().map(|b| u8::from(control(b))).sum::<u8>()))
        .sum();
    if controls * 32 > head.len() {
        return None;
    }
    let mut seen = Utf8Seen::default();
    seen.feed(head);
    if seen.is_utf8() {
        return Some(UTF_8);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, true);
    Some(detector.guess(Some(b"nl"), Utf8Detection::Deny))
}

/// Latin text in UTF-16 has a NUL in nearly every second byte, and on one side only.
fn utf16_without_bom(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    if pairs == 0 {
        return None;
    }
    let zeros = |offset: usize| {
        head.iter()
            .skip(offset)
            .step_by(2)
            .take(pairs)
            .filter(|b| **b == 0)
            .count()
    };
    let (high_first, low_first) = (zeros(0), zeros(1));
    let encoding = if low_first * 2 > pairs && high_first * 50 < pairs.max(50) {
        UTF_16LE
    } else if high_first * 2 > pairs && low_first * 50 < pairs.max(50) {
        UTF_16BE
    } else {
        return None;
    };
    let (text, _) = encoding.decode_without_bom_handling(&head[..pairs * 2]);
    let odd = |c: &char| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace());
    let bad = text.chars().filter(odd).count();
    (bad * 32 <= pairs).then_some(encoding)
}

/// Counts what speaks for and against UTF-8 in a stream of bytes.
#[derive(Default)]
struct Utf8Seen {
    multibyte: u64,
    invalid: u64,
    /// An unfinished sequence at the end of the previous piece.
    tail: Vec<u8>,
}

impl Utf8Seen {
    fn feed(&mut self, piece: &[u8]) {
        if self.tail.is_empty() {
            return self.scan(piece);
        }
        // A sequence has at most four bytes: enough of this piece to finish or refute it.
        let mut joined = std::mem::take(&mut self.tail);
        let taken = piece.len().min(4);
        joined.extend_from_slice(&piece[..taken]);
        if taken == piece.len() {
            return self.scan(&joined);
        }
        let rest_of_sequence = piece
            .iter()
            .take_while(|b| (0x80..0xc0).contains(*b))
            .take(3)
            .count();
        joined.truncate(joined.len() - taken + rest_of_sequence);
        self.scan(&joined);
        // Whatever is still open now will not be finished by what follows.
        self.invalid += u64::from(!std::mem::take(&mut self.tail).is_empty());
        self.scan(&piece[rest_of_sequence..]);
    }

    fn scan(&mut self, mut bytes: &[u8]) {
        loop {
            let (valid, error) = match std::str::from_utf8(bytes) {
                Ok(text) => (text, None),
                Err(e) => (
                    std::str::from_utf8(&bytes[..e.valid_up_to()]).unwrap_or_default(),
                    Some(e),
                ),
            };
            if !valid.is_ascii() {
                self.multibyte += valid.bytes().filter(|b| *b >= 0xc0).count() as u64;
            }
            let Some(error) = error else { return };
            match error.error_len() {
                None => {
                    self.tail = bytes[error.valid_up_to()..].to_vec();
                    return;
                }
                Some(length) => {
                    self.invalid += 1;
                    bytes = &bytes[error.valid_up_to() + length..];
                }
            }
        }
    }

    /// A few damaged places in a UTF-8 text do not make it another encoding.
    fn is_utf8(&self) -> bool {
        self.invalid == 0 || self.multibyte > 4 * self.invalid
    }
}

/// Room for pieces of this document: most mails and attachments are far smaller than a whole piece.
fn room(input: &Input) -> usize {
    usize::try_from(input.size)
        .unwrap_or(CHUNK)
        .saturating_add(1)
        .min(CHUNK)
}

/// The encoding of a whole file that is text: BOM, UTF-8, UTF-16 without BOM, else a guess with Dutch in mind.
/// `declared` is what the document says itself; real UTF-8 beats it, because saved pages often keep a label
/// that is no longer true.
pub(super) fn detect(
    input: &mut Input,
    declared: Option<&'static Encoding>,
) -> io::Result<&'static Encoding> {
    input.file.rewind()?;
    let mut chunk = vec![0; room(input)];
    let filled = read_full(&mut input.file, &mut chunk)?;
    if let Some((encoding, _)) = Encoding::for_bom(&chunk[..filled]) {
        return Ok(encoding);
    }
    if chunk[..filled].contains(&0)
        && let Some(encoding) = utf16_without_bom(&chunk[..filled])
    {
        return Ok(encoding);
    }
    let mut seen = Utf8Seen::default();
    let mut filled = filled;
    while filled > 0 {
        seen.feed(&chunk[..filled]);
        filled = read_full(&mut input.file, &mut chunk)?;
    }
    // A sequence that the end of the file cuts off is no sequence: a last é in Windows-1252 looks like one.
    seen.invalid += u64::from(!seen.tail.is_empty());
    match declared {
        // All ASCII so far as UTF-8 can tell: the label may still mean something (ISO-2022-JP).
        Some(label) if seen.multibyte == 0 || !seen.is_utf8() => return Ok(label),
        _ if seen.is_utf8() => return Ok(UTF_8),
        _ => {}
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    input.file.rewind()?;
    loop {
        let filled = read_full(&mut input.file, &mut chunk)?;
        detector.feed(&chunk[..filled], filled == 0);
        if filled == 0 {
            return Ok(detector.guess(Some(b"nl"), Utf8Detection::Deny));
        }
    }
}

/// As [`detect`], with what the first bytes of a web page or an XML document claim.
pub(super) fn detect_declared(input: &mut Input) -> io::Result<&'static Encoding> {
    input.file.rewind()?;
    let mut head = [0; 4096];
    let filled = read_full(&mut input.file, &mut head)?;
    detect(input, declared(&head[..filled]))
}

/// The characters of a page or an XML document that is in memory already.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let wide = guess_head(&bytes[..bytes.len().min(CHUNK)]);
    let wide = wide.filter(|encoding| *encoding == UTF_16LE || *encoding == UTF_16BE);
    let utf8 = std::str::from_utf8(bytes).is_ok();
    let encoding = match wide {
        Some(wide) => wide,
        None if utf8 => UTF_8,
        None => declared(&bytes[..bytes.len().min(4096)])
            .or_else(|| guess_head(bytes))
            .unwrap_or(UTF_8),
    };
    encoding.decode(bytes).0.into_owned()
}

/// The characters of a short text that is in memory, its encoding guessed as that of a text file. `None` when this is no
/// text, or when bytes of it mean nothing in that encoding: nobody notices a character that was replaced.
pub fn text_in_memory(bytes: &[u8]) -> Option<String> {
    let encoding = match std::str::from_utf8(bytes) {
        Ok(_) if !bytes.contains(&0) => UTF_8,
        _ => guess_head(bytes)?,
    };
    let (text, _, replaced) = encoding.decode(bytes);
    let control = |c: char| c.is_control() && !c.is_whitespace();
    (!replaced && !text.contains(control)).then(|| text.into_owned())
}

/// The encoding that a page or an XML document claims in its first bytes.
pub(super) fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let xml = head
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split("?>").next())
        .and_then(|declaration| declaration.split_once("encoding"));
    let meta = head
        .split("<meta")
        .skip(1)
        .find_map(|meta| meta.split('>').next()?.split_once("charset"));
    let label = xml.or(meta)?.1.trim_start().strip_prefix('=')?.trim_start();
    let label = label.trim_start_matches(['"', '\'']);
    let end = label
        .find(|c: char| c.is_whitespace() || "\"';/".contains(c))
        .unwrap_or(label.len());
    let encoding = Encoding::for_label(&label.as_bytes()[..end])?;
    // Whoever could read this label as ASCII does not read UTF-16.
    Some(if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else {
        encoding
    })
}

/// Decodes a whole file piece by piece, a BOM left out. `\r\n` and `\r` become `\n`.
pub(super) fn decode(
    input: &mut Input,
    encoding: &'static Encoding,
    mut each: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    input.file.rewind()?;
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut chunk = vec![0; room(input)];
    // The decoder needs at most three bytes of UTF-8 for a byte, and some for what it still holds.
    let mut text = String::with_capacity(3 * chunk.len() + 64);
    let mut lines = LineEnds::default();
    loop {
        let filled = read_full(&mut input.file, &mut chunk)?;
        let last = filled == 0;
        let mut rest = &chunk[..filled];
        loop {
            text.clear();
            let (result, read, _) = decoder.decode_to_string(rest, &mut text, last);
            rest = &rest[read..];
            lines.pass(&text, &mut each)?;
            if result == encoding_rs::CoderResult::InputEmpty {
                break;
            }
        }
        if last {
            return Ok(());
        }
    }
}

/// Makes every line end `\n`, also when `\r` and `\n` come in different pieces.
#[derive(Default)]
struct LineEnds {
    after_cr: bool,
}

impl LineEnds {
    fn pass(
        &mut self,
        text: &str,
        each: &mut impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let text = match (self.after_cr, text.strip_prefix('\n')) {
            (true, Some(rest)) => rest,
            _ => text,
        };
        if text.is_empty() {
            // Only the line feed of a pair came; what follows it stands on its own.
            self.after_cr = false;
            return Ok(());
        }
        self.after_cr = text.ends_with('\r');
        if text.contains('\r') {
            each(&text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            each(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::input;
    use super::*;

    #[test]
    fn a_list_that_somebody_sends_is_read_in_its_own_encoding_or_not_at_all() {
        let words = "coördinatie;12\r\n\"Reëel én €\";3\r\n";
        let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [
            words.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", words.as_bytes()].concat(),
            encoding_rs::WINDOWS_1252.encode(words).0.into_owned(),
            utf16.clone(),
            [b"\xff\xfe".as_slice(), &utf16].concat(),
        ] {
            assert_eq!(text_in_memory(&bytes).as_deref(), Some(words));
        }
        assert_eq!(text_in_memory(b"").as_deref(), Some(""));
        let broken = [&"é".repeat(40).into_bytes()[..], b"\xff"].concat();
        for no_text in [b"PK\x03\x04\x14\0\0\0\x08\0".as_slice(), &broken] {
            assert_eq!(text_in_memory(no_text), None);
        }
    }

    fn decoded(bytes: &[u8]) -> String {
        let mut input = input("x.txt", bytes);
        let encoding = detect(&mut input, None).expect("detecting");
        let mut all = String::new();
        decode(&mut input, encoding, |piece| {
            all.push_str(piece);
            Ok(())
        })
        .expect("decoding");
        all
    }

    #[test]
    fn dutch_text_survives_every_usual_encoding() {
        let text = "Coördinatie van financiële überhaupt-vragen, \u{20ac} 5 geëist; naïeve reünie te Curaçao.\n";
        assert_eq!(decoded(text.as_bytes()), text);
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        assert_eq!(decoded(&latin), text);
        let utf16 = |bom: bool, big: bool| -> Vec<u8> {
            let bytes = |unit: u16| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            };
            bom.then_some(0xfeff)
                .into_iter()
                .chain(text.encode_utf16())
                .flat_map(bytes)
                .collect()
        };
        for (bom, big) in [(true, true), (true, false), (false, true), (false, false)] {
            assert_eq!(decoded(&utf16(bom, big)), text, "{bom} {big}");
        }
        assert_eq!(decoded(format!("\u{feff}{text}").as_bytes()), text);
    }

    #[test]
    fn accents_far_behind_the_beginning_decide_too() {
        let mut bytes = vec![b'a'; 3 * CHUNK];
        bytes.extend_from_slice(b" caf\xe9");
        let text = decoded(&bytes);
        assert_eq!(&text[3 * CHUNK..], " café");
        // A sequence cut in two by the end of a piece is not damage.
        let mut bytes = vec![b'a'; CHUNK - 1];
        bytes.extend_from_slice("é en ë".as_bytes());
        assert!(decoded(&bytes).ends_with("aé en ë"));
    }

    #[test]
    fn a_damaged_byte_costs_one_character() {
        let mut bytes = "één twee drié víer vijf zès ".repeat(3).into_bytes();
        bytes.push(0xff);
        bytes.extend_from_slice(" zeven".as_bytes());
        assert!(decoded(&bytes).ends_with("zès \u{fffd} zeven"));
    }

    #[test]
    fn line_ends_become_one_kind_wherever_pieces_are_cut() {
        let mut bytes = vec![b'a'; CHUNK - 1];
        bytes.extend_from_slice(b"\r\n\r\nb\rc\r");
        assert!(decoded(&bytes).ends_with("a\n\nb\nc\n"));
    }

    proptest! {
        #[test]
        fn utf8_counting_does_not_depend_on_the_pieces(text in "\\PC{0,40}", cut in 0usize..60) {
            let bytes = text.as_bytes();
            let cut = cut.min(bytes.len());
            let mut seen = Utf8Seen::default();
            seen.feed(&bytes[..cut]);
            seen.feed(&bytes[cut..]);
            prop_assert_eq!(seen.invalid, 0);
            prop_assert_eq!(seen.multibyte, text.chars().filter(|c| !c.is_ascii()).count() as u64);
        }

        #[test]
        fn any_bytes_can_be_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            decoded(&bytes);
            guess_head(&bytes);
        }
    }

    #[test]
    fn a_nul_in_a_log_does_not_hide_its_text() {
        let log = "2021-03-04 melding van het gemaal\n".repeat(40);
        let mut bytes = log.clone().into_bytes();
        bytes[100] = 0;
        assert_eq!(guess_head(&bytes), Some(UTF_8));
        bytes[200..220].fill(0);
        assert_eq!(guess_head(&bytes), None);
    }
}
