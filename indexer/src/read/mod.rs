//! Readers: from bytes to text by page, properties and children. Runs only inside a sandboxed worker. Never
//! opens a path, never writes, never talks to the index.

pub mod access;
pub mod archive;
mod beyond;
pub mod cab;
pub mod calendar;
pub mod chat;
mod compress;
mod container;
mod counted;
pub mod dbf;
pub mod dos;
mod embedded;
pub mod eml;
mod encoding;
pub mod epub;
pub mod html;
pub mod image;
mod image_info;
pub mod iso;
pub mod iwork;
pub mod legacy;
mod limits;
mod lines;
mod list;
mod locked_office;
pub mod mbox;
pub mod media;
pub mod mht;
mod mime;
pub mod odf;
mod ole_info;
mod ole_table;
pub mod onenote;
pub mod ooxml;
pub mod outlook;
mod package;
pub mod packed;
pub mod page_list;
mod passwords;
pub mod pdf;
mod pdf_info;
mod pdf_page;
pub mod pst;
pub mod rar;
pub mod recognise;
pub mod rtf;
pub mod sevenz;
mod sink;
pub mod smime;
mod source;
pub mod tar;
pub mod text;
pub mod textless;
mod tokens;
pub mod uue;
pub mod vcard;
pub mod vsdx;
pub mod wpd;
pub mod xlsx;
pub mod xml;

pub use encoding::text_in_memory;
pub use list::{ROWS, read_list};
pub use source::Source;

pub use limits::{FORMATS, LimitSet, Limits};
pub use passwords::Passwords;

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
    /// Pages that are an image (a scan), which nothing has turned into text.
    #[error("{}", no_ocr(*.pages, *.of))]
    NoOcr {
        /// How many pages.
        pages: u32,
        /// Of how many.
        of: u32,
    },
    /// A limit from the settings was reached; which, in Dutch.
    #[error("grens bereikt: {0}")]
    Limit(String),
    /// Anything else; a Dutch sentence.
    #[error("{0}")]
    Other(String),
}

fn no_ocr(pages: u32, of: u32) -> String {
    if pages >= of {
        "geen tekst: dit is een afbeelding of scan, en er is geen OCR".into()
    } else {
        format!("{pages} van {of} pagina's zonder tekst: afbeelding of scan, en er is geen OCR")
    }
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

/// The receiver does not want more: a limit was reached, or it is gone. Readers return at once with `?`. Of a stop
/// of text alone ([`Output::text`], [`Output::end_page`]) children are still taken.
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
    /// Bytes of the current child that stand in the document as they are, from `offset`: they need not be kept twice.
    fn child_part(&mut self, _offset: u64, bytes: &[u8]) -> Result<(), Stop> {
        self.child_bytes(bytes)
    }
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
    /// When it was received.
    pub const RECEIVED: &str = "ontvangen";
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
    /// Pages that are images without text, as a list such as `2 4-7`: work for OCR.
    pub const SCANS: &str = "scanpagina's";
    /// Pages whose text OCR found, as a list such as `2 4-7`.
    pub const OCR_PAGES: &str = "OCR-pagina's";
    /// How sure OCR was of its words, as a percentage such as `93 %`.
    pub const OCR_CONFIDENCE: &str = "OCR-zekerheid";
    /// Keywords.
    pub const KEYWORDS: &str = "trefwoorden";
    /// Subject or description.
    pub const DESCRIPTION: &str = "omschrijving";
    /// Who takes part in a conversation; may come several times.
    pub const PARTICIPANT: &str = "deelnemer";
    /// Days with messages, ISO dates in order, separated by spaces; several times when there are thousands.
    pub const DAYS: &str = "berichtdagen";
    /// Number of messages of a conversation.
    pub const MESSAGES: &str = "berichten";
    /// That it was encrypted, and how it was opened all the same.
    pub const ENCRYPTED: &str = "versleuteld";
}

/// What a reader gets: its bytes, positioned at their start, and its name (for hints only).
pub struct Input {
    /// The document.
    pub file: Source,
    /// Its name without folders.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// What may open it when it is encrypted.
    pub passwords: Passwords,
}

/// Recognises the format of a document from its first bytes, its last resort being the name. Returns a short
/// lower-case name such as `pdf`, `docx`, `eml`, `zip`, `txt`, `png`, `leeg` for an empty file, or `onbekend`.
pub fn recognise(input: &mut Input) -> std::io::Result<String> {
    recognise::recognise(input)
}

/// Reads one document. Never panics on purpose, but the caller treats a panic as [`Reason::Broken`].
pub fn read(format: &str, input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    if let Some(bytes) = ole_table::mended(input) {
        input.file = bytes.into();
    }
    if matches!(format, "docx" | "pptx" | "xlsx" | "xlsb") && container::is_encrypted_office(input)
    {
        return locked_office::read(input, output);
    }
    match format {
        "leeg" => Outcome::Whole,
        "txt" | "md" | "csv" | "tsv" | "json" | "vtt" | "srt" => {
            text::read_text(format, input, limits, output)
        }
        "xml" | "svg" => xml::read_xml(input, limits, output),
        "html" => html::read_html(input, limits, output),
        "pdf" => pdf::read_pdf(input, limits, output),
        "png" | "jpeg" | "tiff" | "gif" | "bmp" | "webp" | "heif" | "avif" | "jp2" | "jxl"
        | "jxr" | "djvu" | "psd" => image::read_image(format, input, limits, output),
        "docx" => ooxml::read_docx(input, limits, output),
        "pptx" => ooxml::read_pptx(input, limits, output),
        "doc" => legacy::read_doc(input, limits, output),
        "xls" => legacy::read_xls(input, limits, output),
        "ppt" => legacy::read_ppt(input, limits, output),
        "xlsx" | "xlsb" => xlsx::read_xlsx(input, limits, output),
        "odt" | "odc" => odf::read_odt(input, limits, output),
        "ods" => odf::read_ods(input, limits, output),
        "odp" | "odg" => odf::read_odp(input, limits, output),
        "rtf" => rtf::read_rtf(input, limits, output),
        "eml" => eml::read_eml(input, limits, output),
        "zip" => archive::read_zip(input, limits, output),
        "rar" => rar::read_rar(input, limits, output),
        "7z" => sevenz::read_7z(input, limits, output),
        "tar" => tar::read_tar(input, limits, output),
        "arj" => dos::read_arj(input, limits, output),
        "cab" => cab::read_cab(input, limits, output),
        "iso" => iso::read_iso(input, limits, output),
        "lha" => dos::read_lha(input, limits, output),
        "gz" | "bz2" | "xz" | "zst" | "lzma" | "z" => {
            packed::read_packed(format, input, limits, output)
        }
        "ics" => calendar::read_ics(input, limits, output),
        "vcf" => vcard::read_vcf(input, limits, output),
        "fodt" | "fods" | "fodp" => odf::read_flat(format, input, limits, output),
        "mht" => mht::read_mht(input, limits, output),
        "epub" => epub::read_epub(input, limits, output),
        "vsdx" => vsdx::read_vsdx(input, limits, output),
        "iwork" => iwork::read_iwork(input, limits, output),
        "mdb" | "accdb" => access::read_access(input, limits, output),
        "one" => onenote::read_one(input, limits, output),
        "dbf" => dbf::read_dbf(input, limits, output),
        "pub" => textless::read_pub(input, limits, output),
        "wpd" => wpd::read_wpd(input, limits, output),
        "msg" => outlook::read_msg(input, limits, output),
        "pst" => pst::read_pst(input, limits, output),
        "tnef" => outlook::read_tnef(input, limits, output),
        "p7m" => smime::read_p7m(input, limits, output),
        "uue" => uue::read_uue(input, limits, output),
        "mbox" => mbox::read_mbox(input, limits, output),
        "telegram" | "slack" | "teams" | "facebook" | "instagram" | "x" => {
            chat::json::read_json(format, input, limits, output)
        }
        "signal" => chat::signal::read_signal(input, limits, output),
        "sms" => chat::sms::read_sms(input, limits, output),
        "linkedin" => chat::linkedin::read_linkedin(input, limits, output),
        "whatsapp" => chat::whatsapp::read_whatsapp(input, limits, output),
        _ if let Some(reason) = media::reason(format) => media::read_media(input, reason, output),
        _ => textless::read_textless(format, input, output)
            .unwrap_or_else(|| Outcome::Unreadable(Reason::NoReader(format.to_owned()))),
    }
}

/// What was handed over before the receiver stopped stays; the document is marked as read in part.
impl From<Stop> for Outcome {
    fn from(stop: Stop) -> Self {
        Self::Partial(stop.0)
    }
}

/// Raised whenever a reader changes what it makes of a file: files read by another version are read again.
pub const READER_VERSION: u32 = 9;

#[cfg(test)]
pub(crate) mod testing {
    //! What the readers' tests share: an output that remembers, and inputs made from bytes.

    use std::io::{Seek, Write};

    use super::{Input, Limits, Outcome, Output, Passwords, Reason, Stop};

    /// A child document as it was handed over.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub(crate) struct Child {
        pub(crate) name: String,
        pub(crate) key: String,
        pub(crate) bytes: Vec<u8>,
        pub(crate) unreadable: Option<Reason>,
        pub(crate) ended: bool,
    }

    /// Remembers everything a reader hands over.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Collected {
        /// Ended pages.
        pub(crate) pages: Vec<String>,
        /// Text after the last ended page.
        pub(crate) rest: String,
        pub(crate) properties: Vec<(String, String)>,
        pub(crate) children: Vec<Child>,
        /// Stops the reader once it has given this many bytes of text.
        pub(crate) stop_after: Option<usize>,
        pub(crate) given: usize,
    }

    impl Collected {
        /// All text, pages separated by U+000C.
        pub(crate) fn all_text(&self) -> String {
            let mut all: String = self
                .pages
                .iter()
                .map(|page| format!("{page}\u{c}"))
                .collect();
            all.push_str(&self.rest);
            all
        }

        /// The values of one property, in order.
        pub(crate) fn values(&self, key: &str) -> Vec<&str> {
            self.properties
                .iter()
                .filter(|(k, _)| k == key)
                .map(|(_, v)| v.as_str())
                .collect()
        }
    }

    impl Output for Collected {
        fn text(&mut self, text: &str) -> Result<(), Stop> {
            self.rest.push_str(text);
            self.given += text.len();
            match self.stop_after {
                Some(most) if self.given > most => Err(Stop(Reason::Limit("te veel tekst".into()))),
                _ => Ok(()),
            }
        }

        fn end_page(&mut self) -> Result<(), Stop> {
            self.pages.push(std::mem::take(&mut self.rest));
            Ok(())
        }

        fn property(&mut self, key: &str, value: &str) -> Result<(), Stop> {
            self.properties.push((key.to_owned(), value.to_owned()));
            Ok(())
        }

        fn begin_child(&mut self, name: &str, key: &str) -> Result<(), Stop> {
            self.children.push(Child {
                name: name.to_owned(),
                key: key.to_owned(),
                ..Child::default()
            });
            Ok(())
        }

        fn child_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
            let child = self.children.last_mut().expect("bytes without a child");
            assert!(!child.ended, "bytes after the end of a child");
            child.bytes.extend_from_slice(bytes);
            Ok(())
        }

        fn end_child(&mut self, unreadable: Option<Reason>) -> Result<(), Stop> {
            let child = self.children.last_mut().expect("end without a child");
            assert!(!child.ended, "a child ended twice");
            child.ended = true;
            child.unreadable = unreadable;
            Ok(())
        }
    }

    /// Limits that no ordinary test reaches.
    pub(crate) fn limits() -> Limits {
        Limits {
            text_bytes: 1 << 30,
            children: 10_000,
            children_bytes: 1 << 30,
            ..Limits::STANDARD
        }
    }

    /// An input with these bytes.
    pub(crate) fn input(name: &str, bytes: &[u8]) -> Input {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(bytes).expect("writing");
        file.rewind().expect("rewinding");
        Input {
            file: file.into(),
            name: name.to_owned(),
            size: bytes.len() as u64,
            passwords: Passwords::default(),
        }
    }

    /// Recognises and reads these bytes with these passwords: what came out and how it ended.
    pub(crate) fn read_locked(
        name: &str,
        bytes: &[u8],
        passwords: &[&str],
    ) -> (Collected, Outcome) {
        let list: Vec<String> = passwords.iter().map(|one| (*one).to_owned()).collect();
        let mut input = Input {
            passwords: list.into(),
            ..input(name, bytes)
        };
        let format = super::recognise(&mut input).expect("recognising");
        let mut collected = Collected::default();
        let outcome = super::read(&format, &mut input, &limits(), &mut collected);
        (collected, outcome)
    }

    /// Recognises and reads these bytes: the format, what came out and how it ended.
    pub(crate) fn read_bytes(name: &str, bytes: &[u8]) -> (String, Collected, Outcome) {
        let mut input = input(name, bytes);
        let format = super::recognise(&mut input).expect("recognising");
        let mut collected = Collected::default();
        let outcome = super::read(&format, &mut input, &limits(), &mut collected);
        (format, collected, outcome)
    }
}
