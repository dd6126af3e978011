//! How documents belong together across files: threads of mails, copies, and texts that are nearly the same. Only
//! the words for it; what belongs together is decided by the indexer. A family is not among them: that is the
//! document's own.

use crate::DocId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Number of rows of a [`Signature`].
pub const SIGNATURE_ROWS: usize = 64;

/// Names a group of documents: 64 bits, printed as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GroupKey(pub u64);

impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<GroupKey> for String {
    fn from(key: GroupKey) -> String {
        key.to_string()
    }
}

impl TryFrom<String> for GroupKey {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match u64::from_str_radix(&text, 16) {
            Ok(number) if text.len() == 16 => Ok(GroupKey(number)),
            _ => Err(text),
        }
    }
}

/// A MinHash of the text: the share of equal bytes of two signatures estimates how much the texts share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature(pub [u64; SIGNATURE_ROWS / 8]);

impl Signature {
    /// How many of the [`SIGNATURE_ROWS`] rows are equal.
    pub fn equal_rows(&self, other: &Signature) -> u32 {
        let words = self.0.iter().zip(&other.0);
        let equal = |(a, b): (&u64, &u64)| {
            let rows = a.to_le_bytes().into_iter().zip(b.to_le_bytes());
            rows.filter(|(a, b)| a == b).count() as u32
        };
        words.map(equal).sum()
    }
}

/// Whether the same thing lies somewhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Likeness {
    /// Nothing like it is known.
    #[default]
    Uniek,
    /// The same bytes, or the same mail, are also elsewhere.
    Dubbel,
    /// A text that is nearly the same is elsewhere.
    Bijna,
}

impl Likeness {
    /// All of them.
    pub const ALL: [Likeness; 3] = [Likeness::Uniek, Likeness::Dubbel, Likeness::Bijna];

    /// The value in facets and exports.
    pub fn name(self) -> &'static str {
        match self {
            Likeness::Uniek => "uniek",
            Likeness::Dubbel => "dubbel",
            Likeness::Bijna => "bijna dubbel",
        }
    }
}

/// In what way something is public already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Public {
    /// The same content is.
    Gelijk,
    /// A text that is nearly the same is.
    Bijna,
}

impl Public {
    /// Both.
    pub const ALL: [Public; 2] = [Public::Gelijk, Public::Bijna];
    /// The value in facets and exports of what is not known to be public.
    pub const NOT: &'static str = "nee";

    /// The value in facets and exports.
    pub fn name(self) -> &'static str {
        match self {
            Public::Gelijk => "dezelfde inhoud",
            Public::Bijna => "bijna gelijk",
        }
    }

    /// The value in facets and exports, of what may not be public.
    pub fn value(published: Option<&Published>) -> &'static str {
        published.map_or(Public::NOT, |published| published.how.name())
    }
}

/// That something is public already: it was found in a source of which everything is. This holds for whoever may see
/// the document, also where that source is not searched: what is public is no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// In what way.
    #[serde(rename = "hoe")]
    pub how: Public,
    /// The document that is public; itself when it lies in such a source.
    #[serde(rename = "document")]
    pub id: DocId,
    /// Its address, or else its source and path.
    #[serde(rename = "plaats")]
    pub place: String,
}

/// What a mail tells about its place among others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLinks {
    /// Hash of its own Message-ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Hashes of the Message-IDs that it answers or refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refers: Vec<u64>,
    /// Hash of its subject without RE and FW and of its participants.
    pub subject: u64,
    /// Its subject begins with RE, FW or the like.
    #[serde(default)]
    pub reply: bool,
    /// Hashes of its attachments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<u64>,
}

/// How one document belongs together with others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relations {
    /// Equal for documents with the same content: the same bytes, or the same mail in two mailboxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same: Option<GroupKey>,
    /// Equal for texts that are nearly the same; `None` when there is no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<GroupKey>,
    /// Whether there is another like it.
    #[serde(default)]
    pub likeness: Likeness,
    /// Equal for the mails of one conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<GroupKey>,
    /// Of a mail: whether it holds something that no later mail of its thread repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inclusive: Option<bool>,
    /// That it is public already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Published>,
    /// Of a text that is long enough to be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// Of a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailLinks>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_counted_byte_by_byte() {
        let one = Signature([0x0102_0304_0506_0708; 8]);
        let mut other = one;
        assert_eq!(one.equal_rows(&other), 64);
        other.0[3] ^= 0xff00_00ff;
        assert_eq!(one.equal_rows(&other), 62);
    }

    #[test]
    fn a_group_goes_through_text_and_back() {
        let key = GroupKey(0x00ab);
        assert_eq!(GroupKey::try_from(String::from(key)), Ok(key));
        assert!(GroupKey::try_from("ab".to_owned()).is_err());
    }
}
