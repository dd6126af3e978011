//! What one findable thing is: identity, place, fingerprint, dates, fields. Never holds the text itself.

use crate::{Access, Archief, PartialDate, Relations};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Identity of one document at one place: kept through moves, edits and generations.
/// Made from the place where it was first seen; printed as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocId(pub [u8; 16]);

impl DocId {
    /// The id of a top-level file first seen at `path`; `attempt` counts up while a moved document still
    /// holds the id of this place.
    pub fn of_file(bron: &str, path: &[u8], attempt: u32) -> Self {
        Self::hash(&[b"bestand", bron.as_bytes(), path, &attempt.to_be_bytes()])
    }

    /// The id of a child: `key` is its Message-ID, else its inner name with content hash; `ordinal` tells
    /// children with the same key apart.
    pub fn of_child(parent: DocId, key: &[u8], ordinal: u32) -> Self {
        Self::hash(&[b"kind", &parent.0, key, &ordinal.to_be_bytes()])
    }

    /// The id under which the content that `document` had before it changed is kept.
    pub fn of_earlier(document: DocId, content: ContentHash) -> Self {
        Self::hash(&[b"eerder", &document.0, &content.0])
    }

    fn hash(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize()[..16]);
        DocId(id)
    }
}

/// SHA-256 of a document's bytes: what auditors can check with their own tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash(pub [u8; 32]);

macro_rules! hexadecimal {
    ($type:ident, $bytes:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl std::str::FromStr for $type {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                let wrong = || text.to_owned();
                if text.len() != 2 * $bytes || !text.is_ascii() {
                    return Err(wrong());
                }
                let mut bytes = [0; $bytes];
                for (i, byte) in bytes.iter_mut().enumerate() {
                    *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| wrong())?;
                }
                Ok($type(bytes))
            }
        }

        impl TryFrom<String> for $type {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.to_string()
            }
        }
    };
}
hexadecimal!(DocId, 16);
hexadecimal!(ContentHash, 32);

/// Where a document lies: the path of its file below the root of its bron (bytes, `/` between folders), and
/// for what is inside a container the names on the way in.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Relative path of the file, as the file system gives it.
    pub path: Vec<u8>,
    /// Names inside the container, outermost first; empty for the file itself.
    pub inner: Vec<String>,
}

impl Place {
    /// The folder part of the path, without a slash at its end; empty at the root.
    pub fn folder(&self) -> &[u8] {
        match self.path.iter().rposition(|&b| b == b'/') {
            Some(slash) => &self.path[..slash],
            None => &[],
        }
    }

    /// The name of the file, without its folders.
    pub fn file_name(&self) -> &[u8] {
        let start = self
            .path
            .iter()
            .rposition(|&b| b == b'/')
            .map_or(0, |slash| slash + 1);
        &self.path[start..]
    }

    /// The name of the document: the innermost name, or the file name.
    pub fn name(&self) -> String {
        match self.inner.last() {
            Some(name) => name.rsplit('/').next().unwrap_or(name).to_owned(),
            None => String::from_utf8_lossy(self.file_name()).into_owned(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.path))?;
        self.inner.iter().try_for_each(|name| write!(f, "!/{name}"))
    }
}

/// What decides whether a file must be read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Bytes.
    pub size: u64,
    /// Modification time, nanoseconds since 1970 (UTC).
    pub mtime: i64,
    /// Change time of the inode, nanoseconds since 1970 (UTC).
    pub ctime: i64,
    /// Version of the readers, and for an unreadable document also of the limits, under which it was read.
    pub reader: u32,
    /// Hash of what lies around the bytes, such as rights; 0 when nothing does. When only this differs, the document is
    /// written again and not read.
    #[serde(default)]
    pub around: u64,
}

/// How much of a document could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Readability {
    /// All of it.
    Leesbaar,
    /// A part; the reason says which limit or fault cut it.
    Gedeeltelijk,
    /// Nothing; the reason says why.
    Onleesbaar,
}

impl Readability {
    /// The value in facets, filters and exports.
    pub fn name(self) -> &'static str {
        match self {
            Readability::Leesbaar => "leesbaar",
            Readability::Gedeeltelijk => "gedeeltelijk",
            Readability::Onleesbaar => "onleesbaar",
        }
    }
}

/// Where a document's effective date came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrigin {
    /// The moment a mail was sent.
    Verzonden,
    /// The properties inside the file.
    Metadata,
    /// A date written in the text or the name.
    Inhoud,
    /// The file's modification time.
    Bestand,
}

/// A date with its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// The date.
    pub date: PartialDate,
    /// Where it came from.
    pub origin: DateOrigin,
}

/// The dates of a document, each optional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// When it was sent.
    pub sent: Option<PartialDate>,
    /// The date that the document itself gives, from its metadata or its content.
    pub document: Option<Dated>,
    /// When the file was last changed.
    pub changed: Option<PartialDate>,
    /// The exact moment of sending, when known.
    pub sent_at: Option<Timestamp>,
}

impl Dates {
    /// The date that `datum:` means: sent, else document, else changed.
    pub fn effective(&self) -> Option<Dated> {
        self.sent
            .map(|date| Dated {
                date,
                origin: DateOrigin::Verzonden,
            })
            .or(self.document)
            .or(self.changed.map(|date| Dated {
                date,
                origin: DateOrigin::Bestand,
            }))
    }
}

/// One findable thing at one place. The text lies in the blob store under `text`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Identity.
    pub id: DocId,
    /// Name of the source.
    pub bron: String,
    /// Where it lies.
    pub place: Place,
    /// Title, subject or name: never empty.
    pub title: String,
    /// File format as recognised by content, such as `pdf` or `docx`.
    pub format: String,
    /// Documentsoort, such as `e-mail`, `brief` or `spreadsheet`.
    pub kind: String,
    /// Authors.
    pub authors: Vec<String>,
    /// Senders.
    pub from: Vec<String>,
    /// Receivers: to, cc and bcc.
    pub to: Vec<String>,
    /// Everybody who took part: senders, receivers, authors and who spoke in a chat.
    pub people: Vec<String>,
    /// Whose mailbox or home folder it lies in, as far as its path tells.
    pub custodian: Option<String>,
    /// Dates.
    pub dates: Dates,
    /// Of a chat: every day with messages, sorted. A period then means these days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<PartialDate>,
    /// ISO 639-1 code.
    pub language: Option<String>,
    /// How much could be read.
    pub readability: Readability,
    /// Why it could not, or not wholly, be read: a Dutch sentence.
    pub reason: Option<String>,
    /// Everything else that the reader found, in the order found.
    pub metadata: Vec<(String, String)>,
    /// The outermost document of the family (itself when it has none).
    pub family: DocId,
    /// The container, for a child.
    pub parent: Option<DocId>,
    /// Order within the family.
    pub ordinal: u32,
    /// False while the children of a large container are still being written.
    pub complete: bool,
    /// What decides whether its file must be read again; a child carries that of its file.
    pub fingerprint: Fingerprint,
    /// Hash of its bytes; `None` when they could not be read at all.
    pub content: Option<ContentHash>,
    /// Key of its text in the blob store.
    pub text: Option<String>,
    /// Size in bytes of the document itself.
    pub size: u64,
    /// Number of pages in the text, at least 1 when there is text.
    pub pages: u32,
    /// How it belongs together with others.
    #[serde(default)]
    pub relations: Relations,
    /// What an export of a document system says of it.
    #[serde(default, skip_serializing_if = "Archief::is_empty")]
    pub archief: Archief,
    /// Who may see it; a child has the rights of its file.
    #[serde(default, skip_serializing_if = "Access::is_unrecorded")]
    pub access: Access,
    /// Since when it is known to be gone from the source, with its file or from within it; a case holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Timestamp>,
    /// Of what is gone because its file changed: the document that has other content since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier_of: Option<DocId>,
}

impl Document {
    /// Names and properties that a plain word finds besides the text, in this order.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        let metadata = self.metadata.iter().map(|(_, value)| value.as_str());
        std::iter::once(self.title.as_str())
            .chain(self.authors.iter().map(String::as_str))
            .chain(self.from.iter().map(String::as_str))
            .chain(self.to.iter().map(String::as_str))
            .chain(metadata)
    }
}
