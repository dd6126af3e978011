//! Readers: from bytes to text by page, properties and children. Runs only inside a sandboxed worker. Never
//! opens a path, never writes, never talks to the index.

use std::fs::File;

/// Why a document could not be read, or not wholly. `Display` is the Dutch sentence that users see.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// No reader for this format.
    #[error("geen lezer voor dit formaat ({0})")]
    NoReader(String),
    /// A password is needed.
    #[error("versleuteld: er is een wachtwoord nodig")]
    Encrypted,
    /// The file is damaged; what exactly.
    #[error("beschadigd: {0}")]
    Broken(String),
    /// There is an image but no text (a scan).
    #[error("geen tekst: dit is een afbeelding of scan, en er is geen OCR")]
    NoOcr,
    /// A limit from the settings was reached; which, in Dutch.
    #[error("grens bereikt: {0}")]
    Limit(String),
    /// Anything else; a Dutch sentence.
    #[error("{0}")]
    Other(String),
}

/// How a reading ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was read.
    Whole,
    /// Some text was read, but not all.
    Partial(Reason),
    /// No text was read.
    Unreadable(Reason),
}

/// The receiver does not want more: a limit was reached, or it is gone. Readers return at once with `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop(pub Reason);

/// Where a reader puts what it finds.
pub trait Output {
    /// Adds text to the current page. Paragraphs end in `\n`.
    fn text(&mut self, text: &str) -> Result<(), Stop>;
    /// Ends the current page; the next `text` starts a new one. Formats without pages never call it.
    fn end_page(&mut self) -> Result<(), Stop>;
    /// A property: see [`key`] for the names that mean something.
    fn property(&mut self, key: &str, value: &str) -> Result<(), Stop>;
    /// Starts a child document (attachment, archive member); its bytes follow with `child_bytes`.
    /// `key` is a stable identity such as a Message-ID, or empty.
    fn begin_child(&mut self, name: &str, key: &str) -> Result<(), Stop>;
    /// Bytes of the current child.
    fn child_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop>;
    /// Ends the current child. `unreadable` tells why its bytes could not be had (encrypted member).
    fn end_child(&mut self, unreadable: Option<Reason>) -> Result<(), Stop>;
}

/// Names of the properties that become fields of a document. Moments are RFC 3339, or a partial date.
pub mod key {
    /// Title or subject.
    pub const TITLE: &str = "titel";
    /// Author; may come several times.
    pub const AUTHOR: &str = "auteur";
    /// Sender; may come several times.
    pub const FROM: &str = "van";
    /// Receiver; may come several times.
    pub const TO: &str = "aan";
    /// Copy receiver; may come several times.
    pub const CC: &str = "cc";
    /// Blind copy receiver; may come several times.
    pub const BCC: &str = "bcc";
    /// When it was sent.
    pub const SENT: &str = "verzonden";
    /// When it was made, according to the file's own properties.
    pub const CREATED: &str = "gemaakt";
    /// When it was last saved, according to the file's own properties.
    pub const MODIFIED: &str = "opgeslagen";
    /// Message-ID of a mail, without angle brackets.
    pub const MESSAGE_ID: &str = "message-id";
    /// Message-ID of the mail it answers.
    pub const IN_REPLY_TO: &str = "in-reply-to";
    /// Message-IDs of the thread, separated by spaces.
    pub const REFERENCES: &str = "references";
    /// Keywords.
    pub const KEYWORDS: &str = "trefwoorden";
    /// Subject or description.
    pub const DESCRIPTION: &str = "omschrijving";
}

/// Limits of one reading; every one shows when it strikes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of text per document.
    pub text_bytes: u64,
    /// Members of one container.
    pub children: u32,
    /// Bytes of all members of one container together, unpacked.
    pub children_bytes: u64,
    /// Unpacked bytes per packed byte of a container.
    pub ratio: u64,
}

/// What a reader gets: an open file, positioned at its start, and its name (for hints only).
pub struct Input {
    /// The document.
    pub file: File,
    /// Its name without folders.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Recognises the format of a document from its first bytes, its last resort being the name. Returns a short
/// lower-case name such as `pdf`, `docx`, `eml`, `zip`, `txt`, `png`, or `onbekend`.
pub fn recognise(_input: &mut Input) -> std::io::Result<String> {
    Ok("onbekend".into())
}

/// Reads one document. Never panics on purpose, but the caller treats a panic as [`Reason::Broken`].
pub fn read(
    format: &str,
    _input: &mut Input,
    _limits: &Limits,
    _output: &mut dyn Output,
) -> Outcome {
    Outcome::Unreadable(Reason::NoReader(format.to_owned()))
}

/// Raised whenever a reader changes what it makes of a file: files read by another version are read again.
pub const READER_VERSION: u32 = 1;
