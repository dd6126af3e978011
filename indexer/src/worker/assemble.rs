//! From the frames of a reader process to one [`Reading`]. Trusts no frame: every limit that the process
//! should keep is checked again. Never talks to the process and never judges a document.

use super::protocol::{
    CHUNK, Frame, MAX_NAME, MAX_PAGES, MAX_PROPERTIES, MAX_PROPERTY_BYTES, Malformed, Part,
};
use super::spool::{Original, Shelf, Spool, SpooledChild};
use crate::read::{LimitSet, Limits, Outcome, Reason};

/// What a reader made of one document.
#[derive(Debug)]
pub struct Reading {
    /// The format that was recognised, such as `pdf`; `onbekend` if it never came so far.
    pub format: String,
    /// The text of all pages, joined by U+000C, which never stands inside a page.
    pub text: String,
    /// Where each page starts in `text`, in bytes. Formats without pages have one, at 0.
    pub pages: Vec<usize>,
    /// Properties in the order in which the reader gave them; see [`crate::read::key`].
    pub properties: Vec<(String, String)>,
    /// Attachments or members, in their order.
    pub children: Vec<SpooledChild>,
    /// How the reading ended.
    pub outcome: Outcome,
}

impl Reading {
    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> u64 {
        let pair = |(one, other): (&String, &String)| one.len() + other.len();
        let properties = self
            .properties
            .iter()
            .map(|(key, value)| pair((key, value)));
        let children = self.children.iter().map(|it| pair((&it.name, &it.key)));
        let words: usize = properties.chain(children).sum();
        let places = size_of_val(self.pages.as_slice())
            + size_of_val(self.properties.as_slice())
            + size_of_val(self.children.as_slice());
        (self.text.len() + words + places) as u64
    }
}

/// A reading in the making.
pub struct Assembly {
    all_limits: LimitSet,
    /// Those of its format, once that is known.
    limits: Limits,
    format: Option<String>,
    text: String,
    pages: Vec<usize>,
    page_open: bool,
    properties: Vec<(String, String)>,
    property_bytes: usize,
    spool: Spool,
}

/// How a process says that it is done with a document.
pub struct Finished {
    /// How the reading ended.
    pub outcome: Outcome,
    /// The process wants to be replaced.
    pub last: bool,
}

impl Assembly {
    /// An empty one; children go to `shelf`, unless they stand in `original`, the document itself.
    pub fn new(all_limits: LimitSet, shelf: Shelf, original: Option<Original>) -> Self {
        Self {
            limits: all_limits.general.clone(),
            all_limits,
            format: None,
            text: String::new(),
            pages: Vec::new(),
            page_open: false,
            properties: Vec::new(),
            property_bytes: 0,
            spool: Spool::new(shelf, original),
        }
    }

    /// Takes one frame in; the last one of a document gives its end.
    pub fn take(&mut self, frame: Frame<'_>) -> Result<Option<Finished>, Malformed> {
        match frame {
            Frame::Format(format) if self.format.is_none() => self.format(format)?,
            _ if self.format.is_none() => return Err(Malformed),
            Frame::ChildBytes(bytes) => self.child_bytes(bytes)?,
            Frame::ChildPart(part) => self.child_part(part)?,
            Frame::EndChild(unreadable) if self.spool.in_child() => self.spool.end(unreadable),
            _ if self.spool.in_child() => return Err(Malformed),
            Frame::Text(text) => self.text(text)?,
            Frame::EndPage => {
                self.begin_page()?;
                self.page_open = false;
            }
            Frame::Property { key, value } => self.property(key, value)?,
            Frame::BeginChild { name, key } => self.begin_child(name, key)?,
            Frame::Done { outcome, last } => return Ok(Some(Finished { outcome, last })),
            _ => return Err(Malformed),
        }
        Ok(None)
    }

    /// Whether its format has a time or memory of its own: then the process waits until that is set.
    pub fn is_special(&self) -> bool {
        let format = self.format.as_deref();
        format.is_some_and(|format| self.all_limits.is_special(format))
    }

    /// The limits of this reading: those of its format, as soon as that is known.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many bytes this reading holds, children included.
    pub fn bytes(&self) -> u64 {
        self.text.len() as u64 + self.spool.bytes()
    }

    fn format(&mut self, format: &str) -> Result<(), Malformed> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if format.is_empty() || format.len() > 32 || !format.bytes().all(plain) {
            return Err(Malformed);
        }
        self.format = Some(format.to_owned());
        self.limits = self.all_limits.of(format).clone();
        Ok(())
    }

    fn begin_page(&mut self) -> Result<(), Malformed> {
        if self.page_open {
            return Ok(());
        }
        if self.pages.len() >= MAX_PAGES.min(self.limits.pages as usize) {
            return Err(Malformed);
        }
        if !self.pages.is_empty() {
            self.text.push('\u{c}');
        }
        self.pages.push(self.text.len());
        self.page_open = true;
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Malformed> {
        self.begin_page()?;
        let separators = self.pages.len() - 1;
        let total = (self.text.len() - separators + text.len()) as u64;
        if total > self.limits.text_bytes {
            return Err(Malformed);
        }
        if text.contains('\u{c}') {
            // A form feed inside a page would look like the end of it.
            self.text.push_str(&text.replace('\u{c}', "\n"));
        } else {
            self.text.push_str(text);
        }
        Ok(())
    }

    fn property(&mut self, key: &str, value: &str) -> Result<(), Malformed> {
        self.property_bytes += key.len() + value.len();
        if self.properties.len() >= MAX_PROPERTIES || self.property_bytes > MAX_PROPERTY_BYTES {
            return Err(Malformed);
        }
        self.properties.push((key.to_owned(), value.to_owned()));
        Ok(())
    }

    fn begin_child(&mut self, name: &str, key: &str) -> Result<(), Malformed> {
        let full = self.spool.len() as u64 >= u64::from(self.limits.children);
        if full || name.len() > MAX_NAME || key.len() > MAX_NAME {
            return Err(Malformed);
        }
        self.spool.begin(name, key);
        Ok(())
    }

    fn child_bytes(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let total = self.spool.bytes() + bytes.len() as u64;
        if !self.spool.in_child() || bytes.len() > CHUNK || total > self.limits.children_bytes {
            return Err(Malformed);
        }
        self.spool.write(bytes);
        Ok(())
    }

    fn child_part(&mut self, part: Part) -> Result<(), Malformed> {
        let total = self.spool.bytes().checked_add(part.size).ok_or(Malformed)?;
        if !self.spool.in_child() || total > self.limits.children_bytes {
            return Err(Malformed);
        }
        self.spool.part(part)
    }

    /// The reading, as the process ended it.
    pub fn finish(self, outcome: Outcome) -> Reading {
        self.close(outcome, None).0
    }

    /// The reading, and the shelf for the next one.
    pub fn finish_one(self, outcome: Outcome) -> (Reading, Shelf) {
        self.close(outcome, None)
    }

    /// The reading when the process ended before the document did. What came in before is kept: a document
    /// of which 400 pages were read can be found by them.
    pub fn abort(self, reason: Reason) -> Reading {
        let outcome = if self.text.is_empty() && self.spool.len() == 0 {
            Outcome::Unreadable(reason.clone())
        } else {
            Outcome::Partial(reason.clone())
        };
        self.close(outcome, Some(reason)).0
    }

    fn close(mut self, outcome: Outcome, broken_off: Option<Reason>) -> (Reading, Shelf) {
        self.spool.end(broken_off);
        let (children, trouble, shelf) = self.spool.finish();
        let outcome = match (outcome, trouble) {
            (Outcome::Whole, Some(reason)) => Outcome::Partial(reason),
            (outcome, _) => outcome,
        };
        if self.pages.is_empty() {
            self.pages.push(0);
        }
        self.text.shrink_to_fit();
        let reading = Reading {
            format: self.format.unwrap_or_else(|| "onbekend".into()),
            text: self.text,
            pages: self.pages,
            properties: self.properties,
            children,
            outcome,
        };
        (reading, shelf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assembly() -> Assembly {
        let limits = Limits {
            text_bytes: 20,
            children: 2,
            children_bytes: 10,
            ..Limits::STANDARD
        };
        Assembly::new(limits.into(), Shelf::new(std::env::temp_dir().into()), None)
    }

    fn after(frames: &[Frame<'_>]) -> Result<Assembly, Malformed> {
        let mut assembly = assembly();
        assembly.take(Frame::Format("txt"))?;
        for frame in frames {
            assembly.take(frame.clone())?;
        }
        Ok(assembly)
    }

    #[test]
    fn pages_start_where_they_start_and_empty_ones_count() {
        let frames = [
            Frame::Text("een"),
            Frame::EndPage,
            Frame::EndPage,
            Frame::Text("drie\u{c}"),
            Frame::Text("!"),
            Frame::EndPage,
        ];
        let reading = after(&frames).unwrap().finish(Outcome::Whole);
        assert_eq!(reading.text, "een\u{c}\u{c}drie\n!");
        assert_eq!(reading.pages, [0, 4, 5]);
    }

    #[test]
    fn a_document_without_pages_has_one() {
        let reading = after(&[Frame::Text("tekst")])
            .unwrap()
            .finish(Outcome::Whole);
        assert_eq!(
            (reading.text.as_str(), reading.pages.as_slice()),
            ("tekst", &[0][..])
        );
        let empty = after(&[]).unwrap().finish(Outcome::Whole);
        assert_eq!(
            (empty.text.as_str(), empty.pages.as_slice()),
            ("", &[0][..])
        );
    }

    #[test]
    fn a_process_that_goes_over_a_limit_is_not_believed() {
        assert!(after(&[Frame::Text("12345678901234567890")]).is_ok());
        assert!(after(&[Frame::Text("12345678901234567890"), Frame::Text("1")]).is_err());
        let child = Frame::BeginChild { name: "a", key: "" };
        let end = Frame::EndChild(None);
        let two = [child.clone(), end.clone(), child.clone(), end.clone()];
        assert!(after(&two).is_ok());
        assert!(after(&[&two[..], std::slice::from_ref(&child)].concat()).is_err());
        assert!(after(&[child, Frame::ChildBytes(&[0; 11])]).is_err());
    }

    #[test]
    fn frames_at_the_wrong_moment_are_not_believed() {
        let child = Frame::BeginChild { name: "a", key: "" };
        assert!(
            assembly().take(Frame::Text("x")).is_err(),
            "text before the format"
        );
        assert!(after(&[Frame::Format("pdf")]).is_err(), "two formats");
        assert!(assembly().take(Frame::Format("../x")).is_err());
        assert!(
            after(&[Frame::ChildBytes(&[1])]).is_err(),
            "bytes outside a child"
        );
        assert!(
            after(&[Frame::EndChild(None)]).is_err(),
            "the end of no child"
        );
        assert!(
            after(&[child.clone(), Frame::Text("x")]).is_err(),
            "text inside a child"
        );
        assert!(
            after(&[child.clone(), child]).is_err(),
            "a child inside a child"
        );
        assert!(
            after(&[Frame::Start {
                memory: 1,
                mock: false,
                passwords: Default::default(),
            }])
            .is_err()
        );
    }

    #[test]
    fn what_came_before_a_crash_is_kept_and_marked() {
        let reason = Reason::Limit("langer dan 1 seconden".into());
        let frames = [
            Frame::Text("begin"),
            Frame::BeginChild { name: "a", key: "" },
            Frame::ChildBytes(&[1]),
        ];
        let reading = after(&frames).unwrap().abort(reason.clone());
        assert_eq!(reading.outcome, Outcome::Partial(reason.clone()));
        assert_eq!(reading.text, "begin");
        assert_eq!(reading.children[0].unreadable, Some(reason.clone()));
        assert_eq!(
            after(&[]).unwrap().abort(reason.clone()).outcome,
            Outcome::Unreadable(reason)
        );
    }

    fn any_frame() -> impl Strategy<Value = Frame<'static>> {
        prop_oneof![
            Just(Frame::Format("txt")),
            Just(Frame::Text("tekst")),
            Just(Frame::Text("")),
            Just(Frame::EndPage),
            Just(Frame::Property {
                key: "titel",
                value: "x"
            }),
            Just(Frame::BeginChild { name: "a", key: "" }),
            Just(Frame::ChildBytes(b"abc")),
            Just(Frame::EndChild(None)),
        ]
    }

    proptest! {
        #[test]
        fn pages_and_text_always_agree(frames in proptest::collection::vec(any_frame(), 0..30)) {
            let mut assembly = assembly();
            assembly.take(Frame::Format("txt")).unwrap();
            for frame in frames {
                let _refused = assembly.take(frame);
            }
            let reading = assembly.finish(Outcome::Whole);
            prop_assert_eq!(reading.text.split('\u{c}').count(), reading.pages.len());
            prop_assert!(reading.pages.iter().all(|&start| start == 0 || reading.text.as_bytes()[start - 1] == 0xc));
        }
    }
}
