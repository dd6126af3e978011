//! What a reader finds, turned into frames to the parent, within the limits of the document. Holds at most
//! a frame of text. Never reads.

use std::io::Write;
use std::os::unix::net::UnixStream;

use super::protocol::{
    CHUNK, Frame, MAX_NAME, MAX_PAGES, MAX_PROPERTIES, MAX_PROPERTY_BYTES, Part, cut,
};
use crate::read::{Limits, Outcome, Output, Reason, Stop};

/// Longest name of a property, in bytes.
const MAX_KEY: usize = 200;

/// The receiving end that a reader sees.
pub struct Outlet<'a> {
    socket: &'a UnixStream,
    limits: Limits,
    /// Frames that are not sent yet.
    waiting: Vec<u8>,
    /// Text that is not a frame yet.
    text: String,
    text_bytes: u64,
    pages: usize,
    properties: usize,
    property_bytes: usize,
    children: u32,
    children_bytes: u64,
    in_child: bool,
    /// The first thing that was left out.
    incomplete: Option<Reason>,
    /// Set once no more text is taken: the children may still come.
    full: Option<Stop>,
    /// Set once the reader was told to stop.
    stopped: Option<Stop>,
}

/// A number of bytes as a person reads it.
fn amount(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{bytes} bytes"),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

impl<'a> Outlet<'a> {
    /// An outlet to `socket` for one document, with what was not sent of the one before.
    pub fn new(socket: &'a UnixStream, limits: Limits, waiting: Vec<u8>) -> Self {
        Self {
            socket,
            limits,
            waiting,
            text: String::new(),
            text_bytes: 0,
            pages: 0,
            properties: 0,
            property_bytes: 0,
            children: 0,
            children_bytes: 0,
            in_child: false,
            incomplete: None,
            full: None,
            stopped: None,
        }
    }

    /// Tells the format, which has these limits.
    pub fn format(&mut self, format: &str, limits: &Limits) {
        self.limits = limits.clone();
        Frame::Format(format).encode(&mut self.waiting);
    }

    /// The way to the parent.
    pub fn socket(&self) -> &'a UnixStream {
        self.socket
    }

    /// Sends what is waiting.
    pub fn flush(&mut self) -> std::io::Result<()> {
        let sent = self.socket.write_all(&self.waiting);
        self.waiting.clear();
        sent
    }

    /// Ends the document. `outcome` is `None` after a panic of the reader. With `more` documents to come a short
    /// answer is not sent yet, but returned for the next outlet. An error means that the parent is gone.
    pub fn finish(mut self, outcome: Option<Outcome>, more: bool) -> std::io::Result<Vec<u8>> {
        let last = outcome.is_none();
        let found = self.text_bytes > 0 || self.children > 0;
        let outcome = match (outcome, self.incomplete.take()) {
            (None, _) if found => Outcome::Partial(Reason::Broken("de lezer liep vast".into())),
            (None, _) => Outcome::Unreadable(Reason::Broken("de lezer liep vast".into())),
            (Some(Outcome::Whole), Some(reason)) => Outcome::Partial(reason),
            (Some(Outcome::Unreadable(_)), Some(reason)) if found => Outcome::Partial(reason),
            (Some(outcome), _) => outcome,
        };
        if self.in_child {
            let reason = match &outcome {
                Outcome::Whole => None,
                Outcome::Partial(reason) | Outcome::Unreadable(reason) => Some(reason.clone()),
            };
            self.push(&Frame::EndChild(reason));
        }
        self.push(&Frame::Done { outcome, last });
        if last || !more || self.waiting.len() >= CHUNK {
            self.flush()?;
        }
        Ok(self.waiting)
    }

    /// Tells the reader to stop, now and at every later call.
    fn stop(&mut self, limit: String) -> Stop {
        let stop = Stop(Reason::Limit(limit));
        self.incomplete.get_or_insert_with(|| stop.0.clone());
        self.stopped.insert(stop).clone()
    }

    /// Tells the reader that no more text is taken, now and at every later text.
    fn fill(&mut self, limit: String) -> Stop {
        let stop = Stop(Reason::Limit(limit));
        self.incomplete.get_or_insert_with(|| stop.0.clone());
        self.full.insert(stop).clone()
    }

    /// Whether text is still taken.
    fn takes_text(&self) -> Result<(), Stop> {
        self.going()?;
        self.full.clone().map_or(Ok(()), Err)
    }

    /// Refuses to begin a page beyond the limit. The parent takes one more than [`MAX_PAGES`] less one.
    fn room_for_page(&mut self) -> Result<(), Stop> {
        let most = (MAX_PAGES - 1).min(self.limits.pages as usize);
        match self.pages >= most {
            true => Err(self.fill(format!("meer dan {most} bladzijden"))),
            false => Ok(()),
        }
    }

    /// Counts bytes of the child, while the limit allows them.
    fn more_of_child(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.going()?;
        let total = self.children_bytes + bytes.len() as u64;
        if total > self.limits.children_bytes {
            let most = amount(self.limits.children_bytes);
            return Err(self.stop(format!("meer dan {most} aan onderdelen")));
        }
        self.children_bytes = total;
        Ok(())
    }

    fn going(&self) -> Result<(), Stop> {
        self.stopped.clone().map_or(Ok(()), Err)
    }

    fn push(&mut self, frame: &Frame<'_>) {
        if !self.text.is_empty() {
            Frame::Text(&self.text).encode(&mut self.waiting);
            self.text.clear();
        }
        frame.encode(&mut self.waiting);
    }

    fn send(&mut self, frame: &Frame<'_>) -> Result<(), Stop> {
        self.push(frame);
        self.send_when(CHUNK)
    }

    /// Sends what is waiting once it is `size` bytes.
    fn send_when(&mut self, size: usize) -> Result<(), Stop> {
        if self.waiting.len() < size {
            return Ok(());
        }
        // Nobody listens any more; `finish` fails in the same way and ends the process.
        self.flush()
            .map_err(|_| self.stop("het indexeren is gestopt".into()))
    }
}

impl Output for Outlet<'_> {
    fn text(&mut self, text: &str) -> Result<(), Stop> {
        self.takes_text()?;
        if text.is_empty() {
            return Ok(());
        }
        self.room_for_page()?;
        let left = self.limits.text_bytes - self.text_bytes;
        let mut rest = cut(text, usize::try_from(left).unwrap_or(usize::MAX));
        let too_long = rest.len() < text.len();
        self.text_bytes += rest.len() as u64;
        while !rest.is_empty() {
            let piece = cut(rest, CHUNK - self.text.len());
            self.text.push_str(piece);
            rest = &rest[piece.len()..];
            if !rest.is_empty() {
                Frame::Text(&self.text).encode(&mut self.waiting);
                self.text.clear();
                self.send_when(CHUNK)?;
            }
        }
        if too_long {
            return Err(self.fill(format!("meer dan {} tekst", amount(self.limits.text_bytes))));
        }
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), Stop> {
        self.takes_text()?;
        self.room_for_page()?;
        self.pages += 1;
        self.send(&Frame::EndPage)
    }

    fn property(&mut self, key: &str, value: &str) -> Result<(), Stop> {
        // Also behind a limit: how many messages a mailbox should have is told when it was full.
        if let (true, Some(Stop(why))) = (self.in_child, &self.stopped) {
            let why = why.clone();
            self.in_child = false;
            self.send(&Frame::EndChild(Some(why)))?;
        }
        let (key, shown) = (cut(key, MAX_KEY), cut(value, MAX_NAME));
        let total = self.property_bytes + key.len() + shown.len();
        if self.properties >= MAX_PROPERTIES || total > MAX_PROPERTY_BYTES {
            // The text matters more than the thousandth receiver: go on.
            self.incomplete
                .get_or_insert_with(|| Reason::Limit("te veel eigenschappen".into()));
            return Ok(());
        }
        if shown.len() < value.len() {
            self.incomplete
                .get_or_insert_with(|| Reason::Limit(format!("een eigenschap ({key}) is te lang")));
        }
        self.properties += 1;
        self.property_bytes = total;
        self.send(&Frame::Property { key, value: shown })
    }

    fn begin_child(&mut self, name: &str, key: &str) -> Result<(), Stop> {
        self.going()?;
        if self.children >= self.limits.children {
            return Err(self.stop(format!("meer dan {} onderdelen", self.limits.children)));
        }
        self.children += 1;
        self.in_child = true;
        self.send(&Frame::BeginChild {
            name: cut(name, MAX_NAME),
            key: cut(key, MAX_NAME),
        })
    }

    fn child_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.more_of_child(bytes)?;
        for piece in bytes.chunks(CHUNK) {
            self.send(&Frame::ChildBytes(piece))?;
        }
        Ok(())
    }

    fn child_part(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Stop> {
        self.more_of_child(bytes)?;
        let size = bytes.len() as u64;
        self.send(&Frame::ChildPart(Part { offset, size }))
    }

    fn end_child(&mut self, unreadable: Option<Reason>) -> Result<(), Stop> {
        self.going()?;
        self.in_child = false;
        self.send(&Frame::EndChild(unreadable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::assemble::{Assembly, Reading};
    use crate::worker::protocol::Inbox;
    use crate::worker::spool::Shelf;
    use std::io::Read;

    fn limits() -> Limits {
        Limits {
            text_bytes: 300_000,
            pages: 3,
            children: 2,
            children_bytes: 200_000,
            ..Limits::STANDARD
        }
    }

    /// What the parent makes of a reader.
    fn reading(reader: impl FnOnce(&mut Outlet<'_>) -> Option<Outcome> + Send) -> Reading {
        let (ours, theirs) = UnixStream::pair().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut outlet = Outlet::new(&theirs, limits(), Vec::new());
                outlet.format("txt", &limits());
                let outcome = reader(&mut outlet);
                outlet.finish(outcome, false).unwrap();
            });
            let (mut inbox, mut assembly) = (
                Inbox::new(),
                Assembly::new(
                    limits().into(),
                    Shelf::new(std::env::temp_dir().into()),
                    None,
                ),
            );
            loop {
                while let Some(frame) = inbox.frame().unwrap() {
                    if let Some(done) = assembly.take(frame).unwrap() {
                        return assembly.finish(done.outcome);
                    }
                }
                let bytes = (&ours).read(inbox.room()).unwrap();
                assert_ne!(bytes, 0);
                inbox.filled(bytes);
            }
        })
    }

    fn told(result: Result<(), Stop>) -> Outcome {
        result.map_or_else(|stop| Outcome::Partial(stop.0), |()| Outcome::Whole)
    }

    #[test]
    fn long_text_arrives_whole_however_it_is_cut() {
        for piece in [1, 7, 65_536, 65_537, 250_000] {
            let text = "é€a".repeat(250_000 / 6);
            let start = cut(&text, piece).len().max(2);
            let expected = text.clone();
            let got = reading(move |outlet| {
                outlet.text(&text[..start]).unwrap();
                outlet.text(&text[start..]).unwrap();
                outlet.end_page().unwrap();
                Some(Outcome::Whole)
            });
            assert_eq!(got.outcome, Outcome::Whole);
            assert!(got.text == expected);
        }
    }

    #[test]
    fn text_over_the_limit_is_cut_and_marked_even_when_the_reader_says_whole() {
        let got = reading(|outlet| {
            let _stopped = outlet.text(&"é".repeat(200_000));
            assert!(outlet.text("x").is_err());
            Some(Outcome::Whole)
        });
        assert_eq!(got.text.len(), 300_000);
        let reason = Reason::Limit("meer dan 300000 bytes tekst".into());
        assert_eq!(got.outcome, Outcome::Partial(reason));
    }

    #[test]
    fn behind_too_much_text_children_are_still_taken() {
        let got = reading(|outlet| {
            let stop = outlet.text(&"x".repeat(400_000)).unwrap_err();
            outlet.begin_child("nota.pdf", "").unwrap();
            outlet.child_bytes(b"%PDF-").unwrap();
            outlet.end_child(None).unwrap();
            assert!(outlet.text("y").is_err());
            assert!(outlet.end_page().is_err());
            Some(stop.into())
        });
        assert_eq!(got.text.len(), 300_000);
        assert_eq!(got.children.len(), 1);
        assert_eq!(
            (got.children[0].size, &got.children[0].unreadable),
            (5, &None)
        );
        let reason = Reason::Limit("meer dan 300000 bytes tekst".into());
        assert_eq!(got.outcome, Outcome::Partial(reason));
    }

    #[test]
    fn members_over_a_limit_stop_the_container_and_say_so() {
        let many = reading(|outlet| {
            let mut all = || {
                for _ in 0..3 {
                    outlet.begin_child("a", "")?;
                    outlet.end_child(None)?;
                }
                Ok(())
            };
            Some(told(all()))
        });
        assert_eq!(many.children.len(), 2);
        assert_eq!(
            many.outcome.clone(),
            Outcome::Partial(Reason::Limit("meer dan 2 onderdelen".into()))
        );
        let big = reading(|outlet| {
            outlet.begin_child("groot", "").unwrap();
            outlet.child_bytes(&[1; 150_000]).unwrap();
            Some(told(outlet.child_bytes(&[1; 150_000])))
        });
        let reason = Reason::Limit("meer dan 200000 bytes aan onderdelen".into());
        assert_eq!(big.children[0].unreadable, Some(reason.clone()));
        assert_eq!(
            (big.children[0].size, big.outcome),
            (150_000, Outcome::Partial(reason))
        );
    }

    #[test]
    fn pages_over_the_limit_are_not_read_and_what_was_known_is_still_told() {
        let pages = |number: u32| {
            reading(move |outlet| {
                let mut all = || {
                    for page in 1..=number {
                        outlet.text(&format!("bladzijde {page}"))?;
                        outlet.end_page()?;
                    }
                    Ok(())
                };
                let told = told(all());
                outlet.property("titel", "over de dijk").unwrap();
                Some(told)
            })
        };
        let three = pages(3);
        assert_eq!(three.outcome, Outcome::Whole);
        assert_eq!(three.pages.len(), 3);
        let four = pages(4);
        let reason = Reason::Limit("meer dan 3 bladzijden".into());
        assert_eq!(four.outcome, Outcome::Partial(reason));
        assert_eq!((&four.text, four.pages), (&three.text, three.pages));
        assert_eq!(four.properties.len(), 1);
    }

    #[test]
    fn a_full_container_may_still_tell_its_account() {
        let full = reading(|outlet| {
            outlet.begin_child("groot", "").unwrap();
            let told = told(outlet.child_bytes(&[1; 250_000]));
            outlet.property("berichten verwacht", "7").unwrap();
            Some(told)
        });
        assert!(full.children[0].unreadable.is_some());
        assert_eq!(full.properties[0].1, "7");
        assert!(matches!(full.outcome, Outcome::Partial(Reason::Limit(_))));
    }

    #[test]
    fn a_value_that_is_too_long_costs_only_itself() {
        let got = reading(|outlet| {
            outlet.property("titel", &"x".repeat(100_000)).unwrap();
            outlet.text("tekst").unwrap();
            Some(Outcome::Whole)
        });
        assert_eq!(got.properties[0].1.len(), MAX_NAME);
        assert_eq!(got.text, "tekst");
        assert_eq!(
            got.outcome,
            Outcome::Partial(Reason::Limit("een eigenschap (titel) is te lang".into()))
        );
    }

    #[test]
    fn a_panic_keeps_the_pages_before_it() {
        let got = reading(|outlet| {
            outlet.text("begin").unwrap();
            None
        });
        assert_eq!(
            got.outcome,
            Outcome::Partial(Reason::Broken("de lezer liep vast".into()))
        );
        let got = reading(|_| None);
        assert_eq!(
            got.outcome,
            Outcome::Unreadable(Reason::Broken("de lezer liep vast".into()))
        );
    }
}
