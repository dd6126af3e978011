//! The frames that an indexer and its reader process exchange over a stream socket: one byte kind, four
//! bytes length (little endian), payload. Never reads or writes a socket, and trusts neither length nor text.

use std::collections::BTreeMap;

use crate::read::{FORMATS, LimitSet, Limits, Outcome, Passwords, Reason};

/// Longest payload of a frame, in bytes.
pub const MAX_PAYLOAD: usize = 256 * 1024;
/// Payload of text and child bytes that a process sends at a time, in bytes.
pub const CHUNK: usize = 64 * 1024;
/// Longest name or value in a frame, in bytes; a member of a ZIP cannot have a longer name.
pub const MAX_NAME: usize = 64 * 1024;
/// Most pages of a document, so that pages without text cannot fill the memory.
pub const MAX_PAGES: usize = 1_000_000;
/// Most properties of a document.
pub const MAX_PROPERTIES: usize = 100_000;
/// Most bytes of all properties of a document together, names included.
pub const MAX_PROPERTY_BYTES: usize = 8 * 1024 * 1024;

const HEADER: usize = 5;

/// What a reader process took from itself before its first document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// Only the system calls that reading needs.
    pub seccomp: bool,
    /// No files and no network, by the kernel's landlock.
    pub landlock: bool,
}

/// A document that stands in a part of a file: where, and how many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub offset: u64,
    pub size: u64,
}

/// The other side sent something that is not a frame, or not at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("de lezer gaf een onverwacht antwoord")]
pub struct Malformed;

/// One message. The first three go to the process, the others come from it.
#[derive(Clone, Debug)]
pub enum Frame<'a> {
    /// Set yourself up.
    Start {
        memory: u64,
        mock: bool,
        passwords: Passwords,
    },
    /// Read the document whose descriptor comes along, or a part of it. Requests for more parts may follow at
    /// once: these go without a descriptor, and with limits without formats that must wait for [`Frame::Go`]. With
    /// `list` it is the list of an export, to be read as that says; without, this is empty.
    Request {
        name: &'a str,
        limits: LimitSet,
        part: Option<Part>,
        list: &'a str,
    },
    /// Go on: the time and the memory of this format are set.
    Go,
    /// Set up; the first document may come.
    Hello(Sandbox),
    /// The format that was recognised.
    Format(&'a str),
    /// Text of the current page.
    Text(&'a str),
    /// The current page ends.
    EndPage,
    /// A property.
    Property { key: &'a str, value: &'a str },
    /// A child starts.
    BeginChild { name: &'a str, key: &'a str },
    /// Bytes of the current child.
    ChildBytes(&'a [u8]),
    /// Bytes of the current child that stand in the document itself.
    ChildPart(Part),
    /// The current child ends.
    EndChild(Option<Reason>),
    /// The document is done. `last`: the process wants to be replaced.
    Done { outcome: Outcome, last: bool },
}

/// The longest start of `text` of at most `bytes` bytes.
pub fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

impl Frame<'_> {
    fn kind(&self) -> u8 {
        match self {
            Self::Start { .. } => 1,
            Self::Request { .. } => 2,
            Self::Go => 3,
            Self::Hello(_) => 16,
            Self::Format(_) => 17,
            Self::Text(_) => 18,
            Self::EndPage => 19,
            Self::Property { .. } => 20,
            Self::BeginChild { .. } => 21,
            Self::ChildBytes(_) => 22,
            Self::EndChild(_) => 23,
            Self::Done { .. } => 24,
            Self::ChildPart(_) => 25,
        }
    }

    /// Appends this frame to `out`. The caller keeps payloads below [`MAX_PAYLOAD`].
    pub fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[self.kind(), 0, 0, 0, 0]);
        match self {
            Self::Start {
                memory,
                mock,
                passwords,
            } => {
                put_u64(out, *memory);
                out.push(u8::from(*mock));
                for password in passwords.iter() {
                    put_text(out, password);
                }
            }
            Self::Request {
                name,
                limits,
                part,
                list,
            } => {
                put_text(out, name);
                put_limits(out, &limits.general);
                put_u64(out, limits.formats.len() as u64);
                for (format, limits) in &limits.formats {
                    put_text(out, format);
                    put_limits(out, limits);
                }
                out.push(u8::from(part.is_some()));
                if let Some(part) = part {
                    put_part(out, *part);
                }
                put_text(out, list);
            }
            Self::Hello(sandbox) => out.extend([sandbox.seccomp, sandbox.landlock].map(u8::from)),
            Self::Format(text) | Self::Text(text) => out.extend_from_slice(text.as_bytes()),
            Self::EndPage | Self::Go => {}
            Self::Property { key, value } => {
                put_text(out, key);
                put_text(out, value);
            }
            Self::BeginChild { name, key } => {
                put_text(out, name);
                put_text(out, key);
            }
            Self::ChildBytes(bytes) => out.extend_from_slice(bytes),
            Self::ChildPart(part) => put_part(out, *part),
            Self::EndChild(reason) => put_reason(out, reason.as_ref()),
            Self::Done { outcome, last } => put_outcome(out, outcome, *last),
        }
        let length = u32::try_from(out.len() - start - HEADER).unwrap_or(u32::MAX);
        out[start + 1..start + HEADER].copy_from_slice(&length.to_le_bytes());
    }

    fn decode(kind: u8, payload: &[u8]) -> Result<Frame<'_>, Malformed> {
        let mut fields = Fields(payload);
        let frame = match kind {
            1 => Frame::Start {
                memory: fields.u64()?,
                mock: fields.flag()?,
                passwords: fields.passwords()?,
            },
            2 => Frame::Request {
                name: fields.text()?,
                limits: fields.limit_set()?,
                part: fields.part()?,
                list: fields.text()?,
            },
            3 => Frame::Go,
            16 => Frame::Hello(Sandbox {
                seccomp: fields.flag()?,
                landlock: fields.flag()?,
            }),
            17 => return Ok(Frame::Format(utf8(payload)?)),
            18 => return Ok(Frame::Text(utf8(payload)?)),
            19 => Frame::EndPage,
            20 => Frame::Property {
                key: fields.text()?,
                value: fields.text()?,
            },
            21 => Frame::BeginChild {
                name: fields.text()?,
                key: fields.text()?,
            },
            22 => return Ok(Frame::ChildBytes(payload)),
            23 => Frame::EndChild(fields.reason()?),
            24 => Frame::Done {
                last: fields.flag()?,
                outcome: fields.outcome()?,
            },
            25 => Frame::ChildPart(fields.place()?),
            _ => return Err(Malformed),
        };
        if fields.0.is_empty() {
            Ok(frame)
        } else {
            Err(Malformed)
        }
    }
}

fn put_u64(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put_part(out: &mut Vec<u8>, part: Part) {
    put_u64(out, part.offset);
    put_u64(out, part.size);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_u64(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn put_limits(out: &mut Vec<u8>, limits: &Limits) {
    put_u64(out, limits.text_bytes);
    put_u64(out, u64::from(limits.pages));
    put_u64(out, u64::from(limits.children));
    put_u64(out, limits.children_bytes);
    put_u64(out, u64::from(limits.depth));
    put_u64(out, limits.ratio);
    put_u64(out, limits.seconds);
    put_u64(out, limits.memory);
}

fn put_reason(out: &mut Vec<u8>, reason: Option<&Reason>) {
    let counts;
    let (tag, text) = match reason {
        None => (0, ""),
        Some(Reason::NoReader(text)) => (1, text.as_str()),
        Some(Reason::Encrypted) => (2, ""),
        Some(Reason::Broken(text)) => (3, text.as_str()),
        Some(Reason::NoOcr { pages, of }) => {
            counts = format!("{pages}/{of}");
            (4, counts.as_str())
        }
        Some(Reason::Limit(text)) => (5, text.as_str()),
        Some(Reason::Other(text)) => (6, text.as_str()),
    };
    out.push(tag);
    // A library may put half a document in its error.
    put_text(out, cut(text, 1000));
}

fn put_outcome(out: &mut Vec<u8>, outcome: &Outcome, last: bool) {
    out.push(u8::from(last));
    let (tag, reason) = match outcome {
        Outcome::Whole => (0, None),
        Outcome::Partial(reason) => (1, Some(reason)),
        Outcome::Unreadable(reason) => (2, Some(reason)),
    };
    out.push(tag);
    put_reason(out, reason);
}

fn utf8(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed)
}

/// The rest of a payload.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.0.split_first().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*first)
    }

    fn flag(&mut self) -> Result<bool, Malformed> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed),
        }
    }

    fn u64(&mut self) -> Result<u64, Malformed> {
        let (first, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*first))
    }

    fn text(&mut self) -> Result<&'a str, Malformed> {
        let length = usize::try_from(self.u64()?).map_err(|_| Malformed)?;
        let (first, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        utf8(first)
    }

    fn passwords(&mut self) -> Result<Passwords, Malformed> {
        let mut list = Vec::new();
        while !self.0.is_empty() {
            list.push(self.text()?.to_owned());
        }
        Ok(list.into())
    }

    fn u32(&mut self) -> Result<u32, Malformed> {
        u32::try_from(self.u64()?).map_err(|_| Malformed)
    }

    fn limits(&mut self) -> Result<Limits, Malformed> {
        Ok(Limits {
            text_bytes: self.u64()?,
            pages: self.u32()?,
            children: self.u32()?,
            children_bytes: self.u64()?,
            depth: self.u32()?,
            ratio: self.u64()?,
            seconds: self.u64()?,
            memory: self.u64()?,
        })
    }

    fn limit_set(&mut self) -> Result<LimitSet, Malformed> {
        let general = self.limits()?;
        let number = self.u64()?;
        if number > FORMATS.len() as u64 {
            return Err(Malformed);
        }
        let mut formats = BTreeMap::new();
        for _ in 0..number {
            formats.insert(self.text()?.to_owned(), self.limits()?);
        }
        Ok(LimitSet { general, formats })
    }

    fn part(&mut self) -> Result<Option<Part>, Malformed> {
        Ok(match self.flag()? {
            true => Some(self.place()?),
            false => None,
        })
    }

    fn place(&mut self) -> Result<Part, Malformed> {
        Ok(Part {
            offset: self.u64()?,
            size: self.u64()?,
        })
    }

    fn reason(&mut self) -> Result<Option<Reason>, Malformed> {
        let tag = self.byte()?;
        let text = self.text()?;
        Ok(Some(match tag {
            0 => return Ok(None),
            1 => Reason::NoReader(text.to_owned()),
            2 => Reason::Encrypted,
            3 => Reason::Broken(text.to_owned()),
            4 => {
                let (pages, of) = text.split_once('/').ok_or(Malformed)?;
                let number = |text: &str| text.parse().map_err(|_| Malformed);
                Reason::NoOcr {
                    pages: number(pages)?,
                    of: number(of)?,
                }
            }
            5 => Reason::Limit(text.to_owned()),
            6 => Reason::Other(text.to_owned()),
            _ => return Err(Malformed),
        }))
    }

    fn outcome(&mut self) -> Result<Outcome, Malformed> {
        match (self.byte()?, self.reason()?) {
            (0, None) => Ok(Outcome::Whole),
            (1, Some(reason)) => Ok(Outcome::Partial(reason)),
            (2, Some(reason)) => Ok(Outcome::Unreadable(reason)),
            _ => Err(Malformed),
        }
    }
}

/// Bytes that came in and are not yet frames. Holds one frame of the longest kind, never more.
pub struct Inbox {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Inbox {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            buffer: vec![0; HEADER + MAX_PAYLOAD],
            start: 0,
            end: 0,
        }
    }

    /// Whether nothing is waiting, not even part of a frame.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Room for the next bytes; never empty once [`Self::frame`] has returned `None`.
    pub fn room(&mut self) -> &mut [u8] {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        &mut self.buffer[self.end..]
    }

    /// That many bytes were put in [`Self::room`].
    pub fn filled(&mut self, bytes: usize) {
        self.end = (self.end + bytes).min(self.buffer.len());
    }

    /// Whether [`Self::frame`] has something to say.
    pub fn has_frame(&self) -> Result<bool, Malformed> {
        let Some(length) = self.payload_length() else {
            return Ok(false);
        };
        if length > MAX_PAYLOAD {
            Err(Malformed)
        } else {
            Ok(self.end - self.start >= HEADER + length)
        }
    }

    /// The next whole frame, if it is in.
    pub fn frame(&mut self) -> Result<Option<Frame<'_>>, Malformed> {
        let (true, Some(length)) = (self.has_frame()?, self.payload_length()) else {
            return Ok(None);
        };
        let kind = self.buffer[self.start];
        let payload = self.start + HEADER..self.start + HEADER + length;
        self.start = payload.end;
        Frame::decode(kind, &self.buffer[payload]).map(Some)
    }

    fn payload_length(&self) -> Option<usize> {
        let header = self.buffer[self.start..self.end].first_chunk::<HEADER>()?;
        Some(u32::from_le_bytes([header[1], header[2], header[3], header[4]]) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn through(frame: &Frame<'_>) {
        let mut wire = Vec::new();
        frame.encode(&mut wire);
        let mut inbox = Inbox::new();
        // Byte by byte: a stream socket cuts where it likes.
        for (index, byte) in wire.iter().enumerate() {
            inbox.room()[0] = *byte;
            inbox.filled(1);
            let got = inbox.frame().unwrap();
            let expected = (index + 1 == wire.len()).then_some(frame);
            assert_eq!(format!("{:?}", got.as_ref()), format!("{expected:?}"));
        }
    }

    #[test]
    fn every_frame_arrives_as_it_was_sent() {
        through(&Frame::Start {
            memory: 1 << 31,
            mock: true,
            passwords: vec!["geheim".to_owned(), "één".to_owned()].into(),
        });
        through(&Frame::Hello(Sandbox {
            seccomp: true,
            landlock: false,
        }));
        let mut limits = LimitSet::from(Limits::STANDARD);
        let own = Limits {
            pages: 7,
            ..Limits::STANDARD
        };
        limits.formats.insert("pdf".into(), own);
        for part in [None, Some(Part { offset: 5, size: 6 })] {
            through(&Frame::Request {
                name: "brief.eml",
                limits: limits.clone(),
                part,
                list: "{}",
            });
        }
        through(&Frame::Go);
        through(&Frame::Format("pdf"));
        through(&Frame::Text("één € \u{0}"));
        through(&Frame::EndPage);
        through(&Frame::Property {
            key: "titel",
            value: "",
        });
        through(&Frame::BeginChild {
            name: "bijlage één.docx",
            key: "<a@b>",
        });
        through(&Frame::ChildBytes(&[0, 255, 3]));
        through(&Frame::ChildPart(Part { offset: 5, size: 6 }));
        through(&Frame::EndChild(None));
        for reason in [
            Reason::NoReader("zip".into()),
            Reason::Encrypted,
            Reason::Broken("x".into()),
            Reason::NoOcr { pages: 2, of: 30 },
            Reason::Limit("y".into()),
            Reason::Other(String::new()),
        ] {
            through(&Frame::EndChild(Some(reason.clone())));
            through(&Frame::Done {
                outcome: Outcome::Partial(reason.clone()),
                last: true,
            });
            through(&Frame::Done {
                outcome: Outcome::Unreadable(reason),
                last: false,
            });
        }
        through(&Frame::Done {
            outcome: Outcome::Whole,
            last: false,
        });
    }

    #[test]
    fn a_length_beyond_the_bound_is_refused_before_it_is_waited_for() {
        let mut inbox = Inbox::new();
        inbox.room()[..5].copy_from_slice(&[18, 255, 255, 255, 255]);
        inbox.filled(5);
        assert_eq!(inbox.frame().err(), Some(Malformed));
    }

    #[test]
    fn text_that_is_not_utf8_is_refused() {
        assert_eq!(Frame::decode(18, &[0xff]).err(), Some(Malformed));
        assert_eq!(Frame::decode(19, &[0]).err(), Some(Malformed));
    }

    proptest! {
        #[test]
        fn any_bytes_give_frames_or_a_refusal(kind in any::<u8>(), bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(frame) = Frame::decode(kind, &bytes) {
                let mut wire = Vec::new();
                frame.encode(&mut wire);
                let again = Frame::decode(wire[0], &wire[HEADER..]);
                prop_assert_eq!(format!("{again:?}"), format!("Ok({frame:?})"));
            }
        }

        #[test]
        fn cutting_keeps_whole_characters(text in "\\PC{0,20}", bytes in 0usize..60) {
            let piece = cut(&text, bytes);
            prop_assert!(piece.len() <= bytes && text.starts_with(piece));
        }
    }
}
