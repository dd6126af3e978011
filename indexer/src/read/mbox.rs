//! Mailboxes in one text file (`mbox`): every message a child document, known by its Message-ID. Holds 64 KiB at a
//! time; never reads a message itself.

use std::io::{BufRead, BufReader, Read};

use memchr::memchr;

use super::archive::too_many;
use super::counted::{Counted, Expected};
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// Longer lines are taken in pieces.
const LINE: u64 = 64 << 10;
/// As much of the headers as is looked through for the Message-ID.
const HEAD: usize = 64 << 10;
/// As much of a message is handed over at once.
const WAITING: usize = 64 << 10;

/// Reads one `mbox` file.
pub fn read_mbox(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let file = BufReader::with_capacity(WAITING, &mut input.file);
    mailbox(file, limits, output)
}

fn mailbox(mut file: BufReader<impl Read>, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut counted = Counted::new("berichten", output);
    let mut messages = Messages {
        limits,
        output: &mut counted,
        count: 0,
        seen: 0,
        enough: None,
        failed: false,
        head: false,
        open: false,
        waiting: Vec::new(),
        place: None,
    };
    let outcome = messages.all(&mut file);
    let expected = match messages.failed {
        true => Expected::AtLeast(messages.seen),
        false => Expected::Known(messages.seen),
    };
    counted.tell(outcome, expected)
}

/// Where a line begins.
struct Start {
    position: u64,
    /// And not in the middle of a long one.
    of_line: bool,
    /// A message begins behind an empty line, or at the start of the file.
    behind_empty: bool,
}

/// Cuts the file into messages.
struct Messages<'a> {
    limits: &'a Limits,
    output: &'a mut dyn Output,
    count: u32,
    /// How many there are.
    seen: u64,
    /// Why no more are handed over.
    enough: Option<Reason>,
    /// The file could not be read to its end, so that nobody knows how many there are.
    failed: bool,
    /// Headers are waiting of a message of which the identity is not known yet.
    head: bool,
    /// Whether a child has begun.
    open: bool,
    /// Bytes of the message that were not handed over yet: a message by lines costs more than reading it.
    waiting: Vec<u8>,
    /// Where they stand in the file, if they stand there without a gap.
    place: Option<u64>,
}

impl Messages<'_> {
    /// Hands over all messages: those beyond a limit are only counted.
    fn all(&mut self, file: &mut BufReader<impl Read>) -> Outcome {
        let mut piece = Vec::new();
        let mut at = Start {
            position: 0,
            of_line: true,
            behind_empty: true,
        };
        loop {
            // Most lines stand whole in the buffer, and need not be copied.
            if let Some(end) = memchr(b'\n', file.buffer()) {
                self.line(&file.buffer()[..=end], &mut at);
                file.consume(end + 1);
                continue;
            }
            piece.clear();
            match file.by_ref().take(LINE).read_until(b'\n', &mut piece) {
                Ok(0) => break,
                Ok(_) => self.line(&piece, &mut at),
                Err(error) => {
                    self.failed = true;
                    let reason = Reason::Broken(format!("leesfout: {error}"));
                    let ended = self.end(Some(reason.clone()));
                    let why = ended.map_or_else(|stop| stop.0, |()| reason);
                    self.enough.get_or_insert(why);
                    break;
                }
            }
        }
        let last = match self.enough.take() {
            None => self.end(None).err().map(|stop| stop.0),
            enough => enough,
        };
        last.map_or(Outcome::Whole, Outcome::Partial)
    }

    /// Takes a line, or a piece of one.
    fn line(&mut self, line: &[u8], at: &mut Start) {
        let begins = at.of_line && at.behind_empty && is_separator(line);
        self.seen += u64::from(begins);
        if self.enough.is_none() {
            let given = if at.of_line { unquoted(line) } else { line };
            let position = at.position + (line.len() - given.len()) as u64;
            let taken = match begins {
                true => self.next(),
                false => self.add(given, position).map(|()| None),
            };
            self.enough = taken.unwrap_or_else(|stop| Some(stop.0));
        }
        at.behind_empty = !begins && at.of_line && matches!(line, b"\n" | b"\r\n");
        at.position += line.len() as u64;
        at.of_line = line.ends_with(b"\n");
    }

    /// The next message begins, unless a limit says that it must not.
    fn next(&mut self) -> Result<Option<Reason>, Stop> {
        self.end(None)?;
        if self.count >= self.limits.children {
            return Ok(Some(too_many(self.limits)));
        }
        self.count += 1;
        self.head = true;
        Ok(None)
    }

    /// Takes a line that stands at `position` in the file.
    fn add(&mut self, line: &[u8], position: u64) -> Result<(), Stop> {
        if !self.head && !self.open {
            return Ok(());
        }
        let follows = |place: &u64| place + self.waiting.len() as u64 == position;
        match self.waiting.is_empty() {
            true => self.place = Some(position),
            false if self.place.as_ref().is_some_and(follows) => {}
            false if self.open => {
                self.hand_over()?;
                self.place = Some(position);
            }
            false => self.place = None,
        }
        self.waiting.extend_from_slice(line);
        if self.head && (matches!(line, b"\n" | b"\r\n") || self.waiting.len() > HEAD) {
            self.begin()?;
        }
        match self.waiting.len() {
            WAITING.. if self.open => self.hand_over(),
            _ => Ok(()),
        }
    }

    /// Begins the child: its headers tell who it is.
    fn begin(&mut self) -> Result<(), Stop> {
        if std::mem::take(&mut self.head) {
            let name = format!("bericht {}.eml", self.count);
            let id = message_id(&self.waiting).unwrap_or_default();
            self.output.begin_child(&name, &id)?;
            self.open = true;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), Stop> {
        let given = match self.place {
            Some(place) => self.output.child_part(place, &self.waiting),
            None => self.output.child_bytes(&self.waiting),
        };
        self.waiting.clear();
        given
    }

    fn end(&mut self, trouble: Option<Reason>) -> Result<(), Stop> {
        self.begin()?;
        if std::mem::take(&mut self.open) {
            self.hand_over()?;
            self.output.end_child(trouble)?;
        }
        Ok(())
    }
}

/// `From who@where Wed Jun 30 09:14:02 2021`: a sentence that begins with "From " has no time.
fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let time = |word: &[u8]| {
        word.len() >= 5
            && word[2] == b':'
            && [0, 1, 3, 4].iter().all(|at| word[*at].is_ascii_digit())
    };
    rest.len() < 300 && rest.split(|byte| *byte == b' ').any(time)
}

/// A line that would have looked like the start of a message was written with `>` before it.
fn unquoted(line: &[u8]) -> &[u8] {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    if quotes > 0 && line[quotes..].starts_with(b"From ") {
        &line[1..]
    } else {
        line
    }
}

fn message_id(head: &[u8]) -> Option<String> {
    let field = b"message-id:";
    let mut lines = head.split(|byte| *byte == b'\n');
    let line = lines.find(|line| {
        line.get(..field.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(field))
    })?;
    // A long one may stand on the next line.
    let value = match line[field.len()..].trim_ascii() {
        b"" => lines.next()?.trim_ascii(),
        value => value,
    };
    let id = String::from_utf8_lossy(value);
    let id = id.trim_start_matches('<').trim_end_matches('>').trim();
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{Collected, input, limits, read_bytes};
    use super::*;

    const BOX: &str = "From jan@waterveen.nl Wed Jun 30 09:14:02 2021\n\
        From: Jan <jan@waterveen.nl>\nMessage-ID: <een@waterveen.nl>\nSubject: dijk\n\n\
        Beste Fatima,\n\nFrom here on we walk.\n\n>From de dijk is alles te zien.\n>>From nog dieper\n\n\
        From fatima@waterveen.nl Thu Jul  1 10:00:00 2021\r\n\
        From: Fatima <fatima@waterveen.nl>\r\nMessage-ID:\r\n <twee@waterveen.nl>\r\n\r\nDag Jan\r\n";

    #[test]
    fn every_message_is_a_child_known_by_its_id() {
        let (format, out, outcome) = read_bytes("postvak.mbox", BOX.as_bytes());
        assert_eq!((format.as_str(), outcome), ("mbox", Outcome::Whole));
        let keys: Vec<&str> = out.children.iter().map(|c| c.key.as_str()).collect();
        assert_eq!(keys, ["een@waterveen.nl", "twee@waterveen.nl"]);
        assert_eq!(out.values("berichten verwacht"), ["2"]);
        assert_eq!(out.values("berichten niet gelezen"), ["0"]);
        assert_eq!(out.children[1].name, "bericht 2.eml");
        let first = String::from_utf8_lossy(&out.children[0].bytes);
        assert!(first.starts_with("From: Jan"), "{first}");
        assert!(first.contains("\nFrom here on we walk.\n"), "{first}");
        assert!(first.contains("\nFrom de dijk is"), "{first}");
        assert!(first.contains("\n>From nog dieper"), "{first}");
        let second = String::from_utf8_lossy(&out.children[1].bytes);
        assert!(second.ends_with("Dag Jan\r\n"), "{second}");
    }

    #[test]
    fn a_message_larger_than_what_is_handed_over_at_once_is_whole() {
        let body = "regel over de dijk\n".repeat(20_000);
        let text =
            format!("From a@b Wed Jun 30 09:14:02 2021\nSubject: x\nMessage-ID: <x@y>\n\n{body}");
        let (_, out, outcome) = read_bytes("groot.mbox", text.as_bytes());
        assert_eq!(outcome, Outcome::Whole);
        let given = String::from_utf8_lossy(&out.children[0].bytes);
        assert_eq!(given.matches("regel over de dijk\n").count(), 20_000);
    }

    #[test]
    fn a_message_of_only_headers_at_the_very_end_is_there() {
        let text = "From a@b Wed Jun 30 09:14:02 2021\nSubject: x\nMessage-ID: <x@y>";
        let mut out = Collected::default();
        let outcome = read_mbox(&mut input("a.mbox", text.as_bytes()), &limits(), &mut out);
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(out.children[0].key, "x@y");
        assert!(out.children[0].bytes.ends_with(b"<x@y>"));
    }

    #[test]
    fn a_full_mailbox_tells_that_it_is_cut() {
        let few = Limits {
            children: 1,
            ..limits()
        };
        let mut out = Collected::default();
        let outcome = read_mbox(&mut input("a.mbox", BOX.as_bytes()), &few, &mut out);
        assert!(matches!(outcome, Outcome::Partial(Reason::Limit(_))));
        assert_eq!(out.children.len(), 1);
        assert!(out.children[0].ended);
        assert_eq!(out.values("berichten verwacht"), ["2"]);
        assert_eq!(out.values("berichten gelezen"), ["1"]);
        assert_eq!(out.values("berichten niet gelezen"), ["1"]);
    }

    /// A file of which nothing can be read.
    struct Failing;

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("stuk"))
        }
    }

    #[test]
    fn what_follows_on_a_failure_is_not_known_also_behind_a_limit() {
        for (most, expected, read) in [(1, "ten minste 2", "1"), (9, "ten minste 2", "1")] {
            let few = Limits {
                children: most,
                ..limits()
            };
            let mut out = Collected::default();
            let file = BufReader::new(BOX.as_bytes().chain(Failing));
            let outcome = mailbox(file, &few, &mut out);
            assert!(matches!(outcome, Outcome::Partial(_)), "{outcome:?}");
            assert_eq!(out.values("berichten verwacht"), [expected]);
            assert_eq!(out.values("berichten gelezen"), [read]);
            assert_eq!(out.values("berichten niet gelezen"), ["ten minste 1"]);
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_in_it_nothing_is_lost(parts in proptest::collection::vec("(From |>|a|\n|\r| 12:34 |:){0,12}", 0..30)) {
            let body = parts.concat();
            let text = format!("From a@b Wed Jun 30 09:14:02 2021\n{body}");
            let mut out = Collected::default();
            read_mbox(&mut input("a.mbox", text.as_bytes()), &limits(), &mut out);
            let given: usize = out.children.iter().map(|child| child.bytes.len()).sum();
            // Only separators and the quotes before them may be gone.
            let gone: usize = text
                .split_inclusive('\n')
                .map(|line| if is_separator(line.as_bytes()) { line.len() } else { line.len() - unquoted(line.as_bytes()).len() })
                .sum();
            prop_assert!(given + gone >= text.len(), "{given} + {gone} of {}", text.len());
            prop_assert!(out.children.iter().all(|child| child.ended));
        }
    }
}
