//! Builds the documents of a family, a file with everything inside it. Never reads a file.
//!
//! | file | owns |
//! |---|---|
//! | `writer` | handing a family to the index |
//! | `held` | what a case holds of a family as it was |

mod held;
mod writer;

pub use held::Held;
pub use writer::FamilyWriter;

use crate::around::Around;
use crate::enrich::{self, Known};
use crate::read::{Passwords, READER_VERSION, Reason};
use crate::settings::Settings;
use crate::source::Source;
use crate::walk::Stat;
use std::collections::HashMap;
use std::sync::Arc;
use zv_shared::index::{Blobs, Entry, Extract, IndexError};
use zv_shared::{ContentHash, DocId, Document, Fingerprint, Place, Readability};

/// Under which readers and limits something was read: the last part of a fingerprint and of the key of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// Of what was wholly read: only other readers make something else of it.
    pub whole: u32,
    /// Of what was not: other limits do too.
    pub limited: u32,
    /// Of what a password locks: other passwords do too.
    pub locked: u32,
}

impl Versions {
    /// Of what must be tried again in every run, because nothing in the file tells when it will work.
    pub const RETRY: u32 = 0;

    /// Of this program with these settings, and with OCR that `ocr` describes.
    pub fn new(settings: &Settings, ocr: &str, passwords: &Passwords) -> Versions {
        let readers = (READER_VERSION << 8 | enrich::ENRICH_VERSION) & 0x7fff_ffff;
        let limits = settings.limits_digest(ocr) ^ readers.wrapping_mul(0x9e37_79b1);
        // Never the version without passwords, or those of the first list would not be tried.
        let locked = (limits ^ passwords.digest()).wrapping_mul(0x85eb_ca6b) ^ 0x2c1b_3c6d;
        Versions {
            whole: readers,
            limited: limits | 0x8000_0000,
            locked: locked | 0x8000_0000,
        }
    }

    /// Of a document that was read like this.
    pub fn of(self, extract: &Extract) -> u32 {
        match extract.readability {
            Readability::Leesbaar => self.whole,
            _ if is_locked(extract.reason.as_deref()) => self.locked,
            Readability::Gedeeltelijk | Readability::Onleesbaar => self.limited,
        }
    }

    /// Of what still waits for OCR: never current, so that a run that was killed is made good by the next.
    pub fn waiting(self) -> u32 {
        self.limited ^ 0x4000_0000
    }

    /// Of this content.
    pub fn of_content(self, content: &Content) -> u32 {
        match content.waits {
            true => self.waiting(),
            false => self.of(&content.extract),
        }
    }

    /// Whether reading again could give something else than a reading under `version` gave.
    pub fn is_current(self, version: u32) -> bool {
        [self.whole, self.limited, self.locked].contains(&version)
    }
}

/// Whether this is why: a password is missing.
pub fn is_locked(reason: Option<&str>) -> bool {
    reason == Some(Reason::Encrypted.to_string().as_str())
}

/// A stored document with its text. One whose text is lost keeps everything else.
pub fn stored_entry(blobs: &Blobs, mut document: Document) -> Result<Entry, IndexError> {
    let text = match document.text.as_deref().map(|key| blobs.read(key)) {
        None => String::new(),
        Some(Ok((_, text))) => text,
        Some(Err(IndexError::TextLost)) => {
            document.text = None;
            String::new()
        }
        Some(Err(error)) => return Err(error),
    };
    let text = text.into();
    Ok(Entry { document, text })
}

/// Which document something is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its own id.
    pub id: DocId,
    /// The id of its file.
    pub family: DocId,
    /// The id of its container, for a child.
    pub parent: Option<DocId>,
    /// Order within the family.
    pub ordinal: u32,
    /// Where it lies.
    pub place: Place,
}

impl Identity {
    /// Of a file.
    pub fn file(id: DocId, path: &[u8]) -> Identity {
        let place = Place {
            path: path.to_vec(),
            inner: Vec::new(),
        };
        Identity {
            id,
            family: id,
            parent: None,
            ordinal: 0,
            place,
        }
    }
}

/// What was made of the bytes of a document.
#[derive(Clone, Debug)]
pub struct Content {
    /// What the reader found.
    pub extract: Extract,
    /// The text.
    pub text: Arc<str>,
    /// Key of the text in the store, when there is text.
    pub key: Option<String>,
    /// Hash of the bytes, when they could be had.
    pub hash: Option<ContentHash>,
    /// Number of bytes.
    pub size: u64,
    /// Some of its pages are images, and OCR has not been there yet.
    pub waits: bool,
    /// Of a mail: hashes of its attachments.
    pub attachments: Vec<u64>,
}

impl Content {
    /// Of a document of which nothing can be read.
    pub fn unreadable(reason: String, hash: Option<ContentHash>, size: u64) -> Content {
        Content {
            extract: Extract {
                format: "onbekend".into(),
                properties: Vec::new(),
                readability: Readability::Onleesbaar,
                reason: Some(reason),
                pages: 0,
                has_children: false,
            },
            text: "".into(),
            key: None,
            hash,
            size,
            waits: false,
            attachments: Vec::new(),
        }
    }
}

/// The key under which the text of these bytes is stored. The ending of the name is in it, because it may
/// decide the format of bytes that do not tell it themselves.
pub fn text_key(hash: ContentHash, name: &str, version: u32) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let short = ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let ending = if short && !ending.is_empty() {
        ending.to_ascii_lowercase()
    } else {
        "geen".to_owned()
    };
    format!("{hash}-{ending}-{version:x}")
}

/// What was stored for the same bytes under the present readers and limits, if it stands on its own.
pub fn stored_content(
    blobs: &Blobs,
    hash: ContentHash,
    name: &str,
    size: u64,
    versions: Versions,
) -> Option<Content> {
    [versions.whole, versions.limited, versions.locked]
        .into_iter()
        .find_map(|version| {
            let key = text_key(hash, name, version);
            let (extract, text) = blobs.read(&key).ok()?;
            (!extract.has_children).then(|| Content {
                extract,
                text: text.into(),
                key: Some(key),
                hash: Some(hash),
                size,
                waits: false,
                attachments: Vec::new(),
            })
        })
}

/// The documentsoort of a description of a folder.
const DOSSIER: &str = "dossier";

/// The document and its text.
pub fn entry(
    source: &Source,
    identity: Identity,
    content: &Content,
    stat: &Stat,
    around: &Around,
    version: u32,
) -> Entry {
    let name = identity.place.name();
    let known = Known {
        name: &name,
        format: &content.extract.format,
        properties: &content.extract.properties,
        text: &content.text,
        // Of a file that may not even be looked at nothing is known.
        mtime: (*stat != Stat::default()).then_some(stat.mtime),
        attachments: &content.attachments,
    };
    let described = &around.described;
    // What is said of an archive is not said of its members, nor of a member what lies in it again.
    let depth = identity.place.inner.len();
    let is_file = depth == usize::from(described.inside);
    let mut properties = Vec::new();
    let known = match is_file && !described.properties.is_empty() {
        true => {
            // What the export says goes before what the file itself says.
            properties.extend_from_slice(&described.properties);
            properties.extend_from_slice(&content.extract.properties);
            Known {
                properties: &properties,
                ..known
            }
        }
        false => known,
    };
    let fields = enrich::enrich(&known);
    let relations = enrich::relations(&known, content.hash, !fields.days.is_empty());
    let custodian = source.rules.custodian_of(&identity.place.path);
    let document = Document {
        id: identity.id,
        bron: source.name.clone(),
        place: identity.place,
        title: fields.title,
        format: content.extract.format.clone(),
        kind: match is_file && described.folder {
            true => DOSSIER.to_owned(),
            false => fields.kind.to_owned(),
        },
        authors: fields.authors,
        from: fields.from,
        to: fields.to,
        people: fields.people,
        custodian,
        days: fields.days,
        dates: fields.dates,
        language: fields.language,
        readability: content.extract.readability,
        reason: content.extract.reason.clone(),
        metadata: fields.metadata,
        family: identity.family,
        parent: identity.parent,
        ordinal: identity.ordinal,
        complete: true,
        fingerprint: fingerprint(stat, around, version),
        content: content.hash,
        text: content.key.clone(),
        size: content.size,
        pages: content.extract.pages,
        relations,
        gone: None,
        earlier_of: None,
        archief: match is_file {
            true => described.archief.clone(),
            false => described.archief_within(),
        },
        access: around.access(),
    };
    Entry {
        document,
        text: Arc::clone(&content.text),
    }
}

/// The fingerprint of a file that was read under `version`.
pub fn fingerprint(stat: &Stat, around: &Around, version: u32) -> Fingerprint {
    Fingerprint {
        size: stat.size,
        mtime: stat.mtime,
        ctime: stat.ctime,
        reader: version,
        around: around.hash(),
    }
}

/// The name of a child at this position in its container, which may not have given it one.
pub fn child_name(given: &str, position: usize) -> String {
    match given {
        "" => format!("onderdeel {}", position + 1),
        name => name.to_owned(),
    }
}

/// What tells a child of a container from others: its key (a Message-ID), else its name and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildKey {
    parent: DocId,
    own: Vec<u8>,
}

impl ChildKey {
    /// Of the child of `parent` with this key and name, and bytes with this hash.
    pub fn new(parent: DocId, key: &str, name: &str, hash: Option<ContentHash>) -> Self {
        let own = if key.is_empty() {
            let hash = hash.map_or([0; 32], |hash| hash.0);
            [name.as_bytes(), &[0], &hash].concat()
        } else {
            key.as_bytes().to_vec()
        };
        ChildKey { parent, own }
    }

    fn id(&self, ordinal: u32) -> DocId {
        DocId::of_child(self.parent, &self.own, ordinal)
    }
}

/// Gives the children of a family their ids.
#[derive(Debug, Default)]
pub struct ChildIds {
    /// How many children had the same key, by the id of the first.
    same: HashMap<DocId, u32>,
}

impl ChildIds {
    /// The id of the next child.
    pub fn next(&mut self, key: &ChildKey) -> DocId {
        let count = self.same.entry(key.id(0)).or_insert(0);
        let id = key.id(*count);
        *count += 1;
        id
    }

    /// The id that [`ChildIds::next`] would give.
    pub fn peek(&self, key: &ChildKey) -> DocId {
        key.id(self.same.get(&key.id(0)).copied().unwrap_or(0))
    }

    /// The id that `key` would get after `before` got its own.
    pub fn peek_after(&self, before: &ChildKey, key: &ChildKey) -> DocId {
        let count = self.same.get(&key.id(0)).copied().unwrap_or(0);
        key.id(count + u32::from(before == key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_children_keep_ids_that_differ() {
        let parent = DocId([7; 16]);
        let ids = || {
            let mut ids = ChildIds::default();
            let hash = Some(ContentHash([1; 32]));
            let keys = [
                ChildKey::new(parent, "", "a.txt", hash),
                ChildKey::new(parent, "", "a.txt", hash),
                ChildKey::new(parent, "", "b.txt", hash),
                ChildKey::new(parent, "<m@x>", "c.eml", hash),
                ChildKey::new(parent, "<m@x>", "d.eml", None),
            ];
            assert_eq!(ids.peek_after(&keys[0], &keys[1]), keys[0].id(1));
            keys.map(|key| {
                let expected = ids.peek(&key);
                let id = ids.next(&key);
                assert_eq!(id, expected);
                id
            })
        };
        let first = ids();
        let different: std::collections::HashSet<_> = first.iter().collect();
        assert_eq!(different.len(), first.len());
        assert_eq!(first, ids());
    }

    #[test]
    fn other_limits_concern_only_what_was_not_wholly_read() {
        let settings = Settings::default();
        let other = Settings {
            text_bytes: 1,
            ..settings.clone()
        };
        let none = Passwords::default();
        let of = |versions: Versions, readability, reason: Option<Reason>| {
            let mut content = Content::unreadable(String::new(), None, 0);
            content.extract.readability = readability;
            content.extract.reason = reason.map(|reason| reason.to_string());
            versions.of_content(&content)
        };
        let now = Versions::new(&settings, "", &none);
        let then = Versions::new(&other, "", &none);
        let is_current = |then, readability, reason| now.is_current(of(then, readability, reason));
        let damaged = || Some(Reason::Broken("x".into()));
        assert!(is_current(then, Readability::Leesbaar, None));
        assert!(!is_current(then, Readability::Onleesbaar, damaged()));
        assert!(!is_current(then, Readability::Gedeeltelijk, damaged()));
        // Another list of passwords concerns only what a password locks.
        let list = Passwords::from(vec!["geheim".to_owned()]);
        let then = Versions::new(&settings, "", &list);
        assert!(is_current(then, Readability::Leesbaar, None));
        assert!(is_current(then, Readability::Onleesbaar, damaged()));
        assert!(!is_current(
            then,
            Readability::Onleesbaar,
            Some(Reason::Encrypted)
        ));
        assert!(is_current(
            now,
            Readability::Onleesbaar,
            Some(Reason::Encrypted)
        ));
        assert!(!now.is_current(Versions::RETRY));
        assert!(!now.is_current(now.waiting()));
    }

    #[test]
    fn keys_of_texts_are_safe_file_names() {
        let hash = ContentHash([0xab; 32]);
        let start = "ab".repeat(32);
        assert_eq!(text_key(hash, "Nota.PDF", 257), format!("{start}-pdf-101"));
        for name in ["nota", "a./../b", "a.heellangeachtervoegsel", "a.é", "a."] {
            assert_eq!(text_key(hash, name, 1), format!("{start}-geen-1"));
        }
    }
}
